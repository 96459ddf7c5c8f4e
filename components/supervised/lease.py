"""The lease of a supervised task: one run at a time, decided by conditional writes to DynamoDB.

Requests as data, with the members that DynamoDB's API has. Values are texts: what they hold, a number or an
expression that Step Functions puts one in for, is the caller's business.

There are two kinds of rows in the table of a group, both of which DynamoDB removes some time after they expired (its
time to live): leases, by the name of their task, and claims of one time of a schedule.

Why two never hold a lease: whoever takes it writes down, by its own clock, when it ends; that is `CLOCK_SKEW` later
than its run is sure to be over. Another takes it from there only when its own clock is past that. So as long as no two
clocks differ by more than `CLOCK_SKEW`, the first run is over. One write decides, as DynamoDB evaluates a condition and
writes in one step (AWS: Amazon DynamoDB developer guide, "Conditional writes").
"""

from typing import Any

CLOCK_SKEW = 60
"""Seconds that the clocks of two executions may differ by."""
CLAIM_SECONDS = 7 * 24 * 3600
"""How long a claim is kept. EventBridge Scheduler delivers for 24 hours at most."""
KEY, EXPIRES = "id", "expires"
CLAIM_SEPARATOR = "#"
"""Between task and schedule in the key of a claim: names of tasks have none, so no claim is taken for a lease."""

Request = dict[str, Any]


def acquire(table: str, task: str, *, holder: str, since: str, now: str, expires: str) -> Request:
    """PutItem: take the lease where nobody has it or it has expired, or take it again where it is the holder's own
    and nobody asked for it. `since` says when its execution began, in ISO 8601; `now` and `expires` are in seconds
    since 1970."""
    return {
        "TableName": table,
        "Item": {KEY: {"S": task}, "holder": {"S": holder}, "since": {"S": since}, EXPIRES: {"N": expires}},
        "ConditionExpression": (
            f"attribute_not_exists({KEY}) OR {EXPIRES} < :now OR (holder = :holder AND attribute_not_exists(replacer))"
        ),
        "ExpressionAttributeValues": {":holder": {"S": holder}, ":now": {"N": now}},
    }


def ask(table: str, task: str, *, replacer: str, since: str) -> Request:
    """UpdateItem: let the holder know that another wants the lease, so that it does not take it again. An execution
    that began later than the one that asks, by `since`, need not make way."""
    return {
        "TableName": table,
        "Key": {KEY: {"S": task}},
        "UpdateExpression": "SET replacer = :replacer",
        "ConditionExpression": f"attribute_exists({KEY}) AND since < :since",
        "ExpressionAttributeValues": {":replacer": {"S": replacer}, ":since": {"S": since}},
    }


def ends(now: str, seconds: int) -> str:
    """When a lease of so many seconds ends that is taken at `now`, as an expression."""
    return f"{now} + {seconds + CLOCK_SKEW}"


def release(table: str, task: str, *, holder: str) -> Request:
    """DeleteItem: give the lease back, if it is still the holder's own."""
    return {
        "TableName": table,
        "Key": {KEY: {"S": task}},
        "ConditionExpression": "holder = :holder",
        "ExpressionAttributeValues": {":holder": {"S": holder}},
    }


def claim(table: str, what: str, *, holder: str, expires: str) -> Request:
    """PutItem: be the one who starts a run for one time of a schedule. Whoever asks again, not knowing that its first
    write arrived, is told yes again."""
    return {
        "TableName": table,
        "Item": {KEY: {"S": what}, "holder": {"S": holder}, EXPIRES: {"N": expires}},
        "ConditionExpression": f"attribute_not_exists({KEY}) OR holder = :holder",
        "ExpressionAttributeValues": {":holder": {"S": holder}},
    }
