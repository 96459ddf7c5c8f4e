"""Every statement of every policy names actions, resources and condition keys that AWS defines."""

import json
from functools import cache
from typing import Any

import pytest

from tests.components.policies.authorization import problems
from tests.components.policies.stacks import GROUPS, deployed, documents
from tests.mocks import ACCOUNT, REGION

EVERYTHING = {
    "ecs:ListTasks": "supports container instances, and the tasks of Fargate have none; limited by ecs:cluster",
}
"""Actions that support resource types, but need `*`."""


@cache
def unknown(policy: str) -> list[str]:
    """The problems of a policy, which several groups can have."""
    return list(problems(json.loads(policy)["Statement"], everything=EVERYTHING))


@pytest.mark.parametrize("group", GROUPS)
def test_awss_reference_knows_every_action_resource_and_condition_key(group: str):
    found = documents(deployed(group))
    assert len(found) > 2
    assert [(policy.kind, policy.owner, unknown(policy.text)) for policy in found if unknown(policy.text)] == []


def test_a_stack_with_everything_has_every_kind_of_policy():
    found = [(document.kind, document.owner) for document in documents(deployed("everything"))]
    assert len(found) == len(set(found)) > 13
    assert {kind for kind, _ in found} == {"identity", "trust", "resource"}


QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:letters"


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ({"Action": "sqs:SendMessages", "Resource": QUEUE}, "sqs:SendMessages does not exist"),
        (
            {"Action": "sqs:SendMessage", "Resource": "*"},
            "sqs:SendMessage supports queue, so its resource must not be *",
        ),
        (
            {"Action": "sqs:SendMessage", "Resource": QUEUE.replace("sqs", "sns")},
            f"sqs:SendMessage supports queue, not {QUEUE.replace('sqs', 'sns')}",
        ),
        (
            {"Action": "ecr:GetAuthorizationToken", "Resource": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/a"},
            "ecr:GetAuthorizationToken supports no resource types, so its resource must be *",
        ),
        (
            {"Action": "sqs:SendMessage", "Resource": QUEUE, "Condition": {"ArnEquals": {"ecs:cluster": "c"}}},
            "sqs:SendMessage has no condition key ecs:cluster",
        ),
        (
            {
                "Action": "events:PutEvents",
                "Resource": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default",
                "Condition": {"StringEquals": {"events:source": "a"}},
            },
            "events:source is of type ArrayOfString, which StringEquals does not compare",
        ),
    ],
)
def test_the_referee_finds(statement: dict[str, Any], problem: str):
    assert list(problems([statement])) == [problem]
