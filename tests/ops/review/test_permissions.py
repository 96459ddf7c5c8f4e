"""Gained and lost permissions, independent of how they are written."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Source, load
from ops.review import permission_text
from ops.review.markdown import inline
from ops.review.permissions import (
    MANAGED_POLICY,
    ROLE,
    Gain,
    Grant,
    Holder,
    permission_changes,
    policy_grants,
    runs_of,
    shared_role,
    stack_grants,
)

RUNS = runs_of("a")


def grant(action: str, resource: str, condition: str = "", holder: Holder = RUNS) -> Grant:
    return Grant(holder, action, resource, condition)


NARROW, WIDE = grant("s3:PutObject", "arn:aws:s3:::a/*"), grant("s3:PutObject", "*")


@pytest.mark.parametrize(
    ("given", "wide"),
    [
        (WIDE, True),
        (NARROW, False),
        (grant("*", "arn:aws:s3:::a"), True),
        (grant("s3:*", "arn:aws:s3:::a"), True),
        (grant("s3:Get*", "arn:aws:s3:::a"), False),
        (grant("s3:GetObject", "arn:aws:s3:::*"), True),
        # The same in other words.
        (grant("s3:**", "arn:aws:s3:::a"), True),
        (grant("s3:?*", "arn:aws:s3:::a"), True),
        (grant("s3:GetObject", "**"), True),
        (grant("s3:GetObject", "arn:*"), True),
        (grant("s3:GetObject", "arn:aws:s3:::**"), True),
        (grant("s3:GetObject", "arn:aws:s3:::*/*"), True),
        (grant("sqs:SendMessage", "arn:aws:sqs:*:*:*"), True),
        (grant("sqs:SendMessage", "arn:aws:sqs:*:*:orders"), False),
        (grant("s3:GetObject", "arn:aws:s3:::orders/*"), False),
        (grant("ecr:GetAuthorizationToken", "*"), False),
        (grant("ssmmessages:CreateDataChannel", "*"), False),
        (grant(MANAGED_POLICY, "arn:aws:iam::aws:policy/AdministratorAccess"), True),
        (grant(MANAGED_POLICY, "arn:aws:iam::aws:policy/job-function/PowerUserAccess"), True),
        (grant(MANAGED_POLICY, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"), False),
    ],
)
def test_broad_permissions_are_flagged(given: Grant, wide: bool):
    assert given.wide is wide


def test_a_wider_grant_is_gained_and_the_narrow_one_is_not_lost():
    found = permission_changes([NARROW], [WIDE])
    assert found.gained == (Gain(WIDE, (NARROW,)),)
    assert found.lost == ()


def test_a_narrower_grant_is_not_gained_and_the_wide_one_is_lost():
    found = permission_changes([WIDE], [NARROW])
    assert (found.gained, found.lost) == ((), (WIDE,))


def test_redundant_grants_are_neither_gained_nor_lost():
    both = [grant("s3:PutObject", "arn:aws:s3:::a/x"), NARROW]
    found = permission_changes(both, [NARROW])
    assert (found.gained, found.lost) == ((), ())


def test_holders_are_compared_separately():
    other = grant("s3:PutObject", "*", holder=runs_of("b"))
    assert permission_changes([other], [other, NARROW]).gained == (Gain(NARROW, ()),)


def test_actions_ignore_case_and_wildcards_work_as_in_iam():
    assert grant("s3:get*", "*").covers(grant("s3:GetObject", "arn:aws:s3:::a"))
    assert grant("s3:Get?bject", "arn:aws:s3:::a[1]").covers(grant("s3:GetObject", "arn:aws:s3:::a[1]"))
    assert not grant("s3:GetObject", "arn:aws:s3:::a[1]*").covers(grant("s3:GetObject", "arn:aws:s3:::a1"))


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("*", "", True), ("?", "", False), ("a*", "a", True), ("a?", "a", False), ("*a", "ba", True), ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-b-b", False), ("**", "x", True), ("a**", "a", True), ("?*?", "ab", True), ("?*?", "a", False), ("*[a]*", "x[a]y", True),
        ("*aab", "aaab", True), ("*ab?ab", "abxababyab", True), ("a\nb", "a\nb", True), ("*\n*", "a\nb", True),
    ],
)  # fmt: skip
def test_wildcards(pattern: str, text: str, matches: bool):
    assert grant("s3:GetObject", pattern).covers(grant("s3:GetObject", text)) is matches


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_wildcards_match_like_a_regular_expression(pattern: str, text: str):
    parts = "".join({"*": ".*", "?": "."}.get(character, character) for character in pattern)
    assert grant("s3:GetObject", pattern).covers(grant("s3:GetObject", text)) is bool(re.fullmatch(parts, text))


def test_a_pattern_with_many_asterisks_ends():
    """A regular expression would not: this test would reach its time limit."""
    assert not grant("s3:GetObject", "*a" * 40 + "b").covers(grant("s3:GetObject", "a" * 200))


def test_removing_a_condition_is_a_gain():
    bound = grant("ecs:RunTask", "*", '{"ArnEquals": {"ecs:cluster": "c"}}')
    free = grant("ecs:RunTask", "*")
    assert permission_changes([bound], [free]).gained == (Gain(free, (bound,)),)
    assert permission_changes([free], [bound]).lost == (free,)


def test_a_new_denial_is_a_loss_and_a_removed_one_a_gain():
    denial = replace(WIDE, denied=True)
    added = permission_changes([WIDE], [WIDE, denial])
    assert (added.gained, added.lost) == ((), (denial,))
    removed = permission_changes([WIDE, denial], [WIDE])
    assert (removed.gained, removed.lost) == ((Gain(denial, ()),), ())
    assert "denied: `" in inline(permission_text.lost(added.lost)[0])
    assert "no longer denied: `" in inline(permission_text.broad(removed.gained[0]))


def test_a_denial_covers_no_permission():
    assert permission_changes([replace(WIDE, denied=True)], [NARROW]).gained[-1] == Gain(NARROW, ())


def test_grants_of_file_systems_conditions_and_shared_roles():
    volume = {"path": "/a", "efs": "fs-0a", "accessPoint": "fsap-0a", "iam": True, "readOnly": True}
    statement = {
        "effect": "Deny",
        "actions": ["s3:PutObject"],
        "resources": ["*"],
        "condition": {"Bool": {"aws:SecureTransport": False}},
    }
    stack: dict[str, Any] = {
        "cluster": "main",
        "catalogue": False,
        "sharedRoles": {"reports": {"permissions": [statement]}},
        "tasks": {
            "a": {"image": "a:1", "schedule": "rate(1 day)", "volumes": {"data": volume}},
            "b": {"image": "a:1", "schedule": "rate(1 day)", "taskRole": "reports"},
        },
    }
    arn = "arn:aws:elasticfilesystem:<region>:<account>:"
    assert set(stack_grants(load(Source("test", stack, ()), Path("missing")))) == {
        Grant(
            runs_of("a"),
            "elasticfilesystem:ClientMount",
            f"{arn}file-system/fs-0a",
            json.dumps({"StringEquals": {"elasticfilesystem:AccessPointArn": f"{arn}access-point/fsap-0a"}}),
        ),
        Grant(runs_of("b"), ROLE, "reports"),
        Grant(shared_role("reports"), "s3:PutObject", "*", '{"Bool": {"aws:SecureTransport": "false"}}', denied=True),
    }


def test_statements_of_a_policy_document_become_grants():
    document = json.dumps(
        {
            "Statement": [
                {"Effect": "Allow", "Action": "a:B", "Resource": ["x", "y"]},
                {"Effect": "Deny", "Action": "a:C", "Resource": "x"},
                {"Effect": "Allow", "NotAction": "a:D", "NotResource": "z"},
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}},
            ]
        }
    )
    assert set(policy_grants(Holder("h"), document)) == {
        Grant(Holder("h"), "a:B", "x"),
        Grant(Holder("h"), "a:B", "y"),
        Grant(Holder("h"), "a:C", "x", denied=True),
        Grant(Holder("h"), "*", "*"),
        Grant(Holder("h"), "sts:AssumeRole", "ecs-tasks.amazonaws.com"),
    }
