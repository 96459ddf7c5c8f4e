"""The resource policy of a log group, which moto does not support: created, changed and deleted by the provider."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox.moto_fixes import apply_fixes
from sandbox.plugin.services.logs import ResourcePolicy

HOME = "/aws/events/shop"
ARN, OTHER = (f"arn:aws:logs:eu-west-1:123456789012:log-group:{HOME}/{name}" for name in ("failed", "succeeded"))
POLICY = ResourcePolicy()

apply_fixes()


class InProcess:
    """The emulator in this process."""

    def client(self, service: str) -> Any:
        return client(service)


@cache
def client(service: str) -> Any:
    """Return a cached client. Creating one takes longer than most calls."""
    connect: Any = boto3.client
    return connect(service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


def document(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action}]})


@pytest.fixture
def aws() -> Iterator[Any]:
    with mock_aws():
        emulator = InProcess()
        for name in ("failed", "succeeded"):
            emulator.client("logs").create_log_group(logGroupName=f"{HOME}/{name}")
        yield emulator


@pytest.mark.parametrize("key", [{"resourceArn": ARN}, {"policyName": "shop"}], ids=lambda key: next(iter(key)))
def test_a_policy_is_created_changed_and_deleted(aws: Any, key: dict[str, str]):
    others = [POLICY.create(aws, {"policyName": "other", "policyDocument": document("a")})]
    others += [POLICY.create(aws, {"resourceArn": OTHER, "policyDocument": document("b")})]
    made = {**key, "policyDocument": document("logs:PutLogEvents")}
    identity = POLICY.create(aws, made)
    assert POLICY.read(aws, identity, {}) == made
    changed = {**made, "policyDocument": document("logs:CreateLogStream")}
    POLICY.update(aws, identity, made, changed)
    assert POLICY.read(aws, identity, {}) == changed
    POLICY.delete(aws, identity, changed)
    assert POLICY.read(aws, identity, {}) is None
    assert all(POLICY.read(aws, other, {}) for other in others)


def test_a_change_needs_the_current_revision(aws: Any):
    logs = aws.client("logs")
    logs.put_resource_policy(resourceArn=ARN, policyDocument=document("a"))
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.put_resource_policy(resourceArn=ARN, policyDocument=document("b"))
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.delete_resource_policy(resourceArn=ARN, expectedRevisionId="another")
    assert logs.describe_resource_policies()["resourcePolicies"] == []


def test_policies_of_log_groups_do_not_count_as_policies_of_the_account(aws: Any):
    logs = aws.client("logs")
    for number in range(10):
        logs.put_resource_policy(policyName=f"other-{number}", policyDocument=document("a"))
    with pytest.raises(ClientError, match="LimitExceededException"):
        logs.put_resource_policy(policyName="other-10", policyDocument=document("a"))
    for number in range(24):
        logs.create_log_group(logGroupName=f"{HOME}/{number}")
        logs.put_resource_policy(resourceArn=f"{ARN[:-7]}/{number}", policyDocument=document("a"))
    assert len(logs.describe_resource_policies(policyScope="RESOURCE")["resourcePolicies"]) == 24


def test_a_policy_is_deleted_with_its_log_group(aws: Any):
    POLICY.create(aws, {"resourceArn": ARN, "policyDocument": document("a")})
    aws.client("logs").delete_log_group(logGroupName=f"{HOME}/failed")
    assert POLICY.read(aws, ARN, {}) is None
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        POLICY.create(aws, {"resourceArn": ARN, "policyDocument": document("a")})


@pytest.mark.parametrize("props", [{}, {"policyName": "a", "resourceArn": ARN}], ids=["neither", "both"])
def test_a_policy_has_either_a_name_or_a_log_group(props: dict[str, str]):
    assert "exactly one of policyName and resourceArn" in POLICY.problems(props)["policyName"]
