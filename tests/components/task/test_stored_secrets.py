"""Values that are stored as SecureString parameters: secret in the engine's state, whatever they were before."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2

from components import ScheduledTask, ScheduledTaskArgs
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
