"""When an expression runs. Never by stepping minutes: days are found first, then times of day."""

import calendar
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from .expression import At, Cron, DayRule, Expression, Rate

_DAY, _MINUTE, _NONE, _TICK = timedelta(days=1), timedelta(minutes=1), timedelta(), timedelta(microseconds=1)
_MANY_DAYS = 400
"""Days to look at for the closest two: a year, in which every pattern of weekdays and months has come once."""


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


def local_times(cron: Cron, first: datetime, until: datetime) -> list[datetime]:
    """The local times of a cron expression from `first` up to and without `until`, all naive: as its fields name
    them, whether the clock shows them or not."""
    found: list[datetime] = []
    for day in _days(cron, first.date()):
        if day > until.date():
            break
        times = (datetime(day.year, day.month, day.day, h, m) for h in cron.hours for m in cron.minutes)  # noqa: DTZ001
        found += [local for local in times if first <= local < until]
    return found


@lru_cache(maxsize=4096)
def shortest_interval(expression: Expression) -> timedelta | None:
    """The least time between two runs of a schedule, changes of the clock aside; None where it runs at most
    once."""
    if isinstance(expression, At):
        return None
    if isinstance(expression, Rate):
        return timedelta(minutes=expression.minutes)
    # A day's times come again on the next day that has any: two days show every distance between runs.
    times = [_MINUTE * (hour * 60 + minute) for hour in expression.hours for minute in expression.minutes]
    within = min((later - earlier for earlier, later in pairwise(times)), default=None)
    apart = _closest(islice(_days(expression, date(expression.years[0], 1, 1)), _MANY_DAYS))
    overnight = None if apart is None else apart + times[0] - times[-1]
    return min((found for found in (within, overnight) if found is not None), default=None)


def _closest(days: Iterator[date]) -> timedelta | None:
    """The least distance between two of them; None where there are fewer."""
    closest: timedelta | None = None
    for earlier, later in pairwise(days):
        closest = min(closest or later - earlier, later - earlier)
        if closest == _DAY:
            break
    return closest


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
    lower = max(after, start.astimezone(UTC) - _TICK) if start else after
    # The day before: where the clock was set back, the first of two equal local times may lie there.
    for day in _days(cron, lower.astimezone(zone).date() - _DAY):
        midnight = datetime.combine(day, time(), zone)
        if last is not None and midnight.astimezone(UTC) - _DAY > last:
            return
        for instant in _instants(cron, midnight, zone, lower):
            if last is not None and instant > last:
                return
            yield instant.astimezone(zone)


def _instants(cron: Cron, midnight: datetime, zone: ZoneInfo, lower: datetime) -> Iterator[datetime]:
    """The instants of a day later than `lower`, in UTC and in order."""
    offset = midnight.utcoffset() or _NONE
    # The clock is set at most once within 24 hours, so equal offsets at both ends mean a plain day.
    if (midnight + _DAY).utcoffset() == offset:
        return _instants_of_plain_day(cron, midnight.replace(tzinfo=UTC) - offset, lower)
    return iter(_instants_of_changing_day(cron, midnight, zone, lower))


def _instants_of_plain_day(cron: Cron, midnight: datetime, lower: datetime) -> Iterator[datetime]:
    """As the clock goes through the day; a time of the day that has passed is never looked at."""
    passed = max((lower - midnight) // _MINUTE, -1)
    for hour in cron.hours[bisect_left(cron.hours, passed // 60) :]:
        for minute in cron.minutes[bisect_right(cron.minutes, passed - hour * 60) :]:
            yield midnight + timedelta(minutes=hour * 60 + minute)


def _instants_of_changing_day(cron: Cron, midnight: datetime, zone: ZoneInfo, lower: datetime) -> list[datetime]:
    """Around a change of the clock, local order is not the order in time."""
    found = (
        _instant(midnight.replace(tzinfo=None, hour=hour, minute=minute), zone)
        for hour in cron.hours
        for minute in cron.minutes
    )
    return sorted(utc for local in found if local is not None and (utc := local.astimezone(UTC)) > lower)


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant that has this local time, or None where the clock skips it."""
    aware = local.replace(tzinfo=zone, fold=0)
    back = aware.astimezone(UTC).astimezone(zone)
    return aware if back.replace(tzinfo=None) == local else None


def _days(cron: Cron, first: date) -> Iterator[date]:
    """The days from `first` on. Months of one shape (length and first weekday) have the same days, so that the
    whole calendar, to the year 2199, has at most 28 of them to work out."""
    shapes: dict[tuple[int, int], list[int]] = {}
    for year in cron.years[bisect_left(cron.years, first.year) :]:
        for month in cron.months:
            if (year, month) < (first.year, first.month):
                continue
            shape = calendar.monthrange(year, month)
            days = shapes.get(shape)
            if days is None:
                days = shapes[shape] = _days_of_month(cron, *shape)
            for number in days:
                if (day := date(year, month, number)) >= first:
                    yield day


def _days_of_month(cron: Cron, first: int, length: int) -> list[int]:
    """The days of a month whose first day is the weekday `first` (0 for Monday, as Python counts)."""
    found = {day for day in cron.days or () if day <= length}
    if cron.weekdays:
        found.update(day for day in range(1, length + 1) if _weekday(first, day) in cron.weekdays)
    found.update(day for rule in cron.rules if (day := _day_of(rule, first, length)))
    return sorted(found)


def _weekday(first: int, day: int) -> int:
    """1 for Sunday to 7 for Saturday, as AWS counts."""
    return (first + day) % 7 + 1


def _day_of(rule: DayRule, first: int, length: int) -> int | None:
    if rule.kind == "last":
        return length
    if rule.kind == "weekday":
        return _nearest_weekday(rule.day, first, length)
    if rule.kind == "last_weekday":
        return length - (_weekday(first, length) - rule.day) % 7
    day = 1 + (rule.day - _weekday(first, 1)) % 7 + 7 * (rule.nth - 1)
    return day if day <= length else None


def _nearest_weekday(day: int, first: int, length: int) -> int | None:
    """The weekday nearest to a day, within its month; None where the month has no such day."""
    if day > length:
        return None
    weekday = _weekday(first, day)
    if weekday == 7:
        return day - 1 if day > 1 else day + 2
    if weekday == 1:
        return day + 1 if day < length else day - 2
    return day
