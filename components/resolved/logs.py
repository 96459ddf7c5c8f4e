"""Logs of runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import args
from ..args import LogDriver, LogMode, RouterType
from ..keys.resolution import resolve, resolves

if TYPE_CHECKING:
    from pulumi import Input

CLOUDWATCH: LogDriver = "awslogs"


@resolves(args.ContainerLogsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerLogs:
    """Destination of the output of a container."""

    driver: LogDriver
    options: Mapping[str, str]
    secret_options: Mapping[str, Input[str]]
    mode: LogMode | None
    max_buffer_size: str | None
    multiline_pattern: str | None
    datetime_format: str | None
    group: Input[str] | None
    """An existing log group."""

    @property
    def in_cloudwatch(self) -> bool:
        """Whether the output goes to CloudWatch Logs."""
        return self.driver == CLOUDWATCH


CLOUDWATCH_LOGS = resolve(ContainerLogs, args.ContainerLogsArgs, {})
"""The log group of the task or its group, with default options."""


@resolves(args.LogsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Logs(ContainerLogs):
    """Logs of the runs of a task. None is the group's setting."""

    retention_days: int | None
    kms_key: str | None


@resolves(args.FirelensArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Firelens:
    """The configuration of a log router."""

    type: RouterType
    config: str | None
    metadata: bool

    @property
    def file(self) -> str | None:
        """The S3 object that the execution role reads, if the configuration is one."""
        return self.config if self.config and self.config.startswith("arn:") else None
