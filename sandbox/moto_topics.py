"""Subscriptions of topics whose queue is gone: SNS discards the message, and moto fails the request to publish it.

AWS: Amazon SNS developer guide, "Amazon SNS dead-letter queues": a deleted endpoint is a client-side error, which
isn't retried; without a dead-letter queue of the subscription, SNS discards the message.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from moto.sns.models import Subscription
from moto.sqs.exceptions import QueueDoesNotExist


@cache
def fix_topics() -> None:
    """Apply the fix to moto in this process, once."""
    subscription: Any = Subscription
    publish: Callable[..., None] = subscription.publish

    def published(*arguments: Any, **named: Any) -> None:
        with suppress(QueueDoesNotExist):
            publish(*arguments, **named)

    subscription.publish = published
