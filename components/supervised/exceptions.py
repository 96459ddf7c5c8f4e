"""Scheduled times that are left out: public holidays, dates, events of calendars, and weekends.

EventBridge Scheduler passes the times of a schedule that are left out in the input of its executions, because each
schedule can have another time zone. An execution that a user starts has none in its input, so it always runs.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from ..exceptions.left_out import Span
from ..json_values import Json, Object
from .language import CLAIM, INPUT, SKIPPED, States, Supervised, expression

CHECK_EXCEPTIONS, LEFT_OUT = "Exception?", "Left out"
EXCEPT, COVERED_UNTIL = "except", "exceptUntil"
"""Members of the input: the intervals that are left out, and the time after which they are not known."""
CAUSE = "Left out: "
"""Start of the cause of an execution whose time is left out."""
_SECONDS = 19
"""Characters of a time up to its seconds: `2026-12-24T03:00:00`. AWS: EventBridge Scheduler user guide, "Adding context
attributes"."""
_FOUND = (
    f"($time := $substring({INPUT}.time, 0, {_SECONDS}); {INPUT}.{EXCEPT}"
    f"[$substring(from, 0, {_SECONDS}) <= $time and $time < $substring(to, 0, {_SECONDS})])"
)
"""The intervals with the scheduled time, as an expression. The time of a manual execution starts with a letter, so no
interval has it."""


def left_out(of: Supervised) -> States:
    """The states that end an execution whose scheduled time is left out; none for a task without exceptions."""
    return exception_states() if of.settings.exceptions else {}


def exception_states() -> States:
    """The states that end an execution whose scheduled time is left out, or continue with the claim of the time."""
    return {
        CHECK_EXCEPTIONS: {
            "Type": "Choice",
            "Choices": [{"Condition": expression(f"$count({_FOUND}) > 0"), "Next": LEFT_OUT}],
            "Default": CLAIM,
        },
        LEFT_OUT: {
            "Type": "Fail",
            "Error": SKIPPED,
            "Cause": expression(f"'{CAUSE}' & {_FOUND}[0].why"),
        },
    }


def exceptions_input(spans: Iterable[Span], until: datetime) -> Object:
    """The members of the input that say which times are left out."""
    intervals: list[Json] = [{"from": _utc(span.start), "to": _utc(span.end), "why": span.reason} for span in spans]
    return {EXCEPT: intervals, COVERED_UNTIL: _utc(until)}


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
