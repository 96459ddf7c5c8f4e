"""Data of unknown shape, such as parsed JSON or YAML. `isinstance` narrows it, so reading it needs no casts."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, Union

Json: TypeAlias = Union["Mapping[str, Json]", "Sequence[Json]", str, int, float, bool, None]


def as_json(value: Any) -> Json:
    """Type the result of a parser."""
    return value


def mapping(value: Json) -> Mapping[str, Json]:
    """The value if it is an object; else an empty object."""
    return value if isinstance(value, Mapping) else {}


def items(value: Json) -> Sequence[Json]:
    """The items of a list; a list with the value itself if it isn't a list."""
    return value if isinstance(value, list) else [value]


def value_at(value: Json, *keys: str) -> Json:
    """The value under nested keys; None if there is none."""
    for key in keys:
        value = mapping(value).get(key)
    return value
