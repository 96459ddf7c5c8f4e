"""The JSON schema of the YAML files, made from their keys, for editors to complete and check against.

`python -m config.schema` writes it; a test fails when it is stale.
"""

import inspect
import json
from pathlib import Path
from typing import Any, cast

from typing_extensions import is_typeddict

from components.args import ContainerAwsArgs
from components.aws import names
from components.aws.spelling import camel_case
from components.json_values import Object, is_list, is_object
from components.keys.annotations import NUMBER_AS_STRING, AwsMembers
from components.keys.description import default_in_words, in_camel_case, in_words
from components.keys.reference import Key, descriptions_of, forms, keys_of, shapes_in, type_of
from components.keys.validation import adapter_of
from components.passthrough.json_schema import members_schema

from .keys import Call, Stack, Task

PROJECT = "scheduled-tasks"
FILE = Path(__file__).with_name("schema.json")
TASK_NAME_SCHEMA = {"pattern": names.TASK_NAME, "maxLength": names.TASK_NAME_LENGTH}

Schema = Object


def schema() -> Schema:
    """The schema. `$defs/stackFile` is for Pulumi.<stack>.yaml, and `$defs/taskFile` for files of shared tasks."""
    shapes = dict.fromkeys([*shapes_in(Stack), *shapes_in(Task), *shapes_in(Call)])
    merged = _merged_shapes(Task) | _merged_shapes(Call)
    definitions = {shown_name(shape): _object(shape, merged=shape in merged) for shape in shapes}
    containers = {"$ref": "#/$defs/Task"}
    task = {"anyOf": [containers, {"$ref": "#/$defs/Call"}]}
    stack = definitions.pop("Stack")
    stack["properties"]["defaults"] = {"anyOf": [containers, {"type": "null"}]}
    stack["properties"]["tasks"] = _tasks({"anyOf": [*task["anyOf"], {"type": "null"}]})
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
    definitions["taskFile"] = {"anyOf": [*task["anyOf"], several]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scheduled-tasks: configuration of stacks and tasks",
        "$defs": dict(sorted(definitions.items())),
        "anyOf": [{"$ref": "#/$defs/stackFile"}, {"$ref": "#/$defs/taskFile"}],
    }


def shown_name(shape: type) -> str:
    """The name of a TypedDict in the schema and the documentation."""
    return shape.__name__.removesuffix("Args")


def _merged_shapes(shape: type) -> set[type]:
    """The TypedDicts whose keys merge over those of lower layers: all but those in lists."""
    found: set[type] = set()
    waiting = [type_of(shape)]
    while waiting:
        for form in forms(waiting.pop()):
            # An object with a single key has no other keys to merge with.
            if is_typeddict(form.base) and form.base not in found and len(keys_of(form.base)) > 1:
                found.add(form.base)
                waiting += [key.type for key in keys_of(form.base).values()]
            elif form.is_object:
                waiting.append(form.inner)
    return found


def _object(shape: type, *, merged: bool) -> Schema:
    """A TypedDict with descriptions. Keys that are not required may be null, which removes a lower layer's value.

    `merged`: a file may contain only some of the required keys, as lower layers may contain the others.
    """
    made: Schema = adapter_of(shape).json_schema(by_alias=True)
    made.pop("$defs", None)
    properties: dict[str, Schema] = {}
    for name, key in keys_of(shape).items():
        value = cast("Schema", _cleaned(made["properties"][camel_case(name)]))
        if of_aws := key.type.annotation(AwsMembers):
            value = members_schema(of_aws.shape, sidecar=shape is ContainerAwsArgs)
        described = _described(key, descriptions_of(shape)[name])
        needed = key.required and not merged
        properties[camel_case(name)] = {"description": described, **(value if needed else _nullable(value))}
    required = {"required": made["required"]} if made.get("required") and not merged else {}
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
    if is_list(value):
        return [_cleaned(item) for item in value]
    if not is_object(value):
        return value
    if "$ref" in value:
        return {"$ref": f"#/$defs/{value['$ref'].rsplit('/', 1)[-1].removesuffix('Args')}"}
    if "oneOf" in value:
        return {"anyOf": [_cleaned(form) for form in value["oneOf"]]}
    kept = {key: _cleaned(item) for key, item in value.items() if key not in ("title", "default") and key[:2] != "x-"}
    if is_object(kept.get("additionalProperties")):
        # Null removes the entry of a lower layer.
        kept["additionalProperties"] = _nullable(kept["additionalProperties"])
    return {**kept, "type": ["string", "integer"]} if NUMBER_AS_STRING in value else kept


def _tasks(value: Schema) -> Schema:
    return {"type": "object", "propertyNames": TASK_NAME_SCHEMA, "additionalProperties": value}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
