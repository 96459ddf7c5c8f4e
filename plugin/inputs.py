"""From the inputs of a resource, as they come from the engine, to the arguments of a component.

The SDK has a mapping of its own. It drops unknown keys, takes an output in the place of a map for an empty map, and
leaves whole numbers as floats (pulumi 3.272, `provider/experimental/component.py`): the first two would deploy
something else than what was written, without a word.
"""

import inspect
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from .spelling import camel


def arguments(inputs: Mapping[str, Any], shape: type) -> dict[str, Any]:
    """The arguments that `shape` describes. What is wrong with them, unknown keys too, the component says."""
    return cast("dict[str, Any]", _converted(inputs, shape))


def all_keys(hint: Any) -> set[str]:
    """The keys of a TypedDict and of all that is in it, as Python spells them."""
    hints = inspect.get_annotations(hint) if typing.is_typeddict(hint) else {}
    return {*hints, *(key for inner in (*hints.values(), *typing.get_args(hint)) for key in all_keys(inner))}


def is_input(hint: Any) -> bool:
    """Whether a type is `pulumi.Input[...]`."""
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _converted(value: object, hint: Any) -> object:
    hint = _stripped(hint)
    if hint is int and isinstance(value, float) and value.is_integer():
        # All numbers are floats on their way to the engine.
        return int(value)
    if isinstance(value, Mapping):
        return dict(_entries(cast("Mapping[str, object]", value), hint))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_converted(item, _inner(hint)) for item in cast("Sequence[object]", value)]
    return value


def _entries(given: Mapping[str, object], hint: Any) -> Iterator[tuple[str, object]]:
    if not typing.is_typeddict(hint):
        yield from ((key, _converted(item, _inner(hint))) for key, item in given.items())
        return
    known = {camel(key): (key, inner) for key, inner in inspect.get_annotations(hint).items()}
    for key, item in given.items():
        name, inner = known.get(key, (key, object))
        if item is not None:
            yield name, _converted(item, inner)


def _stripped(hint: Any) -> Any:
    """A type without what says that it is required, or may be an output."""
    if typing.get_origin(hint) in (typing.Required, typing.NotRequired) or is_input(hint):
        return _stripped(typing.get_args(hint)[0])
    return hint


def _inner(hint: Any) -> Any:
    """The type of what is in a list or a map."""
    return (typing.get_args(hint) or (object,))[-1]
