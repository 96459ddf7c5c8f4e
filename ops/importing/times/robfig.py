"""The times of a Kubernetes CronJob: the algorithm of github.com/robfig/cron/v3, which its controller uses.

No Python library follows it: a field `*/2` isn't a star there, weekdays have no 7, and a local time that occurs twice
runs twice. Sources: parser.go and spec.go of robfig/cron v3, and time.Date of Go.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .days import ZonedTimes

_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_NAMES: tuple[tuple[str, ...], ...] = (
    (),
    (),
    (),
    ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
)
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
_APPROACH = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Fields:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    both: bool
    """Whether both day fields must match: if one of them has a star without a step."""

    def matches(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_day and by_weekday if self.both else by_day or by_weekday


def _fields(expression: str) -> _Fields:
    parts = _DESCRIPTORS.get(expression, expression).split()
    found = [_field(part, number) for number, part in enumerate(parts)]
    minutes, hours, days, months, weekdays = (values for values, _ in found)
    return _Fields(minutes, hours, days, months, weekdays, found[2][1] or found[4][1])


def _field(text: str, number: int) -> tuple[frozenset[int], bool]:
    """The values of a field, and whether it has a star."""
    values: set[int] = set()
    star = False
    low, high = _BOUNDS[number]
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        every = int(step) if slash else 1
        if first in ("*", "?"):
            start, end = low, high
            star = star or every == 1
        else:
            start = _number(first, number)
            end = _number(last, number) if dash else high if slash else start
        values.update(range(start, end + 1, every))
    return frozenset(values), star


def _number(text: str, number: int) -> int:
    names = _NAMES[number]
    return names.index(text.lower()) if text.lower() in names else int(text)


def times_of(expression: str, timezone: str) -> ZonedTimes:
    """The times of an expression that the controller accepts, without `@every`."""
    zone, fields = ZoneInfo(timezone), _fields(expression)
    minutes = [hour * 60 + minute for hour in sorted(fields.hours) for minute in sorted(fields.minutes)]

    def on_clock_change(start: datetime, end: datetime) -> Iterator[datetime]:
        # The algorithm walks from day to day, and an irregular midnight on the way changes where it arrives.
        found = _next(fields, start - _APPROACH, zone, end)
        while found is not None:
            if found >= start:
                yield found
            found = _next(fields, found, zone, end)

    return ZonedTimes(zone, fields.matches, minutes, on_clock_change)


def _next(fields: _Fields, after: datetime, zone: ZoneInfo, end: datetime) -> datetime | None:
    """The next instant before `end`, in UTC, as `SpecSchedule.Next` finds it. The seconds of all schedules are 0."""
    walk = _Walk(zone, after + _SECOND)
    while walk.instant < end:
        if walk.day(fields, end) and walk.hour(fields) and walk.minute(fields) and walk.second():
            return walk.instant if walk.instant < end else None
    return None


class _Walk:
    """The state of the search. Each step returns False if a larger unit must be checked again (`goto WRAP`)."""

    def __init__(self, zone: ZoneInfo, instant: datetime):
        self.zone, self.instant, self.added = zone, instant, False

    @property
    def local(self) -> datetime:
        """The time that Go's accessors return."""
        return self.instant.astimezone(self.zone)

    def day(self, fields: _Fields, end: datetime) -> bool:
        """Go to the next day that matches."""
        while not fields.matches(self.local.date()):
            if self.instant >= end:
                return False
            if not self.added:
                self.added = True
                self._set(self.local.replace(hour=0, minute=0, second=0))
            self._set(self.local + timedelta(days=1))
            if hour := self.local.hour:
                self.instant += timedelta(hours=24 - hour if hour > 12 else -hour)
            if self.local.day == 1:
                return False
        return True

    def hour(self, fields: _Fields) -> bool:
        """Go to the next hour that matches."""
        while self.local.hour not in fields.hours:
            if not self.added:
                self.added = True
                self._set(self.local.replace(minute=0, second=0))
            self.instant += _HOUR
            if self.local.hour == 0:
                return False
        return True

    def minute(self, fields: _Fields) -> bool:
        """Go to the next minute that matches."""
        while self.local.minute not in fields.minutes:
            if not self.added:
                self.added = True
                self.instant = self.instant.replace(second=0)
            self.instant += _MINUTE
            if self.local.minute == 0:
                return False
        return True

    def second(self) -> bool:
        """Go to the next full minute."""
        if self.instant.second == 0:
            return True
        self.added = True
        self.instant = self.instant.replace(second=0) + _MINUTE
        return False

    def _set(self, wall: datetime) -> None:
        self.instant = _date(wall.replace(tzinfo=None, fold=0), self.zone)


def _date(wall: datetime, zone: ZoneInfo) -> datetime:
    """`time.Date` of Go: it tries the offset at the wall clock's time in UTC, then the offset at the result."""
    as_utc = wall.replace(tzinfo=UTC)
    offset = _offset(as_utc, zone)
    if _offset(as_utc - offset, zone) != offset:
        offset = _offset(as_utc - offset, zone)
    return as_utc - offset


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
