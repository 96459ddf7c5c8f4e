"""The JSON schema of the YAML files, made from the models, for editors to complete and check against.

`python -m config.schema` writes it; a test fails when it is stale.
"""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from .models import TASK_NAME_SCHEMA, Stack, Task

PROJECT = "scheduled-tasks"
FILE = Path(__file__).with_name("schema.json")


def schema() -> dict[str, Any]:
    """The schema; `$defs/stackFile` is for Pulumi.<stack>.yaml and `$defs/taskFile` for files of the
    catalogue."""
    _, made = models_json_schema([(Stack, "validation"), (Task, "validation")], by_alias=True)
    definitions: dict[str, Any] = made["$defs"]
    reference = {"$ref": "#/$defs/Task"}
    stack = definitions.pop("Stack")
    stack["properties"]["defaults"] = {"anyOf": [reference, {"type": "null"}]}
    stack["properties"]["tasks"] = _tasks({"anyOf": [reference, {"type": "null"}]})
    definitions["stackFile"] = {
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {f"{PROJECT}:{key}": value for key, value in stack["properties"].items()},
                # Keys of other namespaces, such as aws:region, are others' business.
                "patternProperties": {f"^(?!{PROJECT}:)": {}},
                "additionalProperties": False,
            }
        },
    }
    several = {
        "type": "object",
        "properties": {"tasks": _tasks(reference)},
        "required": ["tasks"],
        "additionalProperties": False,
    }
    definitions["taskFile"] = {"anyOf": [reference, several]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scheduled-tasks: configuration of stacks and tasks",
        "$defs": dict(sorted(definitions.items())),
        "anyOf": [{"$ref": "#/$defs/stackFile"}, {"$ref": "#/$defs/taskFile"}],
    }


def _tasks(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": TASK_NAME_SCHEMA, "additionalProperties": value}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
