"""Environments that override keys of a source, and the keys of stacks that correspond to them. Pure."""

from collections.abc import Callable, Collection, Mapping

from components.json_values import Data, Object, is_list, is_object

from .yaml_sources import Value


def copied(value: Value, fill: Callable[[Value], str]) -> Value:
    """A copy without decisions, in which `fill` returns the text of each string."""
    if isinstance(value.children, dict):
        children = {key: copied(child, fill) for key, child in value.children.items()}
        return Value(value.path, value.line, children=children)
    if isinstance(value.children, list):
        return Value(value.path, value.line, children=[copied(child, fill) for child in value.children])
    if isinstance(value.data, str):
        text = fill(value)
        return Value(value.path, value.line, text, written=text)
    return Value(value.path, value.line, value.data, written=value.written)


def overridden(base: Value, over: Value, exclusive: Collection[frozenset[str]]) -> Value:
    """A value with the overrides of an environment: objects merge, and anything else replaces.

    Args:
        base: The value.
        over: The overrides. Nulls and empty objects override nothing.
        exclusive: Keys of one object that exclude each other, so that an override of one removes the others.
    """
    if not isinstance(over.children, dict):
        return over
    children = dict(base.entries)
    for key, value in over.children.items():
        if _is_void(value):
            continue
        for others in exclusive:
            if key in others:
                children = {name: child for name, child in children.items() if name == key or name not in others}
        children[key] = overridden(children.get(key) or Value(value.path, value.line), value, exclusive)
    # An object takes the place of the object that it overrides.
    place = base if isinstance(base.children, dict) else over
    return Value(place.path, place.line, children=children)


def void(value: Value) -> list[Value]:
    """The values of overrides that override nothing: nulls, and empty objects."""
    if value.children is None:
        return [value] if value.data is None else []
    if isinstance(value.children, list):
        return []
    return [found for child in value.children.values() for found in void(child)] if value.children else [value]


def _is_void(value: Value) -> bool:
    """Whether a value overrides nothing."""
    if isinstance(value.children, dict):
        return all(_is_void(child) for child in value.children.values())
    return value.children is None and value.data is None


def difference(base: Data, own: Data) -> Object:
    """The entry of a stack that makes its own keys of those in the task's file. Null removes a key."""
    found: Object = {key: None for key in base if key not in own}
    for key, value in own.items():
        lower = base.get(key)
        if key in base and lower == value:
            continue
        if is_object(lower) and is_object(value) and value:
            found[key] = difference(lower, value)
        else:
            found[key] = value
    return found


def without(keys: Mapping[str, object], marker: str) -> Object:
    """The keys without each entry whose value contains a text."""
    found: Object = {}
    for key, value in keys.items():
        if is_object(value):
            rest = without(value, marker)
            if rest or not value:
                found[key] = rest
        elif not _contains(value, marker):
            found[key] = value
    return found


def _contains(value: object, marker: str) -> bool:
    if is_object(value):
        return any(_contains(item, marker) for item in value.values())
    if is_list(value):
        return any(_contains(item, marker) for item in value)
    return isinstance(value, str) and marker in value
