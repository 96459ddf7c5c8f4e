"""The launches of a week, each at the second at which EventBridge Scheduler is assumed to start it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile, takewhile
from random import Random
from types import MappingProxyType

from components.schedules import Rate, parse
from config import StackConfig

from ..planning.plans import Plan, plans
from .limits import SCHEDULER, Limit, usage_per_launch
from .run_sizes import NO_VCPUS, RunSize, run_size

MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
_CENTURY = 100 * 365 * 24 * 60
"""Minutes. A longer rate has no second run in a week anyway."""
WEEK_SECONDS = int(WEEK.total_seconds())


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """A schedule, the tokens that each of its launches uses, and the size of its runs."""

    plan: Plan
    usage: Mapping[Limit, float]
    size: RunSize = NO_VCPUS
    """The Fargate vCPUs of each run."""


@dataclass(frozen=True, slots=True)
class DueTime:
    """A time at which a schedule is due, in seconds from the start of the week."""

    second: int
    demand: Demand
    offset: float
    """Position of the launch in a flexible window, from 0 (start) to 1 (end). Random, but the same on each call."""


@dataclass(frozen=True, slots=True, eq=False)
class Launch:
    """A launch by EventBridge Scheduler, in seconds from the start of the week."""

    second: int
    demand: Demand

    @property
    def in_week(self) -> bool:
        """Whether the launch is in the week, not on the day before it or after its end."""
        return 0 <= self.second < WEEK_SECONDS


Windows = Mapping[Demand, timedelta]
"""Flexible windows that replace the ones in the configuration."""


def _usage(config: StackConfig, task: str) -> dict[Limit, float]:
    """The tokens that each launch of a task uses. A call starts no ECS task, so only Scheduler's own limit applies."""
    return usage_per_launch(config.tasks[task]) if task in config.tasks else {SCHEDULER: 1}


def demands(
    stack: str, config: StackConfig, durations: Mapping[str, Sequence[float]] = MappingProxyType({})
) -> list[Demand]:
    """The schedules of a stack with their usage of AWS's limits.

    `durations` has those of earlier runs, in seconds by task.
    """
    found, sizes = plans(stack, config), _sizes(stack, config, durations)
    return [Demand(plan, _usage(config, plan.task), size) for plan, size in zip(found, sizes, strict=True)]


def _sizes(stack: str, config: StackConfig, durations: Mapping[str, Sequence[float]]) -> Iterator[RunSize]:
    """The sizes of the runs of all schedules, in the order of the plans."""
    for name, each in config.scheduled.items():
        if (task := config.tasks.get(name)) is None:
            yield from (NO_VCPUS for _ in each.schedules)
        else:
            yield from (run_size(stack, task, schedule, durations.get(name, ())) for schedule in task.schedules)


@dataclass(frozen=True, slots=True)
class Following:
    """A task that starts after another one. The times of its launches depend on how long the runs of that one take."""

    plan: Plan
    launches: int
    """The runs of the other task in the week, each of which starts one if it succeeds."""


def followings(demands: Iterable[Demand], begin: datetime) -> list[Following]:
    """The tasks that start after others, with their launches in the week from `begin`."""
    return [
        Following(demand.plan, sum(1 for plan in demand.plan.upstream for _ in _week(plan, begin)))
        for demand in demands
        if demand.plan.after
    ]


def _week(plan: Plan, begin: datetime) -> Iterator[datetime]:
    end = begin + WEEK
    return takewhile(lambda run: run < end, _runs(plan, begin, Random(0)))  # noqa: S311 - not used for security


def due_times(demands: Iterable[Demand], begin: datetime) -> list[DueTime]:
    """The due times in the week from `begin`, and on the day before it, whose flexible windows can reach into it."""
    first, end = begin - DAY, begin + WEEK
    random = Random(0)  # noqa: S311 - not used for security
    return [
        DueTime(int((run - begin).total_seconds()), demand, random.random())
        for demand in demands
        for run in takewhile(lambda run: run < end, _runs(demand.plan, first, random))
    ]


def _runs(plan: Plan, first: datetime, random: Random) -> Iterator[datetime]:
    """The runs from `first` on.

    AWS counts a rate without `start` from the creation of its schedule. That time isn't known here, so a random time
    is used.
    """
    before, expression = first - MINUTE, parse(plan.expression)
    if isinstance(expression, Rate) and plan.start is None:
        before -= random.randrange(min(expression.minutes, _CENTURY)) * MINUTE
    return dropwhile(lambda run: run < first, plan.runs(before))


def window_of(demand: Demand, windows: Windows) -> timedelta:
    """The flexible window of a schedule; zero if it has none."""
    return windows.get(demand, demand.plan.flexible_window or timedelta())


def launches(due: Iterable[DueTime], windows: Windows) -> list[Launch]:
    """The launches in chronological order.

    Scheduler launches within the minute that a schedule is due, or within its flexible window (AWS: EventBridge
    Scheduler user guide, schedule types). Without a window, all launches of a minute are assumed to start in the same
    second, which is the worst case. With a window, each launch is somewhere in it.
    """
    placed = (
        Launch(each.second + int(each.offset * window_of(each.demand, windows).total_seconds()), each.demand)
        for each in due
    )
    return sorted(placed, key=lambda launch: launch.second)
