"""What the components are given: dictionaries with typed keys.

They are TypedDicts because that is what a Pulumi component that is served to other languages can take. What
is checked before anything is created is plain (`str`, `int`, `bool`); identifiers that other resources
produce are `pulumi.Input`.
"""

from collections.abc import Mapping, Sequence
from typing import Required, TypedDict

import pulumi


class ClusterArgs(TypedDict, total=False):
    """An ECS cluster that the group creates."""

    container_insights: bool
    """CloudWatch Container Insights for the cluster. Default: false (it costs money per metric)."""

    capacity_providers: Sequence[str]
    """Capacity providers of the cluster: FARGATE, FARGATE_SPOT. Default: both, which costs nothing."""


class NetworkArgs(TypedDict, total=False):
    """Where runs get their network interfaces (awsvpc). One way of naming the subnets, and one of naming the
    VPC, at most."""

    vpc: str
    """`default` (the account's default VPC) or the id of a VPC. Default: `default`, unless `subnet_ids` are
    given."""

    vpc_tags: Mapping[str, str]
    """Tags by which exactly one VPC is found, instead of `vpc`."""

    subnets: str
    """`private` or `public`: the VPC's subnets whose instances get no public address by default, or those
    that do (MapPublicIpOnLaunch). Default: `public` in the default VPC, else `private`."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """1 to 16 subnets of one VPC, by id (AWS: botocore scheduler, AwsVpcConfiguration)."""

    subnet_tags: Mapping[str, str]
    """Tags by which subnets of the VPC are found, at least one."""

    security_group_ids: Sequence[pulumi.Input[str]]
    """1 to 5 security groups. Default: one is created, which lets runs out and nothing in."""

    assign_public_ip: str
    """`auto`, `true` or `false`. `auto` gives runs a public address in public subnets, where they would have
    no way out without one, and none in private ones. Default: `auto`."""

    vpc_id: pulumi.Input[str]
    """The VPC of `subnet_ids` that other resources produce: with them, and without `security_group_ids`, it
    is required."""


class LogsArgs(TypedDict, total=False):
    """CloudWatch Logs of runs."""

    retention_days: int
    """Days that log events are kept: one of the numbers that CloudWatch Logs has. Default: 30. A task that
    differs from its group gets a log group of its own."""

    mode: str
    """`blocking`: no line is lost, and a run waits while CloudWatch Logs cannot be reached; `non-blocking`: a
    run never waits, and lines are lost when the buffer overflows. Default: `blocking` (AWS's own default has
    been non-blocking since June 2025)."""


class RetryArgs(TypedDict, total=False):
    """Retries of the launch (RunTask), not of the container. The first limit that is reached ends them; then
    the launch goes to the dead-letter queue."""

    attempts: int
    """0 to 185. Default: 5."""

    max_age: str
    """A duration from 60s to 24h. Default: 1h, so that a nightly task does not start in the afternoon."""


class ScheduleArgs(TypedDict):
    """One of several schedules of a task."""

    expression: str
    """`rate(...)`, `cron(...)` or `at(...)`."""


class PermissionArgs(TypedDict):
    """One statement of the policy of a run's own role."""

    actions: Sequence[str]
    """IAM actions, such as `s3:PutObject`."""

    resources: Sequence[pulumi.Input[str]]
    """ARNs that the actions are allowed on."""


class CapacityProviderArgs(TypedDict, total=False):
    """One entry of a capacity provider strategy."""

    provider: Required[str]
    """FARGATE or FARGATE_SPOT."""

    weight: int
    """0 to 1000: the share of the runs beyond `base`. Default: 1."""

    base: int
    """0 to 100000 runs of one launch that go to this provider first; one entry of a strategy may set it.
    Default: 0."""


class TaskDefinitionReference(TypedDict):
    """A task definition that is not made here, as it was found."""

    arn: pulumi.Input[str]
    """Its ARN, with the revision that schedules are pinned to."""

    role_arns: Sequence[pulumi.Input[str]]
    """Its task role and execution role, where it has them."""


class GroupReference(TypedDict):
    """What a scheduled task needs to know of its group: `ScheduledTaskGroup.reference`."""

    prefix: str
    """What the names of the group's things start with."""

    partition: str
    """AWS partition: aws, aws-cn, aws-us-gov."""

    region: str
    """AWS Region of the group."""

    account_id: str
    """AWS account of the group."""

    cluster_arn: pulumi.Input[str]
    """The cluster that runs are started on."""

    schedule_group: pulumi.Input[str]
    """Name of the schedule group."""

    scheduler_role_arn: pulumi.Input[str]
    """The role by which EventBridge Scheduler starts runs."""

    execution_role_arn: pulumi.Input[str]
    """The role by which ECS pulls images and writes logs."""

    dead_letter_queue_arn: pulumi.Input[str]
    """The queue that launches go to when their retries are exhausted."""

    log_retention_days: int
    """Days that the group's log group keeps its events."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets of runs."""

    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Security groups of runs."""

    assign_public_ip: bool
    """Whether runs get a public address."""

    task_definitions: Mapping[str, TaskDefinitionReference]
    """Task definitions made elsewhere that the group's schedules may start, by the text they are referred to
    with."""

    pass_role_arns: Sequence[str]
    """Roles made elsewhere that runs of the group may take on."""

    registry_accounts: Sequence[str]
    """AWS accounts whose ECR repositories the execution role may pull from."""

    enabled: bool
    """Whether the group's schedules start anything."""

    tags: Mapping[str, str]
    """Tags of all that the group has."""


class ScheduledTaskGroupArgs(TypedDict, total=False):
    """What the scheduled tasks of one stack share."""

    prefix: str
    """What the names in AWS start with. Default: `<project>-<stack>-<name of the group>`."""

    cluster: pulumi.Input[str]
    """Name or ARN of the ECS cluster. What another resource produces must be an ARN. Default: the cluster
    `default`."""

    create_cluster: ClusterArgs
    """A cluster of the group's own, instead of `cluster`."""

    network: NetworkArgs
    """Where runs get their network interfaces. Default: the public subnets of the default VPC."""

    logs: LogsArgs
    """Retention of the group's log group; `mode` is each task's own. Default: 30 days."""

    task_definitions: Sequence[str]
    """Task definitions made elsewhere that tasks of this group refer to: `family`, `family:revision` or ARN.
    Default: none."""

    pass_role_arns: Sequence[str]
    """Roles made elsewhere that tasks of this group have as their task role. Default: none."""

    registry_accounts: Sequence[str]
    """AWS accounts, besides this one, whose ECR repositories images are pulled from. Default: none."""

    enabled: bool
    """false pauses every schedule of the group. Default: true."""

    tags: Mapping[str, str]
    """Tags of all that the group has and of its runs, at most 50. Default: none."""


class ScheduledTaskArgs(TypedDict, total=False):
    """One scheduled task: what runs, when, how big, as whom."""

    group: GroupReference
    """The group that the task belongs to: `ScheduledTaskGroup.reference`. Default: a group of its own, made
    from `group_args`."""

    group_args: ScheduledTaskGroupArgs
    """The group that is made for a task without one. Default: all of that group's defaults."""

    description: str
    """What the task is for, at most 512 characters; shown with the schedule."""

    schedule: str
    """`rate(6 hours)`, `cron(0 3 * * ? *)` or `at(2026-12-24T18:00:00)`."""

    schedules: Sequence[ScheduleArgs]
    """Several schedules, instead of `schedule`."""

    timezone: str
    """IANA time zone that cron and at are read in. Default: UTC."""

    flexible_window: str
    """A duration from 1m to 24h, in whole minutes: a run starts within this time after the scheduled one.
    Default: at once."""

    start: str
    """ISO 8601 instant with offset or `Z`: no run before it; `rate` counts from it. Default: from deployment
    on."""

    end: str
    """ISO 8601 instant with offset or `Z`: no run after it. Default: none."""

    enabled: bool
    """false pauses the task's schedules. Default: true."""

    delete_after_completion: bool
    """Whether AWS deletes the schedule once it has run for the last time (`at`, or a schedule with `end`).
    Default: false."""

    image: pulumi.Input[str]
    """Container image. Either this or `task_definition`."""

    task_definition: str
    """A task definition made elsewhere: `family`, `family:revision` or ARN, one of the group's
    `task_definitions`. A family stands for its newest revision at the time of the deployment."""

    command: Sequence[pulumi.Input[str]]
    """Command of the container. Default: the image's."""

    entry_point: Sequence[pulumi.Input[str]]
    """Entry point of the container. Default: the image's."""

    environment: Mapping[str, pulumi.Input[str]]
    """Environment variables, readable by whoever can read the task definition: a Pulumi secret is refused.
    Default: none."""

    secrets: Mapping[str, pulumi.Input[str]]
    """Environment variables whose values ECS reads at each start: ARNs of Secrets Manager secrets (with
    `:json-key::` where wanted) or of SSM parameters. The task gets an execution role of its own, which reads
    only these. Default: none."""

    cpu: int
    """CPU units, 1024 to a vCPU. Default: 256."""

    memory: int
    """MiB of memory; Fargate offers certain amounts for each `cpu`. Default: 512."""

    architecture: str
    """`arm64` or `x86_64`. Default: `x86_64`."""

    ephemeral_storage: int
    """GiB of ephemeral storage, 21 to 200. Default: the 20 GiB that Fargate includes."""

    permissions: Sequence[PermissionArgs]
    """What a run may do in AWS; makes a task role of its own. Default: no task role."""

    managed_policies: Sequence[pulumi.Input[str]]
    """ARNs of managed policies for the task's own role. Default: none."""

    task_role: pulumi.Input[str]
    """ARN of a role made elsewhere for runs to take on, instead of `permissions`; one of the group's
    `pass_role_arns`."""

    launch: str
    """`fargate` or `fargateSpot`. Default: `fargate`."""

    capacity_providers: Sequence[CapacityProviderArgs]
    """A capacity provider strategy of 1 to 6 entries, instead of `launch`."""

    platform_version: str
    """Fargate platform version: `LATEST`, or such as `1.4.0`. Default: LATEST."""

    count: int
    """Tasks that one launch starts, 1 to 10. Default: 1."""

    retry: RetryArgs
    """Retries of the launch. Default: 5 attempts within 1 h."""

    stop_timeout: str
    """A duration from 2s to 120s that the container gets between SIGTERM and SIGKILL. Default: AWS's 30 s."""

    logs: LogsArgs
    """Logs of the task's runs. Default: the group's retention, blocking."""

    tags: Mapping[str, str]
    """Tags of the task and its runs, besides the group's. Default: none."""
