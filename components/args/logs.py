"""Arguments of the logs of a task."""

from typing import Annotated

from typing_extensions import TypedDict

from ..keys.annotations import Aws, Default, Example, OneOf
from .container_logs import ContainerLogsArgs, LogMode
from .strict import strict
from .values import KmsKeyArn

__all__ = ["DEFAULT_RETENTION_DAYS", "RETENTION_DAYS", "LogMode", "LogsArgs"]

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""AWS: botocore logs, Days."""
DEFAULT_RETENTION_DAYS = 30


@strict
class _LogGroup(TypedDict, total=False):
    """The log group of runs."""

    retention_days: Annotated[
        int,
        OneOf(RETENTION_DAYS, "a retention period of CloudWatch Logs"),
        Default(words=f"{DEFAULT_RETENTION_DAYS}; a task's is its group's"),
        Aws("retentionInDays"),
        Example("retentionDays: 90"),
    ]
    """Days that CloudWatch Logs keeps log events. A task that differs from its group gets its own log group."""

    kms_key: Annotated[
        KmsKeyArn,
        Default(words="CloudWatch Logs' own encryption"),
        Aws("kmsKeyId"),
        Example('kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"'),
    ]
    """ARN of a KMS key that encrypts log events. Its key policy must allow CloudWatch Logs to use it. A group's key
    also encrypts outcome logs and the logs of state machines. A task that differs from its group gets its own log
    group."""


@strict
class LogsArgs(_LogGroup, ContainerLogsArgs, total=False):
    """Logs of runs. A group has only `retention_days` and `kms_key`; the other keys are for tasks."""
