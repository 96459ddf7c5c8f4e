"""Five cron fields, and the AWS expressions that have the same local times. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from components.schedules.expression import MAX_LENGTH, MONTH_NAMES

Dialect = Literal["vixie", "robfig"]
"""Vixie cron, whose day fields count as a star if they start with one, or robfig/cron, where a step ends that."""
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


class FieldError(ValueError):
    """A field that the other tool refuses, that tools read differently, or that AWS can't express."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    first: int = 0


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, MONTH_NAMES, 1),
    _Field("day of the week", 0, 7, WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class CronFields:
    """The values of five fields. `both`: a day must match both day fields, not only one of them."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday."""
    both: bool

    @property
    def every_hour(self) -> bool:
        """Whether each hour of each day has the same runs, so that the time zone doesn't matter."""
        days = len(self.days) == 31 and (len(self.weekdays) == 7 or not self.both)
        return days and len(self.hours) == 24 and len(self.months) == 12

    def with_minutes(self, minutes: Iterable[int]) -> "CronFields":
        """The same fields with other minutes."""
        return CronFields(frozenset(minutes), self.hours, self.days, self.months, self.weekdays, self.both)


def parsed(text: str, dialect: Dialect) -> CronFields:
    """The values of five fields, or of a shorthand such as `@daily`. Raises FieldError."""
    words = DESCRIPTORS.get(text, text).split()
    if len(words) != len(_FIELDS):
        raise FieldError(f"`{text}` doesn't have five fields.")
    sets = [_values(word, field, dialect) for word, field in zip(words, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = sets
    both = _is_star(words[2], dialect) or _is_star(words[4], dialect)
    return CronFields(minutes, hours, days, months, frozenset(day % 7 for day in weekdays), both)


def _is_star(word: str, dialect: Dialect) -> bool:
    if dialect == "vixie":
        return word.startswith("*")
    return any(part in ("*", "?", "*/1", "?/1") for part in word.split(","))


def _values(word: str, field: _Field, dialect: Dialect) -> frozenset[int]:
    values: set[int] = set()
    for part in word.split(","):
        values.update(_part(part, field, dialect))
    return frozenset(values)


def _part(part: str, field: _Field, dialect: Dialect) -> range:
    span, slash, step_word = part.partition("/")
    step = 1
    if slash:
        if not (step_word.isascii() and step_word.isdecimal() and 1 <= int(step_word) <= field.high):
            raise FieldError(
                f"`{part}` isn't a {field.name} that all cron daemons read alike: the step must be 1 to {field.high}."
            )
        step = int(step_word)
    if span == "*" or (span == "?" and dialect == "robfig"):
        return range(field.low, (6 if field.low == 0 and field.high == 7 else field.high) + 1, step)
    first, dash, last = span.partition("-")
    start = _number(first, part, field, dialect)
    if not dash:
        if slash and dialect == "vixie":
            raise FieldError(f"`{part}`: cron daemons read a step after a single value differently. List the values.")
        return range(start, (_high(field, dialect) if slash else start) + 1, step)
    end = _number(last, part, field, dialect)
    if end == start and slash and dialect == "vixie":
        raise FieldError(f"`{part}`: a step needs a range of several values. Write {start}.")
    if end < start:
        raise FieldError(f"`{part}`: the range of the {field.name} runs backward. Write two ranges.")
    return range(start, end + 1, step)


def _high(field: _Field, dialect: Dialect) -> int:
    return 6 if dialect == "robfig" and field.high == 7 else field.high


def _number(word: str, part: str, field: _Field, dialect: Dialect) -> int:
    if word.upper() in field.names:
        return field.names.index(word.upper()) + field.first
    high = _high(field, dialect)
    if word.isascii() and word.isdecimal() and len(word) <= 2 and field.low <= int(word) <= high:
        return int(word)
    names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
    raise FieldError(f"`{part}` isn't a {field.name}: use {field.low} to {high}{names}.")


def expressions(fields: CronFields) -> list[str]:
    """The AWS expressions of five fields: two if they match days of the month or of the week.

    Raises:
        FieldError: A day must match both fields, which AWS can't express, or the expression is too long.
    """
    times = f"{_text(fields.minutes, 0, 59, '*')} {_text(fields.hours, 0, 23, '*')}"
    months = _text(fields.months, 1, 12, "1")
    all_days, all_weekdays = len(fields.days) == 31, len(fields.weekdays) == 7
    by_day = f"cron({times} {_text(fields.days, 1, 31, '1')} {months} ? *)"
    by_weekday = f"cron({times} ? {months} {_weekdays(fields.weekdays)} *)"
    if all_days and (all_weekdays or not fields.both):
        found = [f"cron({times} * {months} ? *)"]
    elif all_days:
        found = [by_weekday]
    elif all_weekdays:
        found = [by_day if fields.both else f"cron({times} * {months} ? *)"]
    elif fields.both:
        raise FieldError(
            "the day must match both the day of the month and the day of the week, because one of them starts with a "
            "star. AWS can't express that. Let the command check the date."
        )
    else:
        found = [by_day, by_weekday]
    if long := [text for text in found if len(text) > MAX_LENGTH]:
        raise FieldError(f"{long[0]} is longer than the {MAX_LENGTH} characters that AWS accepts.")
    return found


def _text(values: frozenset[int], low: int, high: int, start: str) -> str:
    """The values of a numeric field in AWS's form. `start` begins a step over the whole field."""
    numbers = sorted(values)
    if len(numbers) == high - low + 1:
        return "*"
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    if len(numbers) > 2 and len(steps) == 1 and (step := steps.pop()) > 1 and numbers[-1] + step > high:
        return f"{start if numbers[0] == low else numbers[0]}/{step}"
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in _spans(numbers))


def _weekdays(values: frozenset[int]) -> str:
    names = ((WEEKDAYS[first], WEEKDAYS[last]) for first, last in _spans(sorted(values)))
    return ",".join(f"{first}-{last}" if last != first else first for first, last in names)


def _spans(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers as ranges. Two neighbors stay two values."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return [
        span
        for first, last in spans
        for span in ([(first, first), (last, last)] if last == first + 1 else [(first, last)])
    ]


def in_utc(fields: CronFields, timezone: str, now: datetime) -> CronFields | None:
    """The same runs in UTC, if the fields match every hour and the clock of the zone changes by whole hours.

    In UTC, the hour that a clock change repeats has its runs twice, as with the other tools. In the zone itself,
    EventBridge Scheduler runs only the first ones.
    """
    zone = ZoneInfo(timezone)
    offsets = {(now.astimezone(UTC) + timedelta(days=day)).astimezone(zone).utcoffset() for day in range(0, 400, 7)}
    minutes = {int(offset.total_seconds()) // 60 % 60 for offset in offsets if offset is not None}
    if len(offsets) < 2 or len(minutes) != 1 or not fields.every_hour:
        return None
    shift = minutes.pop()
    return fields.with_minutes((minute - shift) % 60 for minute in fields.minutes)
