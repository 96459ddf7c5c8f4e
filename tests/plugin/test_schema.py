"""The schema of the package: the file, the answer of the host, and its descriptions."""

import json
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
    """Inputs or outputs: the path, the property, and whether it is required."""
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


def test_schema_in_the_repository_is_current():
    assert FILE.read_text() == text(), "stale: run `make docs`"


def test_host_returns_the_schema_in_the_repository():
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


def test_type_tokens_do_not_change():
    kinds = ("ScheduledCall", "ScheduledTask", "ScheduledTaskGroup")
    assert sorted(MADE["resources"]) == [f"{PACKAGE}:index:{kind}" for kind in kinds]
    assert all(resource["isComponent"] for resource in MADE["resources"].values())


def test_reference_of_a_group_is_a_string():
    resources = MADE["resources"]
    assert resources[f"{PACKAGE}:index:ScheduledTaskGroup"]["properties"]["reference"]["type"] == "string"
    group = resources[f"{PACKAGE}:index:ScheduledTask"]["inputProperties"]["group"]
    # A plain property would take no output.
    assert (group["type"], "plain" in group) == ("string", False)
    assert f"{PACKAGE}:index:GroupReference" not in MADE["types"]


@pytest.mark.parametrize(("where", "value", "required"), INPUTS, ids=[where for where, _, _ in INPUTS])
def test_input_has_a_description_its_bounds_and_its_default(where: str, value: dict[str, Any], required: bool):
    description = value["description"]
    assert not re.search(r"\b[a-z]+_[a-z]+\b", description), "keys are spelt as in the schema"
    assert "\n" not in description
    assert required or "Default: " in description, description
    if value.get("type") == "integer":
        assert BOUNDS.search(description), description


def test_every_output_type_and_component_is_described():
    assert all(value["description"] for _, value, _ in properties("outputs"))
    assert all(found["description"] for found in (*MADE["types"].values(), *MADE["resources"].values()))


PROMISED = Path(__file__).with_name("promised.txt")
"""Each property of the schema of version 0.1.0, with its type."""


def typed(schema: dict[str, Any]) -> Iterator[str]:
    """A line per property of a schema: its object, direction, name and type, and whether it is required."""
    for token, found in sorted({**schema["resources"], **schema["types"]}.items()):
        inputs = found.get("inputProperties"), found.get("requiredInputs", [])
        others = found["properties"], found.get("required", [])
        parts = {"input": inputs, "output": others} if "inputProperties" in found else {"input": others}
        for kind, (properties, required) in parts.items():
            for name, value in sorted(properties.items()):
                shape = {key: item for key, item in value.items() if key != "description"}
                words = f"{json.dumps(shape, sort_keys=True)}{' required' if name in required else ''}"
                yield f"{token.rpartition(':')[2]} {kind} {name} {words}"


def test_schema_only_grows():
    """A removed property or a changed type breaks programs in other languages."""
    lines = PROMISED.read_text().splitlines()
    assert len(lines) > 190
    assert lost(MADE) == [], "see docs/upgrading.md"


def lost(schema: dict[str, Any]) -> list[str]:
    """The promises that a schema breaks. An input may become optional."""
    found = set(typed(schema))
    kept = found | {f"{line} required" for line in found if line.split(" ")[1] == "input"}
    return sorted(set(PROMISED.read_text().splitlines()) - kept)


def test_no_input_becomes_required():
    added = set(typed(MADE)) - set(PROMISED.read_text().splitlines())
    shapes = {line.split(" ", 1)[0] for line in PROMISED.read_text().splitlines()}
    inputs = [line for line in added if line.split(" ", 1)[0] in shapes and line.split(" ")[1] == "input"]
    assert [line for line in inputs if line.endswith(" required")] == []


def test_removed_properties_and_changed_types_are_found():
    changed = json.loads(FILE.read_text())
    task = changed["resources"][f"{PACKAGE}:index:ScheduledTask"]
    del task["properties"]["logGroupName"]
    task["inputProperties"]["cpu"]["type"] = "string"
    assert [line.split()[2] for line in lost(changed)] == ["cpu", "logGroupName"]
