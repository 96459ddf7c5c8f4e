"""Permissions and roles that AWS refuses."""

from typing import Any

import pytest

from .refused import Case, assert_at, assert_one, in_stack, in_task

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


def condition(operator: str, keys: object) -> dict[str, Any]:
    return {"permissions": [{**GOOD, "condition": {operator: keys}}]}


CONDITIONS: dict[str, Case] = {
    # AWS: IAM user guide, "IAM JSON policy elements: Condition operators".
    "misspelled operator": (condition("StringEqual", {"s3:prefix": "a"}), "StringEqual", '"StringEquals"'),
    "operator in another case": (condition("stringEquals", {"s3:prefix": "a"}), "stringEquals", '"StringEquals"'),
    "quantifier": (condition("ForEach:StringEquals", {"aws:TagKeys": "a"}), "ForEach:StringEquals", "ForAllValues"),
    "NullIfExists": (condition("NullIfExists", {"aws:TagKeys": True}), "NullIfExists", "Null"),
    "no keys": (condition("StringEquals", {}), "StringEquals", "aws:SourceVpc"),
    "no values": (condition("StringEquals", {"s3:prefix": []}), "StringEquals.s3:prefix", "value"),
    "key without a service": (condition("StringEquals", {"prefix": "a"}), "StringEquals.prefix", '"prefix"'),
    "boolean": (condition("Bool", {"aws:SecureTransport": "yes"}), "Bool.aws:SecureTransport", '"yes"'),
    "number": (condition("NumericLessThanIfExists", {"s3:max-keys": "ten"}), "NumericLessThanIfExists.s3:max-keys", '"ten"'),
    "date": (condition("DateLessThan", {"aws:CurrentTime": "tomorrow"}), "DateLessThan.aws:CurrentTime", '"tomorrow"'),
    "address": (condition("NotIpAddress", {"aws:SourceIp": ["10.0.0.0/8", "10.0.0.0/64"]}), "NotIpAddress.aws:SourceIp", "10.0.0.0/64"),
    "base64": (condition("BinaryEquals", {"aws:PrincipalTag/key": "a b"}), "BinaryEquals.aws:PrincipalTag/key", "base64"),
    "ARN": (condition("ArnLike", {"aws:SourceArn": "bucket"}), "ArnLike.aws:SourceArn", '"bucket"'),
}  # fmt: skip


@pytest.mark.parametrize("case", CONDITIONS.values(), ids=CONDITIONS)
def test_conditions_that_iam_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.permissions.0.condition.{path}", part)


def test_conditions_that_iam_accepts():
    accepted: list[tuple[str, dict[str, Any]]] = [
        ("ForAnyValue:StringLikeIfExists", {"aws:TagKeys": ["team", "cost*"]}),
        ("Bool", {"aws:SecureTransport": True}),
        ("Null", {"aws:PrincipalTag/team": "false"}),
        ("DateGreaterThan", {"aws:CurrentTime": ["2027-01-31T00:00:00Z", "1900000000"]}),
        ("IpAddress", {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}),
        ("StringEquals", {"s3:prefix": "${aws:PrincipalTag/team}/"}),
        ("NumericEquals", {"s3:max-keys": 10}),
    ]
    every = [{**GOOD, "effect": "Deny", "condition": dict([each])} for each in accepted]
    assert_one(in_task({"permissions": every, "schedule": "never"}), "tasks.job.schedule", "")


def test_an_effect_that_iam_does_not_know():
    assert_one(in_task({"permissions": [{**GOOD, "effect": "deny"}]}), "tasks.job.permissions.0.effect", '"Deny"')


SHARED: dict[str, tuple[dict[str, Any], str, str]] = {
    "name": ({"a role": {"permissions": [GOOD]}}, "a role", "name"),
    "two names alike": ({"reports": {}, "Reports": {}}, "Reports", '"reports"'),
    "policy twice": ({"reports": {"managedPolicies": [POLICY, POLICY]}}, "reports.managedPolicies.1", POLICY),
    "condition": ({"reports": condition("Equals", {"s3:prefix": "a"})}, "reports.permissions.0.condition.Equals", '"Equals"'),
    "long policy": ({"reports": CASES["long policy"][0]}, "reports.permissions", "10240"),
}  # fmt: skip


@pytest.mark.parametrize("case", SHARED.values(), ids=SHARED)
def test_shared_roles_that_iam_refuses(case: tuple[dict[str, Any], str, str]):
    roles, path, part = case
    assert_one(in_stack({"cluster": "main", "sharedRoles": roles}), f"sharedRoles.{path}", part)


def test_a_shared_role_that_the_stack_does_not_have():
    tasks = {"job": {"image": "job:1", "schedule": "rate(6 hours)", "taskRole": "report"}}
    problems = in_stack({"cluster": "main", "sharedRoles": {"reports": {}}}, tasks)
    assert_one(problems, "tasks.job.taskRole", '"reports"')


def test_a_shared_role_of_a_schedule_that_the_stack_does_not_have():
    schedules = [{"expression": "rate(6 hours)", "taskRole": "report"}]
    problems = in_stack({"cluster": "main"}, {"job": {"image": "job:1", "schedules": schedules}})
    assert_one(problems, "tasks.job.schedules.0.taskRole", '"report"')


@pytest.mark.parametrize("role", ["backup", "arn:aws:iam::123456789012:user/backup"])
def test_a_task_role_that_is_not_the_arn_of_a_role(role: str):
    assert_at(in_task({"taskRole": role}), "tasks.job.taskRole", role)
