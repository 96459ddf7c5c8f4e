"""Properties of a resource: their kinds, their names in AWS's API, and what counts as a change.

A mapping from Pulumi's property names to `Field`s describes a resource type. Checks, translation to and from AWS, and
comparison follow from it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from .values import UNKNOWN, Plain, Props, has_unknown

Kind = Literal["string", "number", "boolean", "strings", "map", "object", "objects"]
_NO_FIELDS: Mapping[str, "Field"] = {}
_TYPES: Mapping[Kind, tuple[Any, str]] = {
    "string": (str, "a string"),
    "number": (int, "an integer"),
    "boolean": (bool, "a boolean"),
    "strings": (list, "a list of strings"),
    "map": (dict, "an object with string values"),
    "object": (dict, "an object"),
    "objects": (list, "a list of objects"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One property."""

    kind: Kind
    api: str = ""
    """The member's name in AWS's requests and responses; empty if only the provider uses the property."""
    required: bool = False
    replaces: bool = False
    """Whether a change replaces the resource."""
    computed: bool = False
    """Whether AWS chooses a value if none is given. Removing the property later is then not a change."""
    default: Plain = None
    """The value if none is given. It is sent to AWS."""
    fields: Mapping[str, "Field"] = field(default_factory=lambda: _NO_FIELDS)
    unordered: bool = False
    """Whether AWS treats the list as a set."""
    secret: bool = False
    """Whether the output is always a secret, even if the program does not mark it."""
    same: Callable[[Any, Any], bool] | None = None
    """Decides whether two values are equivalent. Default: equality."""
    encode: Callable[[Any], Any] | None = None
    decode: Callable[[Any], Any] | None = None
    """Convert to and from AWS's form, if the kind alone does not describe it."""


Fields = Mapping[str, Field]


def problems(fields: Fields, props: Mapping[str, Plain], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, reason) for each unknown, missing or mistyped property."""
    for name in fields:
        if fields[name].required and props.get(name) is None:
            yield _join(path, name), "is required"
    for name, value in props.items():
        where = _join(path, name)
        if name not in fields:
            yield where, f"is not supported by the sandbox. Supported: {', '.join(sorted(fields))}"
        elif value is not None and value != UNKNOWN:
            yield from _value_problems(fields[name], value, where)


def _value_problems(spec: Field, value: Any, where: str) -> Iterator[tuple[str, str]]:
    kind, words = _TYPES[spec.kind]
    if not isinstance(value, kind) or (type(value) is bool and spec.kind != "boolean"):
        yield where, f"must be {words}"
    elif spec.kind == "object":
        yield from problems(spec.fields, cast("Props", value), where)
    elif spec.kind == "objects":
        for index, item in enumerate(cast("list[Plain]", value)):
            yield from _item_problems(spec, item, f"{where}[{index}]")
    elif spec.kind in ("strings", "map") and not _all_strings(value):
        yield where, f"must be {words}"


def _item_problems(spec: Field, item: Plain, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(item, dict):
        yield from problems(spec.fields, item, where)
    elif item != UNKNOWN:
        yield where, "must be an object"


def _all_strings(value: Plain) -> bool:
    items = value.values() if isinstance(value, dict) else value
    return all(isinstance(item, str) for item in items)


def to_api(fields: Fields, props: Mapping[str, Plain]) -> dict[str, Any]:
    """Return the members of a request, with defaults and without properties that only the provider uses."""
    request: dict[str, Any] = {}
    for name, spec in fields.items():
        value = spec.default if props.get(name) is None else props[name]
        if spec.api and value is not None:
            request[spec.api] = encoded(spec, value)
    return request


def encoded(spec: Field, value: Plain) -> Any:
    """Convert a value to AWS's form."""
    if spec.encode:
        return spec.encode(value)
    if spec.kind == "object":
        return to_api(spec.fields, value)
    if spec.kind == "objects":
        return [to_api(spec.fields, item) for item in value]
    return value


def from_api(fields: Fields, answer: Mapping[str, Any]) -> Props:
    """Return the properties in a response. Missing and empty members are left out."""
    props: Props = {}
    for name, spec in fields.items():
        value = answer.get(spec.api) if spec.api else None
        if value is not None and value not in ("", [], {}):
            props[name] = decoded(spec, value)
    return props


def decoded(spec: Field, value: Any) -> Plain:
    """Convert a value to Pulumi's form."""
    if spec.decode:
        return spec.decode(value)
    if spec.kind == "object":
        return from_api(spec.fields, value)
    if spec.kind == "objects":
        return [from_api(spec.fields, item) for item in value]
    return value


def changed(fields: Fields, old: Mapping[str, Plain], new: Mapping[str, Plain]) -> list[str]:
    """Return the properties that differ between a state and new inputs."""
    return [name for name, spec in fields.items() if _differs(spec, old.get(name), new.get(name))]


def _differs(spec: Field, old: Plain, new: Plain) -> bool:
    if new is None and spec.computed:
        return False
    return not same(spec, old, new)


def same(spec: Field, old: Plain, new: Plain) -> bool:
    """Whether two values are equivalent to AWS."""
    old = _normalized(spec, old)
    new = _normalized(spec, new)
    if old is None or new is None or has_unknown(new):
        return old is new
    if spec.same:
        return spec.same(old, new)
    if spec.kind == "object":
        return not changed(spec.fields, old, new)
    if spec.kind == "objects":
        return _same_objects(spec, old, new)
    return sorted(old) == sorted(new) if spec.unordered else old == new


def _normalized(spec: Field, value: Plain) -> Plain:
    value = spec.default if value is None else value
    return None if value in ("", [], {}) else value


def _same_objects(spec: Field, old: list[Props], new: list[Props]) -> bool:
    if spec.unordered:
        old, new = sorted(old, key=_canonical), sorted(new, key=_canonical)
    return len(old) == len(new) and not any(
        changed(spec.fields, one, other) for one, other in zip(old, new, strict=True)
    )


def _canonical(value: Plain) -> str:
    """Return the sort key of an object. Missing, null and empty members are equivalent."""
    present = {key: item for key, item in value.items() if item not in (None, "", [], {})}
    return json.dumps(present, sort_keys=True)


def settled(fields: Fields, given: Mapping[str, Plain], read: Props) -> Props:
    """Return what was read, with the inputs' spelling wherever the two are equivalent.

    AWS returns lists in another order and documents in another layout. Otherwise, previews would show false changes.
    """
    unchanged = {
        name: given[name]
        for name, spec in fields.items()
        if given.get(name) is not None and same(spec, read.get(name), given[name])
    }
    return {**read, **unchanged}


def same_json(old: str, new: str) -> bool:
    """Whether two JSON strings contain the same data."""
    try:
        return json.loads(old) == json.loads(new)
    except ValueError:
        return old == new


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
