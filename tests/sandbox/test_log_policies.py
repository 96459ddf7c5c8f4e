"""A log group's own resource policy, which moto does not know, as the plugin makes, changes and removes it."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox.mends import mend
from sandbox.plugin.services.logs import ResourcePolicy

ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/shop/failed"
POLICY = ResourcePolicy()

mend()


class Here:
    """AWS in this process."""

    def client(self, service: str) -> Any:
        connect: Any = boto3.client
        return connect(service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


def document(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action}]})


@pytest.mark.parametrize("key", [{"resourceArn": ARN}, {"policyName": "shop"}], ids=lambda key: next(iter(key)))
def test_a_policy_lives(key: dict[str, str]):
    with mock_aws():
        aws: Any = Here()
        others = [POLICY.create(aws, {"policyName": "other", "policyDocument": document("a")})]
        others += [POLICY.create(aws, {"resourceArn": f"{ARN}-2", "policyDocument": document("b")})]
        made = {**key, "policyDocument": document("logs:PutLogEvents")}
        identity = POLICY.create(aws, made)
        assert POLICY.read(aws, identity, {}) == made
        changed = {**made, "policyDocument": document("logs:CreateLogStream")}
        POLICY.update(aws, identity, made, changed)
        assert POLICY.read(aws, identity, {}) == changed
        POLICY.delete(aws, identity, changed)
        assert POLICY.read(aws, identity, {}) is None
        assert all(POLICY.read(aws, other, {}) for other in others)


def test_a_log_groups_policy_is_changed_by_whoever_knows_its_revision_only():
    with mock_aws():
        logs = Here().client("logs")
        logs.put_resource_policy(resourceArn=ARN, policyDocument=document("a"))
        with pytest.raises(ClientError, match="InvalidParameterException"):
            logs.put_resource_policy(resourceArn=ARN, policyDocument=document("b"))
        with pytest.raises(ClientError, match="InvalidParameterException"):
            logs.delete_resource_policy(resourceArn=ARN, expectedRevisionId="another")
        assert logs.describe_resource_policies()["resourcePolicies"] == []


@pytest.mark.parametrize("props", [{}, {"policyName": "a", "resourceArn": ARN}], ids=["neither", "both"])
def test_a_policy_is_of_the_account_or_of_a_log_group(props: dict[str, str]):
    assert "exactly one of policyName and resourceArn" in POLICY.problems(props)["policyName"]
