"""Valid parameters of operations, made from AWS's models, for trials of the checks."""

from __future__ import annotations

from random import Random
from typing import Any

from components.calls.operations import Service, Shape
from components.calls.parameters import compiled

_TEXTS = (
    "a" * 8,
    "a" * 40,
    "A" * 12,
    "1" * 12,
    "a-b",
    "i-0123456789abcdef0",
    "sg-0123",
    "1",
    "arn:aws:iam::123456789012:role/a",
)


def sample(service: Service, name: str) -> Any:
    """A value that the checks should accept, with the required members only; None if none was found."""
    return _value(service, service.shape(name), ())


def _value(service: Service, shape: Shape, above: tuple[str, ...]) -> Any:
    if shape.type == "structure":
        members = list(shape.required) or (list(shape.members)[:1] if shape.union else [])
        return {member: _member(service, shape.members[member], above) for member in members}
    if shape.type == "list":
        return [_member(service, shape.member, above)] * int(shape.min or 1)
    if shape.type == "map":
        keys = service.shape(shape.key)
        return {_value(service, keys, above): _member(service, shape.value, above)} if (shape.min or 0) <= 1 else None
    if shape.type == "string":
        return _text(shape)
    if shape.type == "boolean":
        return True
    if shape.type in ("integer", "long", "float", "double"):
        return int(max(shape.min or 0, 1)) if shape.max is None or shape.max >= 1 else int(shape.max)
    return "2026-01-31T03:00:00Z"


def _member(service: Service, name: str, above: tuple[str, ...]) -> Any:
    return {} if name in above else _value(service, service.shape(name), (*above, name))


def _text(shape: Shape) -> str | None:
    if shape.enum:
        return shape.enum[0]
    pattern = compiled(shape.pattern)
    for text in _TEXTS:
        padded = text if len(text) >= (shape.min or 0) else text + "a" * int((shape.min or 0) - len(text))
        fits = padded[: int(shape.max)] if shape.max else padded
        if pattern is None or pattern.fullmatch(fits):
            return fits
    return None


def has_none(value: object) -> bool:
    """Whether no value was found for a part."""
    if isinstance(value, dict):
        return any(has_none(item) for item in value.values())
    if isinstance(value, list):
        return any(map(has_none, value))
    return value is None


def chosen(services: list[Service], count: int, seed: int) -> list[tuple[Service, str]]:
    """Random operations with required parameters."""
    every = [(service, name) for service in services for name in service.operations]
    random = Random(seed)
    random.shuffle(every)
    found: list[tuple[Service, str]] = []
    for service, name in every:
        if service.parameters(name).required and not has_none(sample(service, service.operations[name])):
            found.append((service, name))
        if len(found) == count:
            break
    return found
