"""Pulumi's property values as plain Python data, and back.

Plain data is what JSON knows, with whole numbers as `int` and `UNKNOWN` for what a preview cannot know yet.
Secrets stay marked by never letting a marked input's property value out of hand: see `marked`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime import rpc

Plain = Any
Props = dict[str, Plain]
Values = Mapping[str, PropertyValue]

UNKNOWN = rpc.UNKNOWN
"""Pulumi's own mark, a string that no real value has. `PropertyValue.computed()` does not marshal."""


def plain(value: PropertyValue) -> Plain:
    """Plain data without marks of secrecy."""
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
    """A resource's properties; those that are null are left out, as if they had not been given."""
    return {key: plain(value) for key, value in values.items() if plain(value) is not None}


def property_value(value: Plain, *, secret: bool = False) -> PropertyValue:
    """Plain data as a property value."""
    if isinstance(value, Mapping):
        return PropertyValue({key: property_value(item) for key, item in value.items()}, is_secret=secret)
    if isinstance(value, (list, tuple)):
        return PropertyValue([property_value(item) for item in value], is_secret=secret)
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value), is_secret=secret)
    return PropertyValue(value, is_secret=secret)


def marked(properties: Props, secret_names: frozenset[str]) -> dict[str, PropertyValue]:
    """Outputs as property values, those of `secret_names` marked as secrets."""
    return {key: property_value(item, secret=key in secret_names) for key, item in properties.items()}


def secret_names(values: Values) -> frozenset[str]:
    """The properties that hold a secret at any depth."""
    return frozenset(key for key, value in values.items() if value.contains_secret())


def secret_texts(values: Values) -> frozenset[str]:
    """Every text inside secrets, so that none is repeated in a message."""
    return frozenset(text for value in values.values() for text in _secret_texts(value, secret=False))


def _secret_texts(value: PropertyValue, *, secret: bool) -> Iterator[str]:
    secret = secret or value.is_secret
    inner = value.value
    if isinstance(inner, Mapping):
        for item in inner.values():
            yield from _secret_texts(item, secret=secret)
    elif isinstance(inner, str):
        if secret and inner and inner != UNKNOWN:
            yield inner
    elif isinstance(inner, Sequence):
        for item in inner:
            yield from _secret_texts(item, secret=secret)


def has_unknown(value: Plain) -> bool:
    """Whether anything in it is not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value == UNKNOWN
