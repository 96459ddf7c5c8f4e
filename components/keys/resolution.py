"""From validated arguments to frozen values with all defaults applied."""

import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from typing_extensions import is_typeddict

from .annotations import is_output
from .reference import Key, Type, keys_of

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
    return resolved(**{**_from_keys(shape, _fields(resolved) - derived.keys(), values), **derived})


def _from_keys(shape: type, names: frozenset[str], values: Mapping[str, Any]) -> dict[str, Any]:
    keys = keys_of(shape)
    return {
        name: _converter(shape, name)(values[name]) if name in values else _default(shape, name)
        for name in keys
        if name in names
    }


@cache
def _fields(resolved: type) -> frozenset[str]:
    return frozenset(field.name for field in fields(cast("Any", resolved)))


@cache
def _default(shape: type, name: str) -> object:
    key: Key = keys_of(shape)[name]
    given = key.default
    return None if given is None or given.value is None else _converter(shape, name)(given.value)


@cache
def _converter(shape: type, name: str) -> Callable[[Any], Any]:
    return _conversion(keys_of(shape)[name].type)


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
