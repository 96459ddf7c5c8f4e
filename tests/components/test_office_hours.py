"""The component of office hours: two schedules, a state machine, and two roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pulumi
import pytest

from components import InvalidArgumentsError, ScheduledCall, ScheduledTaskGroup
from tests.components.test_scheduled_call import SUBNETS, made_by, own, statements, untyped
from tests.mocks import ACCOUNT, REGION, UNMONITORED, Recorded

SLEEPS: list[dict[str, Any]] = [{"service": "main/web"}, {"database": "orders"}]
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev-jobs__office__hours"


def office(group: Mapping[str, Any] | None = None, **args: Any) -> Recorded:
    def program() -> None:
        made = ScheduledTaskGroup(
            "jobs", untyped({"cluster": "main", "network": SUBNETS, "supervised": True, **UNMONITORED, **(group or {})})
        )
        given = {"hours": {"open": "MON-FRI 07:30-19:00", "sleeps": SLEEPS}, **args}
        known = {key: value() if callable(value) else value for key, value in given.items()}
        ScheduledCall("office", untyped({"group": made, **known}))

    return made_by(program)


def refused(group: Mapping[str, Any] | None = None, **args: Any) -> str:
    with pytest.raises(InvalidArgumentsError) as error:
        office(group, **args)
    return str(error.value)


def test_office_hours_have_an_opening_and_a_closing():
    recorded = office(timezone="Europe/Berlin")
    assert sorted(own(recorded)) == [
        "office-call", "office-call-policy", "office-hours", "office-hours", "office-hours-policy",
        "office-schedule-closing", "office-schedule-opening",
    ]  # fmt: skip
    opening, closing = (recorded.named(f"office-schedule-{name}").inputs for name in ("opening", "closing"))
    assert (opening["name"], closing["name"]) == ("office__opening", "office__closing")
    assert (opening["scheduleExpression"], closing["scheduleExpression"]) == (
        "cron(30 7 ? * MON-FRI *)",
        "cron(0 19 ? * MON-FRI *)",
    )
    assert {each["scheduleExpressionTimezone"] for each in (opening, closing)} == {"Europe/Berlin"}
    assert {each["target"]["arn"] for each in (opening, closing)} == {MACHINE}
    assert json.loads(closing["target"]["input"]) == {
        "action": "close",
        "schedule": "closing",
        "time": "<aws.scheduler.scheduled-time>",
    }
    assert json.loads(opening["target"]["input"])["action"] == "open"
    assert closing["target"]["retryPolicy"]["maximumRetryAttempts"] == 5


def test_only_the_openings_leave_out_times():
    recorded = office(timezone="Europe/Berlin", except_={"dates": ["2099-12-24"]}, only="workdays")
    opening, closing = (
        json.loads(recorded.named(f"office-schedule-{name}").inputs["target"]["input"])
        for name in ("opening", "closing")
    )
    year = datetime.now(UTC).year
    assert {span["why"] for span in opening["except"]} == {"Weekend"}
    assert opening["exceptUntil"] == f"{year + 2}-12-31T23:00:00Z"
    assert closing == {"action": "close", "schedule": "closing", "time": "<aws.scheduler.scheduled-time>"}
    [machine] = [each for each in recorded.resources if each.type == "aws:sfn/stateMachine:StateMachine"]
    assert json.loads(machine.inputs["definition"])["StartAt"] == "Exception?"


def test_the_role_of_the_schedules_may_only_start_this_state_machine():
    assert next((it["Action"], it["Resource"]) for it in statements(office(), "office-call-policy")) == (
        "states:StartExecution",
        [MACHINE],
    )


def test_the_role_of_the_state_machine_may_switch_these_resources_only():
    recorded = office()
    found = {str(it["Action"]): it for it in statements(recorded, "office-hours-policy")}
    assert [it["Resource"] for it in found.values()] == [
        [f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/web"],
        [f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target/*"],
        ["*"],
        [f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"],
        [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/shop-dev-jobs-leases"],
        [f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"],
        "*",
    ]
    keys = found["['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem']"]["Condition"]
    assert keys["ForAllValues:StringLike"] == {"dynamodb:LeadingKeys": ["office", "office#*"]}
    [machine] = [it for it in recorded.resources if it.type == "aws:sfn/stateMachine:StateMachine"]
    assert machine.inputs["roleArn"].endswith(":role/shop-dev-jobs/shop-dev-jobs__office__hours")
    [role] = [it for it in recorded.resources if it.name == "office-hours" and it.type == "aws:iam/role:Role"]
    [trust] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert (trust["Principal"], trust["Condition"]) == (
        {"Service": "states.amazonaws.com"},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": MACHINE}},
    )


def test_a_resource_may_come_from_another_resource():
    def hours() -> dict[str, Any]:
        sleeps = [{"database": pulumi.Output.from_input("Users")}]
        return {"open": "MON-FRI 07:30-19:00", "sleeps": sleeps}

    recorded = office(hours=hours)
    [machine] = [it for it in recorded.resources if it.type == "aws:sfn/stateMachine:StateMachine"]
    assert "Close database users: stop" in json.loads(machine.inputs["definition"])["States"]
    assert statements(recorded, "office-hours-policy")[0]["Resource"] == [f"arn:aws:rds:{REGION}:{ACCOUNT}:db:users"]


def hours(*sleeps: dict[str, Any], open: str = "MON-FRI 07:30-19:00") -> dict[str, Any]:  # noqa: A002 - the key
    return {"open": open, "sleeps": list(sleeps)}


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({"hours": hours()}, "hours.sleeps: is empty. Name at least one."),
        ({"hours": hours({"database": "a"}, open="always")}, 'hours.open: "always" is not in the form'),
        ({"hours": hours({})}, "hours.sleeps.0: names no resource. Set one of database, cluster, "),
        ({"hours": hours({"database": "a", "group": "b"})}, "hours.sleeps.0: has database and group. Set one of"),
        (
            {"hours": hours({"database": "a"}, {"database": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:A"})},
            "hours.sleeps.1: database a occurs twice. Remove one.",
        ),
        (
            {"hours": hours(*({"group": f"g{number}"} for number in range(21)))},
            "hours.sleeps: has 21 resources. Use at most 20",
        ),
        (
            {"hours": hours(*({"service": f"{'c' * 255}/{'s' * 250}{n}"} for n in range(20)))},
            "hours.sleeps: has resources whose ARNs don't fit",
        ),
        (
            {"hours": hours({"database": "arn:aws:rds:us-east-1:123456789012:db:a"})},
            f"hours.sleeps.0.database: \"arn:aws:rds:us-east-1:123456789012:db:a\" is not in {REGION}",
        ),
        ({"schedule": "rate(1 day)"}, "schedule: doesn't go with hours, which makes its own schedules. Remove it."),
        ({"stop": {"database": "a"}}, "this one has stop and hours"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_hours_are_refused(args: dict[str, Any], problem: str):
    found = refused(**args)
    assert problem in found
    assert "schedule: is missing" not in found


def test_the_group_needs_what_supervised_tasks_share():
    assert "hours: needs a group with supervised tasks. Set supervised: true" in refused({"supervised": False})
