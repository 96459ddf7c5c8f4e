"""From validated arguments to frozen values with all defaults applied."""

import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from typing_extensions import is_typeddict

from .annotations import is_output
from .reference import Type, keys_of

T = TypeVar("T")

_RESOLVED: dict[type, type] = {}


def resolves(shape: type) -> Callable[[type[T]], type[T]]:
    """Mark the dataclass that values of a TypedDict resolve to."""

    def mark(resolved: type[T]) -> type[T]:
        _RESOLVED[shape] = resolved
        return resolved

    return mark


def resolved_types() -> Mapping[type, type]:
    """The dataclass of each TypedDict that has one."""
    return dict(_RESOLVED)


def resolve(resolved: type[T], shape: type, values: Mapping[str, Any], **derived: object) -> T:
    """The dataclass with the values, or the defaults of keys that are left out.

    Args:
        resolved: The dataclass. Its fields are named as the keys.
        shape: The TypedDict that the values are of.
        values: Validated values, by key in snake_case.
        **derived: Fields that follow from several keys.
    """
    return resolved(**resolved_fields(resolved, shape, values), **derived)


def resolved_fields(resolved: type, shape: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a dataclass that are keys, with values or defaults. `DERIVED` names other fields."""
    return {
        name: convert(values[name]) if name in values else default
        for name, convert, default in _fields(resolved, shape)
    }


@cache
def _fields(resolved: type, shape: type) -> tuple[tuple[str, Callable[[Any], Any], object], ...]:
    """Each field that is a key, with the conversion of its value and its default."""
    derived: frozenset[str] = getattr(resolved, "DERIVED", frozenset())
    names = {field.name for field in fields(cast("Any", resolved))} - derived
    found: list[tuple[str, Callable[[Any], Any], object]] = []
    for name, key in keys_of(shape).items():
        if name in names:
            convert = _conversion(key.type)
            given = key.default
            found.append((name, convert, None if given is None or given.value is None else convert(given.value)))
    return tuple(found)


@runtime_checkable
class _Resolving(Protocol):
    def resolve(self, value: Any) -> object: ...


def _conversion(found: Type) -> Callable[[Any], Any]:
    for annotation in found.annotations:
        if isinstance(annotation, _Resolving):
            return annotation.resolve
    if is_typeddict(found.base):
        target = _RESOLVED.get(found.base)
        if target is None:
            return _same
        shape: type = found.base
        return lambda value: cast("object", resolve(target, shape, value))
    if found.is_object:
        inner = _conversion(found.inner)
        return lambda value: value if is_output(value) else {name: inner(item) for name, item in value.items()}
    if typing.get_origin(found.base) is Sequence:
        inner = _conversion(found.inner)
        return lambda value: value if is_output(value) else tuple(inner(item) for item in value)
    return _same


def _same(value: Any) -> Any:
    return value
