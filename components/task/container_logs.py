"""The log configuration of a container, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..json_values import Object
from ..resolved import ContainerLogs, Firelens, Task

if TYPE_CHECKING:
    from pulumi import Input

_FIRELENS_DRIVER = "awsfirelens"


@dataclass(frozen=True, slots=True)
class LogPlace:
    """The log group of a task. The streams of a run are `<stream_prefix>/<container>/<task id>`."""

    group: str
    region: str
    stream_prefix: str


def has_own_log_group(task: Task, *, retention_days: int, kms_key: str) -> bool:
    """Whether a task writes to a log group of its own: its retention or key differs from the group's, and a container
    writes to it."""
    own = (task.logs.retention_days or retention_days, task.logs.kms_key or kms_key)
    is_used = any(each.in_cloudwatch and each.group is None for _, each in task.all_logs)
    return is_used and own != (retention_days, kms_key)


def log_configuration(logs: ContainerLogs, place: LogPlace) -> Object | None:
    """The log configuration of a container, or None for one without.

    The mode of awslogs is always set, because AWS's own default loses lines. AWS: Amazon ECS API reference,
    LogConfiguration.
    """
    if logs.driver == "none":
        return None
    if logs.in_cloudwatch:
        options: Mapping[str, Input[str] | None] = {
            "awslogs-group": place.group if logs.group is None else logs.group,
            "awslogs-region": place.region,
            "awslogs-stream-prefix": place.stream_prefix,
            "awslogs-multiline-pattern": logs.multiline_pattern,
            "awslogs-datetime-format": logs.datetime_format,
            "mode": logs.mode or "blocking",
        }
    else:
        options = {**logs.options, "mode": logs.mode}
    options = {**options, "max-buffer-size": logs.max_buffer_size}
    configuration: Object = {
        "logDriver": _FIRELENS_DRIVER if logs.driver == "firelens" else logs.driver,
        "options": {name: value for name, value in options.items() if value is not None},
    }
    if logs.secret_options:
        secrets = sorted(logs.secret_options.items())
        configuration["secretOptions"] = [{"name": name, "valueFrom": value} for name, value in secrets]
    return configuration


def firelens_configuration(router: Firelens) -> Object:
    """The configuration of a log router. AWS: Amazon ECS API reference, FirelensConfiguration."""
    options = {"enable-ecs-log-metadata": str(router.metadata).lower()}
    if router.config is not None:
        kind = "s3" if router.file else "file"
        options |= {"config-file-type": kind, "config-file-value": router.config}
    return {"type": router.type, "options": options}
