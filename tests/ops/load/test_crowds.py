"""Which schedules are to blame, and which windows mend them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ops.load.launches import Demand, due, launches
from ops.load.limits import CALLS, taken
from ops.load.week import LoadedWeek, in_configuration, loaded_week
from ops.plans import Plan

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


def test_whoever_has_a_window_already_is_not_to_blame():
    nightly, spread = tasks(60, "cron(0 3 * * ? *)"), tasks(30, "cron(55 2 * * ? *)", window=30)
    found = week(nightly, spread)
    assert {demand for crowd in found.crowds for demand in crowd.demands} == set(nightly)
    assert windows(found, spread) == {""}


def test_a_window_that_is_too_short_is_made_longer():
    spread = tasks(3000, "cron(0 3 * * ? *)", window=1)
    found = week(spread)
    assert found.crowds
    assert windows(found, spread) == {"5m", "10m", "15m"}
    assert found.refused_with_windows == []


def test_tasks_of_two_times_that_meet_once_are_two_crowds():
    hourly, nightly = tasks(30, "cron(0 * * * ? *)"), tasks(30, "cron(0 3 * * ? *)")
    found = week(hourly, nightly)
    assert [(len(crowd.demands), len(crowd.minutes)) for crowd in found.crowds] == [(30, 160), (60, 7)]
    assert windows(found, [*hourly, *nightly]) == {"5m"}


def test_a_window_is_never_longer_than_the_time_between_two_runs():
    """More than AWS can take for all the time: windows do not help, and it is said how much is left."""
    frequent = tasks(1300, "cron(0/10 3 ? * WED *)") + tasks(30, "cron(* 3 ? * WED *)")
    found = week(frequent)
    assert windows(found, frequent[:1300]) <= {"5m", "10m"}
    assert windows(found, frequent[1300:]) == {"1m"}
    assert max(found.windows.values()) <= timedelta(minutes=10)


def test_a_flood_that_no_window_mends_is_left_and_counted():
    flood = tasks(1500, "cron(0-4 3 ? * WED *)")
    found = week(flood)
    assert windows(found, flood) == {"1m"}
    assert found.refused_with_windows


def test_what_is_due_is_due_in_its_zone_and_paused_schedules_are_not():
    at_three = tasks(1, "cron(0 3 * * ? *)", timezone="Asia/Kathmandu")
    found = due([*at_three, *tasks(1, "cron(0 3 * * ? *)", enabled=False)], NIGHT)
    # 03:00 in Kathmandu is 21:15 in UTC, 23 hours and a quarter after the week begins.
    assert [each.second for each in found] == [(day * 24 * 60 + 23 * 60 + 15) * 60 for day in range(7)]


def test_a_launch_is_within_its_window_and_the_same_on_each_call():
    spread = tasks(300, "cron(0 3 ? * WED *)", window=10)
    first, second = ([launch.second for launch in launches(due(spread, NIGHT), {})] for _ in range(2))
    assert first == second
    begin = 5 * 3600
    assert begin <= first[0] < begin + 20
    assert begin + 580 < first[-1] < begin + 600
