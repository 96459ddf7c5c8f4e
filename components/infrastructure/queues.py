"""SQS queues for messages that people read."""

from pulumi_aws import sqs

from ..aws.limits import QUEUE_RETENTION_SECONDS
from ..scope import Scope


def create_queue(
    scope: Scope, purpose: str, physical_name: str, *, kms_key: str | None, policy: str | None = None
) -> sqs.Queue:
    """A queue that keeps messages as long as SQS allows. `purpose` is the end of its name in Pulumi.

    The policy is part of the queue rather than a resource of its own, so that the queue never exists without it.
    """
    return sqs.Queue(
        f"{scope.name}-{purpose}",
        name=physical_name,
        policy=policy,
        message_retention_seconds=QUEUE_RETENTION_SECONDS,
        # Only one of the two is allowed (AWS: SQS CreateQueue, SqsManagedSseEnabled and KmsMasterKeyId).
        kms_master_key_id=kms_key,
        sqs_managed_sse_enabled=None if kms_key else True,
        tags=scope.tags,
        opts=scope.opts,
    )
