"""Protection from using a real account, and validation of requests."""

import pytest

from sandbox.errors import SandboxError
from sandbox.plugin.aws import checked_endpoint, explicit_endpoint
from sandbox.plugin.provider import TYPES, SandboxProvider
from sandbox.validation import problems

LOCAL = "http://127.0.0.1:5000"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"AWS_ENDPOINT_URL": "nowhere"},
        {"AWS_ENDPOINT_URL": "https://ecs.eu-west-1.amazonaws.com"},
        {"AWS_ENDPOINT_URL": LOCAL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_ENDPOINT_URL": LOCAL, "AWS_ENDPOINT_URL_ECS": "https://ecs.eu-west-1.amazonaws.com"},
    ],
    ids=str,
)
def test_the_provider_refuses_endpoints_that_could_be_aws(environment: dict[str, str]):
    with pytest.raises(SandboxError):
        explicit_endpoint(environment)


def test_a_local_endpoint_is_accepted():
    assert explicit_endpoint({"AWS_ENDPOINT_URL": LOCAL}) == checked_endpoint(LOCAL) == LOCAL


SCHEDULE = {
    "Name": "backup",
    "ScheduleExpression": "rate(1 hour)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {
        "Arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
        "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
    },
}


def test_a_valid_request_is_accepted():
    assert problems("scheduler", "CreateSchedule", SCHEDULE) == []


@pytest.mark.parametrize(
    "change",
    [
        {"Name": "x" * 65},
        {"Name": "a b"},
        {"State": "PAUSED"},
        {"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1441}},
        {"Unknown": 1},
        {"Target": {"Arn": "x"}},
        {"Description": "x" * 513},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_invalid_request_is_refused(change: dict[str, object]):
    assert problems("scheduler", "CreateSchedule", {**SCHEDULE, **change})


def test_resource_types_have_their_tokens():
    assert all(token == resource.token for token, resource in TYPES.items())
    assert "aws:scheduler/schedule:Schedule" in TYPES


async def _invoked(token: str) -> None:
    from pulumi.provider.experimental.provider import InvokeRequest

    await SandboxProvider().invoke(InvokeRequest(token, {}))


def test_an_unsupported_function_is_named():
    import asyncio

    with pytest.raises(ValueError, match="does not support the function aws:s3/getBucket:getBucket"):
        asyncio.run(_invoked("aws:s3/getBucket:getBucket"))
