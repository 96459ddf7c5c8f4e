"""Containers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import args
from ..args import Condition
from ..keys.resolution import resolves
from .container_host import Host
from .logs import ContainerLogs, Firelens
from .passthrough import ContainerAws

if TYPE_CHECKING:
    from pulumi import Input

MAIN_CONTAINER = "main"
"""The container whose exit code decides the outcome. All tasks use the same name, so that one event pattern covers a
whole stack."""


@resolves(args.BuildArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """An image to build."""

    context: str
    dockerfile: str | None
    target: str | None
    args: Mapping[str, str] | None


@resolves(args.UlimitArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Ulimit:
    """A resource limit of a container."""

    soft: int
    hard: int


@resolves(args.HealthCheckArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """The health check of a container."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container(Host):
    """Settings that every container of a task can have. None stands for the image's value, or for AWS's default."""

    image: Input[str] | None
    build: Build | None
    command: tuple[Input[str], ...] | None
    entry_point: tuple[Input[str], ...] | None
    environment: Mapping[str, Input[str]]
    secrets: Mapping[str, Input[str]]
    registry_credentials: Input[str] | None
    environment_files: tuple[Input[str], ...]
    working_directory: str | None
    user: str | None
    init: bool
    read_only_root: bool | None
    ulimits: Mapping[str, Ulimit]
    depends_on: Mapping[str, Condition]
    health_check: HealthCheck | None
    stop_timeout: int | None
    start_timeout: int | None
    memory_reservation: int | None
    version_consistency: bool | None
    aws: ContainerAws


@resolves(args.SidecarArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar(Container):
    """An additional container of a task."""

    cpu: int
    memory: int | None
    essential: bool
    mounts: Mapping[str, str]
    read_only_mounts: Mapping[str, bool]
    firelens: Firelens | None
    logs: ContainerLogs | None
    """None for those of its task: see `Task.logs_of`."""
