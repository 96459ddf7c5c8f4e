"""The component of a snapshot with `keep`: a schedule, a state machine, and two roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components import InvalidArgumentsError, ScheduledCall, ScheduledTaskGroup
from tests.components.test_scheduled_call import SUBNETS, made_by, own, statements, untyped
from tests.mocks import ACCOUNT, REGION, UNMONITORED, Recorded

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev-jobs__backup__keep"
NIGHTLY = "cron(0 3 * * ? *)"


def backup(snapshot: Mapping[str, Any], group: Mapping[str, Any] | None = None, **args: Any) -> Recorded:
    def program() -> None:
        made = ScheduledTaskGroup(
            "jobs", untyped({"cluster": "main", "network": SUBNETS, "supervised": True, **UNMONITORED, **(group or {})})
        )
        known = {key: value() if callable(value) else value for key, value in snapshot.items()}
        times = {} if "schedules" in args else {"schedule": NIGHTLY}
        ScheduledCall("backup", untyped({"group": made, "snapshot": known, **times, **args}))

    return made_by(program)


def test_keep_adds_a_state_machine_and_its_role():
    recorded = backup({"database": "orders", "keep": 14})
    assert sorted(own(recorded)) == [
        "backup-call", "backup-call-policy", "backup-keep", "backup-keep", "backup-keep-policy", "backup-schedule",
    ]  # fmt: skip
    target = recorded.named("backup-schedule").inputs["target"]
    assert target["arn"] == MACHINE
    assert json.loads(target["input"]) == {"schedule": "", "time": "<aws.scheduler.scheduled-time>"}
    assert target["retryPolicy"]["maximumRetryAttempts"] == 5
    start = statements(recorded, "backup-call-policy")[0]
    assert (start["Action"], start["Resource"]) == ("states:StartExecution", [MACHINE])


def test_without_keep_a_snapshot_has_a_schedule_and_a_role():
    recorded = backup({"database": "orders"})
    assert own(recorded) == ["backup-call", "backup-call-policy", "backup-schedule"]


def test_each_schedule_has_its_name_in_the_input():
    times = [{"name": name, "expression": f"cron(0 {hour} * * ? *)"} for name, hour in (("noon", 12), ("night", 0))]
    recorded = backup({"database": "orders", "keep": 14}, schedules=times)
    inputs = [it.inputs["target"]["input"] for it in recorded.resources if it.type.endswith(":Schedule")]
    assert {json.loads(text)["schedule"] for text in inputs} == {"noon", "night"}


def test_the_database_may_come_from_another_resource():
    recorded = backup({"database": lambda: pulumi.Output.from_input("Users"), "keep": 2})
    [machine] = [it for it in recorded.resources if it.type == "aws:sfn/stateMachine:StateMachine"]
    assert '"DbInstanceIdentifier":"users"' in machine.inputs["definition"]
    assert statements(recorded, "backup-keep-policy")[0]["Resource"][0] == f"arn:aws:rds:{REGION}:{ACCOUNT}:db:users"


def test_success_is_measured_by_step_functions():
    alarm = backup({"database": "orders", "keep": 2}, expect_success_within="26h").named("backup-alarm").inputs
    [metric] = [query["metric"] for query in alarm.get("metricQueries", []) if "metric" in query] or [alarm]
    assert (metric["namespace"], metric["metricName"]) == ("AWS/States", "ExecutionsSucceeded")
    assert metric["dimensions"] == {"StateMachineArn": MACHINE}


@pytest.mark.parametrize(
    ("snapshot", "more", "problem"),
    [
        ({"database": "orders", "keep": 0}, {}, "snapshot.keep: 0 is not allowed. Use 1 to 100."),
        ({"database": "orders", "keep": 101}, {}, "snapshot.keep: 101"),
        ({"keep": 3}, {}, "snapshot: names no resource. Set one of database or cluster."),
        ({"database": "orders", "keep": 3}, {"group": {"supervised": False}}, "snapshot.keep: needs a group with"),
        ({"database": "orders"}, {"expect_success_within": "26h"}, "expect_success_within: is only for work"),
    ],
)
def test_mistakes_are_refused(snapshot: dict[str, Any], more: dict[str, Any], problem: str):
    with pytest.raises(InvalidArgumentsError) as error:
        backup(snapshot, **more)
    assert problem in str(error.value)
