"""A task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from .. import args
from ..args import (
    Architecture,
    Days,
    GroupReference,
    IpcMode,
    Launch,
    NetworkMode,
    OperatingSystem,
    Overlap,
    PidMode,
    RunOn,
    ScheduledTaskArgs,
)
from ..exceptions.left_out import Exceptions
from ..keys.resolution import resolves
from ..problems import Name, Path
from ..supervised.settings import Supervision
from .capacity import CapacityProvider, LaunchType, PlacementConstraint, PlacementStrategy, launch_type
from .containers import Container, Sidecar
from .exceptions import Except, exceptions_of
from .logs import CLOUDWATCH_LOGS, ContainerLogs, Logs
from .network import TaskNetwork
from .passthrough import TaskAws
from .permissions import Permission
from .schedules import Parallel, Retry, RetryRun, Schedule, ScheduleTimes
from .volumes import Volume

if TYPE_CHECKING:
    from pulumi import Input


@resolves(args.ScheduledTaskArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Container):
    """One scheduled task."""

    name: str
    args: ScheduledTaskArgs
    """The arguments that it is made from."""
    group: GroupReference | None
    schedules: tuple[Schedule, ...]
    supervision: Supervision | None
    """None for runs that EventBridge Scheduler starts directly."""
    enabled: bool
    run_on: RunOn | None
    gate: bool
    after: str | None
    """The task whose successes start its runs."""
    task_definition: str | None
    container: str | None
    """The container whose exit code decides the outcome, and that overrides apply to. None for the one that a look-up
    of the existing task definition finds."""
    secret_values: Mapping[str, Input[str]]
    sidecars: Mapping[str, Sidecar]
    volumes: Mapping[str, Volume]
    cpu: int
    memory: int
    architecture: Architecture
    operating_system: OperatingSystem
    ephemeral_storage: int | None
    permissions: tuple[Permission, ...]
    managed_policies: tuple[Input[str], ...]
    task_role: Input[str] | None
    execution_role: Input[str] | None
    """None for the group's, or a new role for the task's secrets."""
    exec: bool
    launch: Launch | None
    """None for a task with capacity providers, unless they are of Managed Instances."""
    capacity_providers: tuple[CapacityProvider, ...]
    platform_version: str | None
    cluster: str | None
    """None for the group's."""
    network: TaskNetwork | None
    """None for the group's."""
    network_mode: NetworkMode
    pid_mode: PidMode | None
    ipc_mode: IpcMode | None
    placement_constraints: tuple[PlacementConstraint, ...]
    placement_strategies: tuple[PlacementStrategy, ...]
    count: int
    retry: Retry
    timeout: int | None
    overlap: Overlap | None
    lock: str | None
    retry_run: RetryRun | None
    parallel: Parallel | None
    except_: Except | None
    only: Days | None
    expect_success_within: int | None
    expect_duration_under: int | None
    notify_after: int | None
    """Failed runs in a row before messages are sent. None for the group's."""
    logs: Logs
    tags: Mapping[str, str]
    propagate_tags: bool
    aws: TaskAws

    DERIVED: ClassVar[frozenset[str]] = frozenset(
        {"group", "container", "launch", "network_mode", "read_only_root", "schedules"}
    )

    def in_group(self, group: GroupReference) -> Task:
        """The same task as a member of a group."""
        return replace(self, group=group)

    def with_container(self, found: str) -> Task:
        """The same task with a container, for one that names none."""
        return self if self.container else replace(self, container=found)

    def with_roles(self, arns: Mapping[str, str]) -> Task:
        """The same task with the ARNs of shared roles in place of their names."""
        role = arns.get(self.task_role, self.task_role) if isinstance(self.task_role, str) else self.task_role
        schedules = tuple(
            replace(it, task_role=arns.get(it.task_role, it.task_role)) if it.task_role else it for it in self.schedules
        )
        return replace(self, task_role=role, schedules=schedules)

    @property
    def existing_roles(self) -> list[str]:
        """The existing roles that its runs use as their task role or execution role."""
        own = self.execution_role
        return sorted({*self.task_roles, *([own] if isinstance(own, str) else [])})

    @property
    def task_roles(self) -> list[str]:
        """The existing roles that its runs use as their task role."""
        roles = (self.task_role, *(schedule.task_role for schedule in self.schedules))
        return sorted({role for role in roles if isinstance(role, str) and role.startswith("arn:")})

    @property
    def creates_task_role(self) -> bool:
        """Whether the deployment creates its task role."""
        by_role = any(volume.by_task_role for volume in self.volumes.values())
        needs = bool(self.permissions or self.managed_policies or self.exec_path or by_role)
        return needs and self.task_role is None and self.task_definition is None

    @property
    def exec_path(self) -> Path | None:
        """The path of the key that enables ECS Exec for some of its runs, or None."""
        if self.exec:
            return ("exec",)
        return next((schedule.path_of("exec") for schedule in self.schedules if schedule.exec), None)

    @property
    def launch_type(self) -> LaunchType:
        """The launch type of its runs. Its task definition must be compatible with it."""
        return launch_type(self.launch, self.capacity_providers)

    @property
    def compatibilities(self) -> list[LaunchType]:
        """The launch types that its task definition must be compatible with. Empty for the default of a cluster: AWS
        then does not restrict the task definition (botocore ecs, RegisterTaskDefinition.requiresCompatibilities)."""
        return [] if self.launch == "clusterDefault" else [self.launch_type]

    @property
    def provider_names(self) -> list[str]:
        """The capacity providers that the task names."""
        return [entry.provider for entry in self.capacity_providers]

    @property
    def strategy(self) -> tuple[CapacityProvider, ...]:
        """The capacity provider strategy of its runs; empty for a launch type."""
        if self.launch == "fargateSpot":
            return (CapacityProvider(provider="FARGATE_SPOT", weight=1, base=0),)
        return self.capacity_providers

    @property
    def containers(self) -> list[tuple[Path, Container]]:
        """All of its containers, each with the path of its keys."""
        return [((), self), *((("sidecars", Name(name)), sidecar) for name, sidecar in self.sidecars.items())]

    @property
    def all_logs(self) -> list[tuple[Path, ContainerLogs]]:
        """The destination of the output of each of its containers, with the path of its keys."""
        own: list[tuple[Path, ContainerLogs]] = [(("logs",), self.logs)]
        return own + [
            (("sidecars", Name(name), "logs") if sidecar.logs else ("logs",), self.logs_of(sidecar))
            for name, sidecar in self.sidecars.items()
        ]

    @property
    def written_logs(self) -> list[tuple[Path, ContainerLogs]]:
        """The destinations that it and its sidecars have keys for, each with the path of these keys."""
        own: list[tuple[Path, ContainerLogs]] = [(("logs",), self.logs)]
        return own + [(("sidecars", Name(name), "logs"), it.logs) for name, it in self.sidecars.items() if it.logs]

    def logs_of(self, sidecar: Sidecar) -> ContainerLogs:
        """The destination of the output of a sidecar: the task's, but a log router can't route its own output."""
        if sidecar.logs:
            return sidecar.logs
        return CLOUDWATCH_LOGS if sidecar.firelens and not self.logs.in_cloudwatch else self.logs

    @property
    def has_memory_limit(self) -> bool:
        """Whether its task definition has a hard limit of memory: not if it only reserves memory of an instance."""
        return self.launch_type == "FARGATE" or self.memory_reservation is None or "memory" in self.args

    @property
    def is_windows(self) -> bool:
        """Whether it runs on Windows."""
        return self.operating_system != "LINUX"

    @property
    def is_supervised(self) -> bool:
        """Whether it runs through Step Functions."""
        return self.supervision is not None

    @property
    def tasks_per_run(self) -> int:
        """The number of ECS tasks of each run."""
        return self.parallel.tasks if self.parallel else self.count

    @property
    def exceptions(self) -> Exceptions:
        """The times that its schedules leave out."""
        return exceptions_of(self.except_, self.only)

    def exceptions_in(self, schedule: ScheduleTimes) -> Exceptions:  # noqa: ARG002
        """The times that one of its schedules leaves out."""
        return self.exceptions

    @property
    def is_paused(self) -> bool:
        """Whether all of its schedules are paused, or the rule that starts it after another task."""
        if self.after is not None:
            return not self.enabled
        return not any(schedule.enabled for schedule in self.schedules)
