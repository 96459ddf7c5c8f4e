"""The times that a schedule leaves out, as intervals in UTC.

AWS EventBridge Scheduler cannot leave out dates, so a task with exceptions is supervised. Its state machine compares
the scheduled time with the intervals that the deployment puts into the input of each schedule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .calendars import events
from .dates import date_range, days_within
from .public_holidays import public_holidays

YEARS = 3
"""The years that the intervals of a deployment cover: the current year and the two after it. They start with the year,
so that all deployments of a year have the same intervals."""
WEEKEND = "Weekend"
_DAY = timedelta(days=1)
_SATURDAY = 5
"""As in Python, Monday is 0."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time that is left out: the start, and the end, which isn't part of it, both in UTC."""

    start: datetime
    end: datetime
    reason: str

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """The times that a task leaves out, in the time zone of each of its schedules."""

    dates: tuple[str, ...] = ()
    holidays: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    """The texts of iCalendar files."""
    workdays: bool = False
    """Whether weekends are left out."""

    def __bool__(self) -> bool:
        return bool(self.dates or self.holidays or self.calendars or self.workdays)

    def reason(self, instant: datetime, timezone: str) -> str:
        """Why a scheduled time is left out; empty if it isn't."""
        local = instant.astimezone(ZoneInfo(timezone)).date()
        days, times = _of_year(self, local.year, timezone)
        return days.get(local) or next((span.reason for span in times if instant in span), "")

    def spans(self, year: int, timezone: str) -> tuple[Span, ...]:
        """The intervals of a deployment in a year, in chronological order.

        Args:
            year: The year of the deployment.
            timezone: The time zone of the schedule.
        """
        return _spans(self, year, timezone)


NO_EXCEPTIONS = Exceptions()
"""Those of a task that leaves out nothing."""


def covered_until(year: int, timezone: str) -> datetime:
    """The end of the intervals of a deployment in a year, in UTC."""
    return _midnight(date(year + YEARS, 1, 1), ZoneInfo(timezone))


@lru_cache(maxsize=1024)
def _spans(exceptions: Exceptions, year: int, timezone: str) -> tuple[Span, ...]:
    zone = ZoneInfo(timezone)
    days: dict[date, str] = {}
    times: dict[Span, None] = {}
    for each in range(year, year + YEARS):
        found, spans = _of_year(exceptions, each, timezone)
        days.update(found)
        times.update(dict.fromkeys(spans))
    joined = [*_joined(days, zone), *times]
    return tuple(sorted(joined, key=lambda span: (span.start, span.end, span.reason)))


def _joined(days: Mapping[date, str], zone: ZoneInfo) -> Iterator[Span]:
    """Consecutive days with the same reason as one interval."""
    ordered = sorted(days)
    first = 0
    for position, day in enumerate(ordered):
        if days.get(day + _DAY) != days[day]:
            yield Span(_midnight(ordered[first], zone), _midnight(day + _DAY, zone), days[day])
            first = position + 1


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day. If a clock change skips midnight, it is the time of the change."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def _of_year(exceptions: Exceptions, year: int, timezone: str) -> tuple[Mapping[date, str], tuple[Span, ...]]:
    """The days of a year that are left out, and the times of events. The first reason for a day counts."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    of_calendars = [event for text in exceptions.calendars for event in events(text, year, timezone)]
    days: dict[date, str] = {}
    for day, reason in (
        *((day, entry.reason) for entry in map(date_range, exceptions.dates) for day in entry.within(first, last)),
        *((day, event.reason) for event in of_calendars if event.days for day in days_within(event.days, first, last)),
        *(found for code in exceptions.holidays for found in public_holidays(code, year).items()),
        *(_weekends(first, last) if exceptions.workdays else ()),
    ):
        days.setdefault(day, reason)
    times = (Span(*event.times, event.reason) for event in of_calendars if event.times)
    return days, tuple(span for span in times if span.start < span.end)


def _weekends(first: date, last: date) -> Iterator[tuple[date, str]]:
    return ((day, WEEKEND) for day in days_within((first, last), first, last) if day.weekday() >= _SATURDAY)
