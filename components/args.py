"""The arguments of the components: dictionaries with typed keys.

This is the only place where a key, its type, its bounds, its default, its description and AWS's name for it are
written. The configuration, the runtime checks of arguments, the JSON schema, the plugin schema and the documentation
are made from these types.

They are TypedDicts because a Pulumi component that is served to other languages receives dictionaries. Values
that are checked before anything is created are plain (`str`, `int`, `bool`). Identifiers that other resources
produce are `Input`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Required

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from .aws import limits, patterns
from .aws.images import ImageReference
from .aws.routes import Answer, SubnetType
from .aws.secret_references import SecretReference
from .aws.spelling import camel_case
from .keys.annotations import (
    Aws,
    Between,
    Characters,
    CidrBlock,
    Default,
    Duration,
    Form,
    Input,
    Instant,
    Items,
    Matches,
    NotEmpty,
    Noun,
    OfTaskDefinition,
    OneOf,
    ScheduleExpression,
    Text,
    TimeZone,
    Widest,
)

STRICT = ConfigDict(alias_generator=camel_case, extra="forbid", strict=True)
_strict = with_config(STRICT)

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
Launch = Literal["fargate", "fargateSpot", "ec2", "external"]
NetworkMode = Literal["awsvpc", "bridge", "host", "none", "default"]
Overlap = Literal["allow", "forbid", "replace"]
LogMode = Literal["blocking", "non-blocking"]
Condition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]
"""AWS: botocore ecs, ContainerCondition."""
SubnetKind = Literal["private", "public"]
PublicIp = Literal["auto", "true", "false"]
NatGateways = Literal["none", "single", "perZone"]
ConstraintType = Literal["distinctInstance", "memberOf"]
StrategyType = Literal["random", "spread", "binpack"]
SuccessMetrics = Literal["perTask", "shared"]

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""AWS: botocore logs, Days."""
DEFAULT_RETENTION_DAYS = 30

KmsKeyArn = Annotated[
    str,
    Matches(
        patterns.KMS_KEY_ARN,
        "the ARN of a KMS key (AWS resolves an alias only once)",
        "arn:aws:kms:<region>:<account>:key/<id>",
    ),
]
PolicyArn = Annotated[
    str, Matches(patterns.MANAGED_POLICY_ARN, "the ARN of a managed policy", "arn:aws:iam::<account>:policy/<name>")
]
RoleArn = Annotated[str, Matches(patterns.ROLE_ARN, "the ARN of a role", "arn:aws:iam::<account>:role/<name>")]
TaskDefinition = Annotated[
    str, Matches(patterns.TASK_DEFINITION, "a task definition", "family, family:revision or an ARN")
]
Image = Annotated[str, Form(ImageReference.parse)]
CapacityProviderName = Annotated[
    str,
    Matches(
        patterns.CAPACITY_PROVIDER,
        "a capacity provider",
        "FARGATE, FARGATE_SPOT, or the name of a capacity provider of an Auto Scaling group",
    ),
]
SecretArn = Annotated[str, Form(SecretReference.parse)]
User = Annotated[Text, Matches(patterns.USER, "a user", "user, uid, user:group or uid:gid")]
ClusterReference = Annotated[
    str, Matches(patterns.CLUSTER, "a cluster", "its name (letters, digits, - and _) or its ARN")
]
SubnetIds = Input[
    Annotated[
        Sequence[
            Input[Annotated[str, Matches(patterns.SUBNET, "a subnet", "its ID, such as subnet-0123456789abcdef0")]]
        ],
        Items(*limits.SUBNETS, "subnets"),
    ]
]
SecurityGroupIds = Input[
    Annotated[
        Sequence[
            Input[
                Annotated[
                    str, Matches(patterns.SECURITY_GROUP, "a security group", "its ID, such as sg-0123456789abcdef0")
                ]
            ]
        ],
        Items(1, 5, "security groups"),
    ]
]
IamPath = Annotated[str, Matches(patterns.IAM_PATH, "a path: it begins and ends with / and has at most 250 characters")]
StopTimeout = Annotated[str, Duration("2s", "2m", unit="s")]
Storage = Annotated[int, Between(21, 200, "GiB")]
"""AWS: botocore ecs, EphemeralStorage."""


@_strict
class CapacityProviderArgs(TypedDict, total=False):
    """One entry of a capacity provider strategy. A strategy has either Fargate's providers or others, not both
    kinds."""

    provider: Required[Annotated[CapacityProviderName, Aws("capacityProvider")]]
    """FARGATE, FARGATE_SPOT, or the name of a capacity provider of an Auto Scaling group."""

    weight: Annotated[int, Between(0, 1000), Default(1), Aws("weight")]
    """Share of the runs beyond `base`."""

    base: Annotated[int, Between(0, 100000), Default(0), Aws("base")]
    """Number of runs of one launch that go to this provider first. Only one entry of a strategy may set it."""


@_strict
class ClusterArgs(TypedDict, total=False):
    """An ECS cluster that the group creates."""

    container_insights: Annotated[bool, Default(False), Aws("settings: containerInsights")]
    """Enables CloudWatch Container Insights, which AWS charges for by metric."""

    capacity_providers: Annotated[
        Sequence[CapacityProviderName],
        Default(("FARGATE", "FARGATE_SPOT"), "FARGATE and FARGATE_SPOT, which are free"),
        Aws("capacityProviders"),
    ]
    """Capacity providers of the cluster: FARGATE, FARGATE_SPOT, and names of existing providers of Auto Scaling
    groups."""

    default_strategy: Annotated[
        Sequence[CapacityProviderArgs],
        Items(1, 6, "entries"),
        Default((), "none"),
        Aws("defaultCapacityProviderStrategy"),
    ]
    """Capacity provider strategy for whatever else starts on the cluster without one of its own."""


@_strict
class VpcArgs(TypedDict, total=False):
    """A VPC that the group creates (awsx.ec2.Vpc), with a public and a private subnet in each Availability Zone."""

    cidr: Annotated[str, CidrBlock(16, 24), Default("10.0.0.0/16"), Aws("CidrBlock")]
    """IPv4 block, /16 to /24."""

    nat_gateways: Annotated[NatGateways, Default("single"), Aws("NatGateways")]
    """NAT gateways, which AWS charges for by the hour. With `none`, private subnets get VPC endpoints (also
    charged) for ECR, CloudWatch Logs, secrets and S3, and reach nothing else."""

    zones: Annotated[int, Between(1, 4), Default(2), Aws("AvailabilityZones")]
    """Number of Availability Zones."""


@_strict
class NetworkArgs(TypedDict, total=False):
    """VPC, subnets and security groups of runs (network mode awsvpc). Name the VPC in at most one way, and the
    subnets in at most one way."""

    vpc: Annotated[
        str,
        Matches(patterns.VPC, "a VPC", "default, or an ID such as vpc-0123456789abcdef0"),
        Default("default"),
        Aws("VPC of the subnets"),
    ]
    """`default` (the account's default VPC) or the ID of a VPC."""

    create_vpc: Annotated[VpcArgs, Default(words="none"), Aws("awsx.ec2.Vpc")]
    """A new VPC, instead of `vpc` and `vpc_tags`."""

    vpc_tags: Annotated[
        Mapping[str, Text],
        NotEmpty("is empty, which would match every VPC. Name at least one tag."),
        Default(words="none"),
        Aws("Filters: tag:key"),
    ]
    """Tags that match exactly one VPC, instead of `vpc`."""

    subnets: Annotated[
        SubnetKind, Default(words="public in the default VPC, otherwise private"), Aws("awsvpcConfiguration.Subnets")
    ]
    """`public` selects the VPC's subnets with a route to an internet gateway. `private` selects those with other routes
    out of the VPC or, if there are none, isolated subnets with endpoints for ECR and S3."""

    subnet_ids: Annotated[
        SubnetIds, Default(words="the subnets that `subnets` selects"), Aws("awsvpcConfiguration.Subnets")
    ]
    """1 to 16 subnets of one VPC, by ID."""

    subnet_tags: Annotated[
        Mapping[str, Text],
        NotEmpty("is empty, which would match every subnet. Name at least one tag."),
        Default(words="none"),
        Aws("Filters: tag:key"),
    ]
    """Tags that match subnets of the VPC."""

    security_group_ids: Annotated[
        SecurityGroupIds,
        Default(words="a new one, which allows all outbound and no inbound traffic"),
        Aws("awsvpcConfiguration.SecurityGroups"),
    ]
    """1 to 5 security groups, by ID."""

    assign_public_ip: Annotated[PublicIp, Default("auto"), Aws("awsvpcConfiguration.AssignPublicIp")]
    """Public IP addresses for runs. `auto` assigns one in public subnets, where runs would otherwise have no
    internet access, and none in private subnets."""

    vpc_id: Annotated[Input[str], Default(words="none"), Aws("VPC of the security group")]
    """VPC of `subnet_ids`. Required if other resources produce the subnet IDs and `security_group_ids` is not
    set."""


@_strict
class LogsArgs(TypedDict, total=False):
    """CloudWatch Logs of runs."""

    retention_days: Annotated[
        int,
        OneOf(RETENTION_DAYS, "a retention period of CloudWatch Logs"),
        Default(words=f"{DEFAULT_RETENTION_DAYS}; a task's is its group's"),
        Aws("retentionInDays"),
    ]
    """Days that CloudWatch Logs keeps log events. A task that differs from its group gets its own log group."""

    mode: Annotated[LogMode, Default("blocking"), Aws("options: mode")]
    """`blocking` loses no line, but a run waits while CloudWatch Logs is unreachable. `non-blocking` never waits,
    but loses lines when the buffer is full."""

    kms_key: Annotated[KmsKeyArn, Default(words="CloudWatch Logs' own encryption"), Aws("kmsKeyId")]
    """ARN of a KMS key that encrypts log events. Its key policy must allow CloudWatch Logs to use it. A group's key
    also encrypts outcome logs and the logs of state machines. A task that differs from its group gets its own log
    group."""


@_strict
class RetryArgs(TypedDict, total=False):
    """Retries of a failed launch (RunTask), not of a failed container. Retries end at whichever limit is reached
    first. The launch then goes to the dead-letter queue."""

    attempts: Annotated[int, Between(0, 185), Default(5), Aws("MaximumRetryAttempts")]
    """Maximum number of retries."""

    max_age: Annotated[str, Duration("1m", "1d", unit="s"), Default("1h"), Aws("MaximumEventAgeInSeconds")]
    """Maximum time after the scheduled time, 1m to 1d. AWS's own default of 24 h can start a nightly task in the
    afternoon."""


@_strict
class RetryRunArgs(TypedDict, total=False):
    """Retries of a failed run, as opposed to a failed launch. The task then runs through Step Functions."""

    attempts: Required[Annotated[int, Between(1, 10), Aws("states")]]
    """Maximum number of retries. A run that a user stopped, or that timed out, is not retried."""

    delay: Annotated[str, Duration("1s", "1d", unit="s"), Default("1m"), Aws("Seconds of a Wait state")]
    """Time before the first retry, 1s to 1d."""

    backoff: Annotated[int, Between(1, 10), Default(2), Aws("Seconds of a Wait state")]
    """Factor by which the delay grows with each further retry, up to a delay of 1d."""

    exit_codes: Annotated[
        Sequence[Annotated[int, Between(1, 255)]],
        NotEmpty("is empty, so no exit code would be retried. Remove it to retry all."),
        Default((), "all"),
        Aws("containers.exitCode"),
    ]
    """Exit codes (1 to 255) that are retried. A run that ended without an exit code is always retried."""


@_strict
class ScheduleArgs(TypedDict, total=False):
    """One of several schedules of a task: when it runs, and what its runs override."""

    expression: Required[Annotated[str, ScheduleExpression(), Aws("ScheduleExpression")]]
    """`rate(...)`, `cron(...)` or `at(...)`."""

    name: Annotated[
        str,
        Matches(
            patterns.SCHEDULE_NAME,
            "a schedule's name",
            "1 to 24 letters, digits, - and single _, starting with a letter",
        ),
        Default(words="from the expression, such as `cron-3fa1b2c4`"),
        Aws("Name: `<task>__<name>`"),
    ]
    """Name of the schedule, unique in the task. With a name, a new expression changes the schedule. Without one, it
    replaces the schedule."""

    description: Annotated[str, Characters(512), Default(words="the task's"), Aws("Description")]
    """Description of the schedule."""

    timezone: Annotated[str, TimeZone(), Default("UTC", "the task's"), Aws("ScheduleExpressionTimezone")]
    """IANA time zone of the expression."""

    flexible_window: Annotated[
        str,
        Duration("1m", "1d", whole_minutes=True, unit="m"),
        Default("0s", "the task's"),
        Aws("FlexibleTimeWindow.MaximumWindowInMinutes"),
    ]
    """Time after the scheduled time within which a run starts, in whole minutes, 1m to 1d."""

    start: Annotated[str, Instant(), Default(words="the task's"), Aws("StartDate")]
    """Time before which there are no runs: ISO 8601 with an offset or `Z`."""

    end: Annotated[str, Instant(), Default(words="the task's"), Aws("EndDate")]
    """Time after which there are no runs: ISO 8601 with an offset or `Z`."""

    enabled: Annotated[bool, Default(True), Aws("State")]
    """`false` pauses this schedule."""

    delete_after_completion: Annotated[bool, Default(words="the task's"), Aws("ActionAfterCompletion")]
    """Whether AWS deletes the schedule after its last run."""

    command: Annotated[Sequence[Text], Default(words="the task's"), Aws("Target.Input: containerOverrides.command")]
    """Command of the container. Can contain the same keywords as the task's."""

    environment: Annotated[Mapping[str, Text], Default({}, "none"), Aws("Target.Input: containerOverrides.environment")]
    """Environment variables that add to or replace the task's. Values can contain the same keywords as the task's."""

    cpu: Annotated[int, Default(words="the task's"), Aws("Target.Input: cpu")]
    """CPU units, within the bounds of the task's `cpu`."""

    memory: Annotated[int, Default(words="the task's"), Aws("Target.Input: memory")]
    """MiB of memory, within the bounds of the task's `memory`."""

    ephemeral_storage: Annotated[Storage, Default(words="the task's"), Aws("Target.Input: ephemeralStorage")]
    """GiB of ephemeral storage on Fargate, 21 to 200."""

    task_role: Annotated[RoleArn, Default(words="the task's"), Aws("Target.Input: taskRoleArn")]
    """ARN of an existing role for runs."""

    exec: Annotated[bool, Default(words="the task's"), Aws("EnableExecuteCommand")]
    """Whether ECS Exec is enabled for the runs of this schedule. Supervised tasks have one setting for all runs."""


@_strict
class BuildArgs(TypedDict, total=False):
    """An image that the deployment builds and pushes to an ECR repository of the task (awsx.ecr)."""

    context: Required[
        Annotated[str, NotEmpty("is empty. Name the folder with the Dockerfile."), Aws("awsx.ecr.Image context")]
    ]
    """Build context: a folder, relative to the program."""

    dockerfile: Annotated[str, Default(words="`Dockerfile` in the context"), Aws("dockerfile")]
    """Path of the Dockerfile."""

    target: Annotated[str, Default(words="the last"), Aws("target")]
    """Stage of the Dockerfile."""

    args: Annotated[Mapping[str, Text], Default(words="none"), Aws("args")]
    """Build arguments. Do not pass secrets."""


@_strict
class UlimitArgs(TypedDict):
    """A resource limit of a container."""

    soft: Annotated[int, Aws("softLimit")]
    """Limit that applies to processes, at most `hard`."""

    hard: Annotated[int, Aws("hardLimit")]
    """Limit up to which a process may raise its soft limit, at least `soft`."""


@_strict
class VolumeArgs(TypedDict, total=False):
    """A volume of the task, and where the container mounts it."""

    path: Required[Annotated[str, Aws("mountPoints.containerPath")]]
    """Absolute path in the container."""

    efs: Annotated[
        Input[Annotated[str, Matches(patterns.FILE_SYSTEM, "a file system", "its ID, such as fs-0123456789abcdef0")]],
        Default(
            words="none: the volume starts empty, is shared by the task's containers, and is deleted after the run"
        ),
        Aws("efsVolumeConfiguration.fileSystemId"),
    ]
    """ID of an EFS file system."""

    access_point: Annotated[
        Input[
            Annotated[str, Matches(patterns.ACCESS_POINT, "an access point", "its ID, such as fsap-0123456789abcdef0")]
        ],
        Default(words="none"),
        Aws("authorizationConfig.accessPointId"),
    ]
    """ID of an access point of the file system."""

    root_directory: Annotated[str, Default("/"), Aws("efsVolumeConfiguration.rootDirectory")]
    """Directory of the file system to mount. Not allowed with `access_point`."""

    read_only: Annotated[bool, Default(False), Aws("mountPoints.readOnly")]
    """Mounts the volume read-only."""


@_strict
class HealthCheckArgs(TypedDict, total=False):
    """How ECS determines whether a container is healthy."""

    command: Required[Annotated[Sequence[Text], Aws("command")]]
    """`[CMD, program, argument, ...]` or `[CMD-SHELL, line]`."""

    interval: Annotated[str, Duration("5s", "5m", unit="s"), Default("30s"), Aws("interval")]
    """Time between two checks, 5s to 5m."""

    timeout: Annotated[str, Duration("2s", "1m", unit="s"), Default("5s"), Aws("timeout")]
    """Time after which a check fails, 2s to 1m."""

    retries: Annotated[int, Between(1, 10), Default(3), Aws("retries")]
    """Number of failed checks in a row after which the container is unhealthy."""

    start_period: Annotated[str, Duration("0s", "5m", unit="s"), Default(words="none"), Aws("startPeriod")]
    """Time after the start in which failed checks do not count, 0s to 5m."""


@_strict
class SidecarArgs(TypedDict, total=False):
    """An additional container of the task."""

    image: Required[Annotated[Input[Image], Aws("image")]]
    """Container image."""

    command: Annotated[Sequence[Input[Text]], Default(words="the image's"), Aws("command")]
    """Command of the container. Can contain the same keywords as the task's."""

    entry_point: Annotated[Sequence[Input[Text]], Default(words="the image's"), Aws("entryPoint")]
    """Entry point of the container."""

    environment: Annotated[Mapping[str, Input[Text]], Default({}, "none"), Aws("environment")]
    """Environment variables. Values can contain the same keywords as the task's `command`."""

    secrets: Annotated[Mapping[str, Input[SecretArn]], Default({}, "none"), Aws("secrets")]
    """Environment variables whose values ECS reads when the container starts, as for the task."""

    cpu: Annotated[int, Between(0, 196608), Default(0), Aws("cpu")]
    """CPU units reserved for the container, at least 0 and less than the task's. 0 shares what is free."""

    memory: Annotated[int, Between(*limits.EC2_MEMORY, "MiB"), Default(words="the task's"), Aws("memory")]
    """MiB of memory at which ECS kills the container, at least 6."""

    essential: Annotated[bool, Default(False), Aws("essential")]
    """Whether the run ends when this container ends."""

    depends_on: Annotated[Mapping[str, Condition], Default({}, "none"), Aws("dependsOn")]
    """Containers to wait for, as for the task."""

    health_check: Annotated[
        HealthCheckArgs, Default(words="none: ECS ignores an image's health check"), Aws("healthCheck")
    ]
    """Health check of the container. Needed if another container waits for HEALTHY."""

    mounts: Annotated[Mapping[str, str], Default({}, "none"), Aws("mountPoints")]
    """Volumes of the task by name, each with its absolute path in this container."""

    user: Annotated[User, Default(words="the image's"), Aws("user")]
    """`user`, `uid`, `user:group` or `uid:gid`."""

    working_directory: Annotated[str, Default(words="the image's"), Aws("workingDirectory")]
    """Working directory of the container: an absolute path."""

    read_only_root: Annotated[bool, Default(words="`false`"), Aws("readonlyRootFilesystem")]
    """Makes the root file system read-only."""

    stop_timeout: Annotated[StopTimeout, Default(words="AWS's 30s"), Aws("stopTimeout")]
    """Time between SIGTERM and SIGKILL, 2s to 2m."""


@_strict
class PlacementConstraintArgs(TypedDict, total=False):
    """Which instances may run the task. Not on Fargate."""

    type: Required[Annotated[ConstraintType, Aws("type")]]
    """`distinctInstance` or `memberOf`."""

    expression: Annotated[str, Default(words="none"), Aws("expression")]
    """Expression in the cluster query language, for `memberOf`."""


@_strict
class PlacementStrategyArgs(TypedDict, total=False):
    """Which of the allowed instances ECS selects. Not on Fargate."""

    type: Required[Annotated[StrategyType, Aws("type")]]
    """`random`, `spread` or `binpack`."""

    field: Annotated[str, Default(words="none"), Aws("field")]
    """For `spread`: `instanceId` or an attribute. For `binpack`: `cpu` or `memory`."""


@_strict
class NotifyArgs(TypedDict, total=False):
    """Who receives messages about failures and alarms: an SNS topic, which the group creates unless `topic_arn`
    is set."""

    emails: Annotated[
        Sequence[Annotated[str, Matches(patterns.EMAIL, "an email address")]],
        Default((), "none"),
        Aws("Subscription: email"),
    ]
    """Email addresses to subscribe. Each recipient must confirm the subscription."""

    topic_arn: Annotated[
        Input[
            Annotated[str, Matches(patterns.TOPIC_ARN, "the ARN of a topic", "arn:aws:sns:<region>:<account>:<name>")]
        ],
        Default(words="a new topic"),
        Aws("TopicArn"),
    ]
    """ARN of an existing topic. Its policy must allow events.amazonaws.com and cloudwatch.amazonaws.com to
    publish."""

    kms_key: Annotated[KmsKeyArn, Default(words="none"), Aws("KmsMasterKeyId")]
    """ARN of a KMS key that encrypts the new topic. Its key policy must allow both services kms:GenerateDataKey* and
    kms:Decrypt, and events.amazonaws.com without a condition on aws:SourceAccount or aws:SourceArn."""


@_strict
class MonitoringArgs(TypedDict, total=False):
    """Monitoring of the group: outcome logs, alarms, dashboard and tracing."""

    outcomes: Annotated[bool, Default(True), Aws("EventBridge PutRule")]
    """Records the end of each run, successful or failed, in outcome logs, and sends failures to the topic."""

    alarms: Annotated[bool, Default(True), Aws("PutMetricAlarm")]
    """Alarms on failed launches and dead-letter messages."""

    success_metrics: Annotated[SuccessMetrics, Default("perTask"), Aws("PutMetricFilter")]
    """How `expectSuccessWithin` counts successes. `perTask`: one metric filter for each task that sets it, of which AWS
    allows 100 per log group. `shared`: one metric filter for any number of tasks. AWS then charges for one metric for
    each task that succeeds, even if it doesn't set `expectSuccessWithin`. After a change, the alarm of a task fires
    until its next success."""

    dashboard: Annotated[bool, Default(False), Aws("PutDashboard")]
    """A CloudWatch dashboard. AWS charges for each dashboard after the third in an account."""

    tracing: Annotated[bool, Default(False), Aws("tracingConfiguration")]
    """X-Ray traces of supervised runs, which AWS charges for."""


@_strict
class EncryptionArgs(TypedDict, total=False):
    """KMS keys of the group, by ARN. The key of log groups is set under `logs`, and that of the topic under
    `notify`."""

    dead_letters: Annotated[KmsKeyArn, Default(words="SQS's own encryption"), Aws("SQS KmsMasterKeyId")]
    """Key of the dead-letter queue. Its key policy must allow scheduler.amazonaws.com kms:GenerateDataKey and
    kms:Decrypt."""

    undelivered_events: Annotated[KmsKeyArn, Default(words="SQS's own encryption"), Aws("SQS KmsMasterKeyId")]
    """Key of the queue of events that could not be delivered. Its key policy must allow events.amazonaws.com
    kms:GenerateDataKey and kms:Decrypt. Otherwise these events are lost."""

    schedules: Annotated[KmsKeyArn, Default(words="a key that AWS owns"), Aws("EventBridge Scheduler KmsKeyArn")]
    """Key that encrypts what schedules send to their targets. Who deploys, and who reads or pauses schedules, needs
    kms:DescribeKey, kms:GenerateDataKey and kms:Decrypt."""

    secrets: Annotated[
        Sequence[
            Annotated[
                str, Matches(patterns.KMS_KEY_ARN, "the ARN of a KMS key", "arn:aws:kms:<region>:<account>:key/<id>")
            ]
        ],
        Default((), "none; secrets under AWS managed keys need none"),
        Aws("kms:Decrypt of execution roles"),
    ]
    """Keys that the tasks' secrets are encrypted with. The execution roles that read secrets may decrypt with
    them."""


@_strict
class PermissionArgs(TypedDict):
    """One statement of the policy of the task role."""

    actions: Annotated[
        Sequence[Annotated[str, Matches(patterns.IAM_ACTION, "an IAM action", "service:Action, such as s3:PutObject")]],
        NotEmpty(),
        Aws("Action"),
    ]
    """IAM actions, such as `s3:PutObject`."""

    resources: Annotated[
        Sequence[Input[Annotated[str, Matches(patterns.IAM_RESOURCE, "an ARN", "one, such as arn:aws:s3:::bucket/*")]]],
        NotEmpty(),
        Aws("Resource"),
    ]
    """ARNs of the resources that the actions are allowed on."""


@_strict
class TaskDefinitionReference(TypedDict):
    """An existing task definition, as the group found it."""

    arn: Input[str]
    """Its ARN, with the revision that schedules are pinned to."""

    task_role_arn: str
    """Its task role. Empty for none."""

    execution_role_arn: str
    """Its execution role. Empty for none."""

    compatibilities: Sequence[str]
    """Launch types that it requires: FARGATE, EC2, EXTERNAL, MANAGED_INSTANCES. Empty if it is not restricted."""

    network_mode: str
    """awsvpc, bridge, host or none."""

    containers: Sequence[str]
    """Names of its containers."""

    essential: Sequence[str]
    """Names of its essential containers."""

    images: Sequence[str]
    """Images of its containers."""

    services: Sequence[str]
    """AWS services that ECS reaches for its logs and secrets: `logs`, `secretsmanager`, `ssm`."""

    secrets: Mapping[str, Sequence[str]]
    """Environment variables of each container that are secrets."""

    cpu: int
    """CPU units of the task. 0 if only its containers have a size."""

    memory: int
    """MiB of the task. 0 if only its containers have a size."""


@_strict
class SubnetReference(TypedDict):
    """Destinations that runs in one subnet reach, as the group found it."""

    subnet_id: str
    """The subnet."""

    subnet_type: SubnetType
    """public, private or isolated."""

    internet: Answer
    """Whether runs reach the internet: yes, no or unknown."""

    services: Sequence[str]
    """AWS services that they reach through endpoints."""


@_strict
class GroupReference(TypedDict):
    """Values that a scheduled task needs from its group: `ScheduledTaskGroup.reference`."""

    prefix: str
    """Prefix of the names of the group's resources."""

    partition: str
    """AWS partition: aws, aws-cn, aws-us-gov."""

    region: str
    """AWS Region of the group."""

    account_id: str
    """AWS account of the group."""

    cluster_arn: Input[str]
    """ARN of the cluster that runs start on."""

    capacity_providers: Sequence[str]
    """Capacity providers of the cluster, if the group creates it. Empty for an existing cluster."""

    schedule_group: Input[str]
    """Name of the schedule group."""

    scheduler_role_arn: Input[str]
    """ARN of the role that EventBridge Scheduler assumes to start runs."""

    execution_role_arn: Input[str]
    """ARN of the role that ECS assumes to pull images and write logs."""

    dead_letter_queue_arn: Input[str]
    """ARN of the queue for launches whose retries are exhausted."""

    supervisor_role_arn: Input[str]
    """ARN of the role of the state machines of supervised tasks. Empty if the group has none."""

    supervisor_log_group_arn: Input[str]
    """ARN of the log group of state machines. Empty if the group has none."""

    tracing: bool
    """Whether state machines are traced."""

    log_retention_days: int
    """Days that the group's log group keeps log events."""

    log_kms_key: str
    """ARN of the key that encrypts the group's log group. Empty for none."""

    schedules_kms_key: str
    """ARN of the key that encrypts schedules. Empty for none."""

    secrets_kms_keys: Sequence[str]
    """ARNs of the keys that secrets are encrypted with."""

    succeeded_log_group: Input[str]
    """Name of the outcome log of successful runs. Empty if outcomes are not monitored."""

    shared_success_metric: str
    """Name of the metric of all tasks' successes. Empty if each task has its own."""

    topic_arn: Input[str]
    """ARN of the topic for failures and alarms. Empty for none."""

    iam_path: str
    """Path of the group's roles."""

    permissions_boundary: str
    """ARN of the permissions boundary of the group's roles. Empty for none."""

    subnet_ids: Input[Sequence[Input[str]]]
    """Subnets of runs."""

    security_group_ids: Input[Sequence[Input[str]]]
    """Security groups of runs."""

    assign_public_ip: bool
    """Whether runs get a public IP address."""

    reach: Sequence[SubnetReference]
    """Destinations that runs in each subnet reach. Empty if they are not known, or if the group has checked its tasks
    against them."""

    task_definitions: Mapping[str, TaskDefinitionReference]
    """Existing task definitions that the group's schedules may start, by the string that refers to them."""

    containers: Mapping[str, str]
    """For each of `task_definitions`, the container whose exit code decides the outcome. No entry if it has several
    essential containers, and the group names none."""

    pass_role_arns: Sequence[str]
    """Existing roles that runs of the group may use."""

    registry_accounts: Sequence[str]
    """AWS accounts whose ECR repositories the execution role may pull from."""

    pull_through_caches: Sequence[str]
    """Repository prefixes of ECR's pull-through caches that the execution role may import images into."""

    enabled: bool
    """Whether the group's schedules are enabled."""

    tags: Mapping[str, str]
    """Tags of all resources of the group."""


@_strict
class ScheduledTaskGroupArgs(TypedDict, total=False):
    """Settings that the scheduled tasks of one stack share."""

    prefix: Annotated[str, Characters(limits.PREFIX_LENGTH), Default(words="`<project>-<stack>-<name of the group>`")]
    """Prefix of the names of the group's resources in AWS."""

    cluster: Annotated[Input[ClusterReference], Default("default"), Aws("Target.Arn")]
    """Name or ARN of the ECS cluster. If another resource produces it, it must be an ARN."""

    create_cluster: Annotated[ClusterArgs, Default(words="none"), Aws("ECS CreateCluster")]
    """A new cluster, instead of `cluster`."""

    network: Annotated[NetworkArgs, Default({}, "the public subnets of the default VPC"), Aws("NetworkConfiguration")]
    """VPC, subnets and security groups of runs."""

    logs: Annotated[LogsArgs, Default({}, "30 days"), Aws("CloudWatch Logs CreateLogGroup")]
    """Retention and encryption of the group's log group. Each task sets its own `mode`."""

    notify: Annotated[NotifyArgs, Default(words="nobody"), Aws("SNS topic")]
    """Who receives messages about failures and alarms."""

    monitoring: Annotated[
        MonitoringArgs, Default({}, "outcomes and alarms"), Aws("EventBridge rules, CloudWatch alarms")
    ]
    """Monitoring of the group: outcome logs, alarms, dashboard and tracing."""

    containers: Annotated[Mapping[str, str], Default({}, "the only essential container, or `main` of several")]
    """For each of `task_definitions`, the container whose exit code decides the outcome, by the string that
    refers to it."""

    supervised: Annotated[bool, Default(False)]
    """Whether tasks of this group may set `timeout`, `overlap` or `retry_run`. Adds a lease table, a role and a
    log group for their state machines, and rules for their outcomes."""

    encryption: Annotated[EncryptionArgs, Default({}, "AWS's own encryption"), Aws("KMS keys")]
    """KMS keys."""

    iam_path: Annotated[IamPath, Default("/"), Aws("Path")]
    """Path that the group's roles are under, such as `/teams/data/`."""

    permissions_boundary: Annotated[PolicyArn, Default(words="none"), Aws("PermissionsBoundary")]
    """ARN of a managed policy that limits what the group's roles can do."""

    task_definitions: Annotated[Sequence[TaskDefinition], Default((), "none"), Aws("EcsParameters.TaskDefinitionArn")]
    """Existing task definitions that tasks of this group refer to: `family`, `family:revision` or ARN."""

    pass_role_arns: Annotated[Sequence[RoleArn], Default((), "none"), Aws("iam:PassRole")]
    """Existing roles that tasks of this group use as their task role."""

    registry_accounts: Annotated[
        Sequence[Annotated[str, Matches(patterns.ACCOUNT, "an AWS account", "its 12 digits")]],
        Default((), "none"),
        Aws("ecr:BatchGetImage"),
    ]
    """AWS accounts, besides this one, whose ECR repositories images are pulled from."""

    pull_through_caches: Annotated[
        Sequence[
            Annotated[
                str,
                Matches(
                    patterns.CACHE_PREFIX,
                    "the repository prefix of a pull-through cache",
                    "2 to 30 characters without / at the end, such as docker-hub, or ROOT for a rule without a prefix",
                ),
            ]
        ],
        Items(0, 50, "prefixes"),
        Default((), "none"),
        Aws("ecr:BatchImportUpstreamImage, ecr:CreateRepository"),
    ]
    """Repository prefixes of ECR pull-through cache rules that images use, such as `docker-hub`. Execution roles may
    then import images that are not cached yet, and create their repositories under the prefix."""

    enabled: Annotated[bool, Default(True), Aws("State of every schedule")]
    """`false` pauses every schedule of the group."""

    tags: Annotated[Mapping[str, Text], Default({}, "none"), Aws("Tags of every resource")]
    """Tags of all resources of the group and of its runs, at most 49."""


@_strict
class ScheduledTaskArgs(TypedDict, total=False):
    """One scheduled task: what runs, when, at what size, and with which permissions."""

    group: Annotated[
        GroupReference,
        Noun("the `reference` of a ScheduledTaskGroup"),
        Default(words="a new group, made from `group_args`"),
    ]
    """Group of the task: `ScheduledTaskGroup.reference`."""

    group_args: Annotated[ScheduledTaskGroupArgs, Default({}, "all defaults of a group")]
    """Arguments of the new group, for a task without `group`."""

    description: Annotated[str, Characters(512), Default(words="none"), Aws("Description")]
    """Purpose of the task. EventBridge Scheduler shows it with the schedule."""

    schedule: Annotated[str, ScheduleExpression(), Default(words="none"), Aws("ScheduleExpression")]
    """`rate(6 hours)`, `cron(0 3 * * ? *)` or `at(2026-12-24T18:00:00)`. Set either this or `schedules`."""

    schedules: Annotated[Sequence[ScheduleArgs], Default((), "none"), Aws("Several schedules")]
    """Several schedules, each with its own settings, instead of `schedule`."""

    timezone: Annotated[str, TimeZone(), Default("UTC"), Aws("ScheduleExpressionTimezone")]
    """IANA time zone of cron and at expressions."""

    flexible_window: Annotated[
        str,
        Duration("1m", "1d", whole_minutes=True, unit="m"),
        Default(words="none: runs start at the scheduled time"),
        Aws("FlexibleTimeWindow.MaximumWindowInMinutes"),
    ]
    """Time after the scheduled time within which a run starts, in whole minutes, 1m to 1d."""

    start: Annotated[str, Instant(), Default(words="the deployment"), Aws("StartDate")]
    """Time before which there are no runs: ISO 8601 with an offset or `Z`. `rate` counts from it."""

    end: Annotated[str, Instant(), Default(words="none"), Aws("EndDate")]
    """Time after which there are no runs: ISO 8601 with an offset or `Z`."""

    enabled: Annotated[bool, Default(True), Aws("State")]
    """`false` pauses all schedules of the task."""

    delete_after_completion: Annotated[bool, Default(words="`false`"), Aws("ActionAfterCompletion")]
    """Whether AWS deletes the schedule after its last run (`at`, or a schedule with `end`)."""

    image: Annotated[Input[Image], Default(words="none"), Aws("containerDefinitions.image")]
    """Container image. Set one of this, `build` and `task_definition`."""

    build: Annotated[BuildArgs, Default(words="none"), Aws("awsx.ecr.Image")]
    """An image that the deployment builds and pushes, instead of `image`."""

    task_definition: Annotated[TaskDefinition, Default(words="none"), Aws("EcsParameters.TaskDefinitionArn")]
    """An existing task definition, one of the group's `task_definitions`: `family`, `family:revision` or ARN. A
    family selects its newest revision at the time of the deployment. `command`, `environment`, `cpu`, `memory`,
    `ephemeral_storage` and `task_role` then override its values, and `exec` needs a task role."""

    container: Annotated[
        str,
        Matches(patterns.CONTAINER, "a container name", "letters, digits, - and _"),
        Default(words="the only essential container, or `main` of several"),
        Aws("containerOverrides.name"),
    ]
    """Container of `task_definition` whose exit code decides the outcome, and that overrides apply to. Required if the
    task definition has several essential containers, and none of them is `main`."""

    command: Annotated[
        Sequence[Input[Text]],
        OfTaskDefinition(overridable=True),
        Default(words="the image's"),
        Aws("containerDefinitions.command"),
    ]
    """Command of the container. EventBridge Scheduler replaces `<aws.scheduler.scheduled-time>`,
    `<aws.scheduler.execution-id>`, `<aws.scheduler.attempt-number>` and `<aws.scheduler.schedule-arn>` in it."""

    entry_point: Annotated[
        Sequence[Input[Text]], OfTaskDefinition(), Default(words="the image's"), Aws("containerDefinitions.entryPoint")
    ]
    """Entry point of the container."""

    environment: Annotated[
        Mapping[str, Input[Text]],
        OfTaskDefinition(overridable=True),
        Default({}, "none"),
        Aws("containerDefinitions.environment"),
    ]
    """Environment variables. Values can contain the same keywords as `command`. Anybody who can describe the task
    definition can read them, so Pulumi secrets are refused."""

    secrets: Annotated[
        Mapping[str, Input[SecretArn]], OfTaskDefinition(), Default({}, "none"), Aws("containerDefinitions.secrets")
    ]
    """Environment variables whose values ECS reads when the container starts. Each is the ARN of a Secrets Manager
    secret (optionally with `:json-key::`) or SSM parameter, or the name of a parameter such as `/prod/db/password`.
    The task gets its own execution role, which reads only these."""

    secret_values: Annotated[Mapping[str, Input[str]], OfTaskDefinition(), Default({}, "none"), Aws("SSM SecureString")]
    """Environment variables from Pulumi secrets, such as those of the stack's configuration. The deployment
    stores the values as SSM parameters of type SecureString, and ECS reads them when the container starts."""

    working_directory: Annotated[
        str, OfTaskDefinition(), Default(words="the image's"), Aws("containerDefinitions.workingDirectory")
    ]
    """Working directory of the container: an absolute path."""

    user: Annotated[User, OfTaskDefinition(), Default(words="the image's"), Aws("containerDefinitions.user")]
    """`user`, `uid`, `user:group` or `uid:gid`."""

    init: Annotated[bool, OfTaskDefinition(), Default(False), Aws("linuxParameters.initProcessEnabled")]
    """Runs an init process that forwards signals and reaps processes."""

    read_only_root: Annotated[
        bool,
        OfTaskDefinition(),
        Default(words="`true` for a task with a volume that is not on EFS, otherwise `false`"),
        Aws("containerDefinitions.readonlyRootFilesystem"),
    ]
    """Makes the root file system of the container read-only."""

    ulimits: Annotated[
        Mapping[str, UlimitArgs], OfTaskDefinition(), Default({}, "AWS's"), Aws("containerDefinitions.ulimits")
    ]
    """Resource limits by name. Fargate supports only `nofile`."""

    depends_on: Annotated[
        Mapping[str, Condition], OfTaskDefinition(), Default({}, "none"), Aws("containerDefinitions.dependsOn")
    ]
    """Sidecars that the container waits for, each with START, COMPLETE, SUCCESS or HEALTHY."""

    sidecars: Annotated[Mapping[str, SidecarArgs], OfTaskDefinition(), Default({}, "none"), Aws("containerDefinitions")]
    """Additional containers by name, at most 9."""

    volumes: Annotated[Mapping[str, VolumeArgs], OfTaskDefinition(), Default({}, "none"), Aws("volumes, mountPoints")]
    """Volumes by name."""

    cpu: Annotated[int, Widest(*limits.EC2_CPU), OfTaskDefinition(overridable=True), Default(256), Aws("cpu")]
    """CPU units; 1024 units are one vCPU. On Fargate one of 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768,
    elsewhere 128 to 196608."""

    memory: Annotated[int, Widest(*limits.EC2_MEMORY), OfTaskDefinition(overridable=True), Default(512), Aws("memory")]
    """MiB of memory. On Fargate one of the sizes that Fargate offers for `cpu`, elsewhere 6 to 33554432."""

    architecture: Annotated[Architecture, OfTaskDefinition(), Default("x86_64"), Aws("runtimePlatform.cpuArchitecture")]
    """CPU architecture."""

    operating_system: Annotated[
        OperatingSystem, OfTaskDefinition(), Default("LINUX"), Aws("runtimePlatform.operatingSystemFamily")
    ]
    """Linux, or an edition of Windows Server. Fargate runs 2019 and 2022."""

    ephemeral_storage: Annotated[
        Storage,
        OfTaskDefinition(overridable=True),
        Default(words="the 20 GiB that Fargate includes"),
        Aws("ephemeralStorage.sizeInGiB"),
    ]
    """GiB of ephemeral storage on Fargate, 21 to 200."""

    permissions: Annotated[
        Sequence[PermissionArgs], OfTaskDefinition(), Default((), "none"), Aws("Policy of taskRoleArn")
    ]
    """IAM permissions of runs. The task gets its own task role."""

    managed_policies: Annotated[
        Sequence[Input[PolicyArn]],
        OfTaskDefinition(),
        Default((), "none"),
        Aws("Policies of taskRoleArn"),
    ]
    """ARNs of managed policies for the task's own task role."""

    task_role: Annotated[Input[RoleArn], OfTaskDefinition(overridable=True), Default(words="none"), Aws("taskRoleArn")]
    """ARN of an existing role for runs, instead of `permissions`. It must be one of the group's `pass_role_arns`."""

    exec: Annotated[bool, OfTaskDefinition(overridable=True), Default(False), Aws("EnableExecuteCommand")]
    """Enables ECS Exec (`aws ecs execute-command`). The task gets its own task role with the permissions for it."""

    launch: Annotated[Launch, Default(words="`fargate`"), Aws("LaunchType")]
    """Launch type of runs, or Fargate Spot."""

    capacity_providers: Annotated[
        Sequence[CapacityProviderArgs], Items(1, 6, "entries"), Default((), "none"), Aws("CapacityProviderStrategy")
    ]
    """A capacity provider strategy of 1 to 6 entries, instead of `launch`."""

    platform_version: Annotated[
        str,
        Matches(patterns.PLATFORM_VERSION, "a platform version", "LATEST, or a number such as 1.4.0"),
        Default(words="LATEST"),
        Aws("PlatformVersion"),
    ]
    """Fargate platform version: `LATEST`, or a number such as `1.4.0`."""

    network_mode: Annotated[
        NetworkMode, OfTaskDefinition(), Default(words="`awsvpc`; `bridge` for external"), Aws("networkMode")
    ]
    """Network mode. Fargate supports only awsvpc; external instances support bridge, host and none. Windows supports
    awsvpc and `default`, its NAT network."""

    placement_constraints: Annotated[
        Sequence[PlacementConstraintArgs], Items(0, 10, "entries"), Default((), "none"), Aws("PlacementConstraints")
    ]
    """Which instances may run the task. Not on Fargate."""

    placement_strategies: Annotated[
        Sequence[PlacementStrategyArgs],
        Items(0, 5, "entries"),
        Default((), "none, which spreads over Availability Zones"),
        Aws("PlacementStrategy"),
    ]
    """Which of the allowed instances ECS selects: one strategy, or up to 5 if the task runs through Step Functions. Not
    on Fargate."""

    count: Annotated[int, Between(1, 10), Default(1), Aws("TaskCount")]
    """Number of runs that one launch starts."""

    retry: Annotated[RetryArgs, Default({}, "5 attempts within 1h"), Aws("RetryPolicy")]
    """Retries of a failed launch."""

    timeout: Annotated[
        str,
        Duration("1m", "30d", unit="s"),
        Default(words="none; 24h with `overlap` or `retry_run`"),
        Aws("TimeoutSeconds of a state"),
    ]
    """Time after the launch at which a run is stopped, 1m to 30d. The task then runs through Step Functions."""

    overlap: Annotated[Overlap, Default(words="`allow`"), Aws("DynamoDB PutItem with a condition")]
    """Handling of a run that is due while another is running: `allow` starts it, `forbid` skips it, `replace`
    stops the other first. The task then runs through Step Functions."""

    retry_run: Annotated[RetryRunArgs, Default(words="none"), Aws("states")]
    """Retries of a failed run. The task then runs through Step Functions."""

    expect_success_within: Annotated[
        str,
        Duration(
            "1m",
            "7d",
            whole_minutes=True,
            why="CloudWatch alarms look back no further. If a task runs less often than weekly, let it report to an "
            "external monitor.",
        ),
        Default(words="none"),
        Aws("PutMetricAlarm, PutMetricFilter"),
    ]
    """Raises an alarm if no run succeeds for this long: 1m to 7d, in whole hours above one day."""

    stop_timeout: Annotated[
        StopTimeout, OfTaskDefinition(), Default(words="AWS's 30s"), Aws("containerDefinitions.stopTimeout")
    ]
    """Time between SIGTERM and SIGKILL, 2s to 2m."""

    logs: Annotated[LogsArgs, OfTaskDefinition(), Default({}, "the group's"), Aws("logConfiguration")]
    """Logs of the task's runs."""

    tags: Annotated[Mapping[str, Text], Default({}, "none"), Aws("tags")]
    """Tags of the task and its runs, in addition to the group's."""

    propagate_tags: Annotated[bool, Default(True), Aws("PropagateTags")]
    """Copies the tags of the task definition to runs, so that you can tell their cost apart."""
