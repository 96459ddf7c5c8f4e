"""The JSON schema of the YAML files, made from their keys, for editors to complete and check against.

`python -m config.schema` writes it; a test fails when it is stale.
"""

import inspect
import json
from pathlib import Path
from typing import Any, cast

from components.args import RetryRunArgs, SidecarArgs, VolumeArgs
from components.aws import names
from components.aws.spelling import camel_case
from components.keys.annotations import NUMBER_AS_STRING
from components.keys.description import default_in_words, in_camel_case, in_words
from components.keys.reference import Key, descriptions_of, keys_of, shapes_in
from components.keys.validation import adapter_of

from .keys import Stack, Task

PROJECT = "scheduled-tasks"
FILE = Path(__file__).with_name("schema.json")
TASK_NAME_SCHEMA = {"pattern": names.TASK_NAME, "maxLength": names.TASK_NAME_LENGTH}

Schema = dict[str, Any]


def schema() -> Schema:
    """The schema. `$defs/stackFile` is for Pulumi.<stack>.yaml, and `$defs/taskFile` for files of shared tasks."""
    shapes = dict.fromkeys([*shapes_in(Stack), *shapes_in(Task)])
    definitions = {shown_name(shape): _object(shape) for shape in shapes}
    task = {"$ref": "#/$defs/Task"}
    stack = definitions.pop("Stack")
    stack["properties"]["defaults"] = {"anyOf": [task, {"type": "null"}]}
    stack["properties"]["tasks"] = _tasks({"anyOf": [task, {"type": "null"}]})
    definitions["stackFile"] = {
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {f"{PROJECT}:{key}": value for key, value in stack["properties"].items()},
                # Keys of other namespaces, such as aws:region, belong to others.
                "patternProperties": {f"^(?!{PROJECT}:)": {}},
                "additionalProperties": False,
            }
        },
    }
    several = {
        "type": "object",
        "properties": {"tasks": _tasks(task)},
        "required": ["tasks"],
        "additionalProperties": False,
    }
    definitions["taskFile"] = {"anyOf": [task, several]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scheduled-tasks: configuration of stacks and tasks",
        "$defs": dict(sorted(definitions.items())),
        "anyOf": [{"$ref": "#/$defs/stackFile"}, {"$ref": "#/$defs/taskFile"}],
    }


def shown_name(shape: type) -> str:
    """The name of a TypedDict in the schema and the documentation."""
    return shape.__name__.removesuffix("Args")


def _object(shape: type) -> Schema:
    """A TypedDict with descriptions. Keys that are not required may be null, which removes a lower layer's value."""
    made: Schema = adapter_of(shape).json_schema(by_alias=True)
    made.pop("$defs", None)
    properties: dict[str, Schema] = {}
    for name, key in keys_of(shape).items():
        value = cast("Schema", _cleaned(made["properties"][camel_case(name)]))
        described = _described(key, descriptions_of(shape)[name])
        properties[camel_case(name)] = {"description": described, **(value if key.required else _nullable(value))}
    # Layers merge these objects, and each layer sets only what it adds.
    complete = shape not in (SidecarArgs, VolumeArgs, RetryRunArgs)
    required = {"required": made["required"]} if complete and made.get("required") else {}
    return {
        "type": "object",
        "description": in_camel_case(" ".join(inspect.cleandoc(shape.__doc__ or "").split())),
        "properties": properties,
        **required,
        "additionalProperties": False,
    }


def _described(key: Key, description: str) -> str:
    words = in_words(key, description)
    return in_camel_case(words if key.required else f"{words} Default: {default_in_words(key)}.")


def _nullable(value: Schema) -> Schema:
    forms: list[Schema] = value.get("anyOf", [value])
    return {"anyOf": [*forms, {"type": "null"}]}


def _cleaned(value: Any) -> Any:
    """A part of pydantic's schema, without titles and annotations, and with the names of the definitions."""
    if isinstance(value, list):
        return [_cleaned(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    given = cast("Schema", value)
    if "$ref" in given:
        return {"$ref": f"#/$defs/{given['$ref'].rsplit('/', 1)[-1].removesuffix('Args')}"}
    if "oneOf" in given:
        return {"anyOf": [_cleaned(form) for form in given["oneOf"]]}
    kept = {key: _cleaned(item) for key, item in given.items() if key not in ("title", "default") and key[:2] != "x-"}
    return {**kept, "type": ["string", "integer"]} if NUMBER_AS_STRING in given else kept


def _tasks(value: Schema) -> Schema:
    return {"type": "object", "propertyNames": TASK_NAME_SCHEMA, "additionalProperties": value}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
