"""Every statement of every policy names actions, resources and condition keys that AWS defines."""

from typing import Any

import pytest

from tests.components.policies.authorization import problems
from tests.components.policies.stacks import GROUPS, Document, deployed, documents
from tests.mocks import ACCOUNT, REGION

EVERYTHING = {
    "ecs:ListTasks": "supports container instances, and the tasks of Fargate have none; limited by ecs:cluster",
}
"""Actions that support resource types, but need `*`."""
POLICIES = {found.text: found for name in GROUPS for found in documents(deployed(name))}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda found: f"{found.kind} {found.owner}")
def test_awss_reference_knows_every_action_resource_and_condition_key(policy: Document):
    assert list(problems(policy.statements, everything=EVERYTHING)) == []


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
