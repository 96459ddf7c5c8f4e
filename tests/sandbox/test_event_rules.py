"""Connections and API destinations that AWS refuses, and what the sandbox does with the secret of a connection."""

from typing import Any

import boto3
import pytest
from moto import mock_aws

from sandbox.moto_fixes import apply_fixes
from sandbox.rules import rule_problems

ARN = "arn:aws:events:eu-west-1:123456789012:connection/a/b"
ROLE = "arn:aws:iam::123456789012:role/a"
KEY = {"ApiKeyName": "X-Key", "ApiKeyValue": "v"}


def destination(url: str) -> dict[str, Any]:
    return {"Name": "a", "ConnectionArn": ARN, "InvocationEndpoint": url, "HttpMethod": "POST"}


def test_an_api_destination_needs_https():
    assert rule_problems("events", "CreateApiDestination", destination("https://a.example/x")) == []
    for operation in ("CreateApiDestination", "UpdateApiDestination"):
        [problem] = rule_problems("events", operation, destination("http://a.example/x"))
        assert "HTTPS" in problem


def test_a_connection_has_the_parameters_of_its_type_only():
    def problems(**parameters: Any) -> list[str]:
        return rule_problems(
            "events", "CreateConnection", {"AuthorizationType": "API_KEY", "AuthParameters": parameters}
        )

    assert problems(ApiKeyAuthParameters=KEY) == []
    assert problems() == ["AuthParameters.ApiKeyAuthParameters: is required for this type"]
    basic = {"Username": "u", "Password": "p"}
    assert problems(ApiKeyAuthParameters=KEY, BasicAuthParameters=basic) == [
        "AuthParameters.BasicAuthParameters: is not allowed for this type"
    ]


@pytest.mark.parametrize(
    "resource", ["events:eu-west-1:123456789012:api-destination/a/b", "states:eu-west-1:123456789012:stateMachine:a"]
)
def test_some_targets_need_a_role(resource: str):
    """AWS: Amazon EventBridge user guide, "API destinations as targets", and "Using identity-based policies", permissions
    for EventBridge to access targets using IAM roles."""
    target = {"Id": "a", "Arn": f"arn:aws:{resource}"}
    assert rule_problems("events", "PutTargets", {"Rule": "r", "Targets": [target]}) == [
        "RoleArn is required for target a."
    ]
    assert rule_problems("events", "PutTargets", {"Rule": "r", "Targets": [{**target, "RoleArn": ROLE}]}) == []


@pytest.fixture
def events() -> Any:
    apply_fixes()
    with mock_aws():
        connect: Any = boto3.client
        yield connect("events", "eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")


def test_aws_does_not_return_the_secrets_of_a_connection(events: Any):
    body = [{"Key": "a", "Value": "v", "IsValueSecret": True}, {"Key": "b", "Value": "w", "IsValueSecret": False}]
    given = {"ApiKeyAuthParameters": KEY, "InvocationHttpParameters": {"BodyParameters": body}}
    events.create_connection(Name="a", AuthorizationType="API_KEY", AuthParameters=given)
    assert events.describe_connection(Name="a")["AuthParameters"] == {
        "ApiKeyAuthParameters": {"ApiKeyName": "X-Key"},
        "InvocationHttpParameters": {
            "BodyParameters": [{"Key": "a", "IsValueSecret": True}, {"Key": "b", "Value": "w", "IsValueSecret": False}]
        },
    }


def test_a_new_secret_of_a_connection_replaces_the_old_one(events: Any):
    events.create_connection(Name="a", AuthorizationType="API_KEY", AuthParameters={"ApiKeyAuthParameters": KEY})
    new = {"ApiKeyAuthParameters": {**KEY, "ApiKeyValue": "rotated"}}
    events.update_connection(Name="a", AuthParameters=new)
    connect: Any = boto3.client
    secrets = connect("secretsmanager", "eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
    arn = events.describe_connection(Name="a")["SecretArn"]
    assert "rotated" in secrets.get_secret_value(SecretId=arn)["SecretString"]
