"""Properties of a resource: their kinds, how they are named in AWS's API, and what counts as a change.

A resource type or a function is described by a mapping from Pulumi's property name to a `Field`; checking,
translating to AWS and back, and comparing follow from it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from .values import UNKNOWN, Plain, Props, has_unknown

Kind = Literal["text", "number", "flag", "texts", "map", "object", "objects"]
_NO_FIELDS: Mapping[str, "Field"] = {}
_TYPES: Mapping[Kind, tuple[Any, str]] = {
    "text": (str, "a string"),
    "number": (int, "a whole number"),
    "flag": (bool, "true or false"),
    "texts": (list, "a list of strings"),
    "map": (dict, "a map of strings"),
    "object": (dict, "an object"),
    "objects": (list, "a list of objects"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One property."""

    kind: Kind
    api: str = ""
    """Name of the member in AWS's requests and answers; empty for what only the provider knows."""
    required: bool = False
    replaces: bool = False
    """A change needs a new resource."""
    computed: bool = False
    """AWS chooses a value where none is given, so leaving it out later is no change."""
    default: Plain = None
    """What leaving it out means; sent to AWS."""
    fields: Mapping[str, "Field"] = field(default_factory=lambda: _NO_FIELDS)
    unordered: bool = False
    """A list that AWS keeps as a set."""
    secret: bool = False
    """Marked as a secret whatever the program says."""
    same: Callable[[Any, Any], bool] | None = None
    """Whether two spellings mean the same; equality if not given."""
    encode: Callable[[Any], Any] | None = None
    decode: Callable[[Any], Any] | None = None
    """To and from AWS's form, where the kinds do not say it all."""


Fields = Mapping[str, Field]


def problems(fields: Fields, props: Mapping[str, Plain], path: str = "") -> Iterator[tuple[str, str]]:
    """(property's path, what is wrong) for unknown, missing and mistyped properties."""
    for name in fields:
        if fields[name].required and props.get(name) is None:
            yield _join(path, name), "is required"
    for name, value in props.items():
        where = _join(path, name)
        if name not in fields:
            yield where, f"is not supported by the sandbox, which knows {', '.join(sorted(fields))}"
        elif value is not None and value != UNKNOWN:
            yield from _value_problems(fields[name], value, where)


def _value_problems(spec: Field, value: Any, where: str) -> Iterator[tuple[str, str]]:
    kind, words = _TYPES[spec.kind]
    if not isinstance(value, kind) or (type(value) is bool and spec.kind != "flag"):
        yield where, f"must be {words}"
    elif spec.kind == "object":
        yield from problems(spec.fields, cast("Props", value), where)
    elif spec.kind == "objects":
        for index, item in enumerate(cast("list[Plain]", value)):
            yield from _item_problems(spec, item, f"{where}[{index}]")
    elif spec.kind in ("texts", "map") and not _all_texts(value):
        yield where, f"must be {words}"


def _item_problems(spec: Field, item: Plain, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(item, dict):
        yield from problems(spec.fields, item, where)
    elif item != UNKNOWN:
        yield where, "must be an object"


def _all_texts(value: Plain) -> bool:
    items = value.values() if isinstance(value, dict) else value
    return all(isinstance(item, str) for item in items)


def to_api(fields: Fields, props: Mapping[str, Plain]) -> dict[str, Any]:
    """The members of a request, defaults included; what only the provider knows is left out."""
    request: dict[str, Any] = {}
    for name, spec in fields.items():
        value = spec.default if props.get(name) is None else props[name]
        if spec.api and value is not None:
            request[spec.api] = encoded(spec, value)
    return request


def encoded(spec: Field, value: Plain) -> Any:
    """One value in AWS's form."""
    if spec.encode:
        return spec.encode(value)
    if spec.kind == "object":
        return to_api(spec.fields, value)
    if spec.kind == "objects":
        return [to_api(spec.fields, item) for item in value]
    return value


def from_api(fields: Fields, answer: Mapping[str, Any]) -> Props:
    """The properties in an answer; members that it lacks, and empty ones, are left out."""
    props: Props = {}
    for name, spec in fields.items():
        value = answer.get(spec.api) if spec.api else None
        if value is not None and value not in ("", [], {}):
            props[name] = decoded(spec, value)
    return props


def decoded(spec: Field, value: Any) -> Plain:
    """One value in Pulumi's form."""
    if spec.decode:
        return spec.decode(value)
    if spec.kind == "object":
        return from_api(spec.fields, value)
    if spec.kind == "objects":
        return [from_api(spec.fields, item) for item in value]
    return value


def changed(fields: Fields, old: Mapping[str, Plain], new: Mapping[str, Plain]) -> list[str]:
    """The properties whose meaning differs between a state and new inputs."""
    return [name for name, spec in fields.items() if _differs(spec, old.get(name), new.get(name))]


def _differs(spec: Field, old: Plain, new: Plain) -> bool:
    if new is None and spec.computed:
        return False
    return not same(spec, old, new)


def same(spec: Field, old: Plain, new: Plain) -> bool:
    """Whether two values mean the same to AWS."""
    old = _meaning(spec, old)
    new = _meaning(spec, new)
    if old is None or new is None or has_unknown(new):
        return old is new
    if spec.same:
        return spec.same(old, new)
    if spec.kind == "object":
        return not changed(spec.fields, old, new)
    if spec.kind == "objects":
        return _same_objects(spec, old, new)
    return sorted(old) == sorted(new) if spec.unordered else old == new


def _meaning(spec: Field, value: Plain) -> Plain:
    value = spec.default if value is None else value
    return None if value in ("", [], {}) else value


def _same_objects(spec: Field, old: list[Props], new: list[Props]) -> bool:
    if spec.unordered:
        old, new = sorted(old, key=_canonical), sorted(new, key=_canonical)
    return len(old) == len(new) and not any(
        changed(spec.fields, one, other) for one, other in zip(old, new, strict=True)
    )


def _canonical(value: Plain) -> str:
    """Sorting key of an object; absent, null and empty members count alike."""
    present = {key: item for key, item in value.items() if item not in (None, "", [], {})}
    return json.dumps(present, sort_keys=True)


def settled(fields: Fields, given: Mapping[str, Plain], read: Props) -> Props:
    """What was read, in the spelling of the inputs wherever the two mean the same.

    AWS gives back lists in another order and documents in another layout; a state that followed it would
    show changes that are none.
    """
    kept = {
        name: given[name]
        for name, spec in fields.items()
        if given.get(name) is not None and same(spec, read.get(name), given[name])
    }
    return {**read, **kept}


def same_json(old: str, new: str) -> bool:
    """Whether two JSON texts hold the same data."""
    try:
        return json.loads(old) == json.loads(new)
    except ValueError:
        return old == new


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
