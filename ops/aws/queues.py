"""SQS queues."""

from .deployment import Deployment


def queue_url(deployment: Deployment, name: str, account_id: str | None = None) -> str | None:
    """Return the URL of a queue, or None if it doesn't exist. Default account: that of the deployment."""
    sqs = deployment.client("sqs")
    try:
        return sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account_id or deployment.account_id)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        return None


def message_count(deployment: Deployment, url: str) -> int:
    """Return the approximate number of messages in a queue, including those in flight."""
    counts = deployment.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    )
    return sum(map(int, counts["Attributes"].values()))
