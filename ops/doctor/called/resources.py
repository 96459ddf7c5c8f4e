"""The resources that a call acts on, from the target of its schedule. Pure.

AWS: EventBridge Scheduler user guide, "Using universal targets" and "Using templated targets".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from components.json_values import Json, items

from ...aws.call_targets import operation_of, parameters_of

DATABASE, DATABASE_CLUSTER, WAREHOUSE = "DB instance", "DB cluster", "Redshift cluster"
INSTANCE, GROUP = "instance", "Auto Scaling group"
SERVICE = "ECS service"
FUNCTION, STATE_MACHINE = "function", "state machine"
JOB_QUEUE, JOB_DEFINITION, GLUE_JOB = "job queue", "job definition", "Glue job"
BUILD, PIPELINE = "build project", "pipeline"
REPLICATION, RUNBOOK = "replication task", "runbook"
QUEUE, TOPIC, BUS = "queue", "topic", "event bus"

_MEMBERS: Mapping[str, Sequence[tuple[str, str]]] = {
    "rds:stopDBInstance": ((DATABASE, "DbInstanceIdentifier"),),
    "rds:startDBInstance": ((DATABASE, "DbInstanceIdentifier"),),
    "rds:rebootDBInstance": ((DATABASE, "DbInstanceIdentifier"),),
    "rds:createDBSnapshot": ((DATABASE, "DbInstanceIdentifier"),),
    "rds:stopDBCluster": ((DATABASE_CLUSTER, "DbClusterIdentifier"),),
    "rds:startDBCluster": ((DATABASE_CLUSTER, "DbClusterIdentifier"),),
    "rds:createDBClusterSnapshot": ((DATABASE_CLUSTER, "DbClusterIdentifier"),),
    "redshift:pauseCluster": ((WAREHOUSE, "ClusterIdentifier"),),
    "redshift:resumeCluster": ((WAREHOUSE, "ClusterIdentifier"),),
    "ec2:stopInstances": ((INSTANCE, "InstanceIds"),),
    "ec2:startInstances": ((INSTANCE, "InstanceIds"),),
    "ec2:rebootInstances": ((INSTANCE, "InstanceIds"),),
    "ecs:updateService": ((SERVICE, "Service"),),
    "applicationautoscaling:registerScalableTarget": ((SERVICE, "ResourceId"),),
    "autoscaling:updateAutoScalingGroup": ((GROUP, "AutoScalingGroupName"),),
    "autoscaling:setDesiredCapacity": ((GROUP, "AutoScalingGroupName"),),
    "lambda:invoke": ((FUNCTION, "FunctionName"),),
    "sfn:startExecution": ((STATE_MACHINE, "StateMachineArn"),),
    "batch:submitJob": ((JOB_QUEUE, "JobQueue"), (JOB_DEFINITION, "JobDefinition")),
    "glue:startJobRun": ((GLUE_JOB, "JobName"),),
    "codebuild:startBuild": ((BUILD, "ProjectName"),),
    "codepipeline:startPipelineExecution": ((PIPELINE, "Name"),),
    "databasemigration:startReplicationTask": ((REPLICATION, "ReplicationTaskArn"),),
    "ssm:startAutomationExecution": ((RUNBOOK, "DocumentName"),),
    "sqs:sendMessage": ((QUEUE, "QueueUrl"),),
    "sns:publish": ((TOPIC, "TopicArn"),),
}
"""The parameters that name the resources of an operation, as EventBridge Scheduler spells them."""
_TEMPLATED: Mapping[str, str] = {
    "events": BUS,
    "lambda": FUNCTION,
    "sns": TOPIC,
    "sqs": QUEUE,
    "states": STATE_MACHINE,
}


@dataclass(frozen=True, slots=True)
class Called:
    """A resource that a call acts on."""

    kind: str
    name: str
    """Its name, URL or ARN: the parameter of the call."""
    operation: str
    """`rds:stopDBInstance`. For a templated target, the service of its ARN: `lambda`."""
    parameters: Mapping[str, Json] = field(default_factory=dict[str, Json], compare=False)
    """The parameters of the call. Empty for a templated target."""


def called(target_arn: str, text: str) -> list[Called]:
    """The resources that a call acts on. Empty for an operation that isn't in the table.

    Args:
        target_arn: The ARN of the schedule's target.
        text: The input of the target.
    """
    operation, parameters = operation_of(target_arn), parameters_of(target_arn, text)
    if kind := _TEMPLATED.get(operation):
        return [Called(kind, target_arn, operation)]
    return called_by(operation, parameters)


def called_by(operation: str, parameters: Mapping[str, Json]) -> list[Called]:
    """The resources of one operation: `rds:stopDBInstance`. Empty for one that isn't in the table."""
    members = _MEMBERS.get(operation, ())
    return [
        Called(kind, name, operation, parameters) for kind, member in members for name in _names(parameters.get(member))
    ]


def _names(value: Json) -> Iterator[str]:
    for item in items(value):
        # A value with a keyword of EventBridge Scheduler has no fixed name.
        if isinstance(item, str) and item and "<aws.scheduler." not in item:
            yield item
