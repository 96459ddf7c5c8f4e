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
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "literal_error": "true",
}
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
    if path and path[-1] == "[key]":
        path = path[:-1]
    kind = detail["type"]
    if kind == "extra_forbidden":
        return Problem(path, _unknown_key(model, path))
    if kind == "missing":
        return Problem(path, "is missing.")
    expected = _KINDS.get(kind)
    message = f"must be {expected}, not {_shown(path, detail['input'])}." if expected else f"{detail['msg']}."
    return Problem(tuple(Name(part) if isinstance(part, str) else part for part in path), message)


def _unknown_key(model: type[Model], path: tuple[str | int, ...]) -> str:
    known = _keys_at(model, path[:-1])
    return f"unknown key.{nearest(str(path[-1]), known)} Known keys: {listed(sorted(known), 'and')}."


def _keys_at(model: type[Model], path: tuple[str | int, ...]) -> list[str]:
    """The keys of the model that a path leads to, from its JSON schema."""
    schema = model.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema.get("$defs", {})
    nodes: list[dict[str, Any]] = [schema]
    for part in path:
        nodes = [child for node in nodes for child in _children(node, part, definitions)]
    return [key for node in nodes for key in node.get("properties", {})]


def _children(node: dict[str, Any], part: str | int, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    child = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
    if child is None:
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
        return f"a {type(value).__name__}"
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
