"""Reading previews."""

import json
from typing import Any

from ops.review.permissions import Grant, Holder, runs_of
from ops.review.preview import Preview, Step, read_preview

TASK = "ecs-scheduled-tasks:index:ScheduledTask$"
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]})
TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]})
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The ID of an unknown value in a preview."""


def step(operation: str, kind: str, name: str, *, parents: str = TASK, **inputs: str) -> dict[str, Any]:
    state = {"type": kind, "custom": True, "inputs": inputs}
    sides = {"create": ["newState"], "delete": ["oldState"]}.get(operation, ["oldState", "newState"])
    return {"op": operation, "urn": f"urn:pulumi:prod::jobs::{parents}{kind}::{name}", **dict.fromkeys(sides, state)}


def preview(*steps: dict[str, Any], **more: Any) -> Preview:
    return read_preview(json.dumps({"steps": steps, **more}))


def test_a_task_policy_belongs_to_the_runs_of_its_task():
    found = preview(step("create", "aws:iam/rolePolicy:RolePolicy", "a-task-policy", policy=POLICY))
    assert found.new_grants == {Grant(runs_of("a"), "s3:PutObject", "*")}
    assert found.old_grants == set()


def test_a_policy_of_the_group_belongs_to_its_role():
    group = "ecs-scheduled-tasks:index:ScheduledTaskGroup$"
    kind = "aws:iam/rolePolicy:RolePolicy"
    found = preview(step("delete", kind, "tasks-execution-policy", parents=group, policy=POLICY))
    assert found.old_grants == {Grant(Holder("the role of", "tasks-execution-policy"), "s3:PutObject", "*")}


def test_trust_policies_count_only_for_roles_that_remain():
    for operation in ("create", "delete"):
        found = preview(step(operation, "aws:iam/role:Role", "a-task", assumeRolePolicy=TRUST))
        assert found.old_grants | found.new_grants == set()
    found = preview(step("update", "aws:iam/role:Role", "a-task", assumeRolePolicy=TRUST))
    assert found.new_grants == {Grant(Holder("principals that can assume the role", "a-task"), "sts:AssumeRole", "*")}


def test_unknown_policies_are_named():
    found = preview(step("update", "aws:iam/rolePolicy:RolePolicy", "a-task-policy", policy=UNKNOWN))
    assert found.unknown_policies == ("a-task-policy",)


def test_only_changing_resources_are_listed():
    component = {
        **step("create", "ecs-scheduled-tasks:index:ScheduledTask", "a", parents=""),
        "newState": {"custom": False},
    }
    found = preview(
        component,
        step("same", "aws:sqs/queue:Queue", "same"),
        step("refresh", "aws:sqs/queue:Queue", "refreshed"),
        step("update", "pulumi:providers:aws", "default", parents=""),
        step("delete", "aws:sqs/queue:Queue", "dead-letters"),
    )
    assert found.steps == (Step("delete", "aws:sqs/queue:Queue", "dead-letters"),)
    assert found.stack == "prod"


def test_errors_are_listed_once_without_the_prefixes_of_the_engine():
    messages = ["error: no VPC\n", "error: an unhandled error occurred: no VPC\n", "error: preview failed"]
    found = preview(diagnostics=[{"severity": "error", "message": message} for message in messages])
    assert found.errors == ("no VPC",)
    assert preview(diagnostics=[{"severity": "warning", "message": "warning: x"}]).errors == ()
