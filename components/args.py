"""What the components are given: dictionaries with typed keys.

They are TypedDicts because that is what a Pulumi component that is served to other languages can take. What
is checked before anything is created is plain (`str`, `int`, `bool`); identifiers that other resources
produce are `pulumi.Input`.
"""

from collections.abc import Mapping, Sequence
from typing import Required, TypedDict

import pulumi


class CapacityProviderArgs(TypedDict, total=False):
    """One entry of a capacity provider strategy."""

    provider: Required[str]
    """FARGATE, FARGATE_SPOT, or the name of a provider over an Auto Scaling group; not both kinds in one
    strategy."""

    weight: int
    """0 to 1000: the share of the runs beyond `base`. Default: 1."""

    base: int
    """0 to 100000 runs of one launch that go to this provider first; one entry of a strategy may set it.
    Default: 0."""


class ClusterArgs(TypedDict, total=False):
    """An ECS cluster that the group creates."""

    container_insights: bool
    """CloudWatch Container Insights for the cluster. Default: false (it costs money per metric)."""

    capacity_providers: Sequence[str]
    """Capacity providers of the cluster: FARGATE, FARGATE_SPOT, and names of providers over Auto Scaling groups
    that exist. Default: FARGATE and FARGATE_SPOT, which cost nothing."""

    default_strategy: Sequence[CapacityProviderArgs]
    """Capacity provider strategy of what is started on the cluster without saying where, by others than this
    component. Default: none."""


class VpcArgs(TypedDict, total=False):
    """A VPC that the group creates, with a public and a private subnet in each zone (awsx.ec2.Vpc)."""

    cidr: str
    """IPv4 block, /16 to /24 (AWS: EC2 CreateVpc takes /16 to /28; below /24 nothing is left for subnets).
    Default: 10.0.0.0/16."""

    nat_gateways: str
    """`none`, `single` or `perZone`. Without one, private subnets get endpoints for what runs need: the
    registries of this account, logs, secrets and S3, and reach nothing else. Each gateway, and each endpoint,
    costs money by the hour. Default: `single`."""

    zones: int
    """Availability zones, 1 to 4. Default: 2."""


class NetworkArgs(TypedDict, total=False):
    """Where runs get their network interfaces (awsvpc). One way of naming the subnets, and one of naming the
    VPC, at most."""

    vpc: str
    """`default` (the account's default VPC) or the id of a VPC. Default: `default`, unless `subnet_ids` are
    given."""

    create_vpc: VpcArgs
    """A VPC of the group's own, instead of `vpc` and `vpc_tags`. Default: none."""

    vpc_tags: Mapping[str, str]
    """Tags by which exactly one VPC is found, instead of `vpc`. Default: none."""

    subnets: str
    """`private` or `public`: the VPC's subnets whose instances get no public address by default, or those
    that do (MapPublicIpOnLaunch). Default: `public` in the default VPC, else `private`."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """1 to 16 subnets of one VPC, by id (AWS: botocore scheduler, AwsVpcConfiguration). Default: what `subnets`
    says."""

    subnet_tags: Mapping[str, str]
    """Tags by which subnets of the VPC are found, at least one. Default: none."""

    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """1 to 5 security groups. Default: one is created, which lets runs out and nothing in."""

    assign_public_ip: str
    """`auto`, `true` or `false`. `auto` gives runs a public address in public subnets, where they would have
    no way out without one, and none in private ones. Default: `auto`."""

    vpc_id: pulumi.Input[str]
    """The VPC of `subnet_ids` that other resources produce: with them, and without `security_group_ids`, it
    is required. Default: none."""


class LogsArgs(TypedDict, total=False):
    """CloudWatch Logs of runs."""

    retention_days: int
    """Days that log events are kept: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
    2557, 2922, 3288 or 3653. Default: 30. A task that
    differs from its group gets a log group of its own."""

    mode: str
    """`blocking`: no line is lost, and a run waits while CloudWatch Logs cannot be reached; `non-blocking`: a
    run never waits, and lines are lost when the buffer overflows. Default: `blocking` (AWS's own default has
    been non-blocking since June 2025)."""

    kms_key: str
    """ARN of a KMS key that log events are encrypted with; its policy must let CloudWatch Logs use it. A task
    that differs from its group gets a log group of its own. Default: CloudWatch Logs' own encryption."""


class RetryArgs(TypedDict, total=False):
    """Retries of the launch (RunTask), not of the container. The first limit that is reached ends them; then
    the launch goes to the dead-letter queue."""

    attempts: int
    """0 to 185. Default: 5."""

    max_age: str
    """A duration from 60s to 24h. Default: 1h, so that a nightly task does not start in the afternoon."""


class RetryRunArgs(TypedDict, total=False):
    """Retries of a run that failed, as against those of its launch. Makes the task a supervised one."""

    attempts: Required[int]
    """1 to 10 further attempts. A run that was stopped by hand, or at its timeout, is not tried again."""

    delay: str
    """A duration from 1s to 24h before the first further attempt. Default: 1m."""

    backoff: int
    """1 to 10: what the delay is multiplied by for each further attempt, up to 24h. Default: 2."""

    exit_codes: Sequence[int]
    """Exit codes, 1 to 255, of the container that are tried again. A run without one (a lost instance, Spot, an image
    that cannot be pulled) always is. Default: all."""


class ScheduleArgs(TypedDict, total=False):
    """One of several schedules of a task: when, and what its runs do otherwise than the task says."""

    expression: Required[str]
    """`rate(...)`, `cron(...)` or `at(...)`."""

    description: str
    """At most 512 characters. Default: the task's."""

    timezone: str
    """IANA time zone. Default: the task's."""

    flexible_window: str
    """A duration from 1m to 24h. Default: the task's."""

    start: str
    """No run before this instant. Default: the task's."""

    end: str
    """No run after this instant. Default: the task's."""

    enabled: bool
    """false pauses this schedule. Default: true."""

    delete_after_completion: bool
    """Whether AWS deletes this schedule after its last run. Default: the task's."""

    command: Sequence[str]
    """Command of the container in the runs of this schedule. EventBridge Scheduler puts values in for
    `<aws.scheduler.scheduled-time>`, `<aws.scheduler.execution-id>`, `<aws.scheduler.attempt-number>` and
    `<aws.scheduler.schedule-arn>`. Default: the task's."""

    environment: Mapping[str, str]
    """Environment variables that are added, or replace the task's, with the same values put in. Default: none."""

    cpu: int
    """CPU units of the runs of this schedule, within the bounds of the task's `cpu`. Default: the task's."""

    memory: int
    """MiB of memory of the runs of this schedule, within the bounds of the task's `memory`. Default: the task's."""

    ephemeral_storage: int
    """GiB of ephemeral storage of the runs of this schedule, 21 to 200. Default: the task's."""


class BuildArgs(TypedDict, total=False):
    """An image that is built and pushed at deployment, to an ECR repository of the task's own (awsx.ecr)."""

    context: Required[str]
    """Folder that the build sees, relative to the program."""

    dockerfile: str
    """Path of the Dockerfile. Default: `Dockerfile` in the context."""

    target: str
    """Stage of the Dockerfile. Default: the last."""

    args: Mapping[str, str]
    """Build arguments; not for secrets. Default: none."""


class UlimitArgs(TypedDict):
    """A resource limit of a container (AWS: Amazon ECS API reference, Ulimit)."""

    soft: int
    """What a process has; at most `hard`."""

    hard: int
    """What a process may raise it to; at least `soft`."""


class VolumeArgs(TypedDict, total=False):
    """A volume of the task, and where its container sees it."""

    path: Required[str]
    """Absolute path in the container."""

    efs: pulumi.Input[str]
    """Id of an EFS file system. Default: none; the volume is then empty at the start of each run, shared by the
    task's containers, and gone after it."""

    access_point: pulumi.Input[str]
    """Id of an access point of the file system. Default: none."""

    root_directory: str
    """Folder of the file system that is mounted; not with `access_point`. Default: `/`."""

    read_only: bool
    """Default: false."""


class HealthCheckArgs(TypedDict, total=False):
    """How ECS finds out whether a container is healthy (AWS: Amazon ECS API reference, HealthCheck)."""

    command: Required[Sequence[str]]
    """`[CMD, program, argument, ...]` or `[CMD-SHELL, line]`."""

    interval: str
    """A duration from 5s to 300s. Default: 30s."""

    timeout: str
    """A duration from 2s to 60s. Default: 5s."""

    retries: int
    """1 to 10. Default: 3."""

    start_period: str
    """A duration from 0s to 300s in which failures do not count. Default: none."""


class SidecarArgs(TypedDict, total=False):
    """A further container of the task."""

    image: Required[pulumi.Input[str]]
    """Container image."""

    command: Sequence[pulumi.Input[str]]
    """Default: the image's."""

    entry_point: Sequence[pulumi.Input[str]]
    """Default: the image's."""

    environment: Mapping[str, pulumi.Input[str]]
    """Default: none."""

    secrets: Mapping[str, pulumi.Input[str]]
    """ARNs, as for the task. Default: none."""

    cpu: int
    """CPU units that are set apart for it, at least 0, within the task's. Default: 0, its share of what is free."""

    memory: int
    """MiB of memory at which it is killed, at least 6. Default: the task's."""

    essential: bool
    """Whether its end ends the run. Default: false, so that a run lasts as long as its main container."""

    depends_on: Mapping[str, str]
    """Containers that it waits for, as for the task. Default: none."""

    health_check: HealthCheckArgs
    """Default: the image's, which ECS does not look at."""

    mounts: Mapping[str, str]
    """Volumes of the task by name, each with the absolute path at which this container sees it. Default: none."""

    user: str
    """Default: the image's."""

    working_directory: str
    """Default: the image's."""

    read_only_root: bool
    """Default: false."""

    stop_timeout: str
    """A duration from 2s to 120s. Default: AWS's 30 s."""


class PlacementConstraintArgs(TypedDict, total=False):
    """Which instances may run a task (AWS: Amazon ECS API reference, PlacementConstraint). Not on Fargate."""

    type: Required[str]
    """`distinctInstance` or `memberOf`."""

    expression: str
    """Cluster query language, for `memberOf`. Default: none."""


class PlacementStrategyArgs(TypedDict, total=False):
    """Which of these instances is taken (AWS: Amazon ECS API reference, PlacementStrategy). Not on Fargate."""

    type: Required[str]
    """`random`, `spread` or `binpack`."""

    field: str
    """`instanceId` or an attribute for `spread`; `cpu` or `memory` for `binpack`. Default: none, for `random`."""


class NotifyArgs(TypedDict, total=False):
    """Whom failures and alarms reach: a topic of Amazon SNS, which is created where none is given."""

    emails: Sequence[str]
    """Addresses that are subscribed; each has to confirm. Default: none."""

    topic_arn: pulumi.Input[str]
    """A topic made elsewhere, whose policy must let events.amazonaws.com and cloudwatch.amazonaws.com publish.
    Default: one is created."""

    kms_key: str
    """ARN of a KMS key for the topic that is created; its policy must let both services use it. Default: none."""


class MonitoringArgs(TypedDict, total=False):
    """What the group watches."""

    outcomes: bool
    """The ends of runs, succeeded and failed, in logs; failures to the topic. Default: true."""

    alarms: bool
    """Alarms on launches and dead letters. Default: true."""

    dashboard: bool
    """A dashboard, for which CloudWatch charges beyond the third of an account. Default: false."""

    tracing: bool
    """X-Ray traces of supervised runs, for which AWS charges. Default: false."""


class EncryptionArgs(TypedDict, total=False):
    """KMS keys of the group, by ARN; those of logs are with `logs`."""

    dead_letters: str
    """Encrypts the dead-letter queue. Its policy must let scheduler.amazonaws.com use it, with
    kms:GenerateDataKey and kms:Decrypt. Default: SQS's own encryption."""

    schedules: str
    """Encrypts what schedules send to their target. Default: a key of AWS's own."""

    secrets: Sequence[str]
    """Keys that the secrets of the tasks are encrypted with: the execution roles that read secrets may decrypt
    with them. Default: none; secrets under the account's AWS managed keys need none."""


class PermissionArgs(TypedDict):
    """One statement of the policy of a run's own role."""

    actions: Sequence[str]
    """IAM actions, such as `s3:PutObject`."""

    resources: Sequence[pulumi.Input[str]]
    """ARNs that the actions are allowed on."""


class TaskDefinitionReference(TypedDict):
    """A task definition that is not made here, as it was found."""

    arn: pulumi.Input[str]
    """Its ARN, with the revision that schedules are pinned to."""

    role_arns: Sequence[pulumi.Input[str]]
    """Its task role and execution role, where it has them."""

    compatibilities: Sequence[str]
    """What it can run on: FARGATE, EC2, EXTERNAL."""

    network_mode: str
    """awsvpc, bridge, host or none."""


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

    capacity_providers: Sequence[str]
    """Capacity providers of the cluster, where the group creates it; empty where it was found."""

    schedule_group: pulumi.Input[str]
    """Name of the schedule group."""

    scheduler_role_arn: pulumi.Input[str]
    """The role by which EventBridge Scheduler starts runs."""

    execution_role_arn: pulumi.Input[str]
    """The role by which ECS pulls images and writes logs."""

    dead_letter_queue_arn: pulumi.Input[str]
    """The queue that launches go to when their retries are exhausted."""

    supervisor_role_arn: pulumi.Input[str]
    """The role of the state machines of supervised tasks; empty where the group has no such tasks."""

    supervisor_log_group_arn: pulumi.Input[str]
    """The log group of state machines; empty where there are none."""

    tracing: bool
    """Whether state machines are traced."""

    log_retention_days: int
    """Days that the group's log group keeps its events."""

    log_kms_key: str
    """ARN of the key that the group's log group is encrypted with; empty for none."""

    schedules_kms_key: str
    """ARN of the key that schedules are encrypted with; empty for none."""

    secrets_kms_keys: Sequence[str]
    """ARNs of the keys that secrets are encrypted with."""

    succeeded_log_group: pulumi.Input[str]
    """Log group of the runs that succeeded; empty where outcomes are not watched."""

    topic_arn: pulumi.Input[str]
    """The topic that failures and alarms reach; empty for none."""

    iam_path: str
    """Path that the group's roles are under."""

    permissions_boundary: str
    """ARN of the permissions boundary of the group's roles; empty for none."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets of runs."""

    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Security groups of runs."""

    assign_public_ip: bool
    """Whether runs get a public address."""

    task_definitions: Mapping[str, TaskDefinitionReference]
    """Task definitions made elsewhere that the group's schedules may start, by the text they are referred to
    with."""

    containers: Mapping[str, str]
    """The container whose exit code decides, of each of `task_definitions`."""

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
    """A cluster of the group's own, instead of `cluster`. Default: none."""

    network: NetworkArgs
    """Where runs get their network interfaces. Default: the public subnets of the default VPC."""

    logs: LogsArgs
    """Retention of the group's log group; `mode` is each task's own. Default: 30 days."""

    notify: NotifyArgs
    """Whom failures and alarms reach. Default: nobody."""

    monitoring: MonitoringArgs
    """What is watched. Default: outcomes and alarms."""

    containers: Mapping[str, str]
    """The container of each of `task_definitions` whose exit code decides, by the text that refers to it. Default:
    `main`."""

    supervised: bool
    """Whether tasks of this group may set `timeout`, `overlap` or `retry_run`: adds a table of leases, a role and a log
    group for their state machines, and rules for their outcomes. Default: false."""

    encryption: EncryptionArgs
    """KMS keys. Default: AWS's own encryption everywhere."""

    iam_path: str
    """Path that the group's roles are put under, such as `/teams/data/`. Default: `/`."""

    permissions_boundary: str
    """ARN of a managed policy that bounds what the group's roles can do. Default: none."""

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
    """What the task is for, at most 512 characters; shown with the schedule. Default: none."""

    schedule: str
    """`rate(6 hours)`, `cron(0 3 * * ? *)` or `at(2026-12-24T18:00:00)`; either this or `schedules`. Default:
    none."""

    schedules: Sequence[ScheduleArgs]
    """Several schedules, instead of `schedule`. Default: none."""

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
    """Container image. Either this, `build` or `task_definition`. Default: none."""

    build: BuildArgs
    """An image that is built and pushed at deployment, instead of `image`. Default: none."""

    task_definition: str
    """A task definition made elsewhere: `family`, `family:revision` or ARN, one of the group's
    `task_definitions`. A family stands for its newest revision at the time of the deployment. Default:
    none."""

    container: str
    """The container of `task_definition` whose exit code decides, and that overrides go to. Default: `main`."""

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

    secret_values: Mapping[str, pulumi.Input[str]]
    """Environment variables whose values are stored for the task as SSM parameters of type SecureString, and read
    by ECS at each start: Pulumi secrets, such as those of the stack's configuration. Default: none."""

    working_directory: str
    """Default: the image's."""

    user: str
    """`user`, `uid`, `user:group` or `uid:gid`. Default: the image's."""

    init: bool
    """Whether an init process runs that forwards signals and reaps processes. Default: false."""

    read_only_root: bool
    """Whether the container sees its root file system as read-only. Default: true for a task that has a volume
    which is no EFS file system, as it has said where it writes; else false."""

    ulimits: Mapping[str, UlimitArgs]
    """Resource limits by name (AWS: Amazon ECS API reference, Ulimit; Fargate has `nofile` only). Default: AWS's."""

    depends_on: Mapping[str, str]
    """Sidecars that the container waits for, each with `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`. Default:
    none."""

    sidecars: Mapping[str, SidecarArgs]
    """Further containers by name, at most 9. Default: none."""

    volumes: Mapping[str, VolumeArgs]
    """Volumes by name. Default: none."""

    cpu: int
    """CPU units, 1024 to a vCPU: what Fargate offers, or 128 to 196608 elsewhere. Default: 256."""

    memory: int
    """MiB of memory: what Fargate offers for `cpu`, or 6 to 33554432 elsewhere. Default: 512."""

    architecture: str
    """`arm64` or `x86_64`. Default: `x86_64`."""

    operating_system: str
    """`LINUX`, or a Windows Server such as `WINDOWS_SERVER_2022_CORE`. Default: `LINUX`."""

    ephemeral_storage: int
    """GiB of ephemeral storage, 21 to 200. Default: the 20 GiB that Fargate includes."""

    permissions: Sequence[PermissionArgs]
    """What a run may do in AWS; makes a task role of its own. Default: no task role."""

    managed_policies: Sequence[pulumi.Input[str]]
    """ARNs of managed policies for the task's own role. Default: none."""

    task_role: pulumi.Input[str]
    """ARN of a role made elsewhere for runs to take on, instead of `permissions`; one of the group's
    `pass_role_arns`. Default: none."""

    exec: bool
    """Whether a running task can be entered with `aws ecs execute-command`; the task's own role gets what that
    takes. Default: false."""

    launch: str
    """`fargate`, `fargateSpot`, `ec2` or `external`. Default: `fargate`."""

    capacity_providers: Sequence[CapacityProviderArgs]
    """A capacity provider strategy of 1 to 6 entries, instead of `launch`. Default: none."""

    platform_version: str
    """Fargate platform version: `LATEST`, or such as `1.4.0`. Default: LATEST."""

    network_mode: str
    """`awsvpc`, `bridge`, `host` or `none`; Fargate has awsvpc only, EXTERNAL all others. Default: `awsvpc`, and
    `bridge` for EXTERNAL."""

    placement_constraints: Sequence[PlacementConstraintArgs]
    """At most 10. Not on Fargate. Default: none."""

    placement_strategies: Sequence[PlacementStrategyArgs]
    """At most 5. Not on Fargate. Default: none, which spreads over zones."""

    count: int
    """Tasks that one launch starts, 1 to 10. Default: 1."""

    retry: RetryArgs
    """Retries of the launch. Default: 5 attempts within 1 h."""

    timeout: str
    """A duration from 1m to 30d, counted from the launch: a run that takes longer is stopped. Makes the task a
    supervised one: its schedules start a state machine, which starts the runs. Default: none; 24h for a task with
    `overlap` or `retry_run`."""

    overlap: str
    """What happens when a run is due while another is going: `allow`, `forbid` (the new one is skipped) or `replace`
    (the other one is stopped first). Makes the task a supervised one. Default: `allow`."""

    retry_run: RetryRunArgs
    """Retries of a run that failed. Default: none."""

    expect_success_within: str
    """A duration from 1m to 7d, in whole hours beyond a day: an alarm when no run has succeeded for so long. Default:
    none."""

    stop_timeout: str
    """A duration from 2s to 120s that the container gets between SIGTERM and SIGKILL. Default: AWS's 30 s."""

    logs: LogsArgs
    """Logs of the task's runs. Default: the group's retention, blocking."""

    tags: Mapping[str, str]
    """Tags of the task and its runs, besides the group's. Default: none."""

    propagate_tags: bool
    """Whether runs carry the tags of their task definition, by which their cost can be told apart. Default:
    true."""
