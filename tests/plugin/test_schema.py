"""The package's schema: the one in the repository, what the host answers, and whether it says what users need."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from plugin.schema import FILE, schema, text

ROOT = Path(__file__).parents[2]
PACKAGE = "ecs-scheduled-tasks"
BOUNDS = re.compile(r"\d to \d|within the bounds|at (?:least|most) [`\d]| or \d+\.")


MADE = schema()


def properties(direction: str) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """(where, the property, whether it is required) of inputs or outputs."""
    for token, resource in MADE["resources"].items():
        found, required = {
            "inputs": (resource["inputProperties"], resource["requiredInputs"]),
            "outputs": (resource["properties"], resource["required"]),
        }[direction]
        yield from ((f"{token.split(':')[-1]}.{key}", value, key in required) for key, value in found.items())
    if direction == "inputs":
        for token, type_ in MADE["types"].items():
            required = type_.get("required", [])
            for key, value in type_["properties"].items():
                yield f"{token.split(':')[-1]}.{key}", value, key in required


INPUTS = list(properties("inputs"))


def test_the_schema_in_the_repository_is_that_of_the_components():
    assert FILE.read_text() == text(), "stale: run `make docs`"


def test_the_host_answers_with_the_schema_in_the_repository():
    host = subprocess.Popen([sys.executable, ROOT / "plugin", "127.0.0.1:9"], stdout=subprocess.PIPE, cwd="/")
    try:
        assert host.stdout is not None
        port = int(host.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            provider: Any = provider_pb2_grpc.ResourceProviderStub(channel)
            answer = provider.GetSchema(provider_pb2.GetSchemaRequest())
            info = provider.GetPluginInfo(empty_pb2.Empty())
    finally:
        host.kill()
        host.communicate()
    assert answer.schema == FILE.read_text()
    assert info.version == MADE["version"]


def test_these_are_the_types_for_ever():
    assert sorted(MADE["resources"]) == [f"{PACKAGE}:index:ScheduledTask", f"{PACKAGE}:index:ScheduledTaskGroup"]
    assert all(resource["isComponent"] for resource in MADE["resources"].values())


def test_a_group_is_handed_to_its_tasks_as_one_text():
    resources = MADE["resources"]
    assert resources[f"{PACKAGE}:index:ScheduledTaskGroup"]["properties"]["reference"]["type"] == "string"
    group = resources[f"{PACKAGE}:index:ScheduledTask"]["inputProperties"]["group"]
    # A plain property would take no output.
    assert (group["type"], "plain" in group) == ("string", False)
    assert f"{PACKAGE}:index:GroupReference" not in MADE["types"]


@pytest.mark.parametrize(("where", "value", "required"), INPUTS, ids=[where for where, _, _ in INPUTS])
def test_an_input_says_what_it_is_its_bounds_and_its_default(where: str, value: dict[str, Any], required: bool):
    said = value["description"]
    assert not re.search(r"\b[a-z]+_[a-z]+\b", said), "keys are spelt as in the schema"
    assert "\n" not in said
    assert required or "Default: " in said, said
    if value.get("type") == "integer":
        assert BOUNDS.search(said), said


def test_every_output_type_and_component_is_described():
    assert all(value["description"] for _, value, _ in properties("outputs"))
    assert all(found["description"] for found in (*MADE["types"].values(), *MADE["resources"].values()))
