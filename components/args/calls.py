"""Arguments of calls: what EventBridge Scheduler does instead of running a container."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Required

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Between, Characters, Default, Example, Input, Items, Matches, NotEmpty
from .hours import HoursArgs
from .resource_names import DatabaseClusterName, DatabaseName, InstanceId, RedshiftName, ServiceName
from .strict import strict
from .values import KmsKeyArn

Parameters = Mapping[str, object]
"""JSON values by name. Strings can contain keywords of EventBridge Scheduler, and values can be outputs."""


@strict
class StopArgs(TypedDict, total=False):
    """A resource that EventBridge Scheduler stops or starts. Set one key."""

    database: Annotated[
        Input[DatabaseName], Default(words="none"), Aws("DBInstanceIdentifier"), Example("database: orders")
    ]
    """DB instance of Amazon RDS that is not a member of a DB cluster."""

    cluster: Annotated[
        Input[DatabaseClusterName], Default(words="none"), Aws("DBClusterIdentifier"), Example("cluster: orders")
    ]
    """DB cluster of Amazon Aurora or Amazon RDS, with all of its instances."""

    instances: Annotated[
        Sequence[Input[InstanceId]],
        NotEmpty(),
        Default((), "none"),
        Aws("InstanceIds"),
        Example("instances: [i-0123456789abcdef0]"),
    ]
    """EC2 instances that belong to no Auto Scaling group."""

    redshift: Annotated[
        Input[RedshiftName], Default(words="none"), Aws("ClusterIdentifier"), Example("redshift: warehouse")
    ]
    """Provisioned cluster of Amazon Redshift, which is paused or resumed."""


@strict
class SnapshotArgs(TypedDict, total=False):
    """A snapshot of a database. Set either `database` or `cluster`. Without `keep`, AWS keeps the snapshots until
    somebody deletes them."""

    database: Annotated[
        Input[DatabaseName], Default(words="none"), Aws("DBInstanceIdentifier"), Example("database: orders")
    ]
    """DB instance of Amazon RDS that is not a member of a DB cluster."""

    cluster: Annotated[
        Input[DatabaseClusterName], Default(words="none"), Aws("DBClusterIdentifier"), Example("cluster: orders")
    ]
    """DB cluster of Amazon Aurora or Amazon RDS."""

    name: Annotated[
        str,
        Matches(
            patterns.SNAPSHOT_PREFIX,
            "the beginning of a snapshot's name",
            "1 to 200 letters, digits and single hyphens, starting with a letter",
        ),
        Default(words="the identifier of the database"),
        Aws("DBSnapshotIdentifier"),
        Example("database: orders\nname: orders-nightly"),
    ]
    """Beginning of the names of the snapshots. The ID of the launch follows, so that each snapshot has its own name.
    With `keep`, an ID of the task and the time follow. For a cluster, it has at most 46 characters, and 38 with
    `keep`."""

    keep: Annotated[
        int, Between(1, 100), Default(words="all"), Aws("DeleteDBSnapshot"), Example("database: orders\nkeep: 14")
    ]
    """Number of snapshots of this task that are kept. When a new snapshot is available, a state machine deletes the
    oldest ones beyond it. By default, AWS allows 100 manual snapshots per account and Region."""


@strict
class ScaleArgs(TypedDict, total=False):
    """The size of an ECS service or an Auto Scaling group. Set either `service` or `group`."""

    service: Annotated[
        Input[ServiceName],
        Default(words="none"),
        Aws("ResourceId"),
        Example("service: main/web\nto: 0"),
    ]
    """ECS service: `cluster/service`, or its ARN."""

    group: Annotated[
        Input[Annotated[str, NotEmpty(), Characters(255)]],
        Default(words="none"),
        Aws("AutoScalingGroupName"),
        Example("group: workers\nto: 0\nmin: 0"),
    ]
    """Name of an Auto Scaling group of Amazon EC2."""

    to: Annotated[
        int, Between(0, 100_000), Default(words="none"), Aws("DesiredCount"), Example("service: main/web\nto: 0")
    ]
    """Desired number of tasks or instances. A service with autoscaling needs `min` and `max` instead, because
    autoscaling raises the number to its minimum."""

    min: Annotated[
        int,
        Between(0, 100_000),
        Default(words="unchanged"),
        Aws("MinCapacity"),
        Example("service: main/web\nmin: 2\nmax: 10"),
    ]
    """Minimum of the autoscaling of a service, or of the group."""

    max: Annotated[
        int,
        Between(0, 100_000),
        Default(words="unchanged"),
        Aws("MaxCapacity"),
        Example("service: main/web\nmin: 2\nmax: 10"),
    ]
    """Maximum of the autoscaling of a service, or of the group."""


@strict
class InvokeArgs(TypedDict, total=False):
    """A Lambda function that EventBridge Scheduler invokes asynchronously."""

    function: Required[
        Annotated[
            Input[
                Annotated[
                    str,
                    Matches(patterns.FUNCTION, "a Lambda function", "its name, name:alias, name:version or ARN"),
                ]
            ],
            Aws("Target.Arn"),
            Example("function: reports:live"),
        ]
    ]
    """Name of the function, with `:alias` or `:version` if it has one, or the ARN."""

    payload: Annotated[
        Parameters,
        Default(words="an event of EventBridge Scheduler"),
        Aws("Target.Input"),
        Example('function: reports\npayload: { day: "<aws.scheduler.scheduled-time>" }'),
    ]
    """Event that the function gets."""


@strict
class ExecuteArgs(TypedDict, total=False):
    """A state machine of Step Functions that EventBridge Scheduler starts."""

    state_machine: Required[
        Annotated[
            Input[
                Annotated[
                    str,
                    Matches(patterns.STATE_MACHINE, "a state machine", "its name, name:alias, name:version or ARN"),
                ]
            ],
            Aws("Target.Arn"),
            Example("stateMachine: nightly"),
        ]
    ]
    """Name of the state machine, with `:alias` or `:version` if it has one, or the ARN."""

    input: Annotated[
        Parameters, Default({}, "{}"), Aws("Target.Input"), Example("stateMachine: nightly\ninput: { full: true }")
    ]
    """Input of the execution."""


@strict
class BatchJobArgs(TypedDict, total=False):
    """A job of AWS Batch."""

    queue: Required[
        Annotated[
            Input[Annotated[str, Matches(patterns.BATCH_QUEUE, "a job queue", "its name or its ARN")]],
            Aws("JobQueue"),
            Example("queue: default\ndefinition: nightly:3\nname: nightly"),
        ]
    ]
    """Job queue."""

    definition: Required[
        Annotated[
            Input[
                Annotated[str, Matches(patterns.BATCH_DEFINITION, "a job definition", "name, name:revision or an ARN")]
            ],
            Aws("JobDefinition"),
            Example("queue: default\ndefinition: nightly:3\nname: nightly"),
        ]
    ]
    """Job definition: `name`, which is its latest active revision, `name:revision` or an ARN."""

    name: Required[
        Annotated[
            str,
            Matches(
                patterns.BATCH_JOB,
                "the name of a job",
                "1 to 128 letters, digits, - and _, starting with a letter or digit",
            ),
            Aws("JobName"),
            Example("queue: default\ndefinition: nightly:3\nname: nightly"),
        ]
    ]
    """Name of the jobs."""

    parameters: Annotated[
        Mapping[str, Input[str]],
        Default({}, "none"),
        Aws("Parameters"),
        Example("queue: default\ndefinition: nightly:3\nname: nightly\nparameters: { scope: all }"),
    ]
    """Values of the parameters of the job definition."""

    command: Annotated[
        Sequence[Input[str]],
        Default(words="the definition's"),
        Aws("ContainerOverrides"),
        Example("queue: default\ndefinition: nightly:3\nname: nightly\ncommand: [load, --all]"),
    ]
    """Command of the container."""


@strict
class GlueJobArgs(TypedDict, total=False):
    """A run of a job of AWS Glue."""

    job: Required[
        Annotated[Input[Annotated[str, NotEmpty(), Characters(255)]], Aws("JobName"), Example("job: nightly")]
    ]
    """Name of the job."""

    arguments: Annotated[
        Mapping[str, Input[str]],
        Default({}, "none"),
        Aws("Arguments"),
        Example('job: nightly\narguments: { "--day": "<aws.scheduler.scheduled-time>" }'),
    ]
    """Arguments that replace the job's own."""


@strict
class CodeBuildArgs(TypedDict, total=False):
    """A build of AWS CodeBuild."""

    project: Required[
        Annotated[
            Input[Annotated[str, Matches(patterns.BUILD_PROJECT, "a build project", "its name")]],
            Aws("ProjectName"),
            Example("project: nightly"),
        ]
    ]
    """Name of the build project."""

    source_version: Annotated[
        str,
        NotEmpty(),
        Default(words="the project's"),
        Aws("SourceVersion"),
        Example("project: nightly\nsourceVersion: main"),
    ]
    """Branch, tag or commit that is built."""

    environment: Annotated[
        Mapping[str, Input[str]],
        Default({}, "none"),
        Aws("EnvironmentVariablesOverride"),
        Example("project: nightly\nenvironment: { SCOPE: all }"),
    ]
    """Environment variables that add to or replace the project's."""


@strict
class SubmitArgs(TypedDict, total=False):
    """Work that another service runs. Set one key."""

    batch: Annotated[
        BatchJobArgs,
        Default(words="none"),
        Aws("SubmitJob"),
        Example("batch: { queue: default, definition: nightly:3, name: nightly }"),
    ]
    """Job of AWS Batch."""

    glue: Annotated[GlueJobArgs, Default(words="none"), Aws("StartJobRun"), Example("glue: { job: nightly }")]
    """Job of AWS Glue."""

    build: Annotated[CodeBuildArgs, Default(words="none"), Aws("StartBuild"), Example("build: { project: nightly }")]
    """Build of AWS CodeBuild."""

    pipeline: Annotated[
        Input[Annotated[str, Matches(patterns.PIPELINE, "a pipeline", "its name")]],
        Default(words="none"),
        Aws("StartPipelineExecution"),
        Example("pipeline: release"),
    ]
    """Name of a pipeline of AWS CodePipeline."""


@strict
class SendArgs(TypedDict, total=False):
    """A message. Set one of `queue`, `topic` and `bus`."""

    queue: Annotated[
        Input[Annotated[str, Matches(patterns.QUEUE, "a queue", "its name or its ARN")]],
        Default(words="none"),
        Aws("Target.Arn"),
        Example("queue: orders\nbody: { tick: 1 }"),
    ]
    """Queue of Amazon SQS: name or ARN."""

    topic: Annotated[
        Input[Annotated[str, Matches(patterns.TOPIC, "a topic", "its name or its ARN")]],
        Default(words="none"),
        Aws("Target.Arn"),
        Example("topic: orders\nbody: { tick: 1 }"),
    ]
    """Topic of Amazon SNS: name or ARN."""

    bus: Annotated[
        Input[Annotated[str, Matches(patterns.EVENT_BUS, "an event bus", "its name or its ARN")]],
        Default(words="none"),
        Aws("Target.Arn"),
        Example("bus: default\nsource: shop.orders\ndetailType: Tick\nbody: { tick: 1 }"),
    ]
    """Event bus of Amazon EventBridge: name or ARN."""

    body: Annotated[
        Parameters | str,
        Default(words="an event of EventBridge Scheduler"),
        Aws("Target.Input"),
        Example("queue: orders\nbody: { tick: 1 }"),
    ]
    """Message: an object, which is sent as JSON, or a string. For a bus, the detail of the event."""

    message_group: Annotated[
        str,
        Matches(patterns.MESSAGE_GROUP, "a message group", "1 to 128 letters, digits and punctuation"),
        Default(words="none"),
        Aws("MessageGroupId"),
        Example("queue: orders.fifo\nbody: { tick: 1 }\nmessageGroup: ticks"),
    ]
    """Message group. FIFO queues and topics require it."""

    source: Annotated[
        str,
        Matches(patterns.EVENT_SOURCE, "the source of an event", "1 to 256 letters, digits, / . - _ and @"),
        Default(words="none"),
        Aws("EventBridgeParameters.Source"),
        Example("bus: default\nsource: shop.orders\ndetailType: Tick"),
    ]
    """Source of the event. A bus requires it."""

    detail_type: Annotated[
        str,
        NotEmpty(),
        Characters(128),
        Default(words="none"),
        Aws("EventBridgeParameters.DetailType"),
        Example("bus: default\nsource: shop.orders\ndetailType: Tick"),
    ]
    """Type of the event. A bus requires it."""

    kms_key: Annotated[
        KmsKeyArn,
        Default(words="AWS's own encryption, or none"),
        Aws("kms:Decrypt, kms:GenerateDataKey"),
        Example(
            "queue: orders\nbody: { tick: 1 }\n"
            'kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"'
        ),
    ]
    """ARN of the KMS key that encrypts the queue or topic. The role of the call may then use it."""


@strict
class CallArgs(TypedDict, total=False):
    """An AWS API call. Set one of `stop`, `start_up`, `snapshot`, `scale`, `hours`, `invoke`, `execute`, `submit`,
    `send` and `call`."""

    stop: Annotated[
        StopArgs,
        Default(words="none"),
        Aws("StopDBInstance, StopDBCluster, StopInstances, PauseCluster"),
        Example("stop: { database: orders }"),
    ]
    """Stop a database, EC2 instances or a Redshift cluster."""

    start_up: Annotated[
        StopArgs,
        Default(words="none"),
        Aws("StartDBInstance, StartDBCluster, StartInstances, ResumeCluster"),
        Example("startUp: { database: orders }"),
    ]
    """Start a database, EC2 instances or a Redshift cluster. `start` is the time before which there are no calls."""

    snapshot: Annotated[
        SnapshotArgs,
        Default(words="none"),
        Aws("CreateDBSnapshot, CreateDBClusterSnapshot"),
        Example("snapshot: { database: orders, keep: 14 }"),
    ]
    """Create a snapshot of a database, and delete older ones of this task."""

    scale: Annotated[
        ScaleArgs,
        Default(words="none"),
        Aws("UpdateService, RegisterScalableTarget, UpdateAutoScalingGroup"),
        Example("scale: { service: main/web, to: 0 }"),
    ]
    """Change the size of an ECS service or an Auto Scaling group."""

    hours: Annotated[
        HoursArgs,
        Default(words="none"),
        Aws("StartExecution"),
        Example('hours: { open: "MON-FRI 07:30-19:00", sleeps: [{ service: main/web }, { database: orders }] }'),
    ]
    """Stop resources outside of office hours, and restore them. It makes its own schedules: leave out `schedule`."""

    invoke: Annotated[
        InvokeArgs,
        Default(words="none"),
        Aws("Invoke"),
        Example('invoke: { function: "reports:live", payload: { day: "<aws.scheduler.scheduled-time>" } }'),
    ]
    """Invoke a Lambda function."""

    execute: Annotated[
        ExecuteArgs,
        Default(words="none"),
        Aws("StartExecution"),
        Example("execute: { stateMachine: nightly, input: { full: true } }"),
    ]
    """Start a state machine of Step Functions."""

    submit: Annotated[
        SubmitArgs,
        Default(words="none"),
        Aws("SubmitJob, StartJobRun, StartBuild, StartPipelineExecution"),
        Example('submit: { batch: { queue: default, definition: "nightly:3", name: nightly } }'),
    ]
    """Start a job of AWS Batch or AWS Glue, a build, or a pipeline."""

    send: Annotated[
        SendArgs,
        Default(words="none"),
        Aws("SendMessage, Publish, PutEvents"),
        Example("send: { queue: orders, body: { tick: 1 } }"),
    ]
    """Send a message to a queue, a topic or an event bus."""

    call: Annotated[
        str,
        NotEmpty(),
        Default(words="none"),
        Aws("Target.Arn"),
        Example("call: redshift:pauseCluster\nwith: { clusterIdentifier: warehouse }"),
    ]
    """Any other operation that EventBridge Scheduler can call: `service:action`, such as `redshift:pauseCluster`."""

    with_: Annotated[
        Parameters,
        Default({}, "none"),
        Aws("Target.Input"),
        Example("call: redshift:pauseCluster\nwith: { clusterIdentifier: warehouse }"),
    ]
    """Parameters of `call`, in camelCase, PascalCase, with underscores, or in the API's spelling."""

    resources: Annotated[
        Sequence[Input[Annotated[str, Matches(patterns.IAM_RESOURCE, "an ARN", "one, such as arn:aws:s3:::bucket/*")]]],
        Items(1, 100, "ARNs"),
        Default(words="derived from the parameters"),
        Aws("Resource"),
        Example(
            "call: ssm:startAutomationExecution\nwith: { documentName: AWS-StopEC2Instance }\n"
            'resources: ["arn:aws:ssm:eu-west-1::automation-definition/AWS-StopEC2Instance:*"]'
        ),
    ]
    """ARNs that the role may use `call` on. Required only if they don't follow from the parameters."""

    because: Annotated[
        str,
        NotEmpty(),
        Characters(500),
        Default(words="none"),
        Example(
            "call: ec2:createTags\nwith: { resources: [i-0123456789abcdef0], tags: [{ key: a, value: b }] }\n"
            'resources: ["*"]\nbecause: Instances are replaced every day.'
        ),
    ]
    """Reason for `*` in `resources`."""
