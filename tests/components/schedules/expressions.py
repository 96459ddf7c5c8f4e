"""Random cron expressions with their meaning, which is calculated here and not by the code under test."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from hypothesis import strategies as st

WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
Matches = Callable[[datetime], bool]
Field = tuple[str, set[int]]
"""A field's text and its values."""
Days = tuple[str, Matches]
"""A day field's text, and whether it contains a day."""


@dataclass(frozen=True)
class Case:
    """An expression's six fields, and whether a local time is on one of its days and at one of its times of day."""

    minutes: str
    hours: str
    days: str
    months: str
    weekdays: str
    years: str
    on_its_days: Matches
    at_its_times: Matches

    @property
    def fields(self) -> str:
        return f"{self.minutes} {self.hours} {self.days} {self.months} {self.weekdays} {self.years}"

    @property
    def text(self) -> str:
        return f"cron({self.fields})"

    def __repr__(self) -> str:
        return self.text


# Strategies are created once: creating and validating one takes longer than drawing from it.


@cache
def numbers(least: int, most: int, names: tuple[str, ...] = (), *, steps: bool = True) -> st.SearchStrategy[Field]:
    """One field."""
    value = st.integers(least, most)
    spelled = st.booleans() if names else st.just(False)

    def word(number: int, by_name: bool) -> str:
        return names[number - least] if by_name else str(number)

    single = st.tuples(value, spelled).map(lambda drawn: (word(*drawn), {drawn[0]}))
    ranges = st.tuples(value, value, spelled).map(
        lambda drawn: (
            f"{word(min(drawn[:2]), drawn[2])}-{word(max(drawn[:2]), drawn[2])}",
            set(range(min(drawn[:2]), max(drawn[:2]) + 1)),
        )
    )
    lists = st.lists(st.one_of(single, ranges), min_size=2, max_size=3).map(
        lambda parts: (",".join(text for text, _ in parts), set[int]().union(*(found for _, found in parts)))
    )
    found = [st.just(("*", set(range(least, most + 1)))), single, ranges, lists]
    if steps:
        step = st.integers(1, most)
        found.append(step.map(lambda by: (f"*/{by}", set(range(least, most + 1, by)))))
        found.append(st.tuples(value, step).map(lambda d: (f"{d[0]}/{d[1]}", set(range(d[0], most + 1, d[1])))))
        found.append(
            st.tuples(ranges, step).map(
                lambda d: (f"{d[0][0]}/{d[1]}", set(range(min(d[0][1]), max(d[0][1]) + 1, d[1])))
            )
        )
    return st.one_of(*found)


@cache
def days_of(month_of: tuple[int, int], weekday: int) -> list[int]:
    """The days of a month that are a given weekday (1 is Sunday), from the columns of a calendar."""
    weeks = calendar.Calendar(firstweekday=6).monthdayscalendar(*month_of)
    return [week[weekday - 1] for week in weeks if week[weekday - 1]]


def last_day(when: datetime) -> int:
    return max(day for week in calendar.monthcalendar(when.year, when.month) for day in week)


def nearest_weekday(when: datetime, day: int) -> int | None:
    """The weekday (Monday to Friday) of the month that is nearest to a day."""
    if day > last_day(when):
        return None
    working = [d for w in range(2, 7) for d in days_of((when.year, when.month), w)]
    return min(working, key=lambda candidate: abs(candidate - day))


def days(text: str, matches: Matches) -> Days:
    return text, matches


@cache
def month_days() -> st.SearchStrategy[Days]:
    """The field day-of-month."""
    plain = numbers(1, 31).map(lambda field: days(field[0], lambda when: when.day in field[1]))
    last = st.just(days("L", lambda when: when.day == last_day(when)))
    weekday = st.integers(1, 31).map(lambda day: days(f"{day}W", lambda when: when.day == nearest_weekday(when, day)))
    return st.one_of(plain, last, weekday)


@cache
def week_days() -> st.SearchStrategy[Days]:
    """The field day-of-week."""
    plain = numbers(1, 7, WEEKDAYS, steps=False).map(
        lambda field: days(field[0], lambda when: when.isoweekday() % 7 + 1 in field[1])
    )
    last = st.integers(1, 7).map(
        lambda day: days(f"{day}L", lambda when: when.day == days_of((when.year, when.month), day)[-1])
    )
    nth = st.builds(_nth, st.integers(1, 7), st.integers(1, 5))
    return st.one_of(plain, last, nth)


def _nth(day: int, nth: int) -> Days:
    return days(f"{day}#{nth}", lambda when: when.day in days_of((when.year, when.month), day)[nth - 1 : nth])


_MONTHS = st.one_of(st.just(("*", set(range(1, 13)))), numbers(1, 12, MONTHS))


@st.composite
def crons(draw: st.DrawFn) -> Case:
    """A cron expression for any year, so that it runs soon."""
    minutes, hour_values = draw(numbers(0, 59)), draw(numbers(0, 23))
    months = draw(_MONTHS)
    by_month_day = draw(st.booleans())
    day_text, is_day = draw(month_days() if by_month_day else week_days())

    def on_its_days(when: datetime) -> bool:
        return when.month in months[1] and is_day(when)

    def at_its_times(when: datetime) -> bool:
        return when.minute in minutes[1] and when.hour in hour_values[1]

    day, week = (day_text, "?") if by_month_day else ("?", day_text)
    return Case(minutes[0], hour_values[0], day, months[0], week, "*", on_its_days, at_its_times)
