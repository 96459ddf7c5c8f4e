"""Whether a value is what AWS's model of an API accepts. Data in, problems out.

No message repeats a value, except one that AWS has a list of: another may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import cast

from ..aws.ecs_model import Service, Shape, shape
from ..keys.annotations import is_output
from ..problems import Name, Problem, listed, nearest

_INTEGERS = ("integer", "long")
_EXPECTED = {
    "structure": "an object",
    "map": "an object",
    "list": "a list",
    "string": "a string",
    "boolean": "a boolean",
    **dict.fromkeys(_INTEGERS, "an integer"),
}


def value_problems(service: Service, name: str, value: object) -> Iterator[Problem]:
    """Problems of a value as a shape of AWS's model.

    Args:
        service: The API.
        name: Name of the shape, such as `HealthCheck`.
        value: The value, with members in AWS's spelling.
    """
    found = shape(service, name)
    if problem := type_problem(found, value):
        yield problem
    elif isinstance(value, Mapping):
        yield from _object(service, name, found, cast("Mapping[object, object]", value))
    elif isinstance(value, str):
        yield from _string(found, value)
    elif isinstance(value, Sequence):
        items = cast("Sequence[object]", value)
        yield from _size(found, len(items), "items")
        for position, item in enumerate(items):
            yield from (problem.within(position) for problem in value_problems(service, found.member, item))
    elif found.type in _INTEGERS:
        yield from _integer(found, cast("int", value))


def type_problem(found: Shape, value: object) -> Problem | None:
    """The problem of a value whose type isn't that of the shape; None if it is."""
    if is_output(value):
        return Problem(
            (),
            "is an output. Members in AWS's own words must be known before the deployment. To set this one from an "
            "output, use a transform (docs/guides/transforms.md).",
        )
    if _fits(found, value):
        return None
    quotes = " Put it in quotes." if found.type == "string" and isinstance(value, bool | int | float) else ""
    return Problem((), f"must be {_EXPECTED.get(found.type, found.type)}, not {kind(value)}.{quotes}")


def _fits(found: Shape, value: object) -> bool:
    if found.type in ("structure", "map"):
        return isinstance(value, Mapping)
    if found.type == "list":
        return isinstance(value, Sequence) and not isinstance(value, str | bytes)
    if found.type == "boolean":
        return isinstance(value, bool)
    if found.type in _INTEGERS:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


def unknown_member(name: str, found: Shape, member: str) -> Problem:
    """The problem of a member that a structure doesn't have.

    Args:
        name: Name of the structure.
        found: The structure.
        member: The member as written.
    """
    hint = nearest(member, found.members) or f" Its members are {listed(found.members, 'and')}."
    return Problem((Name(member),), f"is not a member of {name} in the API of Amazon ECS.{hint}")


def missing(name: str, found: Shape, given: Mapping[object, object]) -> Iterator[Problem]:
    """A problem for each member that AWS requires."""
    for member in found.required:
        if member not in given:
            yield Problem((Name(member),), f"is missing. AWS requires it in {name}.")


def _object(service: Service, name: str, found: Shape, given: Mapping[object, object]) -> Iterator[Problem]:
    if found.type == "map":
        yield from _size(found, len(given), "entries")
    else:
        yield from missing(name, found, given)
    for key, value in given.items():
        if not isinstance(key, str):
            yield Problem((), f"the name {key} must be a string. Put it in quotes.")
        elif found.type == "map":
            yield from (problem.within(Name(key)) for problem in _entry(service, found, key, value))
        elif key in found.members:
            inner = value_problems(service, found.members[key], value)
            yield from (problem.within(Name(key)) for problem in inner)
        else:
            yield unknown_member(name, found, key)


def _entry(service: Service, found: Shape, key: str, value: object) -> Iterator[Problem]:
    yield from value_problems(service, found.key, key)
    yield from value_problems(service, found.value, value)


def _string(found: Shape, value: str) -> Iterator[Problem]:
    if found.enum and value not in found.enum:
        yield Problem((), f'"{value}" is not one of {listed(found.enum)}.{nearest(value, found.enum)}')
    yield from _size(found, len(value), "characters")
    if found.pattern and not _pattern(found.pattern).fullmatch(value):
        yield Problem((), f"has characters that AWS doesn't accept here. It must match {found.pattern}")


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of AWS's model as Python's `re` reads it, which has no Unicode categories."""
    return re.compile(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"))


def _integer(found: Shape, value: int) -> Iterator[Problem]:
    if (found.min is not None and value < found.min) or (found.max is not None and value > found.max):
        yield Problem((), f"{value} is not allowed. Use {_bounds(found)}.")


def _size(found: Shape, size: int, noun: str) -> Iterator[Problem]:
    if (found.min is not None and size < found.min) or (found.max is not None and size > found.max):
        yield Problem((), f"has {size} {noun}. AWS accepts {_bounds(found)}.")


def _bounds(found: Shape) -> str:
    if found.max is None:
        return f"at least {found.min}"
    return f"at most {found.max}" if not found.min else f"{found.min} to {found.max}"


def kind(value: object) -> str:
    """The type of a value in words."""
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "a boolean"),
        ((int, float), "a number"),
        (str, "a string"),
        (Mapping, "an object"),
        (Sequence, "a list"),
    )
    return (
        "nothing" if value is None else next((words for types, words in kinds if isinstance(value, types)), "a value")
    )
