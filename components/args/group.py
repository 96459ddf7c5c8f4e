"""Arguments of a group."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from typing_extensions import TypedDict

from ..aws import limits, patterns
from ..keys.annotations import Aws, Characters, Default, Example, Input, Items, Matches, Text
from .capacity import ClusterArgs
from .logs import LogsArgs
from .monitoring import EncryptionArgs, MonitoringArgs
from .network import NetworkArgs
from .notify import NotifyArgs
from .permissions import SharedRoleArgs
from .strict import strict
from .values import ClusterReference, IamPath, PolicyArn, RoleArn, TaskDefinition


@strict
class ScheduledTaskGroupArgs(TypedDict, total=False):
    """Settings that the scheduled tasks of one stack share."""

    prefix: Annotated[str, Characters(limits.PREFIX_LENGTH), Default(words="`<project>-<stack>-<name of the group>`")]
    """Prefix of the names of the group's resources in AWS."""

    cluster: Annotated[Input[ClusterReference], Default("default"), Aws("Target.Arn")]
    """Name or ARN of the ECS cluster. If another resource produces it, it must be an ARN."""

    clusters: Annotated[
        Sequence[ClusterReference], Items(0, 20, "clusters"), Default((), "none"), Aws("ecs:cluster of policies")
    ]
    """Further existing clusters, by name or ARN, that tasks of this group may run on (`cluster` of a task)."""

    create_cluster: Annotated[ClusterArgs, Default(words="none"), Aws("ECS CreateCluster")]
    """A new cluster, instead of `cluster`."""

    network: Annotated[NetworkArgs, Default({}, "the public subnets of the default VPC"), Aws("NetworkConfiguration")]
    """VPC, subnets and security groups of runs."""

    logs: Annotated[LogsArgs, Default({}, "30 days"), Aws("CloudWatch Logs CreateLogGroup")]
    """Retention and encryption of the group's log group. Each task sets its own `mode`."""

    notify: Annotated[
        NotifyArgs, Default(words="nobody"), Aws("SNS topic"), Example("notify: { emails: [ops@example.com] }")
    ]
    """Who receives messages about failures and alarms."""

    monitoring: Annotated[
        MonitoringArgs,
        Default({}, "outcomes and alarms"),
        Aws("EventBridge rules, CloudWatch alarms"),
        Example("monitoring: { dashboard: true }"),
    ]
    """Monitoring of the group: outcome logs, alarms, dashboard and tracing."""

    containers: Annotated[Mapping[str, str], Default({}, "the only essential container, or `main` of several")]
    """For each of `task_definitions`, the container whose exit code decides the outcome, by the string that
    refers to it."""

    supervised: Annotated[bool, Default(False)]
    """Whether tasks of this group may set `timeout`, `overlap`, `lock`, `retry_run`, `except_`, `only`,
    `expect_duration_under` or `notify_after`. Adds a lease table, a role and a log group for their state machines, and
    rules for their outcomes."""

    parallel: Annotated[bool, Default(False)]
    """Whether tasks of this group may set `parallel`. Lets the role of state machines start and stop the executions of
    the tasks of a run."""

    encryption: Annotated[
        EncryptionArgs,
        Default({}, "AWS's own encryption"),
        Aws("KMS keys"),
        Example(
            'encryption: { schedules: "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111" }'
        ),
    ]
    """KMS keys."""

    iam_path: Annotated[IamPath, Default("/"), Aws("Path")]
    """Path that the group's roles are under, such as `/teams/data/`."""

    permissions_boundary: Annotated[PolicyArn, Default(words="none"), Aws("PermissionsBoundary")]
    """ARN of a managed policy that limits what the group's roles can do."""

    scheduler_role: Annotated[Input[RoleArn], Default(words="a new role"), Aws("Target.RoleArn")]
    """ARN of an existing role that EventBridge Scheduler assumes to start runs, and to make calls that have no `role`.
    `scheduled-tasks policies` writes the policies that it needs."""

    supervisor_role: Annotated[Input[RoleArn], Default(words="a new role"), Aws("CreateStateMachine roleArn")]
    """ARN of an existing role that the state machines of supervised tasks assume: at most 256 characters."""

    execution_role: Annotated[
        Input[RoleArn],
        Default(words="a new role, and one for each task with secrets"),
        Aws("RegisterTaskDefinition executionRoleArn"),
    ]
    """ARN of an existing role that ECS assumes to pull images, write logs, and read the secrets of all tasks that have
    no `execution_role` of their own."""

    task_definitions: Annotated[Sequence[TaskDefinition], Default((), "none"), Aws("EcsParameters.TaskDefinitionArn")]
    """Existing task definitions that tasks of this group refer to: `family`, `family:revision` or ARN."""

    pass_role_arns: Annotated[Sequence[RoleArn], Default((), "none"), Aws("iam:PassRole")]
    """Existing roles that tasks of this group use as their task role or execution role."""

    shared_roles: Annotated[
        Mapping[str, SharedRoleArgs],
        Default({}, "none"),
        Aws("IAM CreateRole"),
        Example('sharedRoles:\n  reports: { managedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"] }'),
    ]
    """Task roles that tasks of the group share, by the name that `task_role` of a task refers to."""

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
        Example("pullThroughCaches: [docker-hub]"),
    ]
    """Repository prefixes of ECR pull-through cache rules that images use, such as `docker-hub`. Execution roles may
    then import images that are not cached yet, and create their repositories under the prefix."""

    enabled: Annotated[
        bool, Default(True), Aws("State of every schedule"), Example("enabled: false     # pauses the stack")
    ]
    """`false` pauses every schedule of the group."""

    tags: Annotated[
        Mapping[str, Text],
        Default({}, "none"),
        Aws("Tags of every resource"),
        Example('tags: { team: data, costCenter: "42" }'),
    ]
    """Tags of all resources of the group and of its runs, at most 49."""
