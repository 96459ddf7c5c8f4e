"""The result of `ecs:runTask.sync`."""

from collections.abc import Mapping
from typing import Any


def has_failed(task: Mapping[str, Any]) -> bool:
    """Whether Step Functions fails the state of a stopped ECS task, in its spelling of DescribeTasks."""
    return task.get("StopCode") != "EssentialContainerExited" or any(
        container.get("ExitCode") != 0 for container in task["Containers"]
    )
