"""Secrets stay out of what everybody who can describe a task definition reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pulumi

from ..problems import Name, Problem
from .definition import READABLE_KEYS

Args = Mapping[str, Any]
Path = tuple[str | int, ...]


def has_output(value: object) -> bool:
    """Whether there is a value in it that another resource produces."""
    if isinstance(value, Mapping):
        return any(has_output(item) for item in cast("Mapping[str, object]", value).values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(has_output(item) for item in cast("Sequence[object]", value))
    return isinstance(value, pulumi.Output) or hasattr(value, "__await__")


async def secrets_in_the_open(args: Args) -> list[Problem]:
    """The values of a task's containers that are Pulumi secrets, and would be readable."""
    containers: list[tuple[Path, Args]] = [((), args)]
    containers += [(("sidecars", Name(name)), found) for name, found in args.get("sidecars", {}).items()]
    outputs = [
        ((*path, *inner), cast("pulumi.Output[object]", value))
        for path, container in containers
        for inner, value in _readable(container)
        if isinstance(value, pulumi.Output)
    ]
    return [_problem(path) for path, value in outputs if await value.is_secret()]


def _readable(container: Args) -> Iterator[tuple[Path, object]]:
    for key in READABLE_KEYS:
        value = container.get(key)
        if isinstance(value, Mapping):
            yield from (((key, Name(name)), item) for name, item in cast("Mapping[str, object]", value).items())
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from (((key, position), item) for position, item in enumerate(cast("Sequence[object]", value)))
        else:
            yield (key,), value


def _problem(path: Path) -> Problem:
    return Problem(
        path,
        "is a Pulumi secret, and everybody who can describe the task definition would read it. "
        "(The value is not shown.) Put it under secret_values, or into Secrets Manager or SSM and name its ARN under "
        "secrets.",
    )
