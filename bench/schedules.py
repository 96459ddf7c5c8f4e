"""Next runs of many schedules, compared with another implementation."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from aws_croniter import AwsCroniter

from components.schedules import Cron, next_runs, parse

from .figures import Figure, Part

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC", "Asia/Kathmandu")
PATTERNS = (
    "cron({minute} {hour} * * ? *)",
    "cron({minute} {hour} ? * MON-FRI *)",
    "cron({minute} {hour} ? * 2#1 *)",
    "cron({minute} {hour} L * ? *)",
    "cron({minute} {hour} 15W * ? *)",
    "cron({minute} {hour} 1 1,4,7,10 ? *)",
    "cron(0/15 {hour}-23 * * ? *)",
    "cron({minute} * * * ? *)",
    "rate({hours} hours)",
    "at(2030-01-01T{hour:02}:{minute:02}:00)",
)
AFTER = datetime(2026, 11, 24, tzinfo=UTC)
RUNS, ROUNDS = 5, 5


def expressions(count: int) -> list[tuple[str, str]]:
    """Return expressions of every kind in six time zones, the same on each call."""
    return [
        (
            PATTERNS[number % len(PATTERNS)].format(minute=number % 60, hour=number % 24, hours=number % 24 + 1),
            ZONES[number % len(ZONES)],
        )
        for number in range(count)
    ]


Schedules = list[tuple[str, str]]


def ours(schedules: Schedules) -> int:
    """Parse schedules, and calculate their next runs. Returns the number of runs."""
    return sum(len(list(islice(next_runs(parse(text), zone, AFTER), RUNS))) for text, zone in schedules)


def aws_croniter(schedules: Schedules) -> int:
    """Do the same with aws-croniter. It supports cron expressions in UTC only."""

    def next_of(text: str) -> list[Any]:
        return cast("Any", AwsCroniter(text[5:-1])).get_next(AFTER, n=RUNS)

    return sum(len(next_of(text)) for text, _ in schedules)


def first_runs(schedules: Schedules) -> list[float]:
    """Return the milliseconds for the first run of each schedule, sorted."""
    found: list[float] = []
    for text, zone in schedules:
        expression = parse(text)
        begin = perf_counter()
        next(next_runs(expression, zone, AFTER), None)
        found.append((perf_counter() - begin) * 1000)
    return sorted(found)


def best(work: Callable[[Schedules], int], schedules: Schedules) -> float:
    """Return the minimum seconds of several rounds, each without cached expressions."""

    def once() -> float:
        parse.cache_clear()
        begin = perf_counter()
        work(schedules)
        return perf_counter() - begin

    return round(min(once() for _ in range(ROUNDS)), 4)


def measure(_: Path, say: Callable[[str], None], count: int = 1000) -> Part:
    """Measure the next runs of a number of schedules."""
    say(f"{count} schedules")
    every = expressions(count)
    crons = [(text, "UTC") for text, _ in every if isinstance(parse(text), Cron)]
    first = first_runs(every)
    others = {"aws-croniter": best(aws_croniter, crons)}
    return Part(
        [
            Figure(f"next {RUNS} runs of each, six zones", count, "s", best(ours, every)),
            Figure(f"next {RUNS} runs of each, crons in UTC", len(crons), "s", best(ours, crons), others),
            Figure("first run of one, median", 1, "ms", round(first[len(first) // 2], 4)),
            Figure("first run of one, worst", 1, "ms", round(first[-1], 4)),
        ]
    )
