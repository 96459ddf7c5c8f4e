"""Permissions and roles that AWS refuses."""

from typing import Any

import pytest

from .refused import Case, assert_at, assert_one, in_task

POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ROLE = "arn:aws:iam::123456789012:role/backup"


def statement(actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"actions": actions, "resources": resources}


GOOD = statement(["s3:GetObject"], ["*"])
CASES: dict[str, Case] = {
    "no actions": ({"permissions": [statement([], ["*"])]}, "permissions.0.actions", ""),
    "no resources": ({"permissions": [GOOD, statement(["s3:GetObject"], [])]}, "permissions.1.resources", ""),
    "resource without arn": ({"permissions": [statement(["s3:GetObject"], ["*", "bucket/*"])]}, "permissions.0.resources.1", '"bucket/*"'),
    "action without service": ({"permissions": [statement(["s3:GetObject", "PutObject"], ["*"])]}, "permissions.0.actions.1", '"PutObject"'),
    "policy": ({"managedPolicies": [POLICY, "ReadOnlyAccess"]}, "managedPolicies.1", '"ReadOnlyAccess"'),
    "policy twice": ({"managedPolicies": [POLICY, POLICY]}, "managedPolicies.1", POLICY),
    "role and permissions": ({"taskRole": ROLE, "permissions": [GOOD]}, "taskRole", "permissions"),
    "role and policies": ({"taskRole": ROLE, "managedPolicies": [POLICY]}, "taskRole", "permissions"),
    "long policy": ({"permissions": [statement([f"s3:{'A' * 100}{n}" for n in range(100)], ["*"])]}, "permissions", "10240"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_permissions_that_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.{path}", part)


@pytest.mark.parametrize("role", ["backup", "arn:aws:iam::123456789012:user/backup"])
def test_a_task_role_that_is_not_the_arn_of_a_role(role: str):
    assert_at(in_task({"taskRole": role}), "tasks.job.taskRole", role)
