"""Next runs of many schedules, beside another implementation: `python -m bench.schedules`."""

import json
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, cast

import typer
from aws_croniter import AwsCroniter
from rich.console import Console
from rich.table import Table

from components.schedules import Cron, next_runs, parse

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
RUNS = 5


def expressions(count: int) -> list[tuple[str, str]]:
    """Expressions of every kind in six zones, the same on each call."""
    return [
        (
            PATTERNS[number % len(PATTERNS)].format(minute=number % 60, hour=number % 24, hours=number % 24 + 1),
            ZONES[number % len(ZONES)],
        )
        for number in range(count)
    ]


def ours(tasks: list[tuple[str, str]]) -> int:
    """Parsed, and the next five runs of each; how many there are."""
    return sum(len(list(islice(next_runs(parse(text), zone, AFTER), RUNS))) for text, zone in tasks)


def aws_croniter(tasks: list[tuple[str, str]]) -> int:
    """The same by aws-croniter, which has neither zones, rates nor one-time schedules: those are left out."""

    def next_of(text: str) -> list[Any]:
        return cast("Any", AwsCroniter(text[5:-1])).get_next(AFTER, n=RUNS)

    return sum(len(next_of(text)) for text, _ in tasks)


def first_runs(tasks: list[tuple[str, str]]) -> list[float]:
    """Milliseconds until the first run of each schedule is known, in order."""
    found: list[float] = []
    for text, zone in tasks:
        expression = parse(text)
        begin = perf_counter()
        next(next_runs(expression, zone, AFTER), None)
        found.append((perf_counter() - begin) * 1000)
    return sorted(found)


def best(work: Callable[[list[tuple[str, str]]], int], tasks: list[tuple[str, str]], times: int = 5) -> float:
    """The least seconds of several rounds."""

    def once() -> float:
        begin = perf_counter()
        work(tasks)
        return perf_counter() - begin

    return min(once() for _ in range(times))


def main(
    count: Annotated[int, typer.Option(min=1, help="Schedules.")] = 1000,
    file: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file as well.")] = None,
) -> None:
    """Print the table, and write the figures where asked."""
    tasks = expressions(count)
    crons = [(text, "UTC") for text, _ in tasks if isinstance(parse(text), Cron)]
    first = first_runs(tasks)
    figures = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "schedules": count,
        "runs_each": RUNS,
        "all_seconds": round(best(ours, tasks), 4),
        "crons_in_utc": len(crons),
        "crons_in_utc_seconds": round(best(ours, crons), 4),
        "crons_in_utc_aws_croniter_seconds": round(best(aws_croniter, crons), 4),
        "first_run_median_milliseconds": round(first[len(first) // 2], 4),
        "first_run_worst_milliseconds": round(first[-1], 4),
    }
    table = Table("next runs", "schedules", "ours", "aws-croniter")
    table.add_row(f"{RUNS} of each, six zones", str(count), f"{figures['all_seconds']} s", "no zones")
    table.add_row(
        f"{RUNS} of each, crons in UTC",
        str(len(crons)),
        f"{figures['crons_in_utc_seconds']} s",
        f"{figures['crons_in_utc_aws_croniter_seconds']} s",
    )
    table.add_row("first, median", str(count), f"{figures['first_run_median_milliseconds']} ms", "")
    table.add_row("first, worst", str(count), f"{figures['first_run_worst_milliseconds']} ms", "")
    Console().print(table)
    if file:
        file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
