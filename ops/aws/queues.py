"""SQS queues."""

from dataclasses import dataclass

from components.json_values import mapping, read_json

from .deployment import Deployment


@dataclass(frozen=True, slots=True)
class RedrivePolicy:
    """SQS moves a message to another queue when it has been received too often. Each listing receives all messages.

    AWS: Amazon SQS API reference, SetQueueAttributes, RedrivePolicy.
    """

    target_arn: str
    most_receives: str

    @property
    def sentence(self) -> str:
        """The effect in one sentence."""
        return (
            f"SQS moves a message to {self.target_arn} after {self.most_receives} receives, and each "
            "`scheduled-tasks dead-letters` command receives all messages."
        )


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue."""

    messages: int
    """Approximate number of messages, including those in flight."""
    redrive_policy: RedrivePolicy | None = None


def queue_url(deployment: Deployment, name: str, account_id: str | None = None) -> str | None:
    """Return the URL of a queue, or None if it doesn't exist. Default account: that of the deployment."""
    sqs = deployment.client("sqs")
    try:
        return sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account_id or deployment.account_id)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        return None


def message_count(deployment: Deployment, url: str) -> int:
    """Return the approximate number of messages in a queue, including those in flight."""
    return queue_state(deployment, url).messages


def queue_state(deployment: Deployment, url: str) -> QueueState:
    """Read a queue. Makes one call."""
    attributes = deployment.client("sqs").get_queue_attributes(
        QueueUrl=url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "RedrivePolicy",
        ],
    )["Attributes"]
    policy = _redrive_policy(attributes.get("RedrivePolicy", ""))
    return QueueState(
        int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        policy,
    )


def _redrive_policy(text: str) -> RedrivePolicy | None:
    if not text:
        return None
    policy = mapping(read_json(text))
    # AWS accepts the number with and without quotes.
    return RedrivePolicy(str(policy.get("deadLetterTargetArn", "")), str(policy.get("maxReceiveCount", "")))
