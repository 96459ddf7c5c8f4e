"""The types of boto3's clients, by service.

They come from boto3-stubs, which only the type checker needs: a misspelled operation or key is a type error.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Protocol, overload

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_sts import STSClient


class KmsClient(Protocol):
    """The client of AWS KMS, as far as commands use it."""

    def describe_key(self, *, KeyId: str) -> Mapping[str, Mapping[str, str]]:  # noqa: N803
        """The metadata of a key, by ID, alias or ARN. AWS: botocore kms, DescribeKey."""
        ...


class Clients(Protocol):
    """Returns the client of a service."""

    @overload
    def __call__(self, service: Literal["cloudwatch"], /) -> "CloudWatchClient": ...
    @overload
    def __call__(self, service: Literal["dynamodb"], /) -> "DynamoDBClient": ...
    @overload
    def __call__(self, service: Literal["ec2"], /) -> "EC2Client": ...
    @overload
    def __call__(self, service: Literal["ecr"], /) -> "ECRClient": ...
    @overload
    def __call__(self, service: Literal["ecs"], /) -> "ECSClient": ...
    @overload
    def __call__(self, service: Literal["events"], /) -> "EventBridgeClient": ...
    @overload
    def __call__(self, service: Literal["iam"], /) -> "IAMClient": ...
    @overload
    def __call__(self, service: Literal["kms"], /) -> "KmsClient": ...
    @overload
    def __call__(self, service: Literal["logs"], /) -> "CloudWatchLogsClient": ...
    @overload
    def __call__(self, service: Literal["scheduler"], /) -> "EventBridgeSchedulerClient": ...
    @overload
    def __call__(self, service: Literal["secretsmanager"], /) -> "SecretsManagerClient": ...
    @overload
    def __call__(self, service: Literal["service-quotas"], /) -> "ServiceQuotasClient": ...
    @overload
    def __call__(self, service: Literal["sns"], /) -> "SNSClient": ...
    @overload
    def __call__(self, service: Literal["sqs"], /) -> "SQSClient": ...
    @overload
    def __call__(self, service: Literal["ssm"], /) -> "SSMClient": ...
    @overload
    def __call__(self, service: Literal["stepfunctions"], /) -> "SFNClient": ...
    @overload
    def __call__(self, service: Literal["sts"], /) -> "STSClient": ...
