"""The examples in YAML and TypeScript use only what is in the schema of the package."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from components import __version__
from plugin.schema import CALL, FILE, GROUP, PACKAGE, TASK

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = json.loads(FILE.read_text())
PLAIN: dict[str, type] = {"string": str, "integer": int, "boolean": bool}


def in_yaml() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, resource in yaml.safe_load((EXAMPLES / "yaml-package/Pulumi.yaml").read_text())["resources"].items():
        if resource["type"].startswith(PACKAGE):
            yield f"yaml {name}", resource["type"], resource["properties"]


def in_typescript() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Object literals of constants, strings, lists and objects are also YAML. A variable is read as a string."""
    program = (EXAMPLES / "typescript-package/index.ts").read_text()
    for kind, name, literal in re.findall(r'new tasks\.(\w+)\("(\w+)", (\{.*?\n\})\);', program, re.DOTALL):
        yield f"typescript {name}", f"{PACKAGE}:index:{kind}", yaml.safe_load(literal)


WRITTEN = [*in_yaml(), *in_typescript()]


def problems(value: Any, shape: dict[str, Any], where: str) -> Iterator[str]:
    if shape.get("$ref") == "pulumi.json#/Any":
        return
    if "$ref" in shape:
        found = SCHEMA["types"][shape["$ref"].removeprefix("#/types/")]
        yield from object_problems(value, found["properties"], found.get("required", []), where)
    elif shape["type"] == "array":
        for item in value:
            yield from problems(item, shape["items"], where)
    elif shape["type"] == "object":
        for item in value.values():
            yield from problems(item, shape["additionalProperties"], where)
    elif type(value) is not PLAIN[shape["type"]]:
        yield f"{where}: {value!r} is not a {shape['type']}"


def object_problems(value: Any, properties: dict[str, Any], required: list[str], where: str) -> Iterator[str]:
    yield from (f"{where}.{key} is missing" for key in required if key not in value)
    for key, item in value.items():
        if key in properties:
            yield from problems(item, properties[key], f"{where}.{key}")
        else:
            yield f"{where}.{key} is unknown"


def test_the_examples_use_all_components():
    assert {(where.split()[0], kind) for where, kind, _ in WRITTEN} == {
        *((language, kind) for language in ("yaml", "typescript") for kind in (GROUP, TASK)),
        ("yaml", CALL),
    }


@pytest.mark.parametrize(("where", "kind", "written"), WRITTEN, ids=[where for where, _, _ in WRITTEN])
def test_inputs_of_an_example_are_in_the_schema(where: str, kind: str, written: dict[str, Any]):
    resource = SCHEMA["resources"][kind]
    assert list(object_problems(written, resource["inputProperties"], resource["requiredInputs"], where)) == []


@pytest.mark.parametrize("file", ["yaml-package/Pulumi.yaml", "typescript-package/index.ts"])
def test_outputs_that_an_example_reads_are_in_the_schema(file: str):
    names = {"jobs": GROUP, "daily": TASK, "cleanup": TASK}
    read = re.findall(r"\b(jobs|daily|cleanup)\.(\w+)", (EXAMPLES / file).read_text())
    assert len(read) > 3
    assert [(name, key) for name, key in read if key not in SCHEMA["resources"][names[name]]["properties"]] == []


def test_mistakes_in_an_example_are_found():
    properties = SCHEMA["resources"][TASK]["inputProperties"]
    written = {"cpuu": 1, "cpu": "1", "schedules": [{"memory": 1}], "retry": {"maxAge": 5}}
    assert len(list(object_problems(written, properties, [], "task"))) == 4


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*/Pulumi.yaml")), ids=lambda file: file.parent.name)
def test_example_uses_this_version(file: Path):
    texts = [other.read_text() for other in file.parent.iterdir() if other.suffix in (".yaml", ".txt", ".md")]
    assert {version for text in texts for version in re.findall(r"@v([\d.]+\d)", text)} <= {__version__}
