"""The times of a schedule of EventBridge Scheduler in its time zone.

AWS: EventBridge Scheduler user guide, "Schedule types": a local time that doesn't exist is skipped, and one that occurs
twice runs once, the first time. The cron fields are those of EventBridge's rules.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ..model import Times
from .days import ZonedTimes
from .rules import cron

_UNITS = {"minute": 1, "hour": 60, "day": 1440}


def times_of(expression: str, timezone: str, start: datetime | None = None, end: datetime | None = None) -> Times:
    """The times of `rate(...)`, `cron(...)` or `at(...)`. Raises ValueError for an expression that AWS refuses.

    Args:
        expression: The expression.
        timezone: The time zone of `cron` and `at`.
        start: The first time. A rate counts from it. `at` ignores it, and `end`.
        end: The last time.
    """
    zone = ZoneInfo(timezone)
    if at := re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", expression, re.ASCII):
        return _once(datetime.fromisoformat(at[1]), zone)
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression, re.ASCII):
        if int(rate[1]) < 1:
            raise ValueError(expression)
        return _within(_rate(timedelta(minutes=int(rate[1]) * _UNITS[rate[2]]), start), start, end)
    minutes, matches = cron(expression)

    def on_clock_change(first: datetime, last: datetime) -> Iterator[datetime]:
        day = first.astimezone(zone).date()
        if not matches(day):
            return
        local = (datetime(day.year, day.month, day.day, *divmod(minute, 60)) for minute in minutes)  # noqa: DTZ001
        instants = {found for each in local if (found := _instant(each, zone)) is not None}
        yield from sorted(found for found in instants if first <= found < last)

    return _within(ZonedTimes(zone, matches, minutes, on_clock_change), start, end)


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant with a local time; None if the clock skips it."""
    found = local.replace(tzinfo=zone).astimezone(UTC)
    return found if found.astimezone(zone).replace(tzinfo=None) == local else None


def _once(local: datetime, zone: ZoneInfo) -> Times:
    found = _instant(local, zone)
    return lambda after, until: iter([found] if found is not None and after < found <= until else [])


def _rate(interval: timedelta, start: datetime | None) -> Times:
    def times(after: datetime, until: datetime) -> Iterator[datetime]:
        run = start.astimezone(UTC) if start else after.astimezone(UTC) + interval
        if run <= after:
            run += ((after - run) // interval + 1) * interval
        while run <= until:
            yield run
            run += interval

    return times


def _within(times: Times, start: datetime | None, end: datetime | None) -> Times:
    def bounded(after: datetime, until: datetime) -> Iterator[datetime]:
        for run in times(after, min(until, end) if end else until):
            if start is None or run >= start:
                yield run

    return bounded
