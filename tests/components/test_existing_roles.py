"""Existing roles in place of those that a deployment creates."""

import json
from typing import Any, cast

import pulumi
import pytest

from components import ScheduledTask, ScheduledTaskGroup
from components.checks.errors import InvalidArgumentsError
from tests.components.test_everything import deployed
from tests.mocks import ACCOUNT, Recorded, run

ROLE = f"arn:aws:iam::{ACCOUNT}:role/jobs"
GIVEN = {
    "scheduler_role": f"{ROLE}/scheduler",
    "supervisor_role": f"{ROLE}/supervisor",
    "execution_role": f"{ROLE}/execution",
}
SECRETS = {"secrets": {"PASSWORD": "/prod/password"}}
SUPERVISED = {"supervised": True}


def roles(recorded: Recorded) -> list[str]:
    return sorted(resource.name for resource in recorded.of_aws if resource.type.startswith("aws:iam/"))


def test_nothing_in_iam_is_created_if_all_roles_exist():
    recorded = deployed({"timeout": "1h", **SECRETS}, {**GIVEN, **SUPERVISED})
    assert roles(recorded) == []
    target = recorded.named("job-schedule").inputs["target"]
    assert target["roleArn"] == GIVEN["scheduler_role"]
    assert recorded.named("job-supervisor").inputs["roleArn"] == GIVEN["supervisor_role"]
    assert recorded.named("job-definition").inputs["executionRoleArn"] == GIVEN["execution_role"]


def test_a_task_has_its_own_execution_role():
    own = f"{ROLE}/own"
    recorded = deployed({"execution_role": own, **SECRETS}, {**GIVEN, "pass_role_arns": [own]})
    assert recorded.named("job-definition").inputs["executionRoleArn"] == own


@pytest.mark.parametrize(
    ("missing", "created"),
    [
        ("scheduler_role", ["tasks-scheduler", "tasks-scheduler-policy"]),
        ("supervisor_role", ["tasks-supervisor", "tasks-supervisor-policy"]),
        ("execution_role", ["job-execution", "job-execution-policy", "tasks-execution", "tasks-execution-policy"]),
    ],
)
def test_only_missing_roles_are_created(missing: str, created: list[str]):
    group = {name: arn for name, arn in GIVEN.items() if name != missing}
    assert roles(deployed({"timeout": "1h", **SECRETS}, {**group, **SUPERVISED})) == created


@pytest.mark.parametrize(
    "task",
    [
        {"permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}]},
        {"managed_policies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
        {"exec": True},
    ],
    ids=str,
)
def test_a_task_with_permissions_of_its_own_needs_a_new_role(task: dict[str, Any]):
    assert "job-task" in roles(deployed(task, GIVEN))


def passed(recorded: Recorded) -> list[str]:
    statements = json.loads(recorded.named("tasks-scheduler-policy").inputs["policy"])["Statement"]
    return next(statement["Resource"] for statement in statements if statement["Sid"] == "PassRoles")


@pytest.mark.parametrize("late", [False, True])
def test_a_new_scheduler_role_passes_an_existing_execution_role(late: bool):
    def program() -> None:
        arn = GIVEN["execution_role"]
        role = pulumi.Output.from_input(arn) if late else arn
        group = ScheduledTaskGroup("tasks", {"prefix": "shop-dev", "cluster": "main", "execution_role": role})
        ScheduledTask("job", {"group": group.reference, "image": "job:1", "schedule": "rate(1 hour)"})

    recorded = run(program, preview=False)
    assert recorded.error is None
    assert passed(recorded) == [f"{ROLE}/execution", f"arn:aws:iam::{ACCOUNT}:role/shop-dev/runs/*"]
    assert recorded.named("job-definition").inputs["executionRoleArn"] == GIVEN["execution_role"]


def test_the_roles_of_a_group_can_be_outputs():
    def program() -> None:
        known = {name: pulumi.Output.from_input(arn) for name, arn in GIVEN.items()}
        group = ScheduledTaskGroup("tasks", cast("Any", {"cluster": "main", "supervised": True, **known}))
        ScheduledTask("job", {"group": group.reference, "image": "j:1", "schedule": "rate(1 hour)", "timeout": "1h"})

    recorded = run(program, preview=False)
    assert recorded.error is None
    assert roles(recorded) == []
    assert recorded.named("job-supervisor").inputs["roleArn"] == GIVEN["supervisor_role"]


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "scheduler role elsewhere": ({}, {"scheduler_role": "arn:aws:iam::999999999999:role/a"}, "scheduler_role: "),
    "supervisor role elsewhere": ({}, {"supervisor_role": "arn:aws:iam::999999999999:role/a"}, "supervisor_role: "),
    "execution role elsewhere": ({}, {"execution_role": "arn:aws:iam::999999999999:role/a"}, "execution_role: "),
    # AWS: botocore stepfunctions, Arn: max 256. IAM accepts longer paths.
    "long supervisor role": (
        {"timeout": "1h"}, {"supervised": True, "supervisor_role": f"{ROLE}/{'x' * 200}/{'y' * 40}"},
        "supervisor_role: has 277 characters, and Step Functions accepts 256.",
    ),
    "not a role": ({}, {"scheduler_role": f"arn:aws:iam::{ACCOUNT}:user/a"}, "is not the ARN of a role"),
    "role that the group does not pass": ({"execution_role": f"{ROLE}/own"}, {}, "is not in the group's pass_role_arns. Add it there."),
}  # fmt: skip


@pytest.mark.parametrize(("task", "group", "message"), REFUSED.values(), ids=REFUSED)
def test_roles_that_aws_refuses(task: dict[str, Any], group: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentsError) as refused:
        deployed(task, group)
    assert message in str(refused.value)


def test_a_task_without_group_passes_its_execution_role():
    def program() -> None:
        arn = f"{ROLE}/own"
        ScheduledTask(
            "job",
            {
                "image": "job:1", "schedule": "rate(1 hour)", "execution_role": arn,
                "group_args": {"prefix": "shop-dev", "cluster": "main"},
            },
        )  # fmt: skip

    recorded = run(program, preview=False)
    assert recorded.error is None
    [policy] = [it for it in recorded.of_aws if it.name.endswith("scheduler-policy")]
    assert f"{ROLE}/own" in policy.inputs["policy"]
