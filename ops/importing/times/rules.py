"""The times of a schedule expression of an EventBridge rule, which runs in UTC.

AWS: Amazon EventBridge user guide, "Setting a schedule pattern for scheduled rules". Names in lowercase and weekdays 1
(Sunday) to 7 as there.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..model import Times
from .days import ZonedTimes, every

_MONTHS = ["", *(name.upper() for name in calendar.month_abbr[1:])]
_WEEKDAYS = ["", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_UTC = ZoneInfo("UTC")


def times_of(expression: str) -> Times:
    """The times of `rate(...)` or `cron(...)`. Raises ValueError for an expression that EventBridge refuses."""
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", expression, re.ASCII):
        # EventBridge refuses a plural unit with 1, and a singular unit with more. Amazon EventBridge user guide, rate
        # expressions.
        if int(rate[1]) < 1 or bool(rate[3]) == (int(rate[1]) == 1):
            raise ValueError(expression)
        return every(int(rate[1]) * _UNITS[rate[2]])
    minutes, matches = cron(expression)
    return ZonedTimes(_UTC, matches, minutes, _never)


def cron(expression: str) -> tuple[list[int], Callable[[date], bool]]:
    """The minutes of a day of `cron(...)`, and whether it runs on a day. Raises ValueError."""
    inside = re.fullmatch(r"cron\((.*)\)", expression)
    parts = inside[1].split() if inside else []
    if len(parts) != 6 or (parts[2] == "?") == (parts[4] == "?"):
        raise ValueError(expression)
    minutes = [
        hour * 60 + minute for hour in sorted(_values(parts[1], 0, 23)) for minute in sorted(_values(parts[0], 0, 59))
    ]
    months, years = _values(parts[3], 1, 12, _MONTHS), _values(parts[5], 1970, 2199)

    def matches(day: date) -> bool:
        if day.month not in months or day.year not in years:
            return False
        if parts[4] == "?":
            return any(_is_day(part, day) for part in parts[2].split(","))
        return any(_is_weekday(part, day) for part in parts[4].split(","))

    matches(date(2024, 1, 1))  # finds an invalid day field
    return minutes, matches


def _never(start: datetime, end: datetime) -> Iterator[datetime]:
    raise AssertionError(start, end)  # UTC has no clock changes


def _values(text: str, low: int, high: int, names: list[str] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if first == "*":
            start, end = low, high
        else:
            start = _number(first, names)
            end = _number(last, names) if dash else high if slash else start
        if not low <= start <= end <= high:
            raise ValueError(text)
        found.update(range(start, end + 1, int(step) if slash else 1))
    return frozenset(found)


def _number(text: str, names: list[str] | None) -> int:
    return names.index(text.upper()) if names and text.upper() in names[1:] else int(text)


def _is_day(part: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if part == "L":
        return day.day == last
    if part.endswith("W"):
        wanted = int(part[:-1])
        return wanted <= last and day == _nearest_weekday(day.replace(day=wanted), last)
    return day.day in _values(part, 1, 31)


def _nearest_weekday(wanted: date, last: int) -> date:
    """The weekday nearest to a day, in the same month."""
    if wanted.isoweekday() == 6:
        return wanted + timedelta(days=2 if wanted.day == 1 else -1)
    if wanted.isoweekday() == 7:
        return wanted + timedelta(days=-2 if wanted.day == last else 1)
    return wanted


def _is_weekday(part: str, day: date) -> bool:
    weekday = day.isoweekday() % 7 + 1
    if part == "L":
        return weekday == 7
    if part.endswith("L"):
        last = calendar.monthrange(day.year, day.month)[1]
        return weekday == _number(part[:-1], _WEEKDAYS) and day.day > last - 7
    if "#" in part:
        wanted, _, nth = part.partition("#")
        if nth not in ("1", "2", "3", "4", "5"):
            raise ValueError(part)
        return weekday == _number(wanted, _WEEKDAYS) and (day.day + 6) // 7 == int(nth)
    return weekday in _values(part, 1, 7, _WEEKDAYS)
