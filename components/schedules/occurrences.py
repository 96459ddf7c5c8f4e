"""Run times of schedule expressions. Days are calculated first, then times of day, instead of testing each minute."""

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
"""Days that are compared for the shortest interval: more than a year, in which each combination of weekday and month
occurs."""


def next_runs(
    expression: Expression,
    timezone: str,
    after: datetime,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Iterator[datetime]:
    """The runs later than `after`, in ascending order and in the schedule's time zone. Finite if the schedule ends.

    - `start` and `end` are inclusive. One-time schedules ignore them (AWS: Scheduler API reference, CreateSchedule).
    - A local time that does not exist is skipped. A local time that occurs twice runs once, the first time (AWS: user
      guide, daylight saving time).
    - A rate counts from `start`. Without `start`, AWS counts from the schedule's creation. That is unknown here, so
      this function counts from `after`.
    """
    zone = ZoneInfo(timezone)
    if isinstance(expression, At):
        instant = first_instant(expression.at, zone)
        return iter([instant] if instant is not None and instant > after else [])
    last = end.astimezone(UTC) if end else None
    if isinstance(expression, Rate):
        return _rate_runs(expression, zone, after, start, last)
    return _cron_runs(expression, zone, after, start, last)


def local_times(cron: Cron, first: datetime, until: datetime) -> list[datetime]:
    """The local times of a cron expression from `first` (inclusive) to `until` (exclusive), all naive. They include
    local times that do not exist because of a clock change."""
    found: list[datetime] = []
    for day in _days(cron, first.date()):
        if day > until.date():
            break
        times = (datetime(day.year, day.month, day.day, h, m) for h in cron.hours for m in cron.minutes)  # noqa: DTZ001
        found += [local for local in times if first <= local < until]
    return found


@lru_cache(maxsize=4096)
def shortest_interval(expression: Expression) -> timedelta | None:
    """The shortest time between two runs, ignoring clock changes; None if the schedule runs at most once."""
    if isinstance(expression, At):
        return None
    if isinstance(expression, Rate):
        return timedelta(minutes=expression.minutes)
    # All days have the same times, so two consecutive days contain every interval between runs.
    times = [_MINUTE * (hour * 60 + minute) for hour in expression.hours for minute in expression.minutes]
    within = min((later - earlier for earlier, later in pairwise(times)), default=None)
    apart = _closest(islice(_days(expression, date(expression.years[0], 1, 1)), _MANY_DAYS))
    overnight = None if apart is None else apart + times[0] - times[-1]
    return min((found for found in (within, overnight) if found is not None), default=None)


def _closest(days: Iterator[date]) -> timedelta | None:
    """The shortest distance between two consecutive days; None if there are fewer than two."""
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
    # `start` is inclusive, so the search begins just before it.
    lower = max(after, start.astimezone(UTC) - _TICK) if start else after
    if lower.year > cron.years[-1]:
        return
    # Start a day early: after a clock change, the first of two equal local times can be on the day before.
    for day in _days(cron, lower.astimezone(zone).date() - _DAY):
        midnight = datetime.combine(day, time(), zone)
        if last is not None and midnight.astimezone(UTC) - _DAY > last:
            return
        for instant in _instants(cron, midnight, zone, lower):
            if last is not None and instant > last:
                return
            yield instant.astimezone(zone)


def _instants(cron: Cron, midnight: datetime, zone: ZoneInfo, lower: datetime) -> Iterator[datetime]:
    """The instants of a day that are later than `lower`, in UTC and in ascending order."""
    offset = midnight.utcoffset() or _NONE
    # The clock changes at most once in 24 hours, so equal offsets at both ends mean a day without a change.
    if (midnight + _DAY).utcoffset() == offset:
        return _instants_of_plain_day(cron, midnight.replace(tzinfo=UTC) - offset, lower)
    return iter(_instants_of_changing_day(cron, midnight, zone, lower))


def _instants_of_plain_day(cron: Cron, midnight: datetime, lower: datetime) -> Iterator[datetime]:
    """The instants of a day without a clock change. Times before `lower` are skipped without being calculated."""
    passed = max((lower - midnight) // _MINUTE, -1)
    for hour in cron.hours[bisect_left(cron.hours, passed // 60) :]:
        for minute in cron.minutes[bisect_right(cron.minutes, passed - hour * 60) :]:
            yield midnight + timedelta(minutes=hour * 60 + minute)


def _instants_of_changing_day(cron: Cron, midnight: datetime, zone: ZoneInfo, lower: datetime) -> list[datetime]:
    """The instants of a day with a clock change, on which the order of local times can differ from the real order."""
    found = (
        first_instant(midnight.replace(tzinfo=None, hour=hour, minute=minute), zone)
        for hour in cron.hours
        for minute in cron.minutes
    )
    return sorted(utc for local in found if local is not None and (utc := local.astimezone(UTC)) > lower)


def first_instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant with a local time; None if a clock change skips it, or its year in UTC is not 1 to 9999."""
    aware = local.replace(tzinfo=zone, fold=0)
    try:
        back = aware.astimezone(UTC).astimezone(zone)
    except OverflowError:
        return None
    return aware if back.replace(tzinfo=None) == local else None


def _days(cron: Cron, first: date) -> Iterator[date]:
    """The days from `first` on. Months with the same length and first weekday have the same days, so at most 28 months
    are calculated for the whole calendar to the year 2199."""
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
    """The days of a month that starts on the weekday `first` (0 is Monday, as in Python)."""
    found = {day for day in cron.days or () if day <= length}
    if cron.weekdays:
        found.update(day for day in range(1, length + 1) if _weekday(first, day) in cron.weekdays)
    found.update(day for rule in cron.rules if (day := _day_of(rule, first, length)))
    return sorted(found)


def _weekday(first: int, day: int) -> int:
    """1 (Sunday) to 7 (Saturday), as in AWS."""
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
    """The weekday nearest to a day, within the same month; None if the month does not have the day."""
    if day > length:
        return None
    weekday = _weekday(first, day)
    if weekday == 7:
        return day - 1 if day > 1 else day + 2
    if weekday == 1:
        return day + 1 if day < length else day - 2
    return day
