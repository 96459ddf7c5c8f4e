"""The launches of a week, each at the second at which Scheduler is taken to start it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile, takewhile
from random import Random
from typing import Any, cast

from components.schedules import Rate, parse
from config import StackConfig

from ..planning.plans import Plan, plans
from .limits import Limit, taken

MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
WEEK_SECONDS = int(WEEK.total_seconds())


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """A schedule, and what each of its launches takes from AWS's limits."""

    plan: Plan
    takes: Mapping[Limit, float]


@dataclass(frozen=True, slots=True)
class Due:
    """A time at which a schedule is due, in seconds from the beginning of the week."""

    second: int
    demand: Demand
    chance: float
    """Where in a flexible window it is launched, by chance, the same on each call: from 0, its beginning, to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Launch:
    """When Scheduler starts what is due, in seconds from the beginning of the week."""

    second: int
    demand: Demand

    @property
    def in_week(self) -> bool:
        """Whether it is in the week, not on the day before it or in a window after it."""
        return 0 <= self.second < WEEK_SECONDS


Windows = Mapping[Demand, timedelta]
"""Flexible windows in place of those that schedules have."""


def demands(stack: str, config: StackConfig) -> list[Demand]:
    """What the schedules of a stack ask for."""
    tasks = cast("Mapping[str, Mapping[str, Any]]", config.tasks)
    return [Demand(plan, taken(tasks[plan.task])) for plan in plans(stack, config)]


def due(of: Iterable[Demand], begin: datetime) -> list[Due]:
    """All that is due in the week from `begin` on, and on the day before, whose windows may reach into it."""
    first, end = begin - DAY, begin + WEEK
    chance = Random(0)  # noqa: S311 - no secret
    return [
        Due(int((run - begin).total_seconds()), demand, chance.random())
        for demand in of
        for run in takewhile(lambda run: run < end, _runs(demand.plan, first, chance))
    ]


def _runs(plan: Plan, first: datetime, chance: Random) -> Iterator[datetime]:
    """The runs from an instant on. AWS counts a rate without `start` from when its schedule was made, which is not
    known here: any time."""
    before, expression = first - MINUTE, parse(plan.expression)
    if isinstance(expression, Rate) and plan.start is None:
        before -= chance.randrange(expression.minutes) * MINUTE
    return dropwhile(lambda run: run < first, plan.runs(before))


def window_of(demand: Demand, windows: Windows) -> timedelta:
    """A schedule's flexible window; zero where it has none."""
    return windows.get(demand, demand.plan.flexible_window or timedelta())


def launches(of: Iterable[Due], windows: Windows) -> list[Launch]:
    """When each is launched, in order. Scheduler says no more than that it launches within the minute that a schedule
    is due in, or within its window (AWS: EventBridge Scheduler user guide, schedule types). So without a window all of
    a minute are taken to come at once, which is the worst; with one, each somewhere in it."""
    placed = (
        Launch(each.second + int(each.chance * window_of(each.demand, windows).total_seconds()), each.demand)
        for each in of
    )
    return sorted(placed, key=lambda launch: launch.second)
