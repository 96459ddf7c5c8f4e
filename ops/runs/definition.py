"""The task definition that a stack's configuration describes. Data in, data out."""

import json
from collections.abc import Mapping
from typing import Any

from components.task import definition as task_definition

Data = Mapping[str, Any]


def definition_of(args: Data, *, secrets: Mapping[str, str]) -> dict[str, Any]:
    """The task definition that a deployment would register for a task: its containers, size, platform and volumes, as
    DescribeTaskDefinition has them. `secrets` are those of the task, by variable."""
    containers = task_definition.container_definitions(args, log={}, secrets=secrets)
    settings = task_definition.task_settings(args)
    return {
        "containerDefinitions": json.loads(containers),
        "cpu": settings["cpu"],
        "memory": settings["memory"],
        "runtimePlatform": {"cpuArchitecture": settings["runtime_platform"]["cpu_architecture"]},
        "volumes": settings.get("volumes", []),
    }
