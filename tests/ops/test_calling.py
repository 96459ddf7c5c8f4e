"""`scheduled-tasks run` of a call: a one-time schedule with the same target."""

import json
from typing import Any

import pytest

from tests.ops.cloud import ACCOUNT, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session

TARGET: dict[str, Any] = {
    "Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/stop",
    "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 5},
}


@pytest.fixture(autouse=True)
def _one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    share_session(monkeypatch)


def made(deployed: Deployed, ops: Ops, **target: Any) -> dict[str, Any]:
    """Make the call of a schedule, and return the one-time schedule."""
    scheduler = deployed.cloud.client("scheduler")
    scheduler.create_schedule(
        GroupName=deployed.names.schedule_group,
        Name="stop",
        ScheduleExpression="cron(0 20 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={**TARGET, **target},
    )
    result = ops("run", "stop", "--stack", "test", "--time", "2026-11-24T20:00:00Z", "--detach")
    assert result.exit_code == 0, result.output
    listed = scheduler.list_schedules(GroupName=deployed.names.schedule_group)["Schedules"]
    [name] = [each["Name"] for each in listed if each["Name"].startswith("stop__run-")]
    return scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name=name)


def test_office_hours_that_somebody_opens_by_hand_open_on_any_day(deployed: Deployed, ops: Ops):
    span = {"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z", "why": "Fair"}
    given = {"action": "open", "time": "<aws.scheduler.scheduled-time>"}
    text = json.dumps({**given, "except": [span], "exceptUntil": "2029-01-01T00:00:00Z"})
    machine = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:{deployed.names.call_machine('stop', 'hours')}"
    found = made(deployed, ops, Arn=machine, Input=text)
    assert json.loads(found["Target"]["Input"]) == {"action": "open", "time": "2026-11-24T20:00:00Z"}


def test_the_input_of_other_calls_stays_as_it_is(deployed: Deployed, ops: Ops):
    text = json.dumps({"except": [], "exceptUntil": "2029-01-01T00:00:00Z"})
    found = made(deployed, ops, Arn=f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:reports", Input=text)
    assert found["Target"]["Input"] == text


def test_a_call_without_input_is_made_without(deployed: Deployed, ops: Ops):
    found = made(deployed, ops)
    assert found["ScheduleExpression"].startswith("at(")
    assert found["ActionAfterCompletion"] == "DELETE"
    assert found["Target"] == TARGET


def test_a_call_has_the_scheduled_time_and_an_id_of_its_own(deployed: Deployed, ops: Ops):
    written = {"Token": "<aws.scheduler.scheduled-time>", "Name": "orders-<aws.scheduler.execution-id>"}
    found = made(deployed, ops, Input=json.dumps(written))
    assert json.loads(found["Target"]["Input"]) == {
        "Token": "2026-11-24T20:00:00Z",
        "Name": "orders-<aws.scheduler.execution-id>",
    }
