"""The number of failed runs in a row, by which a task decides whether a failure sends messages.

The lease table has an item per task with failures: their number, and the time of the first one. A failure adds to it,
and a success deletes it and learns what it contained. If DynamoDB refuses either, the outcome is reported like that of
a task that doesn't count, so that no message about a failure is lost. A request that DynamoDB carried out and Step
Functions repeats counts twice, which sends a message early, never late.

AWS: Amazon DynamoDB developer guide, "Update expressions", ADD; API reference, DeleteItem, ReturnValues.
"""

import re

from ..json_values import Json
from . import lease as leases
from .language import (
    FAILED,
    NOW,
    RETRY,
    SUCCEEDED,
    TIMED_OUT,
    Catcher,
    States,
    Supervised,
    expression,
    task,
)

COUNT, REPORT = "Count", "Report"
BELOW = "Scheduled Task Failure Below Threshold"
"""Detail type of failures that send no messages yet."""
_ATTRIBUTES = "$states.result.Attributes"
_THRESHOLD = re.compile(r"\$failures < (\d+)")


def end_state(of: Supervised) -> str:
    """The first state after the outcome is known."""
    return REPORT if of.settings.notify_after is None else COUNT


def count_start(of: Supervised) -> dict[str, Json]:
    """The variables at the start of an execution."""
    return {} if of.settings.notify_after is None else {"failures": 0, "failingSince": ""}


def count(of: Supervised) -> States:
    """The states that count failed runs in a row; none for a task that reports each failure."""
    if of.settings.notify_after is None:
        return {}
    uncounted: list[Catcher] = [{"ErrorEquals": ["States.ALL"], "Next": REPORT}]
    expires = expression(f"$string({NOW} + {leases.KEPT_SECONDS})")
    found = f"$exists({_ATTRIBUTES}.failures)"
    return {
        COUNT: {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression(f"$outcome = '{SUCCEEDED}'"), "Next": "End failures"},
                {"Condition": expression(f"$outcome in ['{FAILED}', '{TIMED_OUT}']"), "Next": "Count failure"},
            ],
            "Default": REPORT,
        },
        "Count failure": task(
            "dynamodb:updateItem",
            leases.count_failure(of.table, of.task, now=expression("$now()"), expires=expires),
            Retry=RETRY,
            Assign={
                "failures": expression(f"$number({_ATTRIBUTES}.failures.N)"),
                "failingSince": expression(f"{_ATTRIBUTES}.since.S"),
            },
            Catch=uncounted,
            Next=REPORT,
        ),
        "End failures": task(
            "dynamodb:deleteItem",
            leases.end_failures(of.table, of.task),
            Retry=RETRY,
            Assign={
                "failures": expression(f"{found} ? $number({_ATTRIBUTES}.failures.N) : 0"),
                "failingSince": expression(f"{found} ? {_ATTRIBUTES}.since.S : ''"),
            },
            Catch=uncounted,
            Next=REPORT,
        ),
    }


def detail_type(of: Supervised, reported: str) -> str:
    """The detail type of the event, for a task whose other outcomes have the type `reported`."""
    if of.settings.notify_after is None:
        return reported
    below = f"$outcome != '{SUCCEEDED}' and $failures > 0 and $failures < {of.settings.notify_after}"
    return expression(f"{below} ? '{BELOW}' : '{reported}'")


def threshold(detail_type: str) -> int | None:
    """The number of failed runs in a row from which on they send messages, from the result of `detail_type`."""
    found = _THRESHOLD.search(detail_type)
    return int(found[1]) if found else None


def counted(of: Supervised, reason: str) -> dict[str, str]:
    """The members of the event that a count adds or changes, as expressions.

    Args:
        of: The task.
        reason: The reason of the outcome.
    """
    if of.settings.notify_after is None:
        return {}
    in_a_row = "' Failed runs in a row: ' & $string($failures) & ', since ' & $failingSince & '.'"
    return {
        "stoppedReason": f"$failures > 0 and $outcome != '{SUCCEEDED}' ? {reason} & {in_a_row} : {reason}",
        "failures": "$failures",
        "failingSince": "$failingSince",
        "recovered": f"$outcome = '{SUCCEEDED}' and $failures >= {of.settings.notify_after}",
    }
