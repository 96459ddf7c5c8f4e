"""A random week: tasks, their schedules, and what goes wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, get_args

from components.monitoring.alarms import success_window
from components.resolved import Task
from components.resolver import resolve_group, resolve_task
from config import StackConfig
from ops.simulation.durations import Durations
from ops.simulation.engine import Simulation
from ops.simulation.faults import Fault, Kind, Service
from ops.simulation.tasks import channels_of, simulated_tasks

BEGINNINGS = tuple(
    datetime.fromisoformat(day).replace(tzinfo=UTC)
    # A plain week, a leap day, both clock changes in Europe and America, and the end of a year.
    for day in ("2026-06-01", "2028-02-26", "2026-03-26", "2026-10-23", "2026-03-06", "2026-10-30", "2026-12-28")
)
WEEK = timedelta(days=7)
SCHEDULES = (
    "cron(30 2 * * ? *)",
    "cron(0 0 L * ? *)",
    "cron(0 3 29 2 ? *)",
    "cron(15 1-3 * * ? *)",
    "cron(0/30 * * * ? *)",
    "cron(0 6 ? * MON-FRI *)",
    "rate(6 hours)",
    "rate(1 hour)",
    "rate(1 day)",
    "at(2026-03-29T02:30:00)",
)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
NAMES = ("a", "b", "c")
GROUP = resolve_group({"notify": {"emails": ["ops@example.com"]}})


@dataclass(frozen=True, slots=True)
class Week:
    """A week, and the tasks that it is about."""

    simulation: Simulation
    tasks: dict[str, Task]


def random_week(seed: int) -> Week:
    """The week of a seed."""
    random = Random(seed)  # noqa: S311 - not a secret
    begin = random.choice(BEGINNINGS) + timedelta(minutes=random.randrange(24 * 60))
    end = begin + WEEK
    tasks = {name: _task(name, random) for name in NAMES[: random.randint(1, 3)]}
    faults = [_fault(random, begin, [*tasks]) for _ in range(random.randint(0, 5))]
    durations = {name: [random.choice((5, 60, 600, 2400, 5400)) for _ in range(3)] for name in tasks}
    simulation = Simulation(
        tasks=simulated_tasks("week", StackConfig(GROUP, tasks)),
        channels=channels_of(GROUP),
        begin=begin,
        end=end,
        durations=Durations(600, durations),
        faults=faults,
        seed=seed,
        more_periods=random.choice((0, 1, 2, 3)),
    )
    return Week(simulation, tasks)


def _task(name: str, random: Random) -> Task:
    return _resolved(
        name,
        random.choice(SCHEDULES),
        random.choice(ZONES),
        random.choice((None, "15m", "1h")),
        random.choice((None, "10m", "3h", "25h", "50h")),
        random.choice((None, None, "allow", "forbid", "queue", "replace")),
        random.choice((None, "5m", "2h")),
        random.choice((0, 2)),
        random.choice((0, 2, 5, 20)),
        random.choice(("1m", "10m", "1h")),
        random.choice((1, 1, 2)),
        random.choice((None, None, "last", "all")),
        random.choice((None, "1h", "1d")),
    )


@cache
def _resolved(
    name: str,
    schedule: str,
    timezone: str,
    window: str | None,
    success: str | None,
    overlap: str | None,
    timeout: str | None,
    run_retries: int,
    retries: int,
    age: str,
    count: int,
    catch_up: str | None,
    oldest: str | None,
) -> Task:
    args: dict[str, Any] = {
        "image": "a:1",
        "schedule": schedule,
        "timezone": timezone,
        "flexible_window": window,
        "expect_success_within": success,
        "retry": {"attempts": retries, "max_age": age},
    }
    # Others are refused: the times of the rate aren't known, or runs of `all` would be skipped.
    if catch_up and "rate" not in schedule and (catch_up == "last" or overlap in (None, "allow")):
        args["catch_up"] = {"runs": catch_up} | ({"max_age": oldest} if oldest else {})
    if overlap is None:
        args["count"] = count
    else:
        args |= {"overlap": overlap, "timeout": timeout}
        args |= {"retry_run": {"attempts": run_retries}} if run_retries else {}
    return resolve_task(name, {key: value for key, value in args.items() if value is not None})  # pyright: ignore[reportArgumentType]


def _fault(random: Random, begin: datetime, names: Sequence[str]) -> Fault:
    kind: Kind = random.choice(get_args(Kind))
    start = begin.timestamp() + random.uniform(0, WEEK.total_seconds())
    end = start + random.choice((60, 600, 3600, 6 * 3600, 48 * 3600))
    if kind == "outage":
        return Fault(kind, start, end, service=random.choice(get_args(Service)))
    return Fault(
        kind,
        start,
        end,
        tasks=random.choice((None, frozenset({random.choice(names)}))),
        percent=random.choice((100, 50, 10)),
        times=random.choice((None, 1, 3)),
        exit_code=random.choice((1, 75)),
        after=random.choice((None, 30, 3000)),
    )


def window_of(task: Task) -> tuple[int, int]:
    """The length of a period of a task's alarm in seconds, and the seconds within which it expects a success."""
    assert task.expect_success_within is not None
    return success_window(task.expect_success_within).period, task.expect_success_within
