"""Conversion of Pulumi's property values to plain Python data and back.

Plain data has the types of JSON, with integers as `int` and `UNKNOWN` for values that a preview does not know yet. It
does not mark secrets; `secret_names` and `marked` keep track of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime import rpc

Plain = Any
Props = dict[str, Plain]
Values = Mapping[str, PropertyValue]

UNKNOWN = rpc.UNKNOWN
"""Pulumi's own marker, a string that no real value has. `PropertyValue.computed()` cannot be marshaled."""


def plain(value: PropertyValue) -> Plain:
    """Convert a property value to plain data, without secret markers."""
    inner = value.value
    if isinstance(inner, Mapping):
        return {key: plain(item) for key, item in inner.items()}
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return [plain(item) for item in inner]
    if isinstance(inner, Computed):
        return UNKNOWN
    if isinstance(inner, float) and inner.is_integer():
        return int(inner)
    return inner


def plain_map(values: Values) -> Props:
    """Convert a resource's properties to plain data. Null properties are left out."""
    return {key: plain(value) for key, value in values.items() if plain(value) is not None}


def property_value(value: Plain, *, secret: bool = False) -> PropertyValue:
    """Convert plain data to a property value."""
    if isinstance(value, Mapping):
        return PropertyValue({key: property_value(item) for key, item in value.items()}, is_secret=secret)
    if isinstance(value, (list, tuple)):
        return PropertyValue([property_value(item) for item in value], is_secret=secret)
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value), is_secret=secret)
    return PropertyValue(value, is_secret=secret)


def marked(properties: Props, secret_names: frozenset[str]) -> dict[str, PropertyValue]:
    """Convert outputs to property values, and mark those in `secret_names` as secrets."""
    return {key: property_value(item, secret=key in secret_names) for key, item in properties.items()}


def secret_names(values: Values) -> frozenset[str]:
    """Return the names of properties that contain a secret at any depth."""
    return frozenset(key for key, value in values.items() if value.contains_secret())


def secret_strings(values: Values) -> frozenset[str]:
    """Return every string inside secrets, so that no message repeats one."""
    return frozenset(found for value in values.values() for found in _secret_strings(value, secret=False))


def _secret_strings(value: PropertyValue, *, secret: bool) -> Iterator[str]:
    secret = secret or value.is_secret
    inner = value.value
    if isinstance(inner, Mapping):
        for item in inner.values():
            yield from _secret_strings(item, secret=secret)
    elif isinstance(inner, str):
        if secret and inner and inner != UNKNOWN:
            yield inner
    elif isinstance(inner, Sequence):
        for item in inner:
            yield from _secret_strings(item, secret=secret)


def has_unknown(value: Plain) -> bool:
    """Whether a value is unknown, or contains an unknown value."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value == UNKNOWN
