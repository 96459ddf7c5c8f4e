"""`scheduled-tasks load` for many tasks that are due at the same time: its duration and its results."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from components.resolver import resolve_task
from ops.load.launches import Demand
from ops.load.limits import CALLS, usage_per_launch
from ops.load.throttling import throttled_launches
from ops.load.week import LoadedWeek, loaded_week
from ops.planning.plans import Plan

from .figures import Figure, Part

COUNTS = (100, 1000, 3000)
BEGIN = datetime(2026, 11, 25, tzinfo=UTC)


def measure(_: Path, say: Callable[[str], None], counts: Sequence[int] = COUNTS) -> Part:
    """Analyze a week of tasks that are all due every night at three."""
    figures: list[Figure] = []
    for count in counts:
        say(f"{count} tasks")
        begin = perf_counter()
        week = loaded_week([nightly(number) for number in range(count)], BEGIN)
        left = throttled_launches(week.throttled_with_windows)
        seconds = perf_counter() - begin
        figures += [
            Figure("scheduled-tasks load", count, "s", round(seconds, 3)),
            Figure("throttled per night", count, "launches", throttled_launches(week.throttled) // 7),
            Figure("delay of the last launch", count, "s late", round(week.usage(CALLS)[2], 1)),
            Figure("flexibleWindow that avoids throttling", count, "minutes", _longest(week) // timedelta(minutes=1)),
            Figure("throttled with flexibleWindow", count, "launches", left),
        ]
    return Part(sorted(figures, key=lambda figure: figure.what))


def nightly(number: int) -> Demand:
    """Return one of the tasks."""
    return demand(f"nightly-{number:03}", "cron(0 3 * * ? *)")


def demand(task: str, expression: str, window: timedelta | None = None) -> Demand:
    """Return the demand of a Fargate task."""
    return Demand(
        Plan("prod", task, expression, "UTC", True, None, None, window), usage_per_launch(resolve_task(task, {}))
    )


def _longest(week: LoadedWeek) -> timedelta:
    return max(week.windows.values(), default=timedelta())
