"""Values of a group that its tasks need."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NotRequired

from typing_extensions import TypedDict

from ..aws.routes import Answer, SubnetType
from ..keys.annotations import Input
from .notify import Severity
from .strict import strict


@strict
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


@strict
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


@strict
class RecipientReference(TypedDict):
    """A recipient of messages, without its URL and its secret."""

    kind: Literal["webhook", "pagerduty", "slack", "teams", "heartbeat"]
    """The kind of recipient."""

    name: str
    """Its name."""

    tasks: Sequence[str]
    """Names of tasks, or starts of names with `*`. Empty for all tasks."""

    severities: Sequence[Severity]
    """Severities of its messages."""

    channel: str
    """The Slack channel. Empty for other recipients."""

    start: str
    """End of a heartbeat's URL for the start of a run. Empty for none."""

    failure: str
    """End of a heartbeat's URL for a failed run. Empty for none."""


@strict
class UpstreamReference(TypedDict):
    """A task whose successes start other tasks of its group."""

    supervised: bool
    """Whether its runs go through Step Functions, which reports their outcomes."""

    task_definition: str
    """The existing task definition of its runs. Empty for its own."""

    container: str
    """The container whose exit code decides. Empty for the one that the group found in the task definition."""

    cluster: str
    """The existing cluster of its runs. Empty for the group's."""

    event_pattern: NotRequired[str]
    """For a call, the event pattern for successes of the work that it starts."""

    work: NotRequired[str]
    """For a call, the JSON path of the ID of that work."""


@strict
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

    clusters: Mapping[str, str]
    """ARNs of existing clusters that tasks may run on, by the strings that refer to them."""

    capacity_providers: Sequence[str]
    """Capacity providers of the cluster, if the group creates it. Empty for an existing cluster."""

    schedule_group: Input[str]
    """Name of the schedule group."""

    scheduler_role_arn: Input[str]
    """ARN of the role that EventBridge Scheduler assumes to start runs."""

    execution_role_arn: Input[str]
    """ARN of the role that ECS assumes to pull images and write logs."""

    existing_execution_role: bool
    """Whether somebody else created that role. It then also reads the secrets of tasks."""

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

    dead_letters_kms_key: str
    """ARN of the key that encrypts the dead-letter queue. Empty for none."""

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

    vpc_id: Input[str]
    """VPC of the subnets. Empty if it is not known."""

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

    shared_roles: Sequence[str]
    """Names of the task roles that tasks of the group may share."""

    pass_role_arns: Sequence[str]
    """Existing roles that runs of the group may use."""

    registry_accounts: Sequence[str]
    """AWS accounts whose ECR repositories the execution role may pull from."""

    pull_through_caches: Sequence[str]
    """Repository prefixes of ECR's pull-through caches that the execution role may import images into."""

    enabled: bool
    """Whether the group's schedules are enabled."""

    existing_scheduler_role: NotRequired[bool]
    """Whether the group names an existing scheduler role, which then also makes calls."""

    recoveries: NotRequired[bool]
    """Whether alarms that end send a message to the topic. Missing for no."""

    counts_failures: NotRequired[bool]
    """Whether it has rules for failures that send no messages yet."""

    notify_after: NotRequired[int]
    """Failed runs in a row before messages are sent, for supervised tasks that don't set it. 0 for none."""

    parallel: NotRequired[bool]
    """Whether tasks of the group may set `parallel`. Missing for no."""

    upstream_tasks: NotRequired[Mapping[str, UpstreamReference]]
    """Tasks of the group whose successes can start other tasks, by name."""

    watched_calls: NotRequired[Sequence[str]]
    """Calls whose work the group watches."""

    reports_calls: NotRequired[bool]
    """Whether a call that the group doesn't know can send the ends of its work to the outcome logs."""

    outcome_log_arns: NotRequired[Input[Mapping[str, str]]]
    """ARNs of the outcome logs, by outcome: failed and succeeded. Empty if outcomes are not monitored."""

    recipients: NotRequired[Sequence[RecipientReference]]
    """Recipients of messages, besides the topic."""

    api_destination_arns: NotRequired[Input[Mapping[str, str]]]
    """ARNs of the recipients' API destinations: by kind, name and endpoint."""

    notify_role_arn: NotRequired[Input[str]]
    """ARN of the role that sends messages to API destinations. Empty for none."""

    tags: Mapping[str, str]
    """Tags of all resources of the group."""


if TYPE_CHECKING:
    from ..scheduled_task import ScheduledTask
    from ..scheduled_task_group import ScheduledTaskGroup

    GroupOfTask = GroupReference | ScheduledTaskGroup
    UpstreamTask = str | ScheduledTask
else:
    # The component puts the reference in the place of the group, and the name in the place of the task, before the
    # arguments are validated.
    GroupOfTask = GroupReference
    UpstreamTask = str
