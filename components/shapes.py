"""Whether a dictionary has the shape that its TypedDict says: no unknown keys, plain values of the right
type.

A misspelt key in a plain dictionary would otherwise be ignored without a word.
"""

import inspect
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pulumi

from .problems import Name, Problem, listed, nearest

_PLAIN = {str: "text", int: "a whole number", bool: "true or false"}


def shape_problems(value: object, shape: type) -> list[Problem]:
    """Problems with the keys and types of `value`, seen from `shape`, a TypedDict. Values of `pulumi.Input`
    may be outputs."""
    return list(_problems(value, shape, ()))


def _problems(value: object, hint: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if typing.is_typeddict(hint):
        yield from _dictionary_problems(value, hint, path)
    elif hint in _PLAIN:
        if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
            yield Problem(path, f"must be {_PLAIN[hint]}, not {_kind(value)}.")
    else:
        yield from _generic_problems(value, hint, path)


def _generic_problems(  # noqa: C901 - one branch a kind of type
    value: object, hint: Any, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Required, typing.NotRequired):
        yield from _problems(value, arguments[0], path)
    elif origin in (typing.Union, types.UnionType):  # pulumi.Input[T]: T, an awaitable of T or an Output of T
        if not (isinstance(value, pulumi.Output) or hasattr(value, "__await__")):
            yield from _problems(value, arguments[0], path)
    elif origin is Mapping:
        if not isinstance(value, Mapping):
            yield Problem(path, f"must be a map, not {_kind(value)}.")
            return
        for key, item in cast("Mapping[str, object]", value).items():
            yield from _problems(item, arguments[1], (*path, Name(key)))
    elif origin is Sequence:
        if isinstance(value, str) or not isinstance(value, Sequence):
            yield Problem(path, f"must be a list, not {_kind(value)}.")
            return
        for position, item in enumerate(cast("Sequence[object]", value)):
            yield from _problems(item, arguments[0], (*path, position))


def _dictionary_problems(value: object, shape: type, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem(path, f"must be a map, not {_kind(value)}.")
        return
    given = cast("Mapping[str, object]", value)
    hints = inspect.get_annotations(shape)
    for key, item in given.items():
        if key in hints:
            yield from _problems(item, hints[key], (*path, key))
        else:
            yield Problem(
                (*path, key), f"unknown key.{nearest(key, hints)} Known keys: {listed(sorted(hints), 'and')}."
            )
    required = cast("frozenset[str]", getattr(shape, "__required_keys__", frozenset[str]()))
    for key in sorted(required - given.keys()):
        yield Problem((*path, key), "is missing.")


def _kind(value: object) -> str:
    """What a value is, without showing it: it might be a secret."""
    if value is None:
        return "nothing"
    kinds: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        dict: "a map",
        list: "a list",
        pulumi.Output: "an output, which is known only while resources are created",
    }
    return kinds.get(type(value), type(value).__name__)
