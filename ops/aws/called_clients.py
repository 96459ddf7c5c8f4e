"""The operations of boto3's clients that read the resources of calls.

Each has only the parameters and the answer that `doctor` uses.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, overload

Answer: TypeAlias = Mapping[str, Any]
# ruff: noqa: D102, N803


class RdsReader(Protocol):
    """Amazon RDS."""

    def describe_db_instances(self, *, DBInstanceIdentifier: str) -> Answer: ...
    def describe_db_clusters(self, *, DBClusterIdentifier: str) -> Answer: ...
    def describe_account_attributes(self) -> Answer: ...


class KeyReader(Protocol):
    """AWS Key Management Service."""

    def describe_key(self, *, KeyId: str) -> Answer: ...


class RedshiftReader(Protocol):
    """Amazon Redshift."""

    def describe_clusters(self, *, ClusterIdentifier: str) -> Answer: ...


class Ec2Reader(Protocol):
    """Amazon EC2."""

    def describe_instances(self, *, InstanceIds: Sequence[str]) -> Answer: ...


class EcsReader(Protocol):
    """Amazon ECS."""

    def describe_services(self, *, cluster: str, services: Sequence[str]) -> Answer: ...


class ScalingReader(Protocol):
    """Application Auto Scaling."""

    def describe_scalable_targets(self, *, ServiceNamespace: str, ResourceIds: Sequence[str]) -> Answer: ...


class GroupsReader(Protocol):
    """Amazon EC2 Auto Scaling."""

    def describe_auto_scaling_groups(self, *, AutoScalingGroupNames: Sequence[str]) -> Answer: ...


class LambdaReader(Protocol):
    """AWS Lambda."""

    def get_function_configuration(self, *, FunctionName: str) -> Answer: ...


class StatesReader(Protocol):
    """AWS Step Functions."""

    def describe_state_machine(self, *, stateMachineArn: str) -> Answer: ...


class BatchReader(Protocol):
    """AWS Batch."""

    def describe_job_queues(self, *, jobQueues: Sequence[str]) -> Answer: ...
    @overload
    def describe_job_definitions(self, *, jobDefinitions: Sequence[str]) -> Answer: ...
    @overload
    def describe_job_definitions(self, *, jobDefinitionName: str, status: str) -> Answer: ...


class GlueReader(Protocol):
    """AWS Glue."""

    def get_job(self, *, JobName: str) -> Answer: ...


class BuildReader(Protocol):
    """AWS CodeBuild."""

    def batch_get_projects(self, *, names: Sequence[str]) -> Answer: ...


class PipelineReader(Protocol):
    """AWS CodePipeline."""

    def get_pipeline(self, *, name: str) -> Answer: ...


class MigrationReader(Protocol):
    """AWS Database Migration Service."""

    def describe_replication_tasks(self, *, Filters: Sequence[Answer], WithoutSettings: bool) -> Answer: ...


class DocumentsReader(Protocol):
    """AWS Systems Manager."""

    def describe_document(self, *, Name: str) -> Answer: ...


class QueueReader(Protocol):
    """Amazon SQS."""

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: Sequence[str]) -> Answer: ...


class TopicReader(Protocol):
    """Amazon SNS."""

    def get_topic_attributes(self, *, TopicArn: str) -> Answer: ...


class BusReader(Protocol):
    """Amazon EventBridge."""

    def describe_event_bus(self, *, Name: str) -> Answer: ...


class CalledClients(Protocol):
    """Returns the client of a service."""

    @overload
    def __call__(self, service: Literal["rds"], /) -> RdsReader: ...
    @overload
    def __call__(self, service: Literal["kms"], /) -> KeyReader: ...
    @overload
    def __call__(self, service: Literal["redshift"], /) -> RedshiftReader: ...
    @overload
    def __call__(self, service: Literal["ec2"], /) -> Ec2Reader: ...
    @overload
    def __call__(self, service: Literal["ecs"], /) -> EcsReader: ...
    @overload
    def __call__(self, service: Literal["application-autoscaling"], /) -> ScalingReader: ...
    @overload
    def __call__(self, service: Literal["autoscaling"], /) -> GroupsReader: ...
    @overload
    def __call__(self, service: Literal["lambda"], /) -> LambdaReader: ...
    @overload
    def __call__(self, service: Literal["stepfunctions"], /) -> StatesReader: ...
    @overload
    def __call__(self, service: Literal["batch"], /) -> BatchReader: ...
    @overload
    def __call__(self, service: Literal["glue"], /) -> GlueReader: ...
    @overload
    def __call__(self, service: Literal["codebuild"], /) -> BuildReader: ...
    @overload
    def __call__(self, service: Literal["codepipeline"], /) -> PipelineReader: ...
    @overload
    def __call__(self, service: Literal["dms"], /) -> MigrationReader: ...
    @overload
    def __call__(self, service: Literal["ssm"], /) -> DocumentsReader: ...
    @overload
    def __call__(self, service: Literal["sqs"], /) -> QueueReader: ...
    @overload
    def __call__(self, service: Literal["sns"], /) -> TopicReader: ...
    @overload
    def __call__(self, service: Literal["events"], /) -> BusReader: ...
