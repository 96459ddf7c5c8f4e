"""Client tokens: AWS ignores a request with the token of an earlier one. Pure.

EventBridge Scheduler can deliver a call more than once. The scheduled time is the same for each delivery; the
execution ID isn't.
"""

import hashlib

from ..task.keywords import SCHEDULED_TIME
from .operations import Shape
from .parameters import scalar_problems, with_samples

_NAMES = ("clienttoken", "clientrequesttoken", "idempotencytoken", "clientidempotencytoken")
"""Members that are tokens, if AWS's model doesn't mark any."""
_LONGEST = 64
"""Some models lack the bounds of tokens. AWS: Amazon ECS API reference, RunTask, clientToken."""


def token_member(parameters: Shape) -> str | None:
    """The parameter of an operation that makes a request idempotent, or None."""
    unmarked = (member for member in parameters.members if member.lower() in _NAMES)
    return next(iter(parameters.tokens), None) or next(unmarked, None)


def token(unique: str, shape: Shape) -> str | None:
    """A token that is the same for each delivery of one run, or None if AWS would refuse it.

    Args:
        unique: A text that no other call in the account and Region has: the name of its schedule.
        shape: The shape of the parameter.
    """
    short = hashlib.sha256(unique.encode()).hexdigest()[:16]
    made = (f"{prefix}-{SCHEDULED_TIME}" for prefix in (unique, short))
    fitting = (text for text in made if len(with_samples(text)) <= _LONGEST)
    return next((text for text in fitting if not list(scalar_problems(shape, text))), None)


def delivery_id(unique: str) -> str:
    """The deduplication ID of a message. AWS: Amazon SQS API reference, SendMessage, MessageDeduplicationId; Amazon SNS
    API reference, Publish, MessageDeduplicationId: at most 128 letters, digits and punctuation."""
    return token(unique, Shape("string", max=128)) or SCHEDULED_TIME
