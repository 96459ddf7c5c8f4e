"""The size of a task definition."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..aws import limits
from ..problems import Path, Problem, key
from ..resolved import Task
from ..task.container_logs import LogPlace
from ..task.definition import definition_bytes
from .check import reads
from .containers import DEFINITION_KEYS
from .policies import TYPICAL_ACCOUNT, TYPICAL_NAMES


@reads(*DEFINITION_KEYS, "aws", "image", "build", "task_definition", "launch", "capacity_providers")
def size(task: Task) -> Iterator[Problem]:
    """A task definition that ECS accepts. AWS: Amazon ECS developer guide, "Amazon ECS service quotas"."""
    if task.task_definition is not None:
        return
    log = LogPlace(TYPICAL_NAMES.log_group, TYPICAL_ACCOUNT.region, "x" * 40)
    found = definition_bytes(task, log=log)
    if found > limits.TASK_DEFINITION_BYTES:
        path = _longest(task)
        yield Problem(
            path,
            f"makes a task definition of about {found} bytes. AWS accepts at most {limits.TASK_DEFINITION_BYTES}. Put "
            f"long values into the image or into files, or several secrets into one that the program reads itself. The "
            f"largest key is {key(str(path[0]))}.",
        )


def _longest(task: Task) -> Path:
    def length(name: str) -> int:
        return len(json.dumps(getattr(task, name), default=str))

    return (max((name for name in (*DEFINITION_KEYS, "aws") if name in task.args), key=length, default="image"),)
