"""Types of decoded JSON and YAML, and functions that read it without casts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeAlias, Union

from typing_extensions import TypeIs

Json: TypeAlias = Union["Mapping[str, Json]", "Sequence[Json]", str, int, float, bool, None]
"""A value that JSON can hold. `isinstance` narrows it."""
Data: TypeAlias = Mapping[str, Any]
"""An object whose keys no type states, such as decoded YAML or the arguments of a Pulumi resource."""
Object: TypeAlias = dict[str, Any]
"""The same as `Data`, while it is built."""
DEEPEST = 100
"""The most levels of nesting in JSON text from others. Requests and events of AWS have about 10."""


def read_json(text: str) -> Json:
    """Parse JSON text from others, such as a message in a queue.

    Raises:
        ValueError: The text isn't JSON (RFC 8259), has a number that Python can't hold, or nests deeper than `DEEPEST`.
    """
    try:
        value = as_json(json.loads(text, parse_constant=_refuse_constant, parse_float=_finite))
    except RecursionError:
        raise _too_deep() from None
    level: list[Json] = [value]
    for _ in range(DEEPEST):
        level = [item for each in level for item in _children(each)]
        if not level:
            return value
    raise _too_deep()


def _children(value: Json) -> Sequence[Json]:
    if is_object(value):
        return list(value.values())
    return value if is_list(value) else ()


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("A number is too large.")
    return number


def _too_deep() -> ValueError:
    return ValueError(f"The JSON text nests deeper than {DEEPEST} levels.")


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
