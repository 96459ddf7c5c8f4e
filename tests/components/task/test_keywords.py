"""Keywords of EventBridge Scheduler in a task's own command and environment.

EventBridge Scheduler replaces them in the target's input, and not in the task definition. AWS: EventBridge Scheduler
user guide, "Adding context attributes":
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.task.keywords import KEYWORDS
from tests.components.test_everything import deployed
from tests.mocks import Recorded

TIME, ATTEMPT = "<aws.scheduler.scheduled-time>", "<aws.scheduler.attempt-number>"


def sent(recorded: Recorded, schedule: str = "job-schedule") -> Any:
    """The input that a schedule sends; None for none."""
    text = recorded.named(schedule).inputs["target"].get("input")
    return text and json.loads(text)


def test_the_keywords_are_those_of_aws():
    assert set(KEYWORDS) == {
        "<aws.scheduler.schedule-arn>",
        "<aws.scheduler.scheduled-time>",
        "<aws.scheduler.execution-id>",
        "<aws.scheduler.attempt-number>",
    }


def test_a_task_without_keywords_sends_no_overrides():
    assert sent(deployed({"command": ["sync"], "environment": {"A": "1"}})) is None


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_command_with_a_keyword_is_sent_as_a_whole(keyword: str):
    recorded = deployed({"command": ["sync", f"--at={keyword}"]})
    assert sent(recorded) == {"containerOverrides": [{"name": "main", "command": ["sync", f"--at={keyword}"]}]}


def test_only_variables_with_a_keyword_are_sent():
    recorded = deployed({"command": ["sync"], "environment": {"MODE": "full", "FOR": TIME}})
    assert sent(recorded) == {"containerOverrides": [{"name": "main", "environment": [{"name": "FOR", "value": TIME}]}]}


def test_a_schedules_own_settings_win_over_the_tasks():
    schedules = [
        {"expression": "rate(1 hour)", "command": ["other"], "environment": {"FOR": "never", "TRY": ATTEMPT}},
        {"expression": "rate(2 hours)"},
    ]
    task = {"schedule": None, "schedules": schedules, "command": ["sync", TIME], "environment": {"FOR": TIME}}
    recorded = deployed(task)
    [first, second] = [each.inputs["target"]["input"] for each in recorded.schedules("job")]
    assert json.loads(first) == {
        "containerOverrides": [
            {
                "name": "main",
                "command": ["other"],
                "environment": [{"name": "FOR", "value": "never"}, {"name": "TRY", "value": ATTEMPT}],
            }
        ]
    }
    assert json.loads(second) == {
        "containerOverrides": [
            {"name": "main", "command": ["sync", TIME], "environment": [{"name": "FOR", "value": TIME}]}
        ]
    }


def test_sidecars_get_keywords_too():
    sidecars = {
        "plain": {"image": "a:1", "command": ["x"]},
        "proxy": {"image": "a:1", "command": ["log", ATTEMPT], "environment": {"FOR": TIME, "MODE": "a"}},
    }
    assert sent(deployed({"sidecars": sidecars})) == {
        "containerOverrides": [
            {"name": "proxy", "command": ["log", ATTEMPT], "environment": [{"name": "FOR", "value": TIME}]}
        ]
    }


def test_a_supervised_task_sends_keywords_to_its_state_machine():
    recorded = deployed({"timeout": "1h", "command": ["sync", TIME]}, {"supervised": True})
    assert sent(recorded)["overrides"] == {"ContainerOverrides": [{"Name": "main", "Command": ["sync", TIME]}]}


@pytest.mark.parametrize("supervised", [False, True])
def test_values_of_other_resources_are_sent_beside_a_keyword(supervised: bool):
    def late() -> dict[str, Any]:
        return {"command": ["sync", pulumi.Output.from_input("bucket"), TIME]}

    task = {"timeout": "1h"} if supervised else {}
    found = sent(deployed(task, {"supervised": True}, late))
    expected = ["sync", "bucket", TIME]
    if supervised:
        assert found["overrides"]["ContainerOverrides"] == [{"Name": "main", "Command": expected}]
    else:
        assert found["containerOverrides"] == [{"name": "main", "command": expected}]


def late() -> pulumi.Output[str]:
    return pulumi.Output.from_input(f"at {TIME}")


@pytest.mark.parametrize(
    ("path", "args"),
    [
        ("command.1", lambda: {"command": ["sync", late()]}),
        ("environment.FOR", lambda: {"environment": {"FOR": late()}}),
        (
            "sidecars.log.environment.FOR",
            lambda: {"sidecars": {"log": {"image": "a:1", "environment": {"FOR": late()}}}},
        ),
    ],
    ids=["command", "environment", "sidecar"],
)
def test_a_keyword_in_a_value_of_another_resource_is_refused(path: str, args: Callable[[], dict[str, Any]]):
    with pytest.raises(Exception, match="another resource produces the value") as raised:
        deployed({}, late=args)
    assert f"{path}: contains a keyword" in str(raised.value)


def test_a_value_of_another_resource_is_sent_with_the_rest_of_the_command():
    recorded = deployed({}, late=lambda: {"command": ["sync", late(), TIME]})
    assert sent(recorded) == {"containerOverrides": [{"name": "main", "command": ["sync", f"at {TIME}", TIME]}]}


def test_the_length_of_what_a_task_sends_is_limited():
    """AWS: Amazon ECS API reference, RunTask, overrides: 8,192 characters."""
    from components.checks import checked_task

    task = {"image": "a:1", "schedule": "rate(1 day)", "environment": {"FOR": TIME + "a" * 8192}}
    _, problems = checked_task("job", task)
    assert [problem.path for problem in problems] == [("schedule",)]
    assert "8192" in problems[0].message
    _, problems = checked_task("job", {**task, "environment": {"FOR": "a" * 8192}})
    assert problems == []
