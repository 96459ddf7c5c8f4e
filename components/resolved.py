"""Tasks and groups after validation: frozen values with all defaults applied.

Durations are in seconds and times are in UTC. A value is `Input` only where another resource can produce it.
`components.resolver` makes these values from arguments; everything after it takes them, and applies no default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from . import args
from .args import (
    Architecture,
    Condition,
    ConstraintType,
    GroupReference,
    Launch,
    LogMode,
    NatGateways,
    NetworkMode,
    OperatingSystem,
    Overlap,
    PublicIp,
    ScheduledTaskArgs,
    ScheduledTaskGroupArgs,
    StrategyType,
    SubnetKind,
    SuccessMetrics,
)
from .keys.resolution import resolves
from .problems import Path
from .supervised.settings import Supervision

if TYPE_CHECKING:
    from pulumi import Input

LaunchType = Literal["FARGATE", "EC2", "EXTERNAL"]
FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
MAIN_CONTAINER = "main"
"""The container whose exit code decides the outcome. All tasks use the same name, so that one event pattern covers a
whole stack."""


@resolves(args.CapacityProviderArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityProvider:
    """One entry of a capacity provider strategy."""

    provider: str
    # AWS's own default weight is 0, with which a provider receives no runs.
    weight: int
    base: int


@resolves(args.ClusterArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster to create."""

    container_insights: bool
    capacity_providers: tuple[str, ...]
    default_strategy: tuple[CapacityProvider, ...]


@resolves(args.VpcArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """A VPC to create."""

    cidr: str
    nat_gateways: NatGateways
    zones: int


@resolves(args.NetworkArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """VPC, subnets and security groups of runs."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"subnets"})

    vpc: str
    """`default`, or an ID."""
    create_vpc: Vpc | None
    vpc_tags: Mapping[str, str] | None
    subnets: SubnetKind
    subnet_ids: Input[Sequence[Input[str]]] | None
    subnet_tags: Mapping[str, str] | None
    security_group_ids: Input[Sequence[Input[str]]] | None
    assign_public_ip: PublicIp
    vpc_id: Input[str] | None


@resolves(args.LogsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """CloudWatch Logs of runs. None is the group's setting."""

    retention_days: int | None
    mode: LogMode
    kms_key: str | None


@resolves(args.RetryArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Retries of a failed launch."""

    attempts: int
    max_age: int


@resolves(args.RetryRunArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRun:
    """Retries of a failed run."""

    attempts: int
    delay: int
    backoff: int
    exit_codes: tuple[int, ...]
    """Empty for all."""


@resolves(args.ScheduleArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One schedule of a task: when it runs, and what its runs override."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"enabled", "exec"})

    path: Path
    """Its path in the arguments: `("schedule",)` or `("schedules", 0)`."""
    own_keys: frozenset[str]
    """The keys that this schedule sets itself. The others are its task's."""
    expression: str
    name: str | None
    """Its own name; None for one that follows from the expression."""
    description: str | None
    timezone: str
    flexible_window: int
    """Seconds; 0 without a window."""
    start: datetime | None
    end: datetime | None
    enabled: bool
    delete_after_completion: bool | None
    """None if neither the schedule nor its task says."""
    command: tuple[str, ...] | None
    environment: Mapping[str, str]
    cpu: int | None
    memory: int | None
    ephemeral_storage: int | None
    task_role: str | None
    exec: bool

    def path_of(self, key: str) -> Path:
        """The path of a key's value: in this schedule, or in its task."""
        return (*self.path, key) if key in self.own_keys else (key,)

    @property
    def expression_path(self) -> Path:
        """The path of the expression."""
        return (*self.path, "expression") if self.path[0] == "schedules" else self.path

    @property
    def when(self) -> tuple[object, ...]:
        """Everything but its place: two schedules with the same content start the same runs twice."""
        return (
            self.expression,
            self.description,
            self.timezone,
            self.flexible_window,
            self.start,
            self.end,
            self.enabled,
            self.delete_after_completion,
            self.command,
            dict(self.environment),
            self.cpu,
            self.memory,
            self.ephemeral_storage,
            self.task_role,
            self.exec,
        )


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


@resolves(args.VolumeArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume of a task."""

    path: str
    efs: Input[str] | None
    access_point: Input[str] | None
    root_directory: str
    read_only: bool


@resolves(args.HealthCheckArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """The health check of a container."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int | None


@resolves(args.SidecarArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """An additional container of a task."""

    image: Input[str]
    command: tuple[Input[str], ...] | None
    entry_point: tuple[Input[str], ...] | None
    environment: Mapping[str, Input[str]]
    secrets: Mapping[str, Input[str]]
    cpu: int
    memory: int | None
    essential: bool
    depends_on: Mapping[str, Condition]
    health_check: HealthCheck | None
    mounts: Mapping[str, str]
    user: str | None
    working_directory: str | None
    read_only_root: bool | None
    stop_timeout: int | None


@resolves(args.PlacementConstraintArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementConstraint:
    """Which instances may run a task."""

    type: ConstraintType
    expression: str | None


@resolves(args.PlacementStrategyArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementStrategy:
    """Which of the allowed instances ECS selects."""

    type: StrategyType
    field: str | None


@resolves(args.PermissionArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One statement of the policy of a task role."""

    actions: tuple[str, ...]
    resources: tuple[Input[str], ...]


@resolves(args.NotifyArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who receives messages about failures and alarms."""

    emails: tuple[str, ...]
    topic_arn: Input[str] | None
    kms_key: str | None


@resolves(args.MonitoringArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Monitoring of a group: outcome logs, alarms, dashboard and tracing."""

    outcomes: bool
    alarms: bool
    success_metrics: SuccessMetrics
    dashboard: bool
    tracing: bool


@resolves(args.EncryptionArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """KMS keys of a group, by ARN."""

    dead_letters: str | None
    undelivered_events: str | None
    schedules: str | None
    secrets: tuple[str, ...]


@resolves(args.ScheduledTaskArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One scheduled task."""

    name: str
    args: ScheduledTaskArgs
    """The arguments that it is made from."""
    group: GroupReference | None
    schedules: tuple[Schedule, ...]
    supervision: Supervision | None
    """None for runs that EventBridge Scheduler starts directly."""
    enabled: bool
    image: Input[str] | None
    build: Build | None
    task_definition: str | None
    container: str | None
    """The container whose exit code decides the outcome, and that overrides apply to. None for the one that a look-up
    of the existing task definition finds."""
    command: tuple[Input[str], ...] | None
    entry_point: tuple[Input[str], ...] | None
    environment: Mapping[str, Input[str]]
    secrets: Mapping[str, Input[str]]
    secret_values: Mapping[str, Input[str]]
    working_directory: str | None
    user: str | None
    init: bool
    read_only_root: bool | None
    """None if neither the task says nor anything follows."""
    ulimits: Mapping[str, Ulimit]
    depends_on: Mapping[str, Condition]
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
    exec: bool
    launch: Launch | None
    """None for a task with capacity providers."""
    capacity_providers: tuple[CapacityProvider, ...]
    platform_version: str | None
    network_mode: NetworkMode
    placement_constraints: tuple[PlacementConstraint, ...]
    placement_strategies: tuple[PlacementStrategy, ...]
    count: int
    retry: Retry
    timeout: int | None
    overlap: Overlap | None
    retry_run: RetryRun | None
    expect_success_within: int | None
    stop_timeout: int | None
    logs: Logs
    tags: Mapping[str, str]
    propagate_tags: bool

    DERIVED: ClassVar[frozenset[str]] = frozenset(
        {"group", "container", "launch", "network_mode", "read_only_root", "schedules"}
    )

    def in_group(self, group: GroupReference) -> Task:
        """The same task as a member of a group."""
        return replace(self, group=group)

    def with_container(self, found: str) -> Task:
        """The same task with a container, for one that names none."""
        return self if self.container else replace(self, container=found)

    @property
    def existing_roles(self) -> list[str]:
        """The existing roles that its runs use as their task role."""
        roles = (self.task_role, *(schedule.task_role for schedule in self.schedules))
        return sorted({role for role in roles if isinstance(role, str)})

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
    def is_windows(self) -> bool:
        """Whether it runs on Windows."""
        return self.operating_system != "LINUX"

    @property
    def is_supervised(self) -> bool:
        """Whether it runs through Step Functions."""
        return self.supervision is not None

    @property
    def is_paused(self) -> bool:
        """Whether all of its schedules are paused."""
        return not any(schedule.enabled for schedule in self.schedules)


@resolves(args.ScheduledTaskGroupArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Settings that the scheduled tasks of one stack share."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"network", "tasks"})

    args: ScheduledTaskGroupArgs
    """The arguments that it is made from."""
    prefix: str | None
    """None for `<project>-<stack>-<name of the group>`."""
    cluster: Input[str]
    create_cluster: Cluster | None
    network: Network
    logs: Logs
    notify: Notify | None
    monitoring: Monitoring
    containers: Mapping[str, str]
    """For each of `task_definitions`, the container whose exit code decides the outcome."""
    supervised: bool
    encryption: Encryption
    iam_path: str
    permissions_boundary: str | None
    task_definitions: tuple[str, ...]
    pass_role_arns: tuple[str, ...]
    registry_accounts: tuple[str, ...]
    pull_through_caches: tuple[str, ...]
    enabled: bool
    tags: Mapping[str, str]
    tasks: Mapping[str, Task] | None = None
    """All tasks of the group by name, if they are known before it is created. They are then checked together with it,
    against everything that is looked up."""

    @property
    def retention_days(self) -> int:
        """Days that its log groups keep log events."""
        return self.logs.retention_days or args.DEFAULT_RETENTION_DAYS

    @property
    def new_cluster_providers(self) -> tuple[str, ...]:
        """The capacity providers of the cluster that it creates; empty for an existing cluster."""
        return self.create_cluster.capacity_providers if self.create_cluster else ()


def launch_type(launch: Launch | None, providers: Sequence[CapacityProvider]) -> LaunchType:
    """The launch type of runs, from the launch key or the capacity providers of a task."""
    if launch == "external":
        return "EXTERNAL"
    if launch == "ec2":
        return "EC2"
    fargate = any(entry.provider in FARGATE_PROVIDERS for entry in providers)
    return "EC2" if providers and not fargate else "FARGATE"
