"""Values that are stored as SecureString parameters: secret in the engine's state, whatever they were before."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2

from components import ScheduledTask, ScheduledTaskArgs
from components.checks.errors import InvalidArgumentsError
from tests import mocks

SECRET = rpc._special_secret_sig


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The inputs of each resource as the engine gets them, in which a secret is marked."""
    found: dict[str, dict[str, Any]] = {}
    register = mocks.Monitor.RegisterResource

    def recorded(self: Any, request: resource_pb2.RegisterResourceRequest) -> Any:
        found[request.name] = {
            key: dict(value.struct_value) if value.HasField("struct_value") else None
            for key, value in request.object.fields.items()
        }
        return register(self, request)

    monkeypatch.setattr(mocks.Monitor, "RegisterResource", recorded)
    return found


VALUES: dict[str, Callable[[], pulumi.Output[str]]] = {
    "a secret": lambda: pulumi.Output.secret("s3cr3t"),
    "an output that is not a secret": lambda: pulumi.Output.from_input("s3cr3t"),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_stored_value_is_a_secret_for_the_engine(
    sent: dict[str, dict[str, Any]], value: Callable[[], pulumi.Output[str]]
):
    def program() -> None:
        args = {"image": "a:1", "schedule": "rate(1 day)", "secret_values": {"TOKEN": value()}, "group_args": {}}
        ScheduledTask("job", cast("ScheduledTaskArgs", args))

    recorded = mocks.run(program, preview=False)
    assert recorded.error is None
    stored = sent["job-secret-TOKEN"]["value"]
    assert stored == {rpc._special_sig_key: SECRET, "value": "s3cr3t"}
    assert "s3cr3t" not in recorded.named("job-definition").inputs["containerDefinitions"]


SIZES = [
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
    ("x", "Standard"), ("x" * 4096, "Standard"), ("x" * 4097, "Advanced"), ("x" * 8192, "Advanced"), ("ü" * 2049, "Advanced"),
]  # fmt: skip


def stored(value: str) -> mocks.Recorded:
    def program() -> None:
        secret = {"TOKEN": pulumi.Output.secret(value)}
        args = {"image": "a:1", "schedule": "rate(1 day)", "secret_values": secret, "group_args": {}}
        ScheduledTask("job", cast("ScheduledTaskArgs", args))

    return mocks.run(program, preview=False)


@pytest.mark.parametrize(("value", "tier"), SIZES, ids=[f"{len(value)} {tier}" for value, tier in SIZES])
def test_long_values_are_stored_in_the_advanced_tier(value: str, tier: str):
    recorded = stored(value)
    assert recorded.error is None
    assert recorded.named("job-secret-TOKEN").inputs["tier"] == tier


@pytest.mark.parametrize(("value", "part"), [("", "empty"), ("x" * 8193, "8193")])
def test_values_that_no_tier_stores_are_refused(value: str, part: str):
    recorded = stored(value)
    assert isinstance(recorded.error, InvalidArgumentsError)
    [problem] = recorded.error.problems
    assert problem.path == ("secret_values", "TOKEN")
    assert part in problem.message
    assert "xxx" not in problem.message


def test_a_long_name_of_a_variable_fits_into_the_description():
    """botocore ssm, ParameterDescription: at most 1024."""

    def program() -> None:
        secret = {"A" * 2000: pulumi.Output.secret("x")}
        args = {"image": "a:1", "schedule": "rate(1 day)", "secret_values": secret, "group_args": {}}
        ScheduledTask("job", cast("ScheduledTaskArgs", args))

    recorded = mocks.run(program, preview=False)
    assert recorded.error is None
    [parameter] = [found for found in recorded.of_aws if found.type.endswith(":Parameter")]
    assert len(parameter.inputs["description"]) == 1024
    # botocore ssm, PutParameter, Name: at most 1011 characters.
    assert len(parameter.inputs["name"]) <= 1011
