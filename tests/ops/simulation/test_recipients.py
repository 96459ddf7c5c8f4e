"""Who hears of a failure: subscribers of the topic, webhooks and PagerDuty, by task and severity."""

from typing import Any

import pytest

from tests.ops.simulation.scene import DAY, fault, group, simulated

DAILY = {"schedule": "cron(0 3 * * ? *)"}
HOOK: dict[str, Any] = {"url": "https://example.com/hook", "secret": "x"}
SERVICE: dict[str, Any] = {"routing_key": "x"}


def told(notify: dict[str, Any], *kinds: Any, **args: Any) -> dict[str, str]:
    faults = [fault(kind, DAY) for kind in kinds]
    record = simulated(
        {name: {**DAILY, **args} for name in ("etl", "etl-2", "other")}, *faults, days=5, of=group(notify=notify)
    )
    return {run.task: run.told for run in record.runs if run.outcome == "failed"}


@pytest.mark.parametrize(
    ("notify", "tasks"),
    [
        ({"emails": ["ops@example.com"]}, {"etl", "etl-2", "other"}),
        ({"topic_arn": "arn:aws:sns:eu-west-1:123456789012:ops"}, {"etl", "etl-2", "other"}),
        ({}, {"etl", "etl-2", "other"}),
        ({"webhook": {"ops": HOOK}}, {"etl", "etl-2", "other"}),
        ({"pagerduty": {"ops": SERVICE}}, {"etl", "etl-2", "other"}),
        ({"webhook": {"ops": {**HOOK, "tasks": ["etl"]}}}, {"etl"}),
        ({"webhook": {"ops": {**HOOK, "tasks": ["etl*"]}}}, {"etl", "etl-2"}),
        ({"webhook": {"ops": {**HOOK, "severities": ["warning"]}}}, set[str]()),
    ],
)
def test_messages_about_failed_runs(notify: dict[str, Any], tasks: set[str]):
    assert {task for task, by in told(notify, "exitCode").items() if by == "message"} == tasks


@pytest.mark.parametrize(
    ("recipient", "by"),
    [({}, "alarm dropped"), ({"tasks": ["etl"]}, ""), ({"severities": ["warning"]}, "")],
)
def test_the_alarms_of_the_group(recipient: dict[str, Any], by: str):
    assert set(told({"webhook": {"ops": {**HOOK, **recipient}}}, "accessDenied").values()) == {by}


@pytest.mark.parametrize(("tasks", "by"), [(["etl"], "alarm no-success"), (["other"], "")])
def test_the_alarm_of_a_task(tasks: list[str], by: str):
    notify = {"webhook": {"ops": {**HOOK, "tasks": tasks}}}
    assert told(notify, "noCapacity", expect_success_within="25h")["etl"] == by
