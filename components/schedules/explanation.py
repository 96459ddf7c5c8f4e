"""Schedule expressions in plain English, on one line."""

import calendar
from collections.abc import Callable, Sequence
from datetime import datetime

from .expression import (
    AFTER_DEPLOYMENT,
    AFTER_TASK,
    BEFORE_DEPLOYMENT,
    MONTH_NAMES,
    ON_DEMAND,
    YEARS,
    At,
    Cron,
    DayRule,
    Expression,
    Rate,
    parse,
)

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WITHOUT_TIMES = {
    ON_DEMAND: "no schedule",
    AFTER_DEPLOYMENT: "once after each deployment of a new revision",
    BEFORE_DEPLOYMENT: "once for each new revision, before schedules move to theirs",
    AFTER_TASK: "after each success of another task",
}
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_WORKING_DAYS = (2, 3, 4, 5, 6)
_MOST_TIMES = 4
"""Maximum number of times of day that are listed individually."""


def explain(expression: Expression, timezone: str = "UTC") -> str:
    """The meaning of an expression: `at 09:00 on the first Monday of every month (Europe/Berlin)`."""
    for text, meaning in _WITHOUT_TIMES.items():
        if expression == parse(text):
            return meaning
    if isinstance(expression, Rate):
        unit = expression.unit
        return f"every {unit}" if expression.value == 1 else f"every {expression.value} {unit}s"
    if isinstance(expression, At):
        return f"once, on {expression.at:%Y-%m-%d} at {_clock(expression.at)} ({timezone})"
    return f"{_times(expression)}{_days(expression)}{_years(expression)} ({timezone})"


def _clock(when: datetime) -> str:
    return f"{when:%H:%M:%S}".removesuffix(":00") if when.second == 0 else f"{when:%H:%M:%S}"


def _times(cron: Cron) -> str:
    if len(cron.hours) * len(cron.minutes) <= _MOST_TIMES:
        return "at " + _listed([f"{hour:02}:{minute:02}" for hour in cron.hours for minute in cron.minutes])
    step = _step(cron.minutes, 60)
    if step == 1 and cron.minutes[0] == 0:
        return f"every minute{_hours(cron.hours, ' ')}"
    if step and cron.minutes[0] == 0:
        return f"every {step} minutes{_hours(cron.hours, ' ')}"
    spans = _spans(cron.minutes, str)
    noun = "minute" if len(cron.minutes) == 1 else "minutes"
    return f"at {noun} {_listed(spans)}{_hours(cron.hours, ' of every hour ') or ' of every hour'}"


def _hours(hours: tuple[int, ...], lead: str) -> str:
    """The hours of the day; empty if the schedule runs in all of them."""
    if len(hours) == 24:
        return ""
    if hours == tuple(range(hours[0], hours[-1] + 1)):
        return f"{lead}from {hours[0]:02}:00 to {hours[-1]:02}:59"
    step = _step(hours, 24)
    if step and len(hours) > 2:
        return f" of every {_ordinal(step)} hour from {hours[0]:02}:00"
    return f" of the hours {_listed(_spans(hours, lambda hour: f'{hour:02}'))}"


def _ordinal(number: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd", 21: "21st", 22: "22nd", 23: "23rd"}.get(number, f"{number}th")


def _step(values: tuple[int, ...], size: int) -> int | None:
    """The step between values that are evenly spaced to the end of the range; None if they are not."""
    if len(values) < 2:
        return None
    step = values[1] - values[0]
    return step if values == tuple(range(values[0], size, step)) else None


def _days(cron: Cron) -> str:
    months = _months(cron)
    every_day = (cron.days is not None and len(cron.days) == 31) or (cron.weekdays and len(cron.weekdays) == 7)
    if every_day and months == "every month":
        several_a_day = len(cron.hours) * len(cron.minutes) > _MOST_TIMES
        return "" if several_a_day and len(cron.hours) == 24 else " every day"
    if every_day:
        return f" every day in {months}"
    if cron.weekdays and not cron.rules:
        return f" {_weekdays(cron.weekdays)}" + ("" if months == "every month" else f" in {months}")
    parts = [_rule(rule) for rule in cron.rules]
    parts += _spans(cron.days or (), str, "day ", "days ")
    parts += [_DAYS[day - 1] for day in cron.weekdays or ()]
    return f" on {_listed(parts)} of {months}"


def _weekdays(days: tuple[int, ...]) -> str:
    if days == _WORKING_DAYS:
        return "on weekdays"
    return "every " + _listed([_DAYS[day - 1] for day in days])


def _rule(rule: DayRule) -> str:
    if rule.kind == "last":
        return "the last day"
    if rule.kind == "weekday":
        return f"the weekday nearest to day {rule.day}"
    day = _DAYS[rule.day - 1]
    return f"the last {day}" if rule.kind == "last_weekday" else f"the {_ORDINALS[rule.nth - 1]} {day}"


def _months(cron: Cron) -> str:
    if len(cron.months) == len(MONTH_NAMES):
        return "every month"
    return _listed(_spans(cron.months, lambda month: calendar.month_name[month]))


def _years(cron: Cron) -> str:
    if (cron.years[0], cron.years[-1], len(cron.years)) == (*YEARS, YEARS[1] - YEARS[0] + 1):
        return ""
    return f" in {_listed(_spans(cron.years, str))}"


def _spans(values: Sequence[int], word: Callable[[int], str], one: str = "", many: str = "") -> list[str]:
    """Values in ascending order, with three or more consecutive values as `1 to 7`, each with its noun."""
    found: list[str] = []
    rest = list(values)
    while rest:
        length = next((n for n in range(1, len(rest)) if rest[n] != rest[0] + n), len(rest))
        if length < 3:
            length = 1
        found.append(f"{one}{word(rest[0])}" if length == 1 else f"{many}{word(rest[0])} to {word(rest[length - 1])}")
        rest = rest[length:]
    return found


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
