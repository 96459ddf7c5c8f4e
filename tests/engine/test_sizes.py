"""A stack that exceeds the limits of single resources, on the real engine."""

import json

import pytest

from sandbox.engine import Sandbox

from .conftest import client

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

ROLE = "scheduled-tasks-local__backup__execution"


def configure(box: Sandbox, secrets: range) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production"
    task = {
        "image": "backup:1",
        "schedule": "rate(1 day)",
        "secrets": {f"S{number}": f"{arn}/service-{number:03}" for number in secrets},
    }
    values = {
        "aws:region": "eu-west-1",
        "scheduled-tasks:cluster": {"create": True},
        "scheduled-tasks:network": {"vpc": "default"},
        "scheduled-tasks:catalogue": False,
        "scheduled-tasks:monitoring": {"outcomes": False, "alarms": False},
        "scheduled-tasks:tasks": {"backup": task},
    }
    (box.project / "Pulumi.local.yaml").write_text(json.dumps({"config": values}))


def readable(box: Sandbox) -> tuple[int, set[str]]:
    """The number of managed policies of the execution role, and all secrets that it may read."""
    iam = client(box, "iam")
    documents = [
        iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    ]
    attached = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    for policy in attached:
        version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)
        documents.append(found["PolicyVersion"]["Document"])
    statements = [statement for document in documents for statement in document["Statement"]]
    secrets = [arn for statement in statements if statement["Sid"] == "ReadSecrets" for arn in statement["Resource"]]
    return len(attached), {arn.rsplit("/", 1)[-1] for arn in secrets if not arn.endswith("?")}


def names(secrets: range) -> set[str]:
    return {f"service-{number:03}" for number in secrets}


def test_managed_policies_follow_the_secrets_of_a_task(box: Sandbox):
    for secrets, policies in ((range(80), 1), (range(40, 200), 4), (range(5), 0)):
        configure(box, secrets)
        assert box.up().error == ""
        count, found = readable(box)
        assert (count, found) == (policies, names(secrets))
        again = box.up()
        assert (again.error, set(again.changes)) == ("", {"same"})
