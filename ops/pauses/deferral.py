"""Pauses with an end: the start date of a schedule is moved to the end of the pause. Pure.

A schedule with a start date in the future stays enabled and starts no runs until then, so that nobody has to resume
it. AWS: EventBridge Scheduler API reference, UpdateSchedule, StartDate: "The date, in UTC, after which the schedule can
begin invoking its target."
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from components.schedules import At, Rate, first_instant, next_runs

from ..aws.schedules import understood

_TICK = timedelta(microseconds=1)


def is_affected(current: Mapping[str, Any], until: datetime, now: datetime) -> bool:
    """Tell if a pause until a time can skip a run of a schedule. `current` is the answer of GetSchedule."""
    expression, start = understood(current["ScheduleExpression"]), current.get("StartDate")
    if isinstance(expression, At):
        time = first_instant(expression.at, ZoneInfo(current.get("ScheduleExpressionTimezone") or "UTC"))
        return time is not None and now < time.astimezone(UTC) <= until
    return start is None or start < until


def deferred_start(current: Mapping[str, Any], until: datetime, now: datetime) -> datetime | None:
    """Return the start date that pauses an enabled schedule until a time.

    A rate counts from its start, so it gets its first time from then on. Without a start, its first run is at the end
    of the pause.

    Returns None if no start date does: AWS ignores the start of a one-time schedule, a start in the future would be
    lost, and a start must be before the end.
    """
    expression, start, end = understood(current["ScheduleExpression"]), current.get("StartDate"), current.get("EndDate")
    if expression is None or isinstance(expression, At) or (start is not None and start > now):
        return None
    found = until
    if isinstance(expression, Rate) and start is not None:
        following = next(next_runs(expression, "UTC", until - _TICK, start=start), None)
        if following is None:
            return None
        found = following
    return None if end is not None and found >= end else found


def restored_start(current: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return the start date of a deferred schedule after its pause: none, or the next time of a rate."""
    expression, start = understood(current["ScheduleExpression"]), current.get("StartDate")
    if not isinstance(expression, Rate):
        return None
    if start is None or start <= now:
        return start
    interval = timedelta(minutes=expression.minutes)
    return start - interval * ((start - now - _TICK) // interval)


def is_deferred(current: Mapping[str, Any], until: datetime | None, now: datetime) -> bool:
    """Tell if the start date of a schedule is that of a pause until a time."""
    start = current.get("StartDate")
    return until is not None and start is not None and start >= until and start > now


def earlier_start(expression: str, start: datetime, before: datetime) -> datetime | None:
    """Return the start of a rate with the same times, before a time; None for other schedules, which need none."""
    parsed = understood(expression)
    if not isinstance(parsed, Rate):
        return None
    interval = timedelta(minutes=parsed.minutes)
    return start if start <= before else start - interval * ((start - before) // interval + 1)
