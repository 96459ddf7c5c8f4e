"""When an expression runs. Never by stepping minutes: days are found first, then times of day."""

import calendar
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .expression import At, Cron, DayRule, Expression, Rate


def next_runs(
    expression: Expression,
    timezone: str,
    after: datetime,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Iterator[datetime]:
    """The runs later than `after`, in the schedule's zone, in order; finite where the schedule ends.

    `start` and `end` are inclusive, and ignored for a one-time schedule (AWS: Scheduler API reference,
    CreateSchedule). A local time that does not exist is skipped; one that comes twice runs once, at the first
    (AWS: user guide, daylight saving time). A rate counts from `start`; without it AWS counts from the
    schedule's creation, which is not known here: it counts from `after`.
    """
    zone = ZoneInfo(timezone)
    if isinstance(expression, At):
        instant = _instant(expression.at, zone)
        return iter([instant] if instant is not None and instant > after else [])
    last = end.astimezone(UTC) if end else None
    if isinstance(expression, Rate):
        return _rate_runs(expression, zone, after, start, last)
    return _cron_runs(expression, zone, after, start, last)


def _rate_runs(
    rate: Rate, zone: ZoneInfo, after: datetime, start: datetime | None, last: datetime | None
) -> Iterator[datetime]:
    interval = timedelta(minutes=rate.minutes)
    anchor = (start or after).astimezone(UTC)
    count = max(0 if start else 1, (after.astimezone(UTC) - anchor) // interval + 1)
    try:
        run = anchor + count * interval
        while last is None or run <= last:
            yield run.astimezone(zone)
            run += interval
    except OverflowError:
        return


def _cron_runs(
    cron: Cron, zone: ZoneInfo, after: datetime, start: datetime | None, last: datetime | None
) -> Iterator[datetime]:
    after = after.astimezone(UTC)
    # A run at the very instant of `start` counts, so the search begins just before it.
    lower = max(after, start.astimezone(UTC) - timedelta(microseconds=1)) if start else after
    local = lower.astimezone(zone)
    # The day before: where the clock was set back, the first of two equal local times may lie there.
    for day in _days(cron, local.date() - timedelta(days=1)):
        if last is not None and _day_is_past(day, zone, last):
            return
        for instant in _instants(cron, day, zone):
            if instant > lower:
                if last is not None and instant > last:
                    return
                yield instant.astimezone(zone)


def _day_is_past(day: date, zone: ZoneInfo, last: datetime) -> bool:
    return datetime.combine(day, time(), zone).astimezone(UTC) - timedelta(days=1) > last


def _instants(cron: Cron, day: date, zone: ZoneInfo) -> list[datetime]:
    """The instants of a day in UTC, in order: around a change of the clock, local order is not the order in
    time."""
    found = (
        _instant(datetime(day.year, day.month, day.day, hour, minute), zone)  # noqa: DTZ001 - a local time
        for hour in cron.hours
        for minute in cron.minutes
    )
    return sorted(instant.astimezone(UTC) for instant in found if instant is not None)


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant that has this local time, or None where the clock skips it."""
    aware = local.replace(tzinfo=zone, fold=0)
    back = aware.astimezone(UTC).astimezone(zone)
    return aware if back.replace(tzinfo=None) == local else None


def _days(cron: Cron, first: date) -> Iterator[date]:
    for year in cron.years[bisect_left(cron.years, first.year) :]:
        for month in cron.months:
            if (year, month) < (first.year, first.month):
                continue
            for number in _days_of_month(cron, year, month):
                if (day := date(year, month, number)) >= first:
                    yield day


def _days_of_month(cron: Cron, year: int, month: int) -> list[int]:
    length = calendar.monthrange(year, month)[1]
    found = {day for day in cron.days or () if day <= length}
    if cron.weekdays:
        found.update(day for day in range(1, length + 1) if _weekday(year, month, day) in cron.weekdays)
    found.update(day for rule in cron.rules if (day := _day_of(rule, year, month, length)))
    return sorted(found)


def _weekday(year: int, month: int, day: int) -> int:
    """1 for Sunday to 7 for Saturday."""
    return (date(year, month, day).weekday() + 1) % 7 + 1


def _day_of(rule: DayRule, year: int, month: int, length: int) -> int | None:
    if rule.kind == "last":
        return length
    if rule.kind == "weekday":
        return _nearest_weekday(rule.day, year, month, length)
    if rule.kind == "last_weekday":
        return length - (_weekday(year, month, length) - rule.day) % 7
    day = 1 + (rule.day - _weekday(year, month, 1)) % 7 + 7 * (rule.nth - 1)
    return day if day <= length else None


def _nearest_weekday(day: int, year: int, month: int, length: int) -> int | None:
    """The weekday nearest to a day, within its month; None where the month has no such day."""
    if day > length:
        return None
    weekday = _weekday(year, month, day)
    if weekday == 7:
        return day - 1 if day > 1 else day + 2
    if weekday == 1:
        return day + 1 if day < length else day - 2
    return day
