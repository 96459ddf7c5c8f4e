"""What is accepted and may still not be what was meant."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.checks import task_problems
from components.checks.advice import ended_schedules, launch_warnings, nobody_is_told, reach_warnings, task_warnings
from components.schedules import clock_changes, parse, shortest_interval

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN: dict[str, Any] = {"timezone": "Europe/Berlin"}


def warned(**args: Any) -> list[str]:
    return [str(warning) for warning in task_warnings(args, NOW)]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            {"schedule": "cron(30 2 * * ? *)", **BERLIN},
            [
                "schedule: 02:30 does not exist in Europe/Berlin on 2027-03-28, when the clock is set: that run is skipped.",
                "schedule: 02:30 comes twice in Europe/Berlin on 2027-10-31, when the clock is set: the run is at the first.",
            ],
        ),
        ({"schedule": "cron(0 3 * * ? *)", **BERLIN}, []),
        ({"schedule": "cron(30 2 ? * MON-FRI *)", **BERLIN}, []),
        ({"schedule": "cron(30 2 * * ? *)"}, []),
        ({"schedule": "cron(30 2 * * ? *)", "timezone": "Asia/Kathmandu"}, []),
        ({"schedule": "cron(5 * * * ? *)", **BERLIN}, []),
        (
            {"schedule": "cron(15,45 2 ? * * *)", "retry": {"max_age": "30m"}, "timezone": "Australia/Lord_Howe"},
            [
                (
                    "schedule: 02:15 does not exist in Australia/Lord_Howe on 2027-10-03, when the clock is set: that run is "
                    "skipped."
                ),
            ],
        ),
        (
            {"schedule": "rate(1 day)", **BERLIN},
            [
                (
                    "schedule: a day is 24 hours: the local time of the runs moves when Europe/Berlin sets its clock. "
                    "Write cron(...) for a fixed local time."
                )
            ],
        ),
        ({"schedule": "rate(24 hours)", **BERLIN}, []),
        ({"schedule": "rate(1 day)"}, []),
        (
            {"schedule": "rate(15 minutes)"},
            [
                (
                    "retry.max_age: 1h (the default) is longer than the 15m between runs: a launch that is retried so long "
                    "meets the next one. Write 15m or less."
                )
            ],
        ),
        ({"schedule": "rate(15 minutes)", "retry": {"max_age": "15m"}}, []),
        ({"schedule": "rate(15 minutes)", "retry": {"attempts": 0}}, []),
        (
            {"schedule": "cron(0 23,1 * * ? *)", "retry": {"max_age": "3h"}},
            [
                (
                    "retry.max_age: 3h is longer than the 2h between runs: a launch that is retried so long meets the next "
                    "one. Write 2h or less."
                )
            ],
        ),
        (
            {"schedule": "rate(1 hour)", "flexible_window": "90m"},
            ["flexible_window: 90m is longer than the 1h between runs: a run can start after the next one."],
        ),
        ({"schedule": "rate(1 hour)", "flexible_window": "60m"}, []),
        (
            {"schedule": "at(2027-01-01T00:00:00)"},
            [
                (
                    "delete_after_completion: is not set, and a one-time schedule stays after its run, where it counts "
                    "against AWS's quota. Write true, or false to keep it."
                )
            ],
        ),
        ({"schedule": "at(2027-01-01T00:00:00)", "delete_after_completion": False}, []),
        (
            {"schedules": [{"expression": "rate(1 day)"}, {"expression": "cron(30 2 28 3 ? *)"}], **BERLIN},
            [
                (
                    "schedules.0.expression: a day is 24 hours: the local time of the runs moves when Europe/Berlin sets its "
                    "clock. Write cron(...) for a fixed local time."
                ),
                (
                    "schedules.1.expression: 02:30 does not exist in Europe/Berlin on 2027-03-28, when the clock is set: that "
                    "run is skipped."
                ),
            ],
        ),
        (
            {"schedule": "rate(2 hours)", "timeout": "3h"},
            [
                (
                    "timeout: 3h is longer than the 2h between runs, so two can run at the same time. Write overlap: "
                    "forbid or replace, or overlap: allow where that is meant."
                )
            ],
        ),
        ({"schedule": "rate(2 hours)", "timeout": "2h"}, []),
        *(({"schedule": "rate(2 hours)", "timeout": "3h", "overlap": policy}, []) for policy in ("allow", "forbid")),
    ],
    ids=str,
)
def test_a_task_is_warned_of(args: dict[str, Any], expected: list[str]):
    assert warned(**args) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at(2027-01-01T00:00:00)", None),
        ("rate(7 minutes)", timedelta(minutes=7)),
        ("cron(* * * * ? *)", timedelta(minutes=1)),
        ("cron(0 3 * * ? *)", timedelta(days=1)),
        ("cron(0 3 ? * MON *)", timedelta(days=7)),
        ("cron(0 3 L * ? *)", timedelta(days=28)),
        ("cron(0 0,23 * * ? *)", timedelta(hours=1)),
        ("cron(0 0,23 ? * MON *)", timedelta(hours=23)),
        ("cron(0 3 1 1 ? 2030)", None),
    ],
)
def test_the_shortest_interval_is_found(text: str, expected: timedelta | None):
    assert shortest_interval(parse(text)) == expected


def fleet(size: int, **args: Any) -> dict[str, dict[str, Any]]:
    return {f"task-{number:03}": {"schedule": "cron(0 3 * * ? *)", **args} for number in range(size)}


def test_a_hundred_runs_in_one_minute_are_what_fargate_starts_at_once():
    assert launch_warnings(fleet(100), NOW) == []
    [warning] = launch_warnings(fleet(101), NOW)
    assert str(warning) == (
        "tasks: 101 runs start at 2026-11-25 03:00 UTC (task-000, task-001, task-002, task-003 and task-004, ...). "
        "Fargate starts 100 at once and 20 a second then: give them a flexibleWindow (python -m ops load). "
        "So it is in 7 minutes of the coming week."
    )


def test_each_run_of_a_count_counts():
    [warning] = launch_warnings(fleet(11, count=10), NOW)
    assert "110 runs start at 2026-11-25 03:00 UTC" in str(warning)


@pytest.mark.parametrize("change", [{"flexible_window": "15m"}, {"enabled": False}, {"end": "2026-11-24T13:00:00Z"}])
def test_runs_that_are_spread_paused_or_over_do_not_clash(change: dict[str, Any]):
    assert launch_warnings(fleet(200, **change), NOW) == []


def test_schedules_that_are_over_are_named():
    args = {"schedules": [{"expression": "at(2026-11-23T00:00:00)"}, {"expression": "rate(1 hour)"}]}
    assert [found.expression_path for found in ended_schedules(args, NOW)] == [("schedules", 0, "expression")]
    over = {"schedule": "rate(1 hour)", "end": "2026-11-24T12:00:00Z"}
    assert [found.expression for found in ended_schedules(over, NOW)] == ["rate(1 hour)"]


def test_a_schedule_has_not_ended_while_a_run_may_come_in_its_flexible_window():
    # Deleted in between, it would never run, and nothing would tell.
    task = {"schedule": "at(2026-06-01T10:00:00)", "flexible_window": "4h"}
    due = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
    assert ended_schedules(task, due + timedelta(hours=3, minutes=59)) == []
    assert len(ended_schedules(task, due + timedelta(hours=4))) == 1
    assert len(ended_schedules({"schedule": task["schedule"]}, due)) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"schedule": "cron(0 3 30 2 ? *)"}, 'schedule: "cron(0 3 30 2 ? *)" never runs: no year has such a day.'),
        (
            {"schedule": "at(2027-03-28T02:30:00)", **BERLIN},
            'schedule: "at(2027-03-28T02:30:00)" never runs: Europe/Berlin sets its clock forward over that time.',
        ),
    ],
)
def test_a_schedule_that_can_never_run_is_a_problem(args: dict[str, Any], message: str):
    assert [str(problem) for problem in task_problems("a", {"image": "a:1", "cpu": 256, "memory": 512, **args})] == [
        message
    ]


def test_a_schedule_that_ran_long_ago_is_none():
    args = {"image": "a:1", "cpu": 256, "memory": 512, "schedule": "at(1999-01-01T00:00:00)"}
    assert task_problems("a", args) == []


def test_changes_of_the_clock_are_found_to_the_minute():
    changes = clock_changes(
        "Australia/Lord_Howe", datetime(2026, 11, 24, tzinfo=UTC), datetime(2027, 11, 24, tzinfo=UTC)
    )
    assert [(f"{change.at:%Y-%m-%dT%H:%M}", change.skips) for change in changes] == [
        ("2027-04-03T15:00", False),
        ("2027-10-02T15:30", True),
    ]
    assert [f"{time:%H:%M}" for time in changes[0].local_span] == ["01:30", "02:00"]
    assert [f"{time:%H:%M}" for time in changes[1].local_span] == ["02:00", "02:30"]


@pytest.mark.parametrize(
    ("network", "image", "warned"),
    [
        ({"create_vpc": {"nat_gateways": "none"}}, "public.ecr.aws/docker/library/a:1", True),
        ({"create_vpc": {"nat_gateways": "none"}}, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1", False),
        ({"create_vpc": {"nat_gateways": "none"}, "subnets": "public"}, "a:1", False),
        ({"create_vpc": {}}, "a:1", False),
        ({}, "a:1", False),
    ],
)
def test_images_that_cannot_be_reached_are_warned_of(network: dict[str, Any], image: str, warned: bool):
    assert bool(reach_warnings({"network": network}, {"job": {"image": image}})) is warned


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"schedule": "cron(0 3 * * ? *)", "expect_success_within": "25h"}, ""),
        (
            {"schedule": "cron(0 4 ? * MON-FRI *)", "expect_success_within": "25h"},
            "expect_success_within: 25h is less than the 3d without a run after Fri ",
        ),
        ({"schedule": "cron(0 4 ? * MON-FRI *)", "expect_success_within": "73h"}, ""),
        (
            {"schedule": "rate(6 hours)", "expect_success_within": "5h"},
            "expect_success_within: 5h is less than the 6h without a run after ",
        ),
        ({"schedule": "cron(0 4 ? * MON-FRI *)", "expect_success_within": "25h", "enabled": False}, ""),
        (
            {
                "schedules": [{"expression": "cron(0 4 ? * MON-FRI *)"}, {"expression": "cron(0 5 ? * SAT,SUN *)"}],
                "expect_success_within": "26h",
            },
            "",
        ),
    ],
    ids=str,
)
def test_a_success_expected_more_often_than_runs_is_warned_of(args: dict[str, Any], expected: str):
    found = warned(**args)
    assert [text for text in found if text.startswith("expect_success_within")] == [
        text for text in found if expected and text.startswith(expected)
    ]
    assert len(found) == bool(expected)


def test_a_group_that_tells_nobody_is_warned_of():
    assert [str(problem) for problem in nobody_is_told({})] == [
        "notify: is not set: failures and alarms reach nobody. Write notify: {emails: [...]}."
    ]
    assert nobody_is_told({"notify": {}}) == []
