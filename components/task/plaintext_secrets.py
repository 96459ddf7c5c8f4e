"""Refuses secrets in what everybody who can describe a task definition can read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import pulumi

from ..problems import Name, Path, Problem, key
from ..resolved import Container, Task


async def plaintext_secrets(task: Task) -> list[Problem]:
    """A problem for each readable value of a task's containers that is a Pulumi secret."""
    outputs = [
        ((*path, *inner), cast("pulumi.Output[object]", value))
        for path, container in task.containers
        for inner, value in _readable(container)
        if isinstance(value, pulumi.Output)
    ]
    return [_problem(path) for path, value in outputs if await value.is_secret()]


def _readable(container: Container) -> Iterator[tuple[Path, object]]:
    yield ("image",), container.image
    for name, words in (("command", container.command), ("entry_point", container.entry_point)):
        yield from (((name, position), word) for position, word in enumerate(cast("Sequence[object]", words or ())))
    variables: Mapping[str, object] = container.environment
    yield from ((("environment", Name(name)), value) for name, value in variables.items())


def _problem(path: Path) -> Problem:
    return Problem(
        path,
        "is a Pulumi secret, and everybody who can describe the task definition could read it. (The value is not "
        f"shown.) Put it under {key('secret_values')}, or store it in Secrets Manager or SSM and put its ARN under "
        f"{key('secrets')}.",
    )
