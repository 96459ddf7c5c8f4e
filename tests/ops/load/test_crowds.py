"""Which schedules are to blame, and which windows mend them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ops.load.launches import Demand, due, launches
from ops.load.limits import CALLS, taken
from ops.load.tables import mended
from ops.load.throttling import refused_launches
from ops.load.week import LoadedWeek, in_configuration, loaded_week
from ops.planning.plans import Plan

NIGHT = datetime(2026, 11, 24, 22, tzinfo=UTC)
"""A Tuesday."""


def tasks(count: int, expression: str, window: int = 0, timezone: str = "UTC", enabled: bool = True) -> list[Demand]:
    flexible = timedelta(minutes=window) if window else None
    return [
        Demand(Plan("test", f"job-{number}", expression, timezone, enabled, None, None, flexible), taken({}))
        for number in range(count)
    ]


def week(*of: list[Demand]) -> LoadedWeek:
    return loaded_week([demand for demands in of for demand in demands], NIGHT)


def windows(found: LoadedWeek, of: Iterable[Demand]) -> set[str]:
    return {in_configuration(found.windows[demand]) if demand in found.windows else "" for demand in of}


def test_a_few_at_the_same_time_are_no_crowd():
    found = week(tasks(20, "cron(0 3 * * ? *)"))
    assert (found.crowds, found.windows, found.refused_with_windows) == ([], {}, [])


def test_what_comes_at_once_each_night_is_one_crowd_that_a_window_mends():
    nightly = tasks(60, "cron(0 3 * * ? *)")
    found = week(nightly)
    [crowd] = found.crowds
    assert [found.time(minute).isoformat() for minute in crowd.minutes[:2]] == [
        "2026-11-25T03:00:00+00:00",
        "2026-11-26T03:00:00+00:00",
    ]
    assert (len(crowd.minutes), crowd.refused, crowd.wait, crowd.limit) == (7, 7 * 40, 2, CALLS)
    assert windows(found, nightly) == {"5m"}
    assert found.refused_with_windows == []


def test_whoever_has_a_window_already_is_not_to_blame_for_those_who_come_at_once():
    nightly, spread = tasks(60, "cron(0 3 * * ? *)"), tasks(30, "cron(55 2 * * ? *)", window=30)
    found = week(nightly, spread)
    assert {demand for crowd in found.crowds for demand in crowd.demands} == set(nightly)
    assert windows(found, spread) == {""}


def test_one_without_a_window_is_not_to_blame_for_many_whose_window_is_too_short():
    spread, alone = tasks(3000, "cron(0 3 * * ? *)", window=1), tasks(1, "cron(0 3 * * ? *)")
    found = week(spread, alone)
    assert len(found.crowds[0].demands) > 1000
    assert windows(found, spread) == {"10m"}
    assert found.refused_with_windows == []


def test_whoever_comes_into_a_queue_is_not_to_blame_for_it():
    flood, late = tasks(2000, "cron(0 3 * * ? *)"), tasks(1, "cron(1 3 * * ? *)")
    found = week(flood, late)
    assert {each.launch.demand for each in found.refused} >= set(late)
    assert {demand for crowd in found.crowds for demand in crowd.demands} == set(flood)
    assert windows(found, late) == {""}


def test_what_is_met_only_by_those_who_are_spread_gets_a_window_too():
    flood, others = tasks(1300, "cron(0 3 * * ? *)"), tasks(19, "cron(4 3 * * ? *)")
    found = week(flood, others)
    assert {demand for crowd in found.crowds for demand in crowd.demands} == set(flood)
    assert "" not in windows(found, others)
    assert found.refused_with_windows == []
    assert len(found.as_data()["windows"]) == len(found.windows) == 1319
    shown = mended(found, count=10)
    assert shown[0] == "With longer windows for 1319 schedules no launches are throttled."
    assert shown[1].startswith("Of them not in the table: job-0, job-1, job-10 and 16 more")


def test_tasks_of_two_times_that_meet_once_are_two_crowds():
    hourly, nightly = tasks(30, "cron(0 * * * ? *)"), tasks(30, "cron(0 3 * * ? *)")
    found = week(hourly, nightly)
    assert [(len(crowd.demands), len(crowd.minutes)) for crowd in found.crowds] == [(30, 161), (60, 7)]
    assert windows(found, [*hourly, *nightly]) == {"5m"}


def test_a_flood_that_no_window_mends_is_left_and_counted():
    flood = tasks(1500, "cron(0-9 3 ? * WED *)")
    found = week(flood)
    assert windows(found, flood) == {"1m"}
    assert found.refused_with_windows
    assert f"{refused_launches(found.refused_with_windows)} launches are throttled" in mended(found, 1)[0]
    assert "let some run less often" in mended(found, 1)[-1]


def test_runs_at_the_first_instant_of_the_week_count_and_those_at_its_end_do_not():
    assert week(tasks(1, "cron(0 22 * * ? *)")).count == 7
    monthly = tasks(30, "cron(0 0 1 * ? *)")
    assert loaded_week(monthly, datetime(2026, 12, 1, 0, 0, 30, tzinfo=UTC)).crowds[0].minutes == (0,)


def test_a_window_that_began_before_the_week_reaches_into_it():
    spread = tasks(200, "cron(0 21 24 11 ? 2026)", window=120)
    assert 70 < week(spread).count < 130


def test_rates_without_a_start_are_counted_from_any_time_and_are_no_crowd():
    found = week(tasks(60, "rate(1 hour)"))
    assert found.count == 60 * 7 * 24
    assert found.refused == []


def test_rates_of_one_start_are_a_crowd():
    start = datetime(2026, 11, 1, tzinfo=UTC)
    rates = [Demand(replace(each.plan, start=start), each.takes) for each in tasks(60, "rate(1 hour)")]
    assert len(week(rates).crowds[0].minutes) == 7 * 24


def test_what_is_due_is_due_in_its_zone_and_paused_schedules_are_not():
    at_three = tasks(1, "cron(0 3 * * ? *)", timezone="Asia/Kathmandu")
    found = due([*at_three, *tasks(1, "cron(0 3 * * ? *)", enabled=False)], NIGHT)
    # 03:00 in Kathmandu is 21:15 in UTC, three quarters of an hour before the hour at which the week begins.
    assert [each.second for each in found] == [(day * 24 * 60 - 45) * 60 for day in range(8)]


def test_a_launch_is_within_its_window_and_the_same_on_each_call():
    spread = tasks(300, "cron(0 3 ? * WED *)", window=10)
    first, second = ([launch.second for launch in launches(due(spread, NIGHT), {})] for _ in range(2))
    assert first == second
    begin = 5 * 3600
    assert begin <= first[0] < begin + 20
    assert begin + 580 < first[-1] < begin + 600
