"""The lease of a supervised task. Conditional writes to DynamoDB allow one run at a time.

The functions return DynamoDB requests as data. Their arguments are strings: the caller passes a value, or an
expression that Step Functions evaluates.

The group's table has two kinds of items. DynamoDB deletes both some time after they expire (time to live):

- leases, with the name of their task as key
- claims, one per scheduled time, with task, schedule and time as key

Two executions never hold a lease at the same time:

- An execution that acquires the lease writes when it expires, by its own clock. That is `CLOCK_SKEW` later than the
  run is certain to have ended.
- Another execution acquires it only when its own clock is past that time. If no two clocks differ by more than
  `CLOCK_SKEW`, the first run has ended by then.
- DynamoDB evaluates the condition and writes in one step (AWS: Amazon DynamoDB developer guide, "Conditional writes").
"""

from collections.abc import Mapping
from typing import TypeAlias, TypedDict

CLOCK_SKEW = 60
"""Seconds by which the clocks of two executions can differ."""
CLAIM_SECONDS = 7 * 24 * 3600
"""How long a claim is kept. EventBridge Scheduler retries a delivery for at most 24 hours."""
KEY, EXPIRES = "id", "expires"
CLAIM_SEPARATOR = "#"
"""Separates task and schedule in the key of a claim. Task names cannot contain it, so no claim has a lease's key."""

Attributes: TypeAlias = Mapping[str, Mapping[str, str]]
"""Attributes of an item, as DynamoDB's API has them: `{"id": {"S": "backup"}}`."""


class Conditional(TypedDict):
    """Parameters that all requests share."""

    TableName: str
    ConditionExpression: str
    ExpressionAttributeValues: Attributes


class PutItem(Conditional):
    """A PutItem request."""

    Item: Attributes


class UpdateItem(Conditional):
    """An UpdateItem request."""

    Key: Attributes
    UpdateExpression: str


class DeleteItem(Conditional):
    """A DeleteItem request."""

    Key: Attributes


def acquire(table: str, task: str, *, holder: str, since: str, now: str, expires: str) -> PutItem:
    """Acquire the lease if it is free or has expired, or renew it if no other execution requested it.

    Args:
        table: Name of the table.
        task: Name of the task.
        holder: Name of the execution.
        since: Start of the execution, in ISO 8601.
        now: Current time, in seconds since 1970.
        expires: End of the lease, in seconds since 1970.
    """
    return {
        "TableName": table,
        "Item": {KEY: {"S": task}, "holder": {"S": holder}, "since": {"S": since}, EXPIRES: {"N": expires}},
        "ConditionExpression": (
            f"attribute_not_exists({KEY}) OR {EXPIRES} < :now OR (holder = :holder AND attribute_not_exists(replacer))"
        ),
        "ExpressionAttributeValues": {":holder": {"S": holder}, ":now": {"N": now}},
    }


def request_release(table: str, task: str, *, replacer: str, since: str) -> UpdateItem:
    """Record that another execution wants the lease, so that its holder does not renew it.

    The condition fails if the lease is free, or if its holder started after `since`: an older execution does not
    replace a newer one.
    """
    return {
        "TableName": table,
        "Key": {KEY: {"S": task}},
        "UpdateExpression": "SET replacer = :replacer",
        "ConditionExpression": f"attribute_exists({KEY}) AND since < :since",
        "ExpressionAttributeValues": {":replacer": {"S": replacer}, ":since": {"S": since}},
    }


def expiry(now: str, seconds: int) -> str:
    """An expression for the end of a lease that is acquired at `now` for a number of seconds."""
    return f"{now} + {seconds + CLOCK_SKEW}"


def release(table: str, task: str, *, holder: str) -> DeleteItem:
    """Release the lease if the execution still holds it."""
    return {
        "TableName": table,
        "Key": {KEY: {"S": task}},
        "ConditionExpression": "holder = :holder",
        "ExpressionAttributeValues": {":holder": {"S": holder}},
    }


def claim(table: str, what: str, *, holder: str, expires: str) -> PutItem:
    """Record that an execution starts the run of a scheduled time.

    An execution that repeats the request succeeds again, because the answer to its first request can get lost.
    """
    return {
        "TableName": table,
        "Item": {KEY: {"S": what}, "holder": {"S": holder}, EXPIRES: {"N": expires}},
        "ConditionExpression": f"attribute_not_exists({KEY}) OR holder = :holder",
        "ExpressionAttributeValues": {":holder": {"S": holder}},
    }
