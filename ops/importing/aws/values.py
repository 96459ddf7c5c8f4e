"""Values of AWS's API in a source's own spelling, and in AWS's. Pure.

A template of CloudFormation, a state of Terraform and an answer of AWS have the same members in different spelling. The
names and the shapes come from AWS's model.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from components.aws.ecs_model import Service, Shape, shape
from components.json_values import is_list, is_object

from ..yaml_sources import Value

EMPTY = (None, "", 0)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that the source doesn't contain.

    Args:
        name: Its name, such as `Cluster.Arn`.
        note: One or more sentences: the reason, and the action.
    """

    name: str
    note: str

    def __str__(self) -> str:
        return self.name


def value_of(data: object, path: str = "", line: int = 0) -> Value:
    """A value of plain data, all of it on one line."""
    if is_object(data):
        return Value(
            path,
            line,
            children={key: value_of(item, f"{path}.{key}" if path else key, line) for key, item in data.items()},
        )
    if is_list(data):
        return Value(path, line, children=[value_of(item, f"{path}[{at}]", line) for at, item in enumerate(data)])
    if isinstance(data, datetime):
        return Value(path, line, data.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return Value(path, line, data)


def plain(value: Value) -> object:
    """The plain data of a value."""
    if isinstance(value.children, dict):
        return {key: plain(child) for key, child in value.children.items()}
    if isinstance(value.children, list):
        return [plain(child) for child in value.children]
    return str(value.data) if isinstance(value.data, Unresolved) else value.data


def unresolved(value: Value | None) -> list[tuple[Value, Unresolved]]:
    """The values below that the source doesn't contain."""
    if value is None:
        return []
    return [(leaf, leaf.data) for leaf in value.leaves() if isinstance(leaf.data, Unresolved)]


def is_empty(value: Value | None) -> bool:
    """Whether nothing is set: no value, null, an empty string, list or object."""
    return value is None or (not value.children and (value.children is not None or value.data in (None, "")))


def leaf_count(data: object) -> int:
    """The number of keys of plain data. It doesn't use the values that the mapping decides about."""
    children = list(data.values()) if is_object(data) else data if is_list(data) else []
    return sum(leaf_count(child) for child in children) if children else 1


def parsed_json(value: Value) -> Value | None:
    """A string with a JSON object or list as its value; None for something else."""
    if not isinstance(value.data, str):
        return None
    try:
        data: object = json.loads(value.data)
    except (ValueError, RecursionError):
        return None
    return value_of(data, value.path, value.line) if is_object(data) or is_list(data) else None


def _plain_name(name: str) -> str:
    return name.replace("_", "").lower()


def spelled(value: Value, service: Service, name: str, renames: Mapping[str, str]) -> Value:
    """A value in AWS's spelling. Members that AWS doesn't have keep their own.

    Args:
        value: A value in another spelling, such as `launch_type` or `LaunchType`.
        service: The service of the shape.
        name: The shape in AWS's model.
        renames: Members of AWS's API by other names, which are in lowercase letters without underscores.
    """
    found = shape(service, name)
    if found.type == "structure":
        inner = _block(value)
        if inner is None:
            return value
        return Value(inner.path, inner.line, inner.data, _members(inner, service, found, renames))
    if found.type == "list" and isinstance(value.children, list):
        items = [spelled(item, service, found.member, renames) for item in value.children]
        return Value(value.path, value.line, value.data, items)
    return _typed(value, found)


def _typed(value: Value, found: Shape) -> Value:
    """A value in the type of AWS's model. Templates may have numbers and booleans as strings, and the reverse."""
    if value.children is not None or value.data is None or isinstance(value.data, Unresolved):
        return value
    text, data = value.text, value.data
    if found.type in ("integer", "long") and re.fullmatch(r"-?[0-9]{1,15}", text):
        data = int(text)
    elif found.type == "boolean" and text.lower() in ("true", "false"):
        data = text.lower() == "true"
    elif found.type == "string":
        data = text
    return Value(value.path, value.line, data)


def _members(value: Value, service: Service, found: Shape, renames: Mapping[str, str]) -> dict[str, Value] | None:
    if not isinstance(value.children, dict):
        return None if value.children is None else {}
    names = {_plain_name(name): name for name in found.members}
    members: dict[str, Value] = {}
    for key, child in value.children.items():
        simple = _plain_name(key)
        member = names.get(_plain_name(renames.get(simple, simple))) or names.get(simple)
        if member and member not in members:
            members[member] = spelled(child, service, found.members[member], renames)
        else:
            members[key] = child
    return members


def _block(value: Value) -> Value | None:
    """The object of a block, which Terraform shows as a list with one object. None for a list of several."""
    if not isinstance(value.children, list) or not value.children:
        return value
    return value.children[0] if len(value.children) == 1 else None
