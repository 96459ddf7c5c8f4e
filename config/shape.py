"""Whether values have the shape of a model: problems a person can act on, from pydantic's errors."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from components.problems import Name, Problem, listed, nearest

from .models import Model

M = TypeVar("M", bound=Model)

_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list, such as [a, b]",
    "dict_type": "a map, such as {key: value}",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "literal_error": "true",
}
_FORMS = {"<text>": "text", "<list>": "a list", "<map>": "a map", "<boolean>": "true or false"}
"""What the tags of `models.base.kind` stand for."""
_TYPES: dict[type, str] = {str: "text", bool: "true or false", int: "a number", float: "a number"}
_NEVER_SHOWN = {"environment", "secrets", "tags", "defaults", "tasks"}
"""Keys whose values are not repeated in messages: somebody may have put a secret there."""


def checked(model: type[M], values: Mapping[str, Any]) -> tuple[M, list[Problem]]:
    """The values as a model without those that do not fit, and a problem for each of these."""
    try:
        return model.model_validate(dict(values)), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = [_problem(model, detail) for detail in details]
    faulty = {detail["loc"][0] for detail in details}
    return model.model_validate({key: value for key, value in values.items() if key not in faulty}), problems


def _problem(model: type[Model], detail: ErrorDetails) -> Problem:
    # A tag like <text> says which form of a value pydantic looked at; it is not part of the path.
    path = tuple(part for part in detail["loc"] if not str(part).startswith("<"))
    kind = detail["type"]
    if path and path[-1] == "[key]":
        return Problem(path[:-1], "is a name, which must be text: put it in quotes.")
    if kind == "extra_forbidden":
        return Problem(path, _unknown_key(model, path))
    if kind == "missing":
        return Problem(path, "is missing.")
    expected = _expected(model, path, detail)
    shown = _shown(path, detail["input"])
    message = f"must be {expected}, not {shown}{_hint(model, path, detail)}" if expected else f"{detail['msg']}."
    return Problem(tuple(Name(part) if isinstance(part, str) else part for part in path), message)


def _expected(model: type[Model], path: tuple[str | int, ...], detail: ErrorDetails) -> str | None:
    if detail["type"] == "union_tag_invalid":
        tags = detail.get("ctx", {})["expected_tags"].split(", ")
        return listed(_FORMS[tag.strip("'")] for tag in tags)
    if detail["type"].startswith("model_") and (keys := _keys_at(model, path)):
        return f"a map of {listed(sorted(keys), 'and')}"
    return _KINDS.get(detail["type"])


def _hint(model: type[Model], path: tuple[str | int, ...], detail: ErrorDetails) -> str:
    """The end of a sentence: what is probably meant."""
    value: object = detail["input"]
    if detail["type"] == "string_type" and isinstance(value, bool | int | float):
        return ": put it in quotes."
    if detail["type"] == "int_type" and isinstance(value, str):
        # Its description says of what: somebody may have written a unit.
        return ": leave out the quotes." if value.isdecimal() else f". {_description(model, path)}".rstrip()
    return "."


def _unknown_key(model: type[Model], path: tuple[str | int, ...]) -> str:
    known = _keys_at(model, path[:-1])
    return f"unknown key.{nearest(str(path[-1]), known)} Known keys: {listed(sorted(known), 'and')}."


def _keys_at(model: type[Model], path: tuple[str | int, ...]) -> list[str]:
    """The keys of the model that a path leads to, from its JSON schema."""
    return [key for node in _nodes_at(model, path) for key in node.get("properties", {})]


def _description(model: type[Model], path: tuple[str | int, ...]) -> str:
    """What the model says of the key that a path leads to; empty where that is no key."""
    properties = (node.get("properties", {}) for node in _nodes_at(model, path[:-1]))
    return next((of[path[-1]].get("description", "") for of in properties if path[-1] in of), "")


def _nodes_at(model: type[Model], path: tuple[str | int, ...]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema.get("$defs", {})
    nodes: list[dict[str, Any]] = [schema]
    for part in path:
        nodes = [child for node in nodes for child in _children(node, part, definitions)]
    return nodes


def _children(node: dict[str, Any], part: str | int, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    # Under a name that a person chose, every value has the shape that the map says.
    child = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
    child = child or node.get("additionalProperties")
    if not child:
        return []
    pending, found = [child], list[dict[str, Any]]()
    while pending:
        schema: dict[str, Any] = pending.pop()
        pending.extend([*schema.get("anyOf", []), *schema.get("oneOf", [])])
        reference = schema.get("$ref")
        found.append(definitions[reference.rsplit("/", 1)[-1]] if reference else schema)
    return found


def _shown(path: tuple[str | int, ...], value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a map" if isinstance(value, dict) else "a list"
    if _NEVER_SHOWN.intersection(path):
        return _TYPES.get(type(value), "that")
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
