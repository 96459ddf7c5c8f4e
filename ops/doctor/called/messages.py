"""Called queues, topics and event buses.

AWS: Amazon SQS API reference, GetQueueAttributes; Amazon SNS API reference, GetTopicAttributes; Amazon EventBridge API
reference, DescribeEventBus.
"""

from collections.abc import Iterator

from components.aws.arn import Arn
from components.calls.targets import queue_url

from ...aws.called_clients import CalledClients
from .resources import Called
from .state import State, exists


def queue_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a queue exists, and which key encrypts it."""
    wanted = ["QueueArn", "KmsMasterKeyId"]
    arn = Arn.parse_if_arn(called.name)
    url = queue_url(arn) if arn else called.name
    found = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=wanted)
    yield exists(str(found.get("Attributes", {}).get("KmsMasterKeyId", "")))


def topic_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a topic exists, and which key encrypts it."""
    found = clients("sns").get_topic_attributes(TopicArn=called.name)["Attributes"]
    yield exists(str(found.get("KmsMasterKeyId", "")))


def bus_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if an event bus exists."""
    clients("events").describe_event_bus(Name=called.name)
    yield exists()
