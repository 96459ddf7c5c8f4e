"""What a schedule expression says, as data.

Fields of a cron expression hold the values that they stand for, not the text: `0/15` and `0,15,30,45` are the
same minutes. Days of the week count as AWS counts them, from 1 (Sunday) to 7 (Saturday).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

FIRST_YEAR = 1970
LAST_YEAR = 2199
"""AWS: EventBridge Scheduler user guide, Schedule types, Cron-based schedules."""

Unit: TypeAlias = Literal["minute", "hour", "day"]

UNITS: dict[Unit, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate(value unit)`: a run every so often, counted in elapsed time. `value` is at least 1."""

    value: int
    unit: Unit

    @property
    def interval(self) -> timedelta:
        """The time between two runs. A day is 24 hours, also where the clocks change.

        AWS: EventBridge Scheduler user guide, Schedule types, Daylight savings time.
        """
        return self.value * UNITS[self.unit]


@dataclass(frozen=True, slots=True)
class At:
    """`at(yyyy-mm-ddThh:mm:ss)`: one run. `at` is the local time in the schedule's zone, without a tzinfo."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DaysOfMonth:
    """Days by their number, ascending, 1 to 31. A month that lacks one of them passes it over."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LastDayOfMonth:
    """`L` in day-of-month."""


@dataclass(frozen=True, slots=True)
class NearestWeekday:
    """`15W` in day-of-month: the day from Monday to Friday that is nearest the 15th, in the same month."""

    day: int


@dataclass(frozen=True, slots=True)
class DaysOfWeek:
    """Days of every week, ascending, 1 (Sunday) to 7 (Saturday)."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LastDayOfWeek:
    """`6L` in day-of-week: the last Friday of the month."""

    day: int


@dataclass(frozen=True, slots=True)
class NthDayOfWeek:
    """`2#1` in day-of-week: the first Monday of the month. `nth` is 1 to 5; not every month has a fifth."""

    day: int
    nth: int


Days: TypeAlias = DaysOfMonth | LastDayOfMonth | NearestWeekday | DaysOfWeek | LastDayOfWeek | NthDayOfWeek


@dataclass(frozen=True, slots=True)
class Cron:
    """`cron(minutes hours day-of-month month day-of-week year)`: a run whenever the local time matches.

    Each tuple is ascending, without duplicates, and never empty.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: Days
    months: tuple[int, ...]
    years: tuple[int, ...]


Expression: TypeAlias = Rate | Cron | At
