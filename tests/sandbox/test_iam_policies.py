"""How the sandbox evaluates IAM policies.

AWS: IAM user guide, "Policy evaluation logic", "IAM JSON policy elements: Condition operators".
"""

from typing import Any

import pytest

from sandbox.iam_policies import is_allowed, may_assume
from tests.components.policies.simulation import decisions, simulation

BUCKET = "arn:aws:s3:::in/a"
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::in/*"}
CONDITION = {"StringEquals": {"aws:SourceAccount": "1"}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], False),
        (ALLOW, True),
        ([ALLOW], True),
        ([{**ALLOW, "Action": ["s3:PutObject", "S3:getobject"]}], True),
        ([{**ALLOW, "Action": "s3:Put*"}], False),
        ([{**ALLOW, "Action": "s3:Get?bject"}], True),
        ([{**ALLOW, "Resource": ["arn:aws:s3:::in"]}], False),
        ([{**ALLOW, "Resource": "arn:aws:s3:::IN/*"}], False),
        ([{"Effect": "Allow", "NotAction": "s3:PutObject", "NotResource": "arn:aws:s3:::out/*"}], True),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::in/*"}], False),
        ([ALLOW, {"Effect": "Deny", "Action": "*", "Resource": "*"}], False),
        ([ALLOW, {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::out/*"}], True),
        ([{**ALLOW, "Condition": CONDITION}], True),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": ["2", "3"]}}}], False),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:Other": "1"}}}], False),
        ([{**ALLOW, "Condition": {**CONDITION, "ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:1:*"}}}], True),
        ([{**ALLOW, "Condition": {**CONDITION, "ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:2:*"}}}], False),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:ecs:*:1:*"}}}], False),
        ([{**ALLOW, "Condition": {"DateLessThan": {"aws:CurrentTime": "2099-01-01"}}}], False),
        ([ALLOW, {**ALLOW, "Effect": "Deny", "Condition": {"DateLessThan": {"aws:CurrentTime": "2099"}}}], False),
        ([ALLOW, {**ALLOW, "Effect": "Deny", "Condition": {"StringEquals": {"aws:SourceAccount": "2"}}}], True),
    ],
    ids=str,
)
def test_a_policy_allows_an_action(statements: Any, expected: bool):
    context = {"aws:SourceAccount": "1", "aws:SourceArn": "arn:aws:ecs:eu-west-1:1:x"}
    assert is_allowed([{"Statement": statements}], "s3:GetObject", BUCKET, context) is expected


def test_a_deny_in_another_policy_wins():
    deny = {**ALLOW, "Effect": "Deny"}
    assert not is_allowed([{"Statement": ALLOW}, {"Statement": deny}], "s3:GetObject", BUCKET)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Service": "scheduler.amazonaws.com"}, True),
        ({"Service": ["events.amazonaws.com", "scheduler.amazonaws.com"]}, True),
        ({"Service": "events.amazonaws.com"}, False),
        ({"AWS": "123456789012"}, False),
        ("*", False),
    ],
    ids=str,
)
def test_a_trust_policy_names_the_service(principal: Any, expected: bool):
    trust = {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}
    assert may_assume(trust, "scheduler.amazonaws.com", {}) is expected


BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
ONE_KEY: list[dict[str, Any]] = [
    {operator: {key: wanted}}
    for key in ("aws:SourceAccount", "AWS:sourceaccount")
    for operator in (
        "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
        "StringEqualsIfExists", "StringNotEqualsIfExists", "StringLikeIfExists",
    )
    for wanted in ("a", "A", "a*", ["b", "a"], ["b", "c"])
]  # fmt: skip
CONDITIONS: list[dict[str, Any]] = [
    *ONE_KEY,
    *({"Null": {"aws:SourceAccount": wanted}} for wanted in ("true", "false")),
    *(
        {f"{quantifier}:{operator}": {"events:source": wanted}}
        for quantifier in ("ForAllValues", "ForAnyValue")
        for operator in ("StringEquals", "StringLike", "StringNotEquals")
        for wanted in ("a", "a*", ["a", "b"])
    ),
    {"ForAllValues:StringEquals": {"events:source": "a"}, "Null": {"events:source": "false"}},
    *(
        {operator: {"aws:SourceArn": wanted}}
        for operator in ("ArnEquals", "ArnLike", "ArnNotLike")
        for wanted in (BUS, f"{BUS[:-3]}*")
    ),
    *({"Bool": {"aws:SecureTransport": wanted}} for wanted in ("true", "false")),
]
CONTEXTS: list[dict[str, str | list[str]]] = [
    {},
    {"aws:SourceAccount": "a", "events:source": ["a"], "aws:SecureTransport": "true"},
    {"aws:SourceAccount": "ab", "events:source": ["a", "b"], "aws:SecureTransport": "false"},
    {"aws:SourceAccount": "c", "events:source": ["c"], "aws:SourceArn": BUS},
    {"events:source": ["c", "a"], "aws:SourceArn": BUS.replace("default", "orders")},
]


def test_conditions_are_evaluated_as_by_the_simulator():
    """A policy language has many corners. The referee is @cloud-copilot/iam-simulate."""
    pairs = [(condition, context) for condition in CONDITIONS for context in CONTEXTS]
    policies = [
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "events:PutEvents", "Resource": BUS, "Condition": condition}],
        }
        for condition, _ in pairs
    ]
    answers = decisions(
        [
            simulation("events:PutEvents", BUS, context, identity_policies=[policy])
            for policy, (_, context) in zip(policies, pairs, strict=True)
        ]
    )
    different = [
        (pair, answer)
        for pair, policy, answer in zip(pairs, policies, answers, strict=True)
        if is_allowed([policy], "events:PutEvents", BUS, pair[1]) != (answer == "Allowed")
    ]
    assert different == []
