"""Which times fire: daylight saving time, leap days, ends of months, windows, starts and ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.ops.simulation.scene import BEGIN, DAY, after, simulated


def times(begin: datetime, days: float, **args: Any) -> list[str]:
    found = simulated({"a": args}, begin=begin, days=days).runs
    return [datetime.fromtimestamp(run.time, UTC).strftime("%m-%d %H:%M") for run in found]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("begin", "days", "schedule", "timezone", "expected"),
    [
        # AWS: EventBridge Scheduler user guide, "Schedule types", daylight saving time. A time that doesn't exist is
        # skipped; a time that occurs twice runs once, the first time.
        ("2026-03-28", 3, "cron(30 2 * * ? *)", "Europe/Berlin", ["03-28 01:30", "03-30 00:30"]),
        ("2026-10-24", 3, "cron(30 2 * * ? *)", "Europe/Berlin", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        ("2026-03-07", 3, "cron(30 2 * * ? *)", "America/Los_Angeles", ["03-07 10:30", "03-09 09:30"]),
        ("2028-02-28", 3, "cron(0 5 29 2 ? *)", "UTC", ["02-29 05:00"]),
        ("2027-02-28", 3, "cron(0 5 29 2 ? *)", "UTC", []),
        ("2028-02-28", 3, "cron(0 5 L * ? *)", "UTC", ["02-29 05:00"]),
        ("2027-02-27", 3, "cron(0 5 L * ? *)", "UTC", ["02-28 05:00"]),
        ("2026-04-29", 3, "cron(0 5 31 * ? *)", "UTC", []),
        ("2026-05-30", 3, "cron(0 5 31 * ? *)", "UTC", ["05-31 05:00"]),
        ("2026-05-30", 3, "at(2026-05-31T12:00:00)", "Asia/Kathmandu", ["05-31 06:15"]),
    ],
)
def test_the_times_of_a_schedule(begin: str, days: float, schedule: str, timezone: str, expected: list[str]):
    assert times(at(begin), days, schedule=schedule, timezone=timezone) == expected


def test_a_rate_of_a_day_ignores_the_clock_change():
    start = "2026-03-28T12:00:00Z"
    found = times(at("2026-03-28"), 3, schedule="rate(1 day)", timezone="Europe/Berlin", start=start)
    assert found == ["03-28 12:00", "03-29 12:00", "03-30 12:00"]


def test_the_start_is_included_and_the_end_is_not():
    assert times(BEGIN, 1, schedule="cron(0 0 * * ? *)") == ["12-01 00:00"]


def test_schedules_start_and_end():
    found = times(BEGIN, 5, schedule="rate(1 day)", start="2026-12-02T00:00:00Z", end="2026-12-04T00:00:00Z")
    assert found == ["12-02 00:00", "12-03 00:00", "12-04 00:00"]


def test_a_paused_schedule_starts_nothing():
    assert times(BEGIN, 5, schedule="rate(1 day)", enabled=False) == []


@pytest.mark.parametrize(("window", "least", "most"), [(None, 0, 60), ("2h", 60, 7200)])
def test_a_launch_is_within_the_minute_or_the_window(window: str | None, least: int, most: int):
    """AWS: EventBridge Scheduler user guide, "Schedule types" (60 seconds) and "Flexible time windows"."""
    args = {"schedule": "rate(1 hour)", **({"flexible_window": window} if window else {})}
    late = [after(run.started) - after(run.time) for run in simulated({"a": args}, days=20).runs]
    assert max(late) > least
    assert all(0 <= seconds <= most for seconds in late)


def test_another_seed_gives_other_times_and_another_task_does_not():
    def started(seed: int, *names: str) -> list[float | None]:
        found = simulated({name: {"schedule": "rate(1 hour)"} for name in names}, seed=seed)
        return [run.started for run in found.runs if run.task == "a"]

    assert started(1, "a") == started(1, "a", "b") != started(2, "a")


def test_several_schedules_of_a_task():
    schedules = [{"expression": "cron(0 3 * * ? *)"}, {"expression": "cron(0 4 * * ? *)"}]
    found = simulated({"a": {"schedules": schedules}}).runs
    assert [(run.schedule, after(run.time)) for run in found] == [(0, 3 * 3600), (1, 4 * 3600)]


def test_a_year_has_each_day_once():
    found = simulated({"a": {"schedule": "cron(0 3 * * ? *)"}}, begin=at("2028-01-01"), days=366).runs
    first = at("2028-01-01") + timedelta(hours=3)
    assert [run.time for run in found] == [first.timestamp() + DAY * day for day in range(366)]
