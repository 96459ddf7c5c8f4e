"""Which schedules cause throttling, and which flexible windows prevent it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from components.resolver import resolve_task
from ops.load.launches import Demand, due_times, launches
from ops.load.limits import CALLS, usage_per_launch
from ops.load.overloads import CANDIDATES
from ops.load.throttling import throttled_launches
from ops.load.week import LoadedWeek, as_flexible_window, loaded_week
from ops.load.week_tables import overload_rows, windows_summary
from ops.planning.plans import Plan

NIGHT = datetime(2026, 11, 24, 22, tzinfo=UTC)
"""A Tuesday."""


def tasks(count: int, expression: str, window: int = 0, timezone: str = "UTC", enabled: bool = True) -> list[Demand]:
    flexible = timedelta(minutes=window) if window else None
    return [
        Demand(
            Plan("test", f"job-{number}", expression, timezone, enabled, None, None, flexible),
            usage_per_launch(resolve_task("job", {})),
        )
        for number in range(count)
    ]


def week(*of: list[Demand]) -> LoadedWeek:
    return loaded_week([demand for demands in of for demand in demands], NIGHT)


def windows(found: LoadedWeek, of: Iterable[Demand]) -> set[str]:
    return {as_flexible_window(found.windows[demand]) if demand in found.windows else "" for demand in of}


def test_candidates_are_round_windows():
    shown = [as_flexible_window(window) for window in CANDIDATES]
    assert shown == ["5m", "10m", "15m", "30m", "1h", "2h", "4h", "8h", "12h", "1d"]


def test_few_launches_at_once_are_not_an_overload():
    found = week(tasks(20, "cron(0 3 * * ? *)"))
    assert (found.overloads, found.windows, found.throttled_with_windows) == ([], {}, [])


def test_many_nightly_launches_are_one_overload_that_a_window_resolves():
    nightly = tasks(60, "cron(0 3 * * ? *)")
    found = week(nightly)
    [overload] = found.overloads
    assert [found.time(minute).isoformat() for minute in overload.minutes[:2]] == [
        "2026-11-25T03:00:00+00:00",
        "2026-11-26T03:00:00+00:00",
    ]
    assert (len(overload.minutes), overload.throttled, overload.wait, overload.limit) == (7, 7 * 40, 2, CALLS)
    assert windows(found, nightly) == {"5m"}
    assert found.throttled_with_windows == []


@pytest.mark.parametrize(("count", "throttled", "wait"), [(39, "19", "0.9 s"), (40, "20", "1 s")])
def test_the_table_of_one_overload(count: int, throttled: str, wait: str):
    once = [
        Demand(replace(each.plan, task=f"job-{number % 3}"), each.usage)
        for number, each in enumerate(tasks(count, "at(2026-11-25T03:00:00)"))
    ]
    [cells] = overload_rows(week(once), 1)
    assert cells == ("Wed 25 Nov 03:00", throttled, wait, "5m", "job-0, job-1, job-2")


def test_schedules_with_a_window_do_not_cause_an_overload_of_others():
    nightly, spread = tasks(60, "cron(0 3 * * ? *)"), tasks(30, "cron(55 2 * * ? *)", window=30)
    found = week(nightly, spread)
    assert {demand for overload in found.overloads for demand in overload.demands} == set(nightly)
    assert windows(found, spread) == {""}


@pytest.mark.thorough
def test_one_schedule_without_a_window_does_not_cause_an_overload_of_many_with_short_windows():
    spread, alone = tasks(3000, "cron(0 3 * * ? *)", window=1), tasks(1, "cron(0 3 * * ? *)")
    found = week(spread, alone)
    assert len(found.overloads[0].demands) > 1000
    assert windows(found, spread) == {"10m"}
    assert found.throttled_with_windows == []


def test_a_launch_that_joins_a_backlog_does_not_cause_it():
    flood, late = tasks(2000, "cron(0 3 * * ? *)"), tasks(1, "cron(1 3 * * ? *)")
    found = week(flood, late)
    assert {each.launch.demand for each in found.throttled} >= set(late)
    assert {demand for overload in found.overloads for demand in overload.demands} == set(flood)
    assert windows(found, late) == {""}


def test_schedules_that_only_overlap_with_spread_launches_get_a_window_too():
    flood, others = tasks(1300, "cron(0 3 * * ? *)"), tasks(19, "cron(4 3 * * ? *)")
    found = week(flood, others)
    assert {demand for overload in found.overloads for demand in overload.demands} == set(flood)
    assert "" not in windows(found, others)
    assert found.throttled_with_windows == []
    assert len(found.windows) == str(found.as_data()).count("flexibleWindow") == 1319
    shown = windows_summary(found, count=10)
    assert shown[0] == "With longer flexible windows for 1319 schedules, no launches are throttled."
    assert shown[1].startswith("Schedules not in the table: job-0, job-1, job-10 and 16 more.")


def test_schedules_that_coincide_once_a_day_are_two_overloads():
    hourly, nightly = tasks(30, "cron(0 * * * ? *)"), tasks(30, "cron(0 3 * * ? *)")
    found = week(hourly, nightly)
    assert [(len(overload.demands), len(overload.minutes)) for overload in found.overloads] == [(30, 161), (60, 7)]
    assert windows(found, [*hourly, *nightly]) == {"5m"}


def test_launches_that_no_window_can_spread_are_counted():
    flood = tasks(1500, "cron(0-9 3 ? * WED *)")
    found = week(flood)
    assert windows(found, flood) == {"1m"}
    assert found.throttled_with_windows
    assert (
        f"{throttled_launches(found.throttled_with_windows)} launches are still throttled"
        in windows_summary(found, 1)[0]
    )
    assert "Run some schedules less often" in windows_summary(found, 1)[-1]


def test_the_week_includes_its_first_instant_and_excludes_its_last():
    assert week(tasks(1, "cron(0 22 * * ? *)")).count == 7
    monthly = tasks(30, "cron(0 0 1 * ? *)")
    assert loaded_week(monthly, datetime(2026, 12, 1, 0, 0, 30, tzinfo=UTC)).overloads[0].minutes == (0,)


def test_a_window_that_starts_before_the_week_reaches_into_it():
    spread = tasks(200, "cron(0 21 24 11 ? 2026)", window=120)
    assert 70 < week(spread).count < 130


def test_rates_without_a_start_are_spread_at_random():
    found = week(tasks(60, "rate(1 hour)"))
    assert found.count == 60 * 7 * 24
    assert found.throttled == []


def test_rates_with_the_same_start_are_an_overload():
    start = datetime(2026, 11, 1, tzinfo=UTC)
    rates = [Demand(replace(each.plan, start=start), each.usage) for each in tasks(60, "rate(1 hour)")]
    assert len(week(rates).overloads[0].minutes) == 7 * 24


def test_due_times_are_in_the_zone_of_the_schedule_and_exclude_paused_schedules():
    at_three = tasks(1, "cron(0 3 * * ? *)", timezone="Asia/Kathmandu")
    found = due_times([*at_three, *tasks(1, "cron(0 3 * * ? *)", enabled=False)], NIGHT)
    # 03:00 in Kathmandu is 21:15 in UTC, which is 45 minutes before the start of the week.
    assert [each.second for each in found] == [(day * 24 * 60 - 45) * 60 for day in range(8)]


def test_a_launch_is_in_its_window_at_the_same_time_on_each_call():
    spread = tasks(300, "cron(0 3 ? * WED *)", window=10)
    first, second = ([launch.second for launch in launches(due_times(spread, NIGHT), {})] for _ in range(2))
    assert first == second
    begin = 5 * 3600
    assert begin <= first[0] < begin + 20
    assert begin + 580 < first[-1] < begin + 600
