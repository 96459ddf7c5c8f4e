"""Instants of local times, day by day: the part that all interpreters share."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


def instants_by_day(
    zone: ZoneInfo,
    after: datetime,
    until: datetime,
    matches: Callable[[date], bool],
    minutes: Sequence[int],
    on_clock_change: Callable[[datetime, datetime], Iterable[datetime]],
) -> Iterator[datetime]:
    """The instants after `after`, up to and including `until`, in UTC.

    Args:
        zone: The time zone.
        after: An aware time.
        until: An aware time.
        matches: Whether the schedule runs on a day.
        minutes: Its times of day as minutes after midnight, in ascending order.
        on_clock_change: The instants from one time to before another one, both in UTC. Called for days of more or less
            than 24 hours, on which tools differ.
    """
    day = after.astimezone(zone).date() - _DAY
    while (start := _midnight(day, zone)) <= until:
        end = _midnight(day + _DAY, zone)
        if end - start != _DAY:
            found = on_clock_change(start, end)
        elif matches(day):
            found = (start + timedelta(minutes=minute) for minute in minutes)
        else:
            found = ()
        yield from (instant for instant in found if after < instant <= until)
        day += _DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def every(interval: timedelta) -> Callable[[datetime, datetime], Iterator[datetime]]:
    """The times of a fixed interval, counted from the first instant."""

    def times(after: datetime, until: datetime) -> Iterator[datetime]:
        run = after.astimezone(UTC) + interval
        while run <= until:
            yield run
            run += interval

    return times
