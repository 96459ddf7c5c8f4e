"""Warnings about arguments that AWS accepts, but that are likely mistakes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.checks import checked_group, checked_task
from components.checks.advice import ended_schedules, launch_warnings, missing_recipients, reach_warnings, task_warnings
from components.checks.locks import lock_warnings
from components.resolved import Group, Task
from components.schedules import clock_changes, parse, shortest_interval

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN: dict[str, Any] = {"timezone": "Europe/Berlin"}


def task(**args: Any) -> Task:
    found, problems = checked_task("a", {"image": "a:1", **args})
    assert problems == []
    return found


def group(**args: Any) -> Group:
    found, problems = checked_group(args)
    assert problems == []
    return found


def warned(**args: Any) -> list[str]:
    return [str(warning) for warning in task_warnings(task(**args), NOW)]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            {"schedule": "cron(30 2 * * ? *)", **BERLIN},
            [
                "schedule: 02:30 does not exist in Europe/Berlin on 2027-03-28, when the clock changes: that run is skipped.",
                "schedule: 02:30 occurs twice in Europe/Berlin on 2027-10-31, when the clock changes: the run starts at the first.",
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
                    "schedule: 02:15 does not exist in Australia/Lord_Howe on 2027-10-03, when the clock changes: that run is skipped."
                ),
            ],
        ),
        (
            {"schedule": "rate(1 day)", **BERLIN},
            [
                (
                    "schedule: a day is 24 hours, so the local time of runs shifts when the clock changes in Europe/Berlin. Write cron(...) for a fixed local time."
                )
            ],
        ),
        ({"schedule": "rate(24 hours)", **BERLIN}, []),
        ({"schedule": "rate(1 day)"}, []),
        (
            {"schedule": "rate(15 minutes)"},
            [
                (
                    "retry.max_age: 1h (the default) is longer than the 15m between runs, so a retried launch can overlap the next run. Write 15m or less."
                )
            ],
        ),
        ({"schedule": "rate(15 minutes)", "retry": {"max_age": "15m"}}, []),
        ({"schedule": "rate(15 minutes)", "retry": {"attempts": 0}}, []),
        (
            {"schedule": "cron(0 23,1 * * ? *)", "retry": {"max_age": "3h"}},
            [
                (
                    "retry.max_age: 3h is longer than the 2h between runs, so a retried launch can overlap the next run. Write 2h or less."
                )
            ],
        ),
        (
            {"schedule": "rate(1 hour)", "flexible_window": "90m"},
            ["flexible_window: 90m is longer than the 1h between runs, so a run can start after the next one."],
        ),
        ({"schedule": "rate(1 hour)", "flexible_window": "60m"}, []),
        (
            {"schedule": "at(2027-01-01T00:00:00)"},
            [
                (
                    "delete_after_completion: is not set, so a one-time schedule stays after its run and counts against AWS's quota. Write true, or false to keep it."
                )
            ],
        ),
        ({"schedule": "at(2027-01-01T00:00:00)", "delete_after_completion": False}, []),
        (
            {"schedules": [{"expression": "rate(1 day)"}, {"expression": "cron(30 2 28 3 ? *)"}], **BERLIN},
            [
                (
                    "schedules.0.expression: a day is 24 hours, so the local time of runs shifts when the clock changes in Europe/Berlin. Write cron(...) for a fixed local time."
                ),
                (
                    "schedules.1.expression: 02:30 does not exist in Europe/Berlin on 2027-03-28, when the clock changes: that run is skipped."
                ),
            ],
        ),
        (
            {"schedule": "rate(2 hours)", "timeout": "3h"},
            [
                (
                    "timeout: 3h is longer than the 2h between runs, so two runs can overlap. Write overlap: forbid or replace, or overlap: allow if you intend that."
                )
            ],
        ),
        ({"schedule": "rate(2 hours)", "timeout": "2h"}, []),
        *(({"schedule": "rate(2 hours)", "timeout": "3h", "overlap": policy}, []) for policy in ("allow", "forbid")),
    ],
    ids=str,
)
def test_warnings_about_a_task(args: dict[str, Any], expected: list[str]):
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
def test_shortest_interval(text: str, expected: timedelta | None):
    assert shortest_interval(parse(text)) == expected


def fleet(size: int, **args: Any) -> dict[str, Task]:
    same = task(schedule="cron(0 3 * * ? *)", **args)
    return {f"task-{number:03}": same for number in range(size)}


def test_warning_about_more_than_a_hundred_runs_in_one_minute():
    assert launch_warnings(fleet(100), NOW) == []
    [warning] = launch_warnings(fleet(101), NOW)
    assert str(warning) == (
        "tasks: 101 runs start at 2026-11-25 03:00 UTC (task-000, task-001, task-002, task-003 and task-004, ...). Fargate starts 100 at once, then 20 per second. Give these tasks a flexible_window. This happens in 7 minutes of the coming week."
    )


def test_warning_counts_each_run_of_a_launch():
    [warning] = launch_warnings(fleet(11, count=10), NOW)
    assert "110 runs start at 2026-11-25 03:00 UTC" in str(warning)


@pytest.mark.parametrize("change", [{"flexible_window": "15m"}, {"enabled": False}, {"end": "2026-11-24T13:00:00Z"}])
def test_no_warning_if_runs_are_spread_paused_or_ended(change: dict[str, Any]):
    assert launch_warnings(fleet(200, **change), NOW) == []


def test_ended_schedules():
    several = task(schedules=[{"expression": "at(2026-11-23T00:00:00)"}, {"expression": "rate(1 hour)"}])
    assert [found.expression_path for found in ended_schedules(several, NOW)] == [("schedules", 0, "expression")]
    over = task(schedule="rate(1 hour)", end="2026-11-24T12:00:00Z")
    assert [found.expression for found in ended_schedules(over, NOW)] == ["rate(1 hour)"]


def test_schedule_has_not_ended_before_the_end_of_its_flexible_window():
    # If it were deleted in the window, it would never run, and nobody would notice.
    expression = "at(2026-06-01T10:00:00)"
    with_window = task(schedule=expression, flexible_window="4h")
    due = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
    assert ended_schedules(with_window, due + timedelta(hours=3, minutes=59)) == []
    assert len(ended_schedules(with_window, due + timedelta(hours=4))) == 1
    assert len(ended_schedules(task(schedule=expression), due)) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"schedule": "cron(0 3 30 2 ? *)"}, 'schedule: "cron(0 3 30 2 ? *)" never runs: no year has such a day.'),
        (
            {"schedule": "at(2027-03-28T02:30:00)", **BERLIN},
            'schedule: "at(2027-03-28T02:30:00)" never runs: the clock in Europe/Berlin skips that time.',
        ),
    ],
)
def test_schedule_that_can_never_run_is_a_problem(args: dict[str, Any], message: str):
    _, problems = checked_task("a", {"image": "a:1", **args})
    assert [str(problem) for problem in problems] == [message]


def test_one_time_schedule_in_the_past_is_not_a_problem():
    _, problems = checked_task("a", {"image": "a:1", "schedule": "at(1999-01-01T00:00:00)"})
    assert problems == []


def test_clock_changes_are_exact_to_the_minute():
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
def test_warning_about_images_that_runs_cannot_reach(network: dict[str, Any], image: str, warned: bool):
    assert bool(reach_warnings(group(network=network), {"job": task(image=image, schedule="rate(1 hour)")})) is warned


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
            {"schedule": "cron(0 3 * * ? *)", "only": "workdays", "expect_success_within": "49h"},
            "expect_success_within: 49h is less than the 3d without a run after Fri ",
        ),
        # Good Friday and Easter Monday: from Thursday to Tuesday.
        (
            {
                "schedule": "cron(0 3 * * ? *)",
                "only": "workdays",
                "except_": {"holidays": ["DE"]},
                "expect_success_within": "4d",
            },
            "expect_success_within: 4d is less than the 5d without a run after Thu 2027-03-25",
        ),
        ({"schedule": "cron(0 3 * * ? *)", "only": "workdays", "expect_success_within": "73h"}, ""),
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
def test_warning_about_a_success_that_is_expected_more_often_than_runs(args: dict[str, Any], expected: str):
    found = warned(**args)
    assert [text for text in found if text.startswith("expect_success_within")] == [
        text for text in found if expected and text.startswith(expected)
    ]
    assert len(found) == bool(expected)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"expect_duration_under": "1h"}, []),
        ({"expect_duration_under": "1h", "timeout": "61m"}, []),
        ({"expect_duration_under": "1h", "timeout": "1h", "retry_run": {"attempts": 1}}, []),
        (
            {"expect_duration_under": "1h", "timeout": "1h"},
            (
                "expect_duration_under: 1h is not less than timeout: 1h, which stops a run before. Write a shorter duration, "
                "or a longer timeout."
            ),
        ),
        (
            {"expect_duration_under": "2d"},
            (
                "expect_duration_under: 2d is not less than timeout: 1d (the default), which stops a run before. Write a "
                "shorter duration, or a longer timeout."
            ),
        ),
    ],
    ids=str,
)
def test_warning_about_an_expected_duration_that_no_run_exceeds(args: dict[str, Any], expected: str | list[str]):
    assert warned(schedule="cron(0 3 * * ? *)", **args) == ([expected] if isinstance(expected, str) else expected)


def calendar(day: str) -> str:
    return f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:{day}\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"except_": {"dates": ["2026-12-24"]}}, []),
        ({"except_": {"dates": ["2026-11-01/2026-11-24"]}}, []),
        (
            {"except_": {"dates": ["2025-12-24", "2026-11-20"]}},
            ["except_.dates: are all in the past. Add later dates, or remove them."],
        ),
        ({"except_": {"calendars": [calendar("20280101")]}}, []),
        (
            {"except_": {"calendars": [calendar("20280101"), calendar("20250101")]}},
            ["except_.calendars.1: has no events in the years 2026 to 2028. Export the calendar again."],
        ),
        (
            {"schedule": "cron(0 3 ? * SUN *)", "only": "workdays"},
            [
                (
                    'only: leaves out every run of "cron(0 3 ? * SUN *)" before 2029-01-01, first because of Weekend. Change '
                    "schedule, or the exceptions."
                )
            ],
        ),
        (
            {"schedule": "cron(0 3 25 12 ? *)", "except_": {"holidays": ["DE"]}},
            [
                (
                    'except_: leaves out every run of "cron(0 3 25 12 ? *)" before 2029-01-01, first because of Christmas Day '
                    "(DE). Change schedule, or the exceptions."
                )
            ],
        ),
    ],
    ids=str,
)
def test_warning_about_exceptions_without_effect_or_with_too_much(args: dict[str, Any], expected: list[str]):
    assert warned(**{"schedule": "cron(0 3 * * ? *)", **args}) == expected


def test_warning_about_a_group_without_recipients():
    assert [str(problem) for problem in missing_recipients(group())] == [
        "notify: is not set, so nobody receives failures and alarms. Write notify: {emails: [...]}."
    ]
    assert missing_recipients(group(notify={})) == []


@pytest.mark.parametrize(("count", "warnings"), [(10, 0), (11, 1), (25, 1)])
def test_warning_about_more_managed_policies_than_a_role_has_by_default(count: int, warnings: int):
    # 10 by default (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
    arns = [f"arn:aws:iam::123456789012:policy/p{number}" for number in range(count)]
    found = [
        warning for warning in warned(schedule="rate(1 day)", managed_policies=arns) if "managed_policies" in warning
    ]
    assert len(found) == warnings


def test_a_lock_that_only_one_task_has():
    hourly = {"schedule": "rate(1 hour)"}
    tasks = {
        "a": task(lock="orders-db", **hourly),
        "b": task(lock="orders-db", **hourly),
        "c": task(lock="order-db", **hourly),
        "d": task(lock="x", **hourly),
        "e": task(**hourly),
    }
    assert {name: str(warning) for name, warning in lock_warnings(tasks).items()} == {
        "c": 'lock: "order-db" is the lock of no other task of this stack. Give it to another task, or remove it. '
        'Did you mean "orders-db", the lock of a?',
        "d": 'lock: "x" is the lock of no other task of this stack. Give it to another task, or remove it.',
    }
