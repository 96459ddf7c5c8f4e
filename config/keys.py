"""The keys of the YAML files: those of the components, and where YAML is richer.

YAML has one key for several forms of a value: `schedule` is one expression or a list, `launch` a launch type or a
capacity provider strategy. `config.translation` makes the components' arguments of them.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required

from pydantic import BeforeValidator, Discriminator, with_config
from typing_extensions import TypedDict

from components.args import (
    STRICT,
    BuildArgs,
    CapacityProviderArgs,
    CatchUpArgs,
    CaughtUp,
    ClusterArgs,
    ClusterReference,
    ExceptArgs,
    HeartbeatArgs,
    IamPath,
    Image,
    Launch,
    NetworkArgs,
    NotifyArgs,
    PagerDutyArgs,
    PolicyArn,
    PublicIp,
    RoleArn,
    ScheduledCallArgs,
    ScheduledTaskArgs,
    ScheduledTaskGroupArgs,
    SecretArn,
    SecurityGroupIds,
    SidecarArgs,
    SlackArgs,
    SubnetIds,
    SubnetKind,
    TaskNetworkArgs,
    TeamsArgs,
    UlimitArgs,
    VpcArgs,
    WebhookArgs,
)
from components.aws import patterns
from components.json_values import is_object
from components.keys.annotations import (
    Aws,
    Default,
    Example,
    FormTag,
    Items,
    Matches,
    NotEmpty,
    OfTaskDefinition,
    ScheduleExpression,
    Text,
    tag,
)
from components.keys.derivation import derived
from components.keys.reference import hints_of

_strict = with_config(STRICT)


def _form(value: object) -> FormTag:
    """The tag of the form that a value has."""
    if isinstance(value, Mapping):
        return "<object>"
    if isinstance(value, bool):
        return "<boolean>"
    return "<list>" if isinstance(value, list) else "<string>"


def _string_or_object(value: object) -> FormTag:
    """As `_form`, for keys that have no list."""
    return "<object>" if isinstance(value, Mapping) else "<string>"


def _vpc_form(value: object) -> FormTag:
    return "<new>" if is_object(value) and "create" in value else _string_or_object(value)


def _flag_as_string(value: object) -> object:
    """`true` and `false` are booleans in YAML, and strings beside `auto`."""
    return str(value).lower() if isinstance(value, bool) else value


CALENDAR_FILE = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\.ics"
"""The name of a file in the folder of shared tasks. It cannot lead out of the folder."""
_Expression = Annotated[str, ScheduleExpression()]
_ExpressionOrNone = Annotated[str, ScheduleExpression(or_none=True)]


@_strict
class _Build(TypedDict, total=False):
    """An image that the deployment builds and pushes to an ECR repository of the task."""

    build: Required[
        Annotated[
            str,
            NotEmpty("is empty. Name the folder with the Dockerfile."),
            Aws("awsx.ecr.Image context"),
            Example("build: ./jobs/backup"),
        ]
    ]
    """Build context: a folder, relative to the program."""


@_strict
class StoredSecret(TypedDict):
    """A secret of the stack's configuration, which the deployment stores as an SSM parameter of type SecureString."""

    config: Annotated[
        str, Aws("SSM SecureString"), Example("{ config: dbPassword }     # pulumi config set --secret dbPassword")
    ]
    """Key that you set with `pulumi config set --secret`."""


@_strict
class ConfigSecret(TypedDict):
    """A secret of the stack's configuration, which EventBridge keeps in Secrets Manager."""

    config: Annotated[
        str,
        Aws("EventBridge CreateConnection AuthParameters"),
        Example("{ config: hookToken }     # pulumi config set --secret hookToken"),
    ]
    """Key that you set with `pulumi config set --secret`."""


Build = derived("Build", BuildArgs, without=("context",), also=_Build)


_Ulimits = Annotated[
    Mapping[
        str,
        Annotated[
            Annotated[int, tag("<string>")] | Annotated[UlimitArgs, tag("<object>")],
            Discriminator(_string_or_object),
        ],
    ],
    OfTaskDefinition(),
    Default({}, "AWS's"),
    Aws("containerDefinitions.ulimits"),
    Example("ulimits: { nofile: 65536 }"),
]


@_strict
class _Sidecar(TypedDict, total=False):
    """An additional container of the task."""

    image: Annotated[
        Annotated[Image, tag("<string>")] | Annotated[Build, tag("<object>")],  # pyright: ignore[reportInvalidTypeForm]
        Discriminator(_string_or_object),
        Default(words="none"),
        Aws("containerDefinitions.image"),
        Example("image: proxy:1"),
    ]
    """Container image, or `{build: folder}`."""

    ulimits: _Ulimits
    """Resource limits by name: a number, or `{soft, hard}`. Fargate supports only `nofile`."""


Sidecar = derived("Sidecar", SidecarArgs, without=("build",), also=_Sidecar)


@_strict
class ByTags(TypedDict):
    """Something that its tags identify."""

    tags: Annotated[
        Mapping[str, Text],
        NotEmpty("is empty, which would match everything. Name at least one tag."),
        Aws("Filters: tag:key"),
        Example("{ tags: { env: prod } }"),
    ]
    """Tags that must all match, at least one."""


_VPC = Matches(patterns.VPC, "a VPC", "default, or an ID such as vpc-0123456789abcdef0")


@_strict
class _TaskNetwork(TypedDict, total=False):
    """VPC, subnets and security groups of one task's runs. Runs use the stack's for whatever is left out."""

    vpc: Annotated[
        Annotated[str, _VPC, tag("<string>")] | Annotated[ByTags, tag("<object>")],
        Discriminator(_string_or_object),
        Default(words="the stack's"),
        Aws("VPC of the subnets"),
        Example("vpc: vpc-0123456789abcdef0"),
    ]
    """`default` (the account's default VPC), the ID of a VPC, or `{tags: {...}}`."""

    subnets: Annotated[
        Annotated[SubnetKind, tag("<string>")]
        | Annotated[SubnetIds, tag("<list>")]
        | Annotated[ByTags, tag("<object>")],
        Discriminator(_form),
        Default(words="the stack's subnets; in another VPC as for the stack"),
        Aws("NetworkConfiguration.awsvpcConfiguration.Subnets"),
        Example("subnets: [subnet-0123456789abcdef0]"),
    ]
    """`private`, `public`, a list of 1 to 16 IDs, or `{tags: {...}}`, as for the stack."""

    security_groups: Annotated[
        SecurityGroupIds,
        Default(words="the stack's; in another VPC a new one, as for the stack"),
        Aws("NetworkConfiguration.awsvpcConfiguration.SecurityGroups"),
        Example("securityGroups: [sg-0123456789abcdef0]"),
    ]
    """1 to 5 security groups, by ID."""

    assign_public_ip: Annotated[
        PublicIp,
        BeforeValidator(_flag_as_string, json_schema_input_type=Literal["auto", True, False, "true", "false"]),
        Default(words="the stack's; with other subnets `auto`"),
        Aws("NetworkConfiguration.awsvpcConfiguration.AssignPublicIp"),
        Example("assignPublicIp: false"),
    ]
    """Public IP addresses for runs, as for the stack."""


TaskNetwork = derived("TaskNetwork", TaskNetworkArgs, only=("",), also=_TaskNetwork)


@_strict
class ManagedInstances(TypedDict):
    """Capacity providers of Amazon ECS Managed Instances."""

    managed_instances: Annotated[
        Sequence[CapacityProviderArgs],
        Items(1, 6, "entries"),
        Aws("CapacityProviderStrategy"),
        Example("{ managedInstances: [{ provider: gpu-instances }] }"),
    ]
    """A capacity provider strategy of 1 to 6 providers of Managed Instances."""


@_strict
class _Except(TypedDict, total=False):
    """Days and times without runs, in the time zone of each schedule. The task then runs through Step Functions."""

    calendars: Annotated[
        Sequence[Annotated[str, Matches(CALENDAR_FILE, "the name of an .ics file", "a name such as closures.ics")]],
        NotEmpty(),
        Default((), "none"),
        Aws("Condition of a Choice state"),
        Example("calendars: [closures.ics]"),
    ]
    """Names of iCalendar files in `config/tasks/`, whose events are left out."""


Except = derived("Except", ExceptArgs, also=_Except)


@_strict
class _Task(TypedDict, total=False):
    """One scheduled task. Each layer sets only what it adds."""

    schedule: Annotated[
        Annotated[_ExpressionOrNone, tag("<string>")] | Annotated[Sequence[_Expression], tag("<list>")],
        Discriminator(_form),
        Default(words="none"),
        Aws("ScheduleExpression"),
        Example("schedule: cron(0 3 * * ? *)"),
    ]
    """`rate(6 hours)`, `cron(0 3 * * ? *)` or `at(2026-12-24T18:00:00)`, or a list of these. Set either this or
    `schedules`. `none` is for a task that only `scheduled-tasks run` starts."""

    catch_up: Annotated[
        Annotated[CaughtUp, tag("<string>")] | Annotated[CatchUpArgs, tag("<object>")],
        Discriminator(_string_or_object),
        Default(words="none"),
        Aws("CreateSchedule"),
        Example("catchUp: last     # or { runs: last, maxAge: 6h }"),
    ]
    """Scheduled times that run after a pause by hand that skipped them: `last`, `all`, `none`, or `{runs, maxAge}`."""

    image: Annotated[
        Annotated[Image, tag("<string>")] | Annotated[Build, tag("<object>")],  # pyright: ignore[reportInvalidTypeForm]
        Discriminator(_string_or_object),
        Default(words="none"),
        Aws("containerDefinitions.image"),
        Example("image: public.ecr.aws/docker/library/postgres:17"),
    ]
    """Container image, or `{build: folder}`. Set either this or `taskDefinition`."""

    secrets: Annotated[
        Mapping[
            str,
            Annotated[
                Annotated[SecretArn, tag("<string>")] | Annotated[StoredSecret, tag("<object>")],
                Discriminator(_string_or_object),
            ],
        ],
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("containerDefinitions.secrets"),
        Example(
            'secrets:\n  PGPASSWORD: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-Ab12Cd"\n'
            "  API_KEY: /prod/api/key"
        ),
    ]
    """Environment variables whose values ECS reads when the container starts. Each is the ARN of a Secrets Manager
    secret (optionally with `:json-key::`) or SSM parameter, the name of a parameter such as `/prod/db/password`, or
    `{config: key}` for a secret of the stack's configuration."""

    ulimits: _Ulimits
    """Resource limits by name: a number, or `{soft, hard}`. Fargate supports only `nofile`."""

    sidecars: Annotated[
        Mapping[str, Sidecar],  # pyright: ignore[reportInvalidTypeForm]
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("containerDefinitions"),
        Example("sidecars: { proxy: { image: proxy:1 } }"),
    ]
    """Additional containers by name, at most 9."""

    launch: Annotated[
        Annotated[Launch, tag("<string>")]
        | Annotated[Sequence[CapacityProviderArgs], Items(1, 6, "entries"), tag("<list>")]
        | Annotated[ManagedInstances, tag("<object>")],
        Discriminator(_form),
        Default(words="`fargate`"),
        Aws("LaunchType or CapacityProviderStrategy, requiresCompatibilities"),
        Example("launch: fargateSpot"),
    ]
    """Launch type of runs, Fargate Spot, a capacity provider strategy of 1 to 6 entries, or `{managedInstances: [...]}`
    for providers of ECS Managed Instances. `clusterDefault` uses the cluster's default capacity provider strategy, and
    EC2 if it has none."""

    except_: Annotated[
        Except,  # pyright: ignore[reportInvalidTypeForm]
        Default(words="none"),
        Aws("Choice state"),
        Example('except: { dates: ["2026-12-24"], holidays: [DE-BY] }'),
    ]
    """Days and times without runs. The task then runs through Step Functions."""

    network: Annotated[
        TaskNetwork,  # pyright: ignore[reportInvalidTypeForm]
        Default(words="the stack's"),
        Aws("NetworkConfiguration"),
        Example("network: { securityGroups: [sg-0123456789abcdef0] }"),
    ]
    """VPC, subnets and security groups of runs. Runs use the stack's for whatever is left out."""


Task = derived(
    "Task",
    ScheduledTaskArgs,
    without=("group", "group_args", "build", "secret_values", "capacity_providers"),
    also=_Task,
    descriptions={
        "task_definition": "An existing task definition, instead of `image`: `family`, `family:revision` or ARN. A "
        "family selects its newest revision at the time of the deployment. `command`, `environment`, `cpu`, `memory`, "
        "`ephemeral_storage` and `task_role` then override its values, and `exec` needs a task role.",
        "cluster": "Name or ARN of an existing cluster that runs start on.",
        "task_role": "ARN of an existing role for runs, or the name of one of the stack's `sharedRoles`, instead of "
        "`permissions`.",
        "execution_role": "ARN of an existing role that ECS assumes to pull the image, write logs and read the task's "
        "secrets.",
        "environment": "Environment variables. Values can contain the same keywords as `command`. Anybody who can "
        "describe the task definition can read them, so secrets are refused.",
    },
)


@_strict
class _Call(TypedDict, total=False):
    """A task that makes an AWS API call instead of running a container. It has one of `stop`, `startUp`, `snapshot`,
    `scale`, `invoke`, `execute`, `submit`, `send` and `call`. Each layer sets only what it adds."""

    schedule: Annotated[
        Annotated[_ExpressionOrNone, tag("<string>")] | Annotated[Sequence[_Expression], tag("<list>")],
        Discriminator(_form),
        Default(words="none"),
        Aws("ScheduleExpression"),
        Example("schedule: cron(0 20 ? * MON-FRI *)"),
    ]
    """`rate(6 hours)`, `cron(0 3 * * ? *)` or `at(2026-12-24T18:00:00)`, or a list of these. Set either this or
    `schedules`. `none` is for a call that only `scheduled-tasks run` makes."""

    catch_up: Annotated[
        Annotated[CaughtUp, tag("<string>")] | Annotated[CatchUpArgs, tag("<object>")],
        Discriminator(_string_or_object),
        Default(words="none"),
        Aws("CreateSchedule"),
        Example("catchUp: last     # or { runs: last, maxAge: 6h }"),
    ]
    """Scheduled times that run after a pause by hand that skipped them: `last`, `all`, `none`, or `{runs, maxAge}`."""

    except_: Annotated[
        Except,  # pyright: ignore[reportInvalidTypeForm]
        Default(words="none"),
        Aws("Choice state"),
        Example('except: { dates: ["2026-12-24"], holidays: [DE-BY] }'),
    ]
    """Days and times without openings of `hours`, or without snapshots with `keep`. Closings always run. Other calls
    can't leave out times, because no state machine makes them."""


Call = derived("Call", ScheduledCallArgs, without=("group",), also=_Call)


@_strict
class _NewCluster(TypedDict):
    """A new cluster."""

    create: Annotated[Literal[True], Aws("ECS CreateCluster"), Example("create: true")]
    """Always true."""


@_strict
class NewVpc(TypedDict):
    """A new VPC."""

    create: Annotated[VpcArgs, Aws("awsx.ec2.Vpc"), Example("{ create: {} }")]
    """Its settings; `{}` for the defaults."""


@_strict
class _Network(TypedDict, total=False):
    """VPC, subnets and security groups of runs."""

    vpc: Annotated[
        Annotated[str, _VPC, tag("<string>")] | Annotated[ByTags, tag("<object>")] | Annotated[NewVpc, tag("<new>")],
        Discriminator(_vpc_form),
        Default(words="`default`"),
        Aws("VPC of the subnets"),
        Example("vpc: { tags: { env: prod } }"),
    ]
    """`default` (the account's default VPC), the ID of a VPC, `{tags: {...}}` or `{create: {...}}`."""

    subnets: Annotated[
        Annotated[SubnetKind, tag("<string>")]
        | Annotated[SubnetIds, tag("<list>")]
        | Annotated[ByTags, tag("<object>")],
        Discriminator(_form),
        Default(words="public in the default VPC, otherwise private"),
        Aws("NetworkConfiguration.awsvpcConfiguration.Subnets"),
        Example("subnets: [subnet-0123456789abcdef0]"),
    ]
    """`private`, `public`, a list of 1 to 16 IDs, or `{tags: {...}}`. Public subnets have a route to an internet
    gateway. Private ones have other routes out of the VPC or, if there are none, endpoints for ECR and S3."""

    security_groups: Annotated[
        SecurityGroupIds,
        Default(words="a new one, which allows all outbound and no inbound traffic"),
        Aws("NetworkConfiguration.awsvpcConfiguration.SecurityGroups"),
        Example("securityGroups: [sg-0123456789abcdef0]"),
    ]
    """1 to 5 security groups, by ID."""

    assign_public_ip: Annotated[
        PublicIp,
        BeforeValidator(_flag_as_string, json_schema_input_type=Literal["auto", True, False, "true", "false"]),
        Default("auto"),
        Aws("NetworkConfiguration.awsvpcConfiguration.AssignPublicIp"),
        Example("assignPublicIp: false"),
    ]
    """Public IP addresses for runs. `auto` assigns one in public subnets and none in private subnets."""


Network = derived("Network", NetworkArgs, only=("",), also=_Network)
NewCluster = derived("NewCluster", ClusterArgs, also=_NewCluster)


@_strict
class Iam(TypedDict, total=False):
    """The roles of the stack."""

    path: Annotated[IamPath, Default("/"), Aws("Path"), Example("path: /teams/data/")]
    """Path that they are under, such as `/teams/data/`."""

    permissions_boundary: Annotated[
        PolicyArn,
        Default(words="none"),
        Aws("PermissionsBoundary"),
        Example('permissionsBoundary: "arn:aws:iam::123456789012:policy/teams"'),
    ]
    """ARN of a managed policy that limits what they can do."""

    scheduler_role: Annotated[
        RoleArn,
        Default(words="a new role"),
        Aws("Target.RoleArn"),
        Example('schedulerRole: "arn:aws:iam::123456789012:role/jobs/scheduler"'),
    ]
    """ARN of an existing role that EventBridge Scheduler assumes to start runs. `scheduled-tasks policies` writes the
    policies that it needs."""

    supervisor_role: Annotated[
        RoleArn,
        Default(words="a new role"),
        Aws("CreateStateMachine roleArn"),
        Example('supervisorRole: "arn:aws:iam::123456789012:role/jobs/supervisor"'),
    ]
    """ARN of an existing role that the state machines of supervised tasks assume: at most 256 characters."""

    execution_role: Annotated[
        RoleArn,
        Default(words="a new role, and one for each task with secrets"),
        Aws("RegisterTaskDefinition executionRoleArn"),
        Example('executionRole: "arn:aws:iam::123456789012:role/jobs/execution"'),
    ]
    """ARN of an existing role that ECS assumes to pull images, write logs, and read the secrets of all tasks that have
    no `executionRole` of their own."""


_Secret = Annotated[ConfigSecret, Aws("EventBridge CreateConnection AuthParameters")]


@_strict
class _Webhook(TypedDict, total=False):
    """An HTTPS endpoint that receives JSON."""

    secret: Required[Annotated[_Secret, Example("url: https://hooks.example.com/runs\nsecret: { config: hookToken }")]]
    """Value of the header, such as `Bearer ...`, of at most 512 characters: `{config: key}`. EventBridge keeps it in
    Secrets Manager."""


@_strict
class _PagerDuty(TypedDict, total=False):
    """A PagerDuty service that receives events of the Events API v2."""

    routing_key: Required[Annotated[_Secret, Example("routingKey: { config: pagerdutyKey }")]]
    """Integration key of the service: `{config: key}`. EventBridge keeps it in Secrets Manager."""


@_strict
class _Heartbeat(TypedDict, total=False):
    """A monitor that expects a request from each run of one task, such as Healthchecks or Cronitor."""

    url: Required[Annotated[_Secret, Example("tasks: [nightly-backup]\nurl: { config: backupPing }")]]
    """HTTPS URL that receives a request for each success: `{config: key}`. Everybody who may call
    events:DescribeApiDestination can read it."""


@_strict
class _Slack(TypedDict, total=False):
    """A Slack channel that a Slack app posts to."""

    token: Required[Annotated[_Secret, Example("token: { config: slackToken }\nchannel: C0123456789")]]
    """Bot token of the app (`xoxb-...`), which needs the scope `chat:write`: `{config: key}`. EventBridge keeps it in
    Secrets Manager."""


@_strict
class _Teams(TypedDict, total=False):
    """A Microsoft Teams channel or chat that a workflow posts to."""

    url: Required[Annotated[_Secret, Example("url: { config: teamsUrl }")]]
    """URL of a workflow with the trigger "When a Teams webhook request is received", which anyone can trigger:
    `{config: key}`. EventBridge keeps its query, which contains the signature, in Secrets Manager. Everybody who may
    call events:DescribeApiDestination can read the rest."""


Teams = derived("Teams", TeamsArgs, also=_Teams)
Slack = derived("Slack", SlackArgs, also=_Slack)
Heartbeat = derived("Heartbeat", HeartbeatArgs, also=_Heartbeat)
Webhook = derived("Webhook", WebhookArgs, also=_Webhook)
PagerDuty = derived("PagerDuty", PagerDutyArgs, also=_PagerDuty)


@_strict
class _Notify(TypedDict, total=False):
    """Who receives messages about failures and alarms: an SNS topic, which the stack creates unless `topic_arn` is
    set, and further recipients."""

    webhook: Annotated[
        Mapping[str, Webhook],  # pyright: ignore[reportInvalidTypeForm]
        Default({}, "none"),
        Aws("EventBridge CreateApiDestination"),
        Example("webhook:\n  incidents: { url: 'https://hooks.example.com/runs', secret: { config: hookToken } }"),
    ]
    """HTTPS endpoints that receive failures, recoveries and alarms as JSON, by name."""

    pagerduty: Annotated[
        Mapping[str, PagerDuty],  # pyright: ignore[reportInvalidTypeForm]
        Default({}, "none"),
        Aws("EventBridge CreateApiDestination"),
        Example("pagerduty:\n  on-call: { routingKey: { config: pagerdutyKey } }"),
    ]
    """PagerDuty services, by name. A failed run opens an alert per task, and the next success resolves it."""

    slack: Annotated[
        Mapping[str, Slack],  # pyright: ignore[reportInvalidTypeForm]
        Default({}, "none"),
        Aws("EventBridge CreateApiDestination"),
        Example("slack:\n  alerts: { token: { config: slackToken }, channel: C0123456789 }"),
    ]
    """Slack channels that receive failures, and alarms when they start and end, by name."""

    teams: Annotated[
        Mapping[str, Teams],  # pyright: ignore[reportInvalidTypeForm]
        Default({}, "none"),
        Aws("EventBridge CreateApiDestination"),
        Example("teams:\n  alerts: { url: { config: teamsUrl } }"),
    ]
    """Microsoft Teams channels and chats that receive failures, and alarms when they start and end, by name."""

    heartbeat: Annotated[
        Mapping[str, Heartbeat],  # pyright: ignore[reportInvalidTypeForm]
        Default({}, "none"),
        Aws("EventBridge CreateApiDestination"),
        Example("heartbeat:\n  backup: { tasks: [nightly-backup], url: { config: backupPing } }"),
    ]
    """Monitors that expect a request from each run of a task, by name: one when it starts, and one when it succeeds or
    fails."""


Notify = derived("Notify", NotifyArgs, also=_Notify)


@_strict
class _Stack(TypedDict, total=False):
    """The configuration of one stack: the keys of `config:` that start with the project's name."""

    cluster: Annotated[
        Annotated[ClusterReference, tag("<string>")] | Annotated[NewCluster, tag("<object>")],  # pyright: ignore[reportInvalidTypeForm]
        Discriminator(_string_or_object),
        Default(words="`default`"),
        Aws("Target.Arn"),
        Example("cluster: main"),
    ]
    """Name or ARN of the ECS cluster, or `{create: true}` for a new one."""

    network: Annotated[
        Network,  # pyright: ignore[reportInvalidTypeForm]
        Default(words="the public subnets of the default VPC"),
        Aws("NetworkConfiguration"),
        Example("network: { subnets: private }"),
    ]
    """VPC, subnets and security groups of runs."""

    iam: Annotated[
        Iam, Default(words="no path and no boundary"), Aws("IAM roles"), Example("iam: { path: /teams/data/ }")
    ]
    """Path and permissions boundary of the stack's roles, and existing roles in place of new ones."""

    notify: Annotated[
        Notify,  # pyright: ignore[reportInvalidTypeForm]
        Default(words="nobody"),
        Aws("SNS topic, EventBridge API destinations"),
        Example("notify: { emails: [ops@example.com] }"),
    ]
    """Who receives messages about failures and alarms."""

    defaults: Annotated[
        Mapping[str, Any],
        Default(words="none"),
        Example("defaults: { timezone: Europe/Berlin, logs: { retentionDays: 90 } }"),
    ]
    """Keys that all tasks of the stack have in common."""

    catalogue: Annotated[
        Annotated[bool, tag("<boolean>")] | Annotated[Sequence[str], tag("<list>")],
        Discriminator(_form),
        Default(words="`true`"),
        Example("catalogue: [nightly-backup, hourly-etl]"),
    ]
    """Which shared tasks (`config/tasks/`) the stack has: `true` for all, `false` for none, or a list of names."""

    tasks: Annotated[
        Mapping[str, Mapping[str, Any] | None],
        Default(words="none"),
        Example("tasks:\n  nightly-backup: { memory: 4096 }\n  weekly-load-test: null     # not in this stack"),
    ]
    """The stack's own tasks, and what it changes in shared tasks. `null` removes a shared task."""


Stack = derived(
    "Stack",
    ScheduledTaskGroupArgs,
    only=("notify", "monitoring", "encryption", "pull_through_caches", "shared_roles", "tags", "enabled"),
    also=_Stack,
)
STACK_KEYS = frozenset(hints_of(Stack))
