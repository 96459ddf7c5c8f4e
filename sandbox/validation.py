"""Validation of AWS requests against botocore's service models.

botocore itself checks types, required members and minimum lengths only. The models also have maximum lengths, ranges,
patterns and enumerations, which AWS enforces and the emulator does not.
"""

import datetime
import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import regex
from botocore.loaders import Loader
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    ServiceModel,
    Shape,
    StringShape,
    StructureShape,
)

SHOWN_LENGTH = 80
"""Messages do not repeat longer values."""


def problems(service: str, operation: str, params: Mapping[str, Any]) -> list[str]:
    """Validate a request against AWS's own model.

    Args:
        service: boto3's name of the service, such as "scheduler".
        operation: The API's name of the operation, such as "CreateSchedule".
        params: The arguments for boto3.

    Returns:
        One sentence per problem, which begins with the member's path. Sensitive values are not repeated.

    Raises:
        botocore.model.OperationNotFoundError: There is no such operation.
        botocore.exceptions.UnknownServiceError: There is no such service.
    """
    return request_problems(service_model(service).operation_model(operation), params)


def request_problems(model: OperationModel, params: Mapping[str, Any]) -> list[str]:
    """Validate a request like `problems`, against a given model."""
    shape = model.input_shape
    if shape is None:
        return [f"{key}: {model.name} takes no parameters" for key in params]
    return list(_check(shape, params, ""))


@functools.cache
def service_model(service: str) -> ServiceModel:
    """Return the newest version of botocore's model of a service."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _check(shape: Shape, value: Any, path: str) -> Iterator[str]:
    kind = "document" if getattr(shape, "is_document_type", False) else shape.type_name
    allowed, check = _CHECKS[kind]
    if not isinstance(value, allowed) or (isinstance(value, bool) and kind not in ("boolean", "document")):
        names = " or ".join(one.__name__ for one in allowed)
        yield f"{path or 'the request'}: must be {names}, not {type(value).__name__}"
        return
    yield from check(shape, value, path)


def _structure(shape: Shape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    assert isinstance(shape, StructureShape)
    members: Mapping[str, Shape] = shape.members
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{_join(path, name)}: is required"
    for name, item in value.items():
        if name not in members:
            yield f"{_join(path, name)}: is not a member. Members: {', '.join(members)}"
        else:
            yield from _check(members[name], item, _join(path, name))
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield f"{path}: exactly one of {', '.join(members)} is required"


def _list(shape: Shape, value: Sequence[Any], path: str) -> Iterator[str]:
    assert isinstance(shape, ListShape)
    yield from _between(shape, len(value), f"{path}: has {len(value)} items")
    for index, item in enumerate(value):
        yield from _check(shape.member, item, f"{path}[{index}]")


def _map(shape: Shape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    assert isinstance(shape, MapShape)
    yield from _between(shape, len(value), f"{path}: has {len(value)} entries")
    for key, item in value.items():
        yield from _check(shape.key, key, f"{path}'s key {key!r}")
        yield from _check(shape.value, item, _join(path, key))


def _string(shape: Shape, value: str, path: str) -> Iterator[str]:
    yield from _between(shape, len(value), f"{path}: has {len(value)} characters")
    shown = _shown(shape, value)
    enum = shape.enum if isinstance(shape, StringShape) else []
    if enum and value not in enum:
        yield f"{path}: {shown} is not one of {', '.join(enum)}"
    pattern = shape.metadata.get("pattern")
    if pattern:
        yield from _pattern(pattern, value, f"{path}: {shown}")


def _pattern(pattern: str, value: str, subject: str) -> Iterator[str]:
    try:
        matches = matcher(pattern)
    except regex.error as error:
        yield f"{subject} cannot be checked, because the sandbox does not understand AWS's pattern {pattern} ({error})"
        return
    if not matches(value):
        yield f"{subject} does not match {pattern}"


def _number(shape: Shape, value: float, path: str) -> Iterator[str]:
    yield from _between(shape, value, f"{path}: is {value}")


def _blob(shape: Shape, value: str | bytes | bytearray, path: str) -> Iterator[str]:
    yield from _between(shape, len(value), f"{path}: has {len(value)} bytes")


def _anything(shape: Shape, value: Any, path: str) -> Iterator[str]:
    yield from ()


_Check = Callable[[Shape, Any, str], Iterator[str]]
_NUMBER = (int, float)
_CHECKS: dict[str, tuple[tuple[type, ...], _Check]] = {
    "structure": ((dict,), _structure),
    "list": ((list, tuple), _list),
    "map": ((dict,), _map),
    "string": ((str,), _string),
    "integer": ((int,), _number),
    "long": ((int,), _number),
    "float": (_NUMBER, _number),
    "double": (_NUMBER, _number),
    "boolean": ((bool,), _anything),
    "blob": ((str, bytes, bytearray), _blob),
    "timestamp": ((datetime.datetime, str, *_NUMBER), _anything),
    "document": ((object,), _anything),
}


def _between(shape: Shape, size: float, subject: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield f"{subject}, the minimum is {low}"
    if high is not None and size > high:
        yield f"{subject}, the maximum is {high}"


def _shown(shape: Shape, value: str) -> str:
    if shape.metadata.get("sensitive") or len(value) > SHOWN_LENGTH:
        return "the value"
    return repr(value)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


# The patterns are written for Java, where POSIX classes are ASCII only. So are \w, \d and \s, unless the pattern begins
# with (?U).
_POSIX = {
    "Alnum": "a-zA-Z0-9",
    "Alpha": "a-zA-Z",
    "ASCII": r"\x00-\x7F",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1F\x7F",
    "Digit": "0-9",
    "Graph": r"\x21-\x7E",
    "Lower": "a-z",
    "Print": r"\x20-\x7E",
    "Punct": r"!-/:-@\[-`{-~",
    "Upper": "A-Z",
    "XDigit": "0-9a-fA-F",
}
_JAVA_CLASS = re.compile(r"\\p\{(" + "|".join(_POSIX) + r")\}")


@functools.cache
def matcher(pattern: str) -> Callable[[str], bool]:
    """Return a function that decides whether a whole string matches a pattern of the models.

    Raises regex.error if the pattern cannot be translated.
    """
    unicode = pattern.startswith("(?U)")
    # The ASCII flag would also narrow \p{L} and similar classes.
    flags = 0 if unicode or r"\p{" in pattern or r"\P{" in pattern else regex.ASCII
    compiled = regex.compile(_translated(pattern.removeprefix("(?U)")), flags)
    return lambda value: compiled.fullmatch(value) is not None


def _translated(pattern: str) -> str:
    """Replace Java's POSIX classes by ranges: bare inside a character class, in brackets outside."""

    def replacement(match: re.Match[str]) -> str:
        before = re.sub(r"\\.", "", pattern[: match.start()])
        inside = before.rfind("[") > before.rfind("]")
        ranges = _POSIX[match[1]]
        return ranges if inside else f"[{ranges}]"

    return _JAVA_CLASS.sub(replacement, pattern)
