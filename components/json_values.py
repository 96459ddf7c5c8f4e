"""Types of decoded JSON and YAML, and functions that read it without casts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, Union

from typing_extensions import TypeIs

Json: TypeAlias = Union["Mapping[str, Json]", "Sequence[Json]", str, int, float, bool, None]
"""A value that JSON can hold. `isinstance` narrows it."""
Data: TypeAlias = Mapping[str, Any]
"""An object whose keys no type states, such as decoded YAML or the arguments of a Pulumi resource."""
Object: TypeAlias = dict[str, Any]
"""The same as `Data`, while it is built."""


def as_json(value: Any) -> Json:
    """Type the result of a parser."""
    return value


def is_object(value: object) -> TypeIs[Object]:
    """Whether a decoded value is an object. Parsers make dictionaries, which are faster to check than mappings."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeIs[list[Any]]:
    """Whether a decoded value is a list."""
    return isinstance(value, list)


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
