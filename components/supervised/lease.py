"""The lease of a supervised task. Conditional writes to DynamoDB allow one run at a time.

The functions return DynamoDB requests as data. Their arguments are strings: the caller passes a value, or an
expression that Step Functions evaluates.

The group's table has five kinds of items. DynamoDB deletes them some time after they expire (time to live):

- leases, with the name of their task as key
- claims, one per scheduled time, with task, schedule and time as key
- locks, one per name (see `lock`)
- places, one per task whose runs queue: the name of the one waiting execution, which renews it while it waits
- failures, one per task that has failed since its last success, if it counts them

A lease has three states:

- Free: there is no item. The last execution deleted it after ECS had reported the end of its run.
- Held: the item says by which execution, and when the lease ends by the clock of that execution.
- Ended: the item exists, and that time is past. The execution died, or could not confirm that its run has stopped.
  Another execution can take the lease over, but must stop the runs that are left before it starts its own.

Two executions never hold a lease at the same time. DynamoDB evaluates the condition and writes in one step (AWS: Amazon
DynamoDB developer guide, "Conditional writes"). A lease ends `CLOCK_SKEW` later than its run is certain to have ended.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias, TypedDict

CLOCK_SKEW = 60
"""Seconds by which the clocks of two executions can differ."""
CLAIM_SECONDS = 7 * 24 * 3600
"""How long a claim is kept. EventBridge Scheduler retries a delivery for at most 24 hours."""
KEPT_SECONDS = 400 * 24 * 3600
"""How long an item of a lease is kept, so that an ended lease never looks like a free one. Longer than a year, for
tasks that run once per year."""
KEY, EXPIRES, ENDS = "id", "expires", "ends"
"""Attributes: the key, the time to live, and the end of a lease. Older state machines wrote the end into `expires`."""
CLAIM_SEPARATOR = "#"
"""Separates task and schedule in the key of a claim. Task names cannot contain it, so no claim has a lease's key."""

FAILURES = "failures"
"""The end of the key of the failures of a task."""
PLACE = "waiting"
"""The end of the key of a place. The key of a claim contains an @ there."""
PLACE_SECONDS = 15 * 60
"""How long a waiting execution keeps its place after the next time that it renews it. Then it is considered dead."""

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


class CountFailure(TypedDict):
    """An UpdateItem request that no condition prevents, and that answers with the item."""

    TableName: str
    Key: Attributes
    UpdateExpression: str
    ExpressionAttributeValues: Attributes
    ReturnValues: Literal["ALL_NEW"]


class EndFailures(TypedDict):
    """A DeleteItem request that no condition prevents, and that answers with the item that it deleted."""

    TableName: str
    Key: Attributes
    ReturnValues: Literal["ALL_OLD"]


def acquire(table: str, task: str, *, holder: str, since: str, ends: str, expires: str) -> PutItem:
    """Acquire the lease if it is free, or renew it if no other execution requested it.

    Args:
        table: Name of the table.
        task: Name of the task.
        holder: Name of the execution.
        since: Start of the execution, in ISO 8601.
        ends: End of the lease, in seconds since 1970.
        expires: When DynamoDB can delete the item, in seconds since 1970.
    """
    return {
        "TableName": table,
        "Item": _lease(task, holder, since, ends, expires),
        "ConditionExpression": f"attribute_not_exists({KEY}) OR {_OWN}",
        "ExpressionAttributeValues": {":holder": {"S": holder}},
    }


def take_over(table: str, task: str, *, holder: str, since: str, now: str, ends: str, expires: str) -> PutItem:
    """Take over a lease that has ended. Runs of its earlier holders can be left.

    An execution that repeats the request succeeds again, because the answer to its first request can get lost.
    The arguments are those of `acquire`, and the current time in seconds since 1970.
    """
    return {
        "TableName": table,
        "Item": _lease(task, holder, since, ends, expires),
        "ConditionExpression": (f"{ENDS} < :now OR (attribute_not_exists({ENDS}) AND {EXPIRES} < :now) OR {_OWN}"),
        "ExpressionAttributeValues": {":holder": {"S": holder}, ":now": {"N": now}},
    }


_OWN = "(holder = :holder AND attribute_not_exists(replacer))"


def _lease(task: str, holder: str, since: str, ends: str, expires: str) -> Attributes:
    return {
        KEY: {"S": task},
        "holder": {"S": holder},
        "since": {"S": since},
        ENDS: {"N": ends},
        EXPIRES: {"N": expires},
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


def confirm(table: str, task: str, *, holder: str) -> UpdateItem:
    """Check that an execution holds the lease, and that no other execution requested it. Changes nothing."""
    return {
        "TableName": table,
        "Key": {KEY: {"S": task}},
        "UpdateExpression": "SET holder = :holder",
        "ConditionExpression": _OWN,
        "ExpressionAttributeValues": {":holder": {"S": holder}},
    }


def expiry(now: str, seconds: int) -> str:
    """An expression for the end of a lease that is acquired at `now` for a number of seconds."""
    return f"{now} + {seconds + CLOCK_SKEW}"


def end(table: str, task: str, *, holder: str) -> UpdateItem:
    """End the lease without releasing it, if the execution still holds it: a run of it can be left."""
    return {
        "TableName": table,
        "Key": {KEY: {"S": task}},
        "UpdateExpression": f"SET {ENDS} = :past",
        "ConditionExpression": "holder = :holder",
        "ExpressionAttributeValues": {":holder": {"S": holder}, ":past": {"N": "0"}},
    }


def release(table: str, task: str, *, holder: str) -> DeleteItem:
    """Release the lease if the execution still holds it, and ECS has reported the end of its run."""
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


def take_place(table: str, task: str, *, holder: str, now: str, ends: str, expires: str) -> PutItem:
    """Take the place of the one run that waits, or renew it. A place that has ended is free: its execution has died.

    The arguments are those of `take_over`; `ends` is the end of the place.
    """
    return {
        "TableName": table,
        "Item": {KEY: {"S": _place(task)}, "holder": {"S": holder}, ENDS: {"N": ends}, EXPIRES: {"N": expires}},
        "ConditionExpression": f"attribute_not_exists({KEY}) OR holder = :holder OR {ENDS} < :now",
        "ExpressionAttributeValues": {":holder": {"S": holder}, ":now": {"N": now}},
    }


def leave_place(table: str, task: str, *, holder: str) -> DeleteItem:
    """Leave the place, if the execution still has it."""
    return release(table, _place(task), holder=holder)


def _place(task: str) -> str:
    return f"{task}{CLAIM_SEPARATOR}{PLACE}"


def count_failure(table: str, task: str, *, now: str, expires: str) -> CountFailure:
    """Count a failed run of a task.

    Args:
        table: Name of the table.
        task: Name of the task.
        now: The current time in ISO 8601, which is kept for the first failure.
        expires: When DynamoDB can delete the item, in seconds since 1970.
    """
    return {
        "TableName": table,
        "Key": {KEY: {"S": _failures(task)}},
        "UpdateExpression": f"SET since = if_not_exists(since, :now), {EXPIRES} = :expires ADD failures :one",
        "ExpressionAttributeValues": {":now": {"S": now}, ":expires": {"N": expires}, ":one": {"N": "1"}},
        "ReturnValues": "ALL_NEW",
    }


def end_failures(table: str, task: str) -> EndFailures:
    """End the failures of a task. Without any, nothing changes."""
    return {"TableName": table, "Key": {KEY: {"S": _failures(task)}}, "ReturnValues": "ALL_OLD"}


def _failures(task: str) -> str:
    return f"{task}{CLAIM_SEPARATOR}{FAILURES}"
