"""Executions whose scheduled time is left out, in a real interpreter."""

import json
from typing import Any

import pytest

from components.checks import checked_task
from components.task import overrides
from tests.interpreter import End, interpreter
from tests.state_language import language_problems

from .machines import machine, supervised_task

EXCEPT: dict[str, Any] = {"except_": {"dates": ["2026-12-24 Party"], "holidays": ["DE"]}, "only": "workdays"}


def given(**args: Any) -> dict[str, Any]:
    """The input of the executions of a task, as a deployment in 2026 writes it, without the scheduled time."""
    task = supervised_task(**{**EXCEPT, **args})
    whole = overrides.execution_input({}, name="backup", exceptions=overrides.exceptions(task, task.schedules[0], 2026))
    return {key: value for key, value in whole.items() if key != "time"}


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("2026-12-23T03:00:00Z", ""),
        ("2026-12-23T23:59:59Z", ""),
        ("2026-12-24T00:00:00Z", "Left out: Party"),
        ("2026-12-24T23:59:00Z", "Left out: Party"),
        ("2026-12-25T03:00:00Z", "Left out: Christmas Day (DE)"),
        ("2026-12-27T03:00:00Z", "Left out: Weekend"),
        ("2026-12-28T00:00:00Z", ""),
        ("2027-01-01T03:00:00Z", "Left out: New Year's Day (DE)"),
        ("2029-01-01T00:00:00Z", ""),
        ("manual-8f3a", ""),
    ],
)
def test_a_time_that_is_left_out_starts_nothing_and_reports_nothing(time: str, reason: str):
    with interpreter(End()) as states:
        states.create(machine(**EXCEPT))
        ended = states.run(**{**given(), "time": time})
        if reason:
            assert (ended.error, ended.cause) == ("Skipped", reason)
            assert (states.operations(), states.rows(), states.reported()) == ([], {}, [])
        else:
            assert ended.status == "SUCCEEDED"
            assert [each["outcome"] for each in states.reported()] == ["Succeeded"]


def test_an_execution_without_an_input_runs():
    """Somebody starts it by hand."""
    with interpreter(End()) as states:
        states.create(machine(**EXCEPT))
        assert states.run().status == "SUCCEEDED"


def test_each_schedule_has_the_intervals_of_its_own_time_zone():
    schedules = [{"expression": "rate(1 day)"}, {"expression": "cron(0 3 * * ? *)", "timezone": "Asia/Tokyo"}]
    args = {"image": "a:1", "schedules": schedules, "except_": {"dates": ["2026-12-24"]}}
    task, problems = checked_task("backup", args)
    assert not problems
    found = [overrides.exceptions(task, schedule, 2026) for schedule in task.schedules]
    assert [each["except"][0]["from"] for each in found] == ["2026-12-24T00:00:00Z", "2026-12-23T15:00:00Z"]
    assert [each["exceptUntil"] for each in found] == ["2029-01-01T00:00:00Z", "2028-12-31T15:00:00Z"]


def test_the_state_machine_is_valid_and_starts_with_the_exceptions():
    whole = json.loads(machine(**EXCEPT))
    assert language_problems(whole) == []
    assert whole["StartAt"] == "Exception?"
    assert machine(**EXCEPT) == machine(**EXCEPT)


def test_a_task_without_exceptions_keeps_its_state_machine_and_its_input():
    whole = json.loads(machine(timeout="1h"))
    assert whole["StartAt"] == "Claim"
    assert not {"Exception?", "Left out"} & whole["States"].keys()
    task = supervised_task(timeout="1h")
    assert overrides.exceptions(task, task.schedules[0], 2026) == {}
    assert overrides.execution_input({}, name="backup", exceptions={}) == {
        "schedule": "backup",
        "time": "<aws.scheduler.scheduled-time>",
        "overrides": {},
    }


def test_exceptions_that_do_not_fit_into_an_execution_are_refused():
    """AWS: botocore stepfunctions, SensitiveData: 262,144 bytes."""
    event = "BEGIN:VEVENT\nDTSTART:20260101T{0}0000Z\nDTEND:20260101T{0}3000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n"
    hours = "".join(event.format(hour) for hour in ("01", "03", "05"))
    args = {
        "image": "a:1",
        "schedule": "rate(1 day)",
        "except_": {"calendars": [f"BEGIN:VCALENDAR\n{hours}END:VCALENDAR\n"]},
    }
    _, [problem] = checked_task("backup", args)
    assert str(problem).startswith("except_: leaves out so many times that they take ")
    assert "AWS accepts 262,144" in str(problem)
