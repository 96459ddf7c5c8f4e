"""Arguments of a task."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from typing_extensions import TypedDict

from ..aws import limits, patterns
from ..keys.annotations import (
    Aws,
    Between,
    Default,
    Duration,
    Example,
    Input,
    Items,
    Matches,
    Noun,
    OfTaskDefinition,
    Text,
    Widest,
)
from .capacity import CapacityProviderArgs, Launch, PlacementConstraintArgs, PlacementStrategyArgs
from .containers import BuildArgs, ContainerArgs, SidecarArgs
from .exceptions import Days, ExceptArgs
from .group import ScheduledTaskGroupArgs
from .logs import LogsArgs
from .network import TaskNetworkArgs
from .passthrough import TaskAwsArgs
from .permissions import PermissionArgs
from .references import GroupOfTask, UpstreamTask
from .schedules import Overlap, ParallelArgs, RetryArgs, RetryRunArgs, ScheduleArgs
from .strict import strict
from .values import ClusterReference, Image, PolicyArn, RoleArn, RoleReference, Storage, TaskDefinition
from .volumes import VolumeArgs
from .when import ExpressionArgs, TimesArgs

Architecture = Literal["arm64", "x86_64"]
OperatingSystem = Literal[
    "LINUX",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2025_CORE",
    "WINDOWS_SERVER_2025_FULL",
    "WINDOWS_SERVER_2016_FULL",
    "WINDOWS_SERVER_2004_CORE",
    "WINDOWS_SERVER_20H2_CORE",
]
"""AWS: botocore ecs, OSFamily."""
NetworkMode = Literal["awsvpc", "bridge", "host", "none", "default"]
PidMode = Literal["task", "host"]
"""AWS: botocore ecs, PidMode."""
RunOn = Literal["deploy"]
IpcMode = Literal["task", "host", "none"]
"""AWS: botocore ecs, IpcMode."""


@strict
class _Group(TypedDict, total=False):
    """The group of a task."""

    group: Annotated[
        GroupOfTask,
        Noun("a ScheduledTaskGroup or its `reference`"),
        Default(words="a new group, made from `group_args`"),
    ]
    """Group of the task: a `ScheduledTaskGroup`, or its `reference`."""

    group_args: Annotated[ScheduledTaskGroupArgs, Default({}, "all defaults of a group")]
    """Arguments of the new group, for a task without `group`."""


@strict
class _Schedules(TypedDict, total=False):
    """Several schedules of a task."""

    schedules: Annotated[
        Sequence[ScheduleArgs],
        Default((), "none"),
        Aws("Several schedules"),
        Example('schedules:\n  - { name: full, expression: "cron(0 4 ? * SUN *)", command: [load, --all] }'),
    ]
    """Several schedules, each with its own settings, instead of `schedule`."""


@strict
class _AtDeployments(TypedDict, total=False):
    """Runs of a task at deployments."""

    run_on: Annotated[
        RunOn,
        Default(words="none"),
        Aws("ScheduleExpression"),
        Example("schedule: none\nrunOn: deploy"),
    ]
    """`deploy` runs the task once for each new revision of its task definition: `scheduled-tasks run-deployed`, which
    follows the deployment, starts it. For a task with `schedule: none`."""

    gate: Annotated[
        bool, Default(False), Aws("ScheduleExpression"), Example("schedule: none\nrunOn: deploy\ngate: true")
    ]
    """Whether the schedules of other tasks move to their new revisions only after the run has succeeded."""


@strict
class _AfterTask(TypedDict, total=False):
    """Runs of a task after those of another task."""

    after: Annotated[
        UpstreamTask,
        Noun("the name of a task"),
        Default(words="none"),
        Aws("EventPattern of a rule"),
        Example("after: nightly-backup"),
    ]
    """Name of another task of the stack, instead of `schedule`: each success of that task starts a run. In Python, the
    `ScheduledTask` itself. In YAML, also a call with `execute`, `submit`, `hours` or `snapshot.keep`: each success of
    the work starts a run, also of work that others start on the same resource. The task then runs through Step
    Functions."""


@strict
class _What(TypedDict, total=False):
    """The image or task definition of a task."""

    image: Annotated[Input[Image], Default(words="none"), Aws("containerDefinitions.image")]
    """Container image. Set one of this, `build` and `task_definition`."""

    build: Annotated[BuildArgs, Default(words="none"), Aws("awsx.ecr.Image")]
    """An image that the deployment builds and pushes, instead of `image`."""

    task_definition: Annotated[
        TaskDefinition,
        Default(words="none"),
        Aws("EcsParameters.TaskDefinitionArn"),
        Example("taskDefinition: reports:42"),
    ]
    """An existing task definition, one of the group's `task_definitions`: `family`, `family:revision` or ARN. A
    family selects its newest revision at the time of the deployment. `command`, `environment`, `cpu`, `memory`,
    `ephemeral_storage` and `task_role` then override its values, and `exec` needs a task role."""

    container: Annotated[
        str,
        Matches(patterns.CONTAINER, "a container name", "letters, digits, - and _"),
        Default(words="the only essential container, or `main` of several"),
        Aws("containerOverrides.name"),
        Example("taskDefinition: reports:42\ncontainer: worker"),
    ]
    """Container of `task_definition` whose exit code decides the outcome, and that overrides apply to. Required if the
    task definition has several essential containers, and none of them is `main`."""


@strict
class _Size(TypedDict, total=False):
    """Containers, volumes, size and permissions of a task."""

    secret_values: Annotated[Mapping[str, Input[str]], OfTaskDefinition(), Default({}, "none"), Aws("SSM SecureString")]
    """Environment variables from Pulumi secrets, such as those of the stack's configuration. The deployment
    stores the values as SSM parameters of type SecureString, and ECS reads them when the container starts."""

    sidecars: Annotated[
        Mapping[str, SidecarArgs],
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("containerDefinitions"),
        Example("sidecars: { proxy: { image: proxy:1 } }"),
    ]
    """Additional containers by name, at most 9."""

    volumes: Annotated[
        Mapping[str, VolumeArgs],
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("volumes, containerDefinitions.mountPoints"),
        Example("volumes: { scratch: { path: /tmp } }"),
    ]
    """Volumes by name."""

    cpu: Annotated[
        int,
        Widest(*limits.EC2_CPU),
        OfTaskDefinition(overridable=True),
        Default(256),
        Aws("cpu"),
        Example("cpu: 1024\nmemory: 4096"),
    ]
    """CPU units; 1024 units are one vCPU. On Fargate one of 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768,
    elsewhere 128 to 196608."""

    memory: Annotated[
        int,
        Widest(*limits.EC2_MEMORY),
        OfTaskDefinition(overridable=True),
        Default(512),
        Aws("memory"),
        Example("cpu: 1024\nmemory: 4096"),
    ]
    """MiB of memory. On Fargate one of the sizes that Fargate offers for `cpu`, elsewhere 6 to 33554432."""

    architecture: Annotated[
        Architecture,
        OfTaskDefinition(),
        Default("x86_64"),
        Aws("runtimePlatform.cpuArchitecture"),
        Example("architecture: arm64"),
    ]
    """CPU architecture."""

    operating_system: Annotated[
        OperatingSystem,
        OfTaskDefinition(),
        Default("LINUX"),
        Aws("runtimePlatform.operatingSystemFamily"),
        Example("operatingSystem: WINDOWS_SERVER_2022_CORE\ncpu: 1024"),
    ]
    """Linux, or an edition of Windows Server. Fargate runs 2019 and 2022."""

    ephemeral_storage: Annotated[
        Storage,
        OfTaskDefinition(overridable=True),
        Default(words="the 20 GiB that Fargate includes"),
        Aws("ephemeralStorage.sizeInGiB"),
        Example("ephemeralStorage: 50"),
    ]
    """GiB of ephemeral storage on Fargate, 21 to 200."""

    permissions: Annotated[
        Sequence[PermissionArgs],
        OfTaskDefinition(),
        Default((), "none"),
        Aws("Policy of taskRoleArn"),
        Example('permissions:\n  - { actions: ["s3:PutObject"], resources: ["arn:aws:s3:::orders-backups/*"] }'),
    ]
    """IAM permissions of runs. The task gets its own task role."""

    managed_policies: Annotated[
        Sequence[Input[PolicyArn]],
        OfTaskDefinition(),
        Default((), "none"),
        Aws("Policies of taskRoleArn"),
        Example('managedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]'),
    ]
    """ARNs of managed policies for the task's own task role."""

    task_role: Annotated[
        Input[RoleReference],
        OfTaskDefinition(overridable=True),
        Default(words="none"),
        Aws("taskRoleArn"),
        Example('taskRole: "arn:aws:iam::123456789012:role/jobs/backup"'),
    ]
    """ARN of an existing role for runs, or the name of one of the group's `shared_roles`, instead of `permissions`. An
    existing role must be one of the group's `pass_role_arns`."""

    execution_role: Annotated[
        Input[RoleArn],
        OfTaskDefinition(),
        Default(words="the group's, or a new role if the task has secrets"),
        Aws("executionRoleArn"),
        Example('executionRole: "arn:aws:iam::123456789012:role/jobs/backup-start"'),
    ]
    """ARN of an existing role that ECS assumes to pull the image, write logs and read the task's secrets. It must be
    one of the group's `pass_role_arns`."""

    exec: Annotated[
        bool, OfTaskDefinition(overridable=True), Default(False), Aws("EnableExecuteCommand"), Example("exec: true")
    ]
    """Enables ECS Exec (`aws ecs execute-command`). The task gets its own task role with the permissions for it."""


@strict
class _Where(TypedDict, total=False):
    """Capacity, network mode and placement of a task."""

    launch: Annotated[Launch, Default(words="`fargate`"), Aws("LaunchType, requiresCompatibilities")]
    """Launch type of runs, or Fargate Spot. `managedInstances` says that `capacity_providers` are providers of ECS
    Managed Instances. `clusterDefault` uses the cluster's default capacity provider strategy, and EC2 if it has
    none."""

    capacity_providers: Annotated[
        Sequence[CapacityProviderArgs], Items(1, 6, "entries"), Default((), "none"), Aws("CapacityProviderStrategy")
    ]
    """A capacity provider strategy of 1 to 6 entries, instead of `launch`, or with `launch: managedInstances`."""

    platform_version: Annotated[
        str,
        Matches(patterns.PLATFORM_VERSION, "a platform version", "LATEST, or a number such as 1.4.0"),
        Default(words="LATEST"),
        Aws("PlatformVersion"),
        Example('platformVersion: "1.4.0"'),
    ]
    """Fargate platform version: `LATEST`, or a number such as `1.4.0`."""

    cluster: Annotated[ClusterReference, Default(words="the group's"), Aws("Target.Arn"), Example("cluster: batch")]
    """Name or ARN of an existing cluster that runs start on. It must be one of the group's `clusters`."""

    network: Annotated[
        TaskNetworkArgs,
        Default(words="the group's"),
        Aws("NetworkConfiguration"),
        Example("network: { securityGroups: [sg-0123456789abcdef0] }"),
    ]
    """VPC, subnets and security groups of runs. Runs use the group's for whatever is left out."""

    network_mode: Annotated[
        NetworkMode,
        OfTaskDefinition(),
        Default(words="`awsvpc`; `bridge` for external"),
        Aws("networkMode"),
        Example("launch: external\nnetworkMode: host"),
    ]
    """Network mode. Fargate supports only awsvpc; external instances support bridge, host and none. Windows supports
    awsvpc and `default`, its NAT network."""

    pid_mode: Annotated[
        PidMode,
        OfTaskDefinition(),
        Default(words="none: each container has its own"),
        Aws("pidMode"),
        Example("pidMode: task"),
    ]
    """Process namespace: `task` shares one among the containers of a run, `host` is that of the instance. Fargate
    supports only `task`."""

    ipc_mode: Annotated[
        IpcMode,
        OfTaskDefinition(),
        Default(words="that of the Docker daemon"),
        Aws("ipcMode"),
        Example("launch: ec2\nipcMode: task"),
    ]
    """IPC namespace: `task` shares one among the containers of a run, `host` is that of the instance, `none` gives each
    container its own. Not on Fargate."""

    placement_constraints: Annotated[
        Sequence[PlacementConstraintArgs],
        Items(0, 10, "entries"),
        Default((), "none"),
        Aws("PlacementConstraints"),
        Example("launch: ec2\nplacementConstraints: [{ type: distinctInstance }]"),
    ]
    """Which instances may run the task. Not on Fargate."""

    placement_strategies: Annotated[
        Sequence[PlacementStrategyArgs],
        Items(0, 5, "entries"),
        Default((), "none, which spreads over Availability Zones"),
        Aws("PlacementStrategy"),
        Example("launch: ec2\nplacementStrategies: [{ type: binpack, field: memory }]"),
    ]
    """Which of the allowed instances ECS selects: one strategy, or up to 5 if the task runs through Step Functions. Not
    on Fargate."""

    count: Annotated[int, Between(1, 10), Default(1), Aws("TaskCount"), Example("count: 3")]
    """Number of runs that one launch starts."""


@strict
class ScheduledTaskArgs(
    _Group,
    ExpressionArgs,
    _Schedules,
    TimesArgs,
    _AtDeployments,
    _AfterTask,
    _What,
    ContainerArgs,
    _Size,
    _Where,
    total=False,
):
    """One scheduled task: what runs, when, at what size, and with which permissions."""

    retry: Annotated[
        RetryArgs,
        Default({}, "5 attempts within 1h"),
        Aws("RetryPolicy"),
        Example("retry: { attempts: 5, maxAge: 1h }"),
    ]
    """Retries of a failed launch."""

    timeout: Annotated[
        str,
        Duration("1m", "30d", unit="s"),
        Default(words="none; 24h with other keys of supervised tasks"),
        Aws("TimeoutSeconds of a state"),
        Example("timeout: 45m"),
    ]
    """Time after the launch at which a run is stopped, 1m to 30d. The task then runs through Step Functions."""

    overlap: Annotated[
        Overlap, Default(words="`allow`"), Aws("DynamoDB PutItem with a condition"), Example("overlap: forbid")
    ]
    """Handling of a run that is due while another is running: `allow` starts it, `forbid` skips it, `queue` starts it
    after the other, with at most one waiting run, and `replace` stops the other first. The task then runs through Step
    Functions."""

    lock: Annotated[
        str,
        Matches(patterns.LOCK, "a lock's name", "1 to 64 letters, digits, -, _ and ., starting with a letter"),
        Default(words="none"),
        Aws("DynamoDB UpdateItem with a condition"),
        Example("lock: orders-db"),
    ]
    """Name of a lock. Tasks of a stack with the same lock never run at the same time, whatever their `overlap`: a run
    waits until the lock is free, and fails after 24 hours. The task then runs through Step Functions."""

    retry_run: Annotated[RetryRunArgs, Default(words="none"), Aws("states"), Example("retryRun: { attempts: 2 }")]
    """Retries of a failed run. The task then runs through Step Functions."""

    parallel: Annotated[
        ParallelArgs,
        Default(words="one task per run"),
        Aws("Map state"),
        Example("parallel: { tasks: 100, atOnce: 10 }"),
    ]
    """Splits each run into several ECS tasks. A run fails if a task fails; the others continue. `timeout`, `retry` and
    `retryRun` apply to each task. The task then runs through Step Functions."""

    except_: Annotated[
        ExceptArgs,
        Default(words="none"),
        Aws("Choice state"),
        Example('except: { dates: ["2026-12-24"], holidays: [DE-BY] }'),
    ]
    """Days and times without runs. The task then runs through Step Functions."""

    only: Annotated[Days, Default(words="all days"), Aws("Choice state"), Example("only: workdays")]
    """`workdays` leaves out Saturdays and Sundays. The task then runs through Step Functions."""

    expect_success_within: Annotated[
        str,
        Duration(
            "1m",
            "7d",
            whole_minutes=True,
            why="CloudWatch alarms look back no further. If a task runs less often than weekly, let it ping a monitor "
            "that knows its schedule (notify.heartbeat).",
        ),
        Default(words="none"),
        Aws("PutMetricAlarm, PutMetricFilter"),
        Example("expectSuccessWithin: 25h     # for a run every 24 hours"),
    ]
    """Raises an alarm if no run succeeds for this long: 1m to 7d, in whole hours above one day."""

    expect_duration_under: Annotated[
        str,
        Duration("1m", "30d", unit="s"),
        Default(words="none"),
        Aws("PutMetricAlarm"),
        Example("expectDurationUnder: 1h"),
    ]
    """Raises an alarm at the end of a run that took longer, 1m to 30d. Retries, their pauses and waits for another run
    count, too. To stop such a run, set `timeout`. For a message while it runs, use `notify.heartbeat`. The
    task then runs through Step Functions."""

    notify_after: Annotated[
        int,
        Between(1, 100),
        Default(words="that of the stack's `notify`"),
        Aws("DynamoDB UpdateItem, EventBridge PutRule"),
        Example("notifyAfter: 3"),
    ]
    """Failed runs in a row before messages are sent: 1 to 100. From then on, each failure sends messages, and the next
    success sends one to the topic, Slack and Teams. The outcome log, `history` and heartbeats get every failure. The
    task then runs through Step Functions."""

    logs: Annotated[
        LogsArgs,
        OfTaskDefinition(),
        Default({}, "the group's"),
        Aws("containerDefinitions.logConfiguration"),
        Example("logs: { retentionDays: 90 }"),
    ]
    """Logs of the task's runs."""

    tags: Annotated[
        Mapping[str, Text], Default({}, "none"), Aws("tags, EcsParameters.Tags"), Example("tags: { owner: alice }")
    ]
    """Tags of the task and its runs, in addition to the group's."""

    propagate_tags: Annotated[bool, Default(True), Aws("PropagateTags"), Example("propagateTags: false")]
    """Copies the tags of the task definition to runs, so that you can tell their cost apart."""

    aws: Annotated[
        TaskAwsArgs,
        Default({}, "none"),
        Aws("ContainerDefinition, RegisterTaskDefinition, RunTask"),
        Example("aws: { container: { volumesFrom: [] }, taskDefinition: { enableFaultInjection: true } }"),
    ]
    """Members of AWS's API that have no key, in AWS's own words."""
