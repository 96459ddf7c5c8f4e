"""The schema of the Pulumi package, for the SDKs of other languages and for their users.

`python -m plugin.schema` writes it; a test fails when it is stale. It is made from the types in `components.args`
rather than by the SDK, which does not read `Literal` and `Annotated`."""

import inspect
import json
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
from typing_extensions import is_typeddict

from components import (
    ScheduledCall,
    ScheduledCallArgs,
    ScheduledTask,
    ScheduledTaskArgs,
    ScheduledTaskGroup,
    ScheduledTaskGroupArgs,
    __version__,
)
from components.args import GroupReference
from components.aws.spelling import camel_case
from components.component_types import CALL_TYPE as CALL
from components.component_types import GROUP_TYPE as GROUP
from components.component_types import TASK_TYPE as TASK
from components.keys.description import default_in_words, in_camel_case, in_words
from components.keys.reference import Key, Type, descriptions_of, forms, keys_of, shapes_in, type_of
from components.outputs import output_names
from components.schedule_resources import ScheduleOutput

PACKAGE = "ecs-scheduled-tasks"
FILE = Path(__file__).with_name("schema.json")
ABOUT = "Amazon ECS tasks on a schedule, with EventBridge Scheduler and alarms for failures"
REFERENCE = "The group, as a string for `group` of its tasks. Pass it on as it is."
_LANGUAGES = ("nodejs", "python", "csharp", "java", "go")
_ONLY_IN_PYTHON = frozenset({"after"})
"""Keys whose value is a component of the same program. The component refuses them with a reason."""
_KINDS = {str: "string", int: "integer", bool: "boolean"}

Schema = dict[str, Any]


def schema() -> Schema:
    """The schema of the components and of the types of their inputs."""
    shapes = [*shapes_in(ScheduledTaskArgs), *shapes_in(ScheduledTaskGroupArgs), *shapes_in(ScheduledCallArgs)]
    inner = [shape for shape in dict.fromkeys(shapes) if shape not in (ScheduledTaskArgs, ScheduledCallArgs)]
    types = {_token(shape): _type(shape) for shape in inner if shape not in shapes_in(GroupReference)}
    return {
        "name": PACKAGE,
        "version": __version__,
        "displayName": "ECS scheduled tasks",
        "description": ABOUT,
        "keywords": ["pulumi", "aws", "ecs", "scheduler", "category/cloud", "kind/component"],
        "license": "Apache-2.0",
        "resources": {
            TASK: _resource(ScheduledTask, ScheduledTaskArgs),
            GROUP: _resource(ScheduledTaskGroup, ScheduledTaskGroupArgs),
            CALL: _resource(ScheduledCall, ScheduledCallArgs),
        },
        "types": dict(sorted(types.items())),
        "language": {language: {"respectSchemaVersion": True} for language in _LANGUAGES},
        "dependencies": [],
    }


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


def _token(shape: type) -> str:
    return f"{PACKAGE}:index:{shape.__name__}"


def _type(shape: type) -> Schema:
    required = [camel_case(key.name) for key in keys_of(shape).values() if key.required]
    return {
        "description": _readable(shape.__doc__ or ""),
        "properties": _properties(shape),
        "type": "object",
        **({"required": required} if required else {}),
    }


def _resource(component: type[pulumi.ComponentResource], args: type) -> Schema:
    outputs = dict(_outputs(component))
    return {
        "isComponent": True,
        "description": _readable((component.__doc__ or "").split("Example:")[0]),
        "type": "object",
        "inputProperties": _properties(args),
        "requiredInputs": [camel_case(key.name) for key in keys_of(args).values() if key.required],
        "properties": outputs,
        "required": sorted(outputs),
    }


def _properties(shape: type) -> dict[str, Schema]:
    descriptions = descriptions_of(shape)
    return {
        camel_case(name): {"description": _described(key, descriptions[name]), **_value(key.type)}
        for name, key in keys_of(shape).items()
        if name not in _ONLY_IN_PYTHON
    }


def _described(key: Key, description: str) -> str:
    words = in_words(key, description)
    return in_camel_case(words if key.required else f"{words} Default: {default_in_words(key)}.")


def _value(found: Type) -> Schema:
    """The schema of a value. A value that can't be an output is plain."""
    if found.base is GroupReference:
        # See plugin/reference.py.
        return {"type": "string"}
    plain: Schema = {} if found.may_be_output else {"plain": True}
    if is_typeddict(found.base):
        return {"$ref": f"#/types/{_token(found.base)}", **plain}
    if found.is_object:
        return {"type": "object", "additionalProperties": _value(found.inner), **plain}
    if typing.get_origin(found.base) in (Sequence, list):
        return {"type": "array", "items": _value(found.inner), **plain}
    if found.base is object or len(forms(found)) > 1:
        return {"$ref": "pulumi.json#/Any", **plain}
    return {"type": "string" if found.choices else _KINDS[found.base], **plain}


def _outputs(component: type[pulumi.ComponentResource]) -> Iterator[tuple[str, Schema]]:
    hints: Mapping[str, Any] = inspect.get_annotations(component, eval_str=True)
    descriptions = descriptions_of(component)
    for name in output_names(component):
        [inner] = typing.get_args(hints[name])
        yield camel_case(name), {"description": in_camel_case(descriptions[name]), **_output(type_of(inner))}
    if "reference" in hints:
        yield "reference", {"description": REFERENCE, "type": "string"}


def _output(found: Type) -> Schema:
    if found.base is ScheduleOutput:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    if typing.get_origin(found.base) is list:
        return {"type": "array", "items": _output(found.inner)}
    return {"type": _KINDS[found.base]}


def _readable(docstring: str) -> str:
    """A docstring with one paragraph per line."""
    paragraphs = inspect.cleandoc(docstring).strip().split("\n\n")
    return in_camel_case("\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs))


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
