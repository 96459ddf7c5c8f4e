"""From the inputs of a resource, as the engine passes them, to the arguments of a component.

The SDK has its own mapping. It drops unknown keys, treats an output in the place of an object as an empty object, and
leaves integers as floats (pulumi 3.272, `provider/experimental/component.py`). The first two would silently deploy
something else.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from typing_extensions import is_typeddict

from components.aws.spelling import camel_case
from components.keys.reference import Type, keys_of, type_of

_ANYTHING = Type(object, ())


def arguments(inputs: Mapping[str, Any], shape: type) -> dict[str, Any]:
    """The arguments that `shape` describes. The component reports what is wrong with them, unknown keys too."""
    return cast("dict[str, Any]", _converted(inputs, type_of(shape)))


def _converted(value: object, found: Type) -> object:
    if found.base in (int, object) and isinstance(value, float) and value.is_integer():
        # All numbers are floats on their way from the engine.
        return int(value)
    if isinstance(value, Mapping):
        return dict(_entries(cast("Mapping[str, object]", value), found))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_converted(item, _inner(found)) for item in cast("Sequence[object]", value)]
    return value


def _entries(given: Mapping[str, object], found: Type) -> Iterator[tuple[str, object]]:
    if not is_typeddict(found.base):
        yield from ((name, _converted(item, _inner(found))) for name, item in given.items())
        return
    known = {camel_case(name): key for name, key in keys_of(found.base).items()}
    for name, item in given.items():
        if item is not None:
            key = known.get(name)
            yield (key.name, _converted(item, key.type)) if key else (name, _converted(item, _ANYTHING))


def _inner(found: Type) -> Type:
    """The type of what is in a list or an object."""
    return found.inner if getattr(found.base, "__args__", ()) else _ANYTHING
