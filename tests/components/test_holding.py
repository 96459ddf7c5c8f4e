"""Schedules that stay as they are in a deployment."""

from typing import Any

import pulumi
import pytest

from components.holding import held

SCHEDULE = "aws:scheduler/schedule:Schedule"
MACHINE = "aws:sfn/stateMachine:StateMachine"


def transformed(type_: str, name: str, **props: Any) -> pulumi.ResourceTransformResult | None:
    options = pulumi.ResourceOptions(ignore_changes=["name"], protect=True)
    return held(pulumi.ResourceTransformArgs(True, type_, name, props, options), ["migrate"])


@pytest.mark.parametrize("expression", ["rate(1 day)", "cron(0 0 1 1 ? 2199)", "cron(0 0 2 1 ? 2199)"])
def test_a_deployed_schedule_stays_and_a_new_one_is_disabled(expression: str):
    found = transformed(SCHEDULE, "backup-schedule", scheduleExpression=expression, state="ENABLED")
    assert found
    assert found.props == {"scheduleExpression": expression, "state": "DISABLED"}
    assert (found.opts.ignore_changes, found.opts.protect) == (["name", "*"], True)


def test_a_deployed_state_machine_stays():
    found = transformed(MACHINE, "backup-supervisor", definition="{}")
    assert found
    assert (found.props, found.opts.ignore_changes) == ({"definition": "{}"}, ["name", "*"])


def test_a_rule_that_starts_a_task_after_another_one_stays_and_a_new_one_is_disabled():
    rule, target = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
    found = transformed(rule, "report-after", eventPattern="{}", state="ENABLED")
    assert found
    assert (found.props, found.opts.ignore_changes) == ({"eventPattern": "{}", "state": "DISABLED"}, ["name", "*"])
    found = transformed(target, "report-after", arn="arn")
    assert found
    assert (found.props, found.opts.ignore_changes) == ({"arn": "arn"}, ["name", "*"])
    assert transformed(rule, "tasks-failed-runs", eventPattern="{}", state="ENABLED") is None


@pytest.mark.parametrize(
    ("type_", "name", "props"),
    [
        # The schedule of a task with `gate` tells the revision to run.
        (SCHEDULE, "migrate-schedule", {"scheduleExpression": "cron(0 0 3 1 ? 2199)", "state": "DISABLED"}),
        (MACHINE, "migrate-supervisor", {"definition": "{}"}),
        ("aws:ecs/taskDefinition:TaskDefinition", "backup-definition", {"family": "backup"}),
    ],
    ids=["schedule of a gate", "state machine of a gate", "task definition"],
)
def test_everything_else_is_deployed(type_: str, name: str, props: dict[str, Any]):
    assert transformed(type_, name, **props) is None
