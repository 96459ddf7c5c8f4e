"""The lock that tasks of a stack share. Conditional writes to DynamoDB let one of them run at a time.

The functions return DynamoDB requests as data, like those of `lease`. The lock is an item of the same table. It names
two executions:

- the holder, with the end of its lock and the place of its run, by which another execution finds the run if the holder
  died
- the next one: among those that wait, the one that started first, as far as it has asked since the last change. Only it
  can acquire a free lock, so that no execution waits forever. It must ask again before its turn ends.
"""

from typing import TypedDict

from .lease import CLAIM_SEPARATOR, ENDS, EXPIRES, KEY, Attributes, UpdateItem

_RUN = ("runCluster", "runFamily")
_NEXT = ("nextHolder", "nextSince", "nextEnds")


class UpdateAndRead(UpdateItem):
    """An UpdateItem request that returns the item."""

    ReturnValues: str


class Holder(TypedDict):
    """The attributes of the holder. Each is a value, or an expression that Step Functions evaluates."""

    holder: str
    """Name of the execution."""
    cluster: str
    family: str
    """Family of the task definition of its run."""
    ends: str
    """End of the lock, in seconds since 1970."""
    expires: str
    """When DynamoDB can delete the item, in seconds since 1970."""


def lock_key(lock: str) -> str:
    """The key of a lock. A task's name is not empty, so no lease or claim has the same."""
    return f"{CLAIM_SEPARATOR}{lock}"


def acquire(table: str, lock: str, *, by: Holder, now: str) -> UpdateItem:
    """Acquire the lock if it is free and it is the execution's turn, or renew it."""
    turn = "attribute_not_exists(nextHolder) OR nextHolder = :holder OR nextEnds < :now"
    return _hold(table, lock, by, f"holder = :holder OR (attribute_not_exists(holder) AND ({turn}))", {":now": now}, {})


def take_over(table: str, lock: str, *, by: Holder, left: str, now: str) -> UpdateItem:
    """Take over the lock of the execution `left`, whose lock has ended and whose runs have been stopped."""
    condition = f"holder = :holder OR (holder = :left AND {ENDS} < :now)"
    return _hold(table, lock, by, condition, {":now": now}, {":left": left})


def wait_for(table: str, lock: str, *, holder: str, since: str, now: str, ends: str, expires: str) -> UpdateAndRead:
    """Become the next one, unless an execution that started earlier is. Returns the item.

    Args:
        table: Name of the table.
        lock: Name of the lock.
        holder: Name of the execution.
        since: Start of the execution, in ISO 8601.
        now: The current time, in seconds since 1970.
        ends: When its turn ends if it doesn't ask again, in seconds since 1970.
        expires: When DynamoDB can delete the item, in seconds since 1970.
    """
    return {
        "TableName": table,
        "Key": {KEY: {"S": lock_key(lock)}},
        "UpdateExpression": f"SET nextHolder = :holder, nextSince = :since, nextEnds = :ends, {EXPIRES} = :expires",
        "ConditionExpression": (
            "attribute_not_exists(nextHolder) OR nextHolder = :holder OR nextEnds < :now OR nextSince > :since"
        ),
        "ExpressionAttributeValues": {
            ":holder": {"S": holder},
            ":since": {"S": since},
            ":now": {"N": now},
            ":ends": {"N": ends},
            ":expires": {"N": expires},
        },
        "ReturnValues": "ALL_NEW",
    }


def release(table: str, lock: str, *, holder: str) -> UpdateItem:
    """Release the lock if the execution still holds it. The item keeps the next one."""
    return {
        "TableName": table,
        "Key": {KEY: {"S": lock_key(lock)}},
        "UpdateExpression": f"REMOVE {', '.join(('holder', ENDS, *_RUN))}",
        "ConditionExpression": "holder = :holder",
        "ExpressionAttributeValues": {":holder": {"S": holder}},
    }


def end(table: str, lock: str, *, holder: str) -> UpdateItem:
    """End the lock without releasing it, if the execution still holds it: a run of it can be left."""
    return {
        "TableName": table,
        "Key": {KEY: {"S": lock_key(lock)}},
        "UpdateExpression": f"SET {ENDS} = :past",
        "ConditionExpression": "holder = :holder",
        "ExpressionAttributeValues": {":holder": {"S": holder}, ":past": {"N": "0"}},
    }


def leave(table: str, lock: str, *, holder: str) -> UpdateItem:
    """End the turn of the execution, if it is the next one."""
    return {
        "TableName": table,
        "Key": {KEY: {"S": lock_key(lock)}},
        "UpdateExpression": f"REMOVE {', '.join(_NEXT)}",
        "ConditionExpression": "nextHolder = :holder",
        "ExpressionAttributeValues": {":holder": {"S": holder}},
    }


def _hold(
    table: str, lock: str, by: Holder, condition: str, numbers: dict[str, str], strings: dict[str, str]
) -> UpdateItem:
    values: Attributes = {
        ":holder": {"S": by["holder"]},
        ":cluster": {"S": by["cluster"]},
        ":family": {"S": by["family"]},
        ":ends": {"N": by["ends"]},
        ":expires": {"N": by["expires"]},
        **{name: {"N": value} for name, value in numbers.items()},
        **{name: {"S": value} for name, value in strings.items()},
    }
    set_run = f"SET holder = :holder, {ENDS} = :ends, {EXPIRES} = :expires, runCluster = :cluster, runFamily = :family"
    return {
        "TableName": table,
        "Key": {KEY: {"S": lock_key(lock)}},
        "UpdateExpression": f"{set_run} REMOVE {', '.join(_NEXT)}",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }
