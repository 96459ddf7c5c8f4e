"""The size of a task definition."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..aws import limits
from ..problems import Path, Problem, key
from ..resolved import Task
from ..task.definition import definition_bytes, log_configuration
from .check import reads
from .policies import TYPICAL_ACCOUNT, TYPICAL_NAMES

_LONG = ("command", "entry_point", "environment", "secrets", "sidecars")
"""Keys that can make a task definition too large."""


@reads(
    *_LONG, "image", "build", "task_definition", "secret_values", "volumes", "ulimits", "depends_on", "logs", "cpu",
    "memory", "launch", "capacity_providers", "network_mode", "operating_system", "architecture", "user", "init",
    "read_only_root", "stop_timeout", "working_directory", "ephemeral_storage",
)  # fmt: skip
def size(task: Task) -> Iterator[Problem]:
    """A task definition that ECS accepts. AWS: Amazon ECS developer guide, "Amazon ECS service quotas"."""
    if task.task_definition is not None:
        return
    log = log_configuration(
        group=TYPICAL_NAMES.log_group, region=TYPICAL_ACCOUNT.region, stream_prefix="x" * 40, mode=task.logs.mode
    )
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

    return (max((name for name in _LONG if name in task.args), key=length, default="image"),)
