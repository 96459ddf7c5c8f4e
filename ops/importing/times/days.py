"""Instants of local times, day by day: the part that all interpreters share."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ZonedTimes:
    """The times of a schedule in a time zone: the same times of day on each day that matches.

    Args:
        zone: The time zone.
        matches: Whether the schedule runs on a day.
        minutes: Its times of day as minutes after midnight, in ascending order.
        on_clock_change: The instants from one time to before another one, both in UTC. Called for days of more or less
            than 24 hours, on which tools differ.
    """

    zone: ZoneInfo
    matches: Callable[[date], bool]
    minutes: Sequence[int]
    on_clock_change: Callable[[datetime, datetime], Iterable[datetime]]

    def __call__(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The instants after `after`, up to and including `until`, in UTC. Both are aware."""
        day = after.astimezone(self.zone).date() - _DAY
        while (start := _midnight(day, self.zone)) <= until:
            end = _midnight(day + _DAY, self.zone)
            if end - start != _DAY:
                found = self.on_clock_change(start, end)
            elif self.matches(day):
                found = (start + timedelta(minutes=minute) for minute in self.minutes)
            else:
                found = ()
            yield from (instant for instant in found if after < instant <= until)
            day += _DAY

    def clock_times(self, day: date) -> list[int]:
        """The times of a day that the fields name, whether the clock shows them once, twice or never."""
        return list(self.minutes) if self.matches(day) else []


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
