"""Whether members in AWS's own words exist, are free to set, and have values that AWS accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from ..aws.ecs_model import Shape, shape
from ..problems import Name, Problem, key, listed
from .answers import CONTAINERS, ROOTS, MemberPath, Root, SettingKey, answer, members
from .values import type_problem, unknown_member, value_problems

_CONTAINER = "ContainerDefinition"
_NAMES = {"RegisterTaskDefinitionRequest": "RegisterTaskDefinition", "RunTaskRequest": "RunTask"}


def container_problems(given: Mapping[str, object], *, sidecar: bool) -> Iterator[Problem]:
    """Problems of members of a container definition."""
    yield from _problems("RegisterTaskDefinition", (CONTAINERS,), _CONTAINER, given, sidecar=sidecar)


def task_definition_problems(given: Mapping[str, object]) -> Iterator[Problem]:
    """Problems of members of a task definition."""
    rest = dict(given)
    if CONTAINERS in rest:
        del rest[CONTAINERS]
        yield Problem(
            (Name(CONTAINERS),),
            f"has no place here. Put members of the main container under {key('aws')}.{key('container')}, and other "
            f"containers under {key('sidecars')}.",
        )
    yield from _problems("RegisterTaskDefinition", (), ROOTS["RegisterTaskDefinition"][1], rest)


def run_task_problems(given: Mapping[str, object]) -> Iterator[Problem]:
    """Problems of members of RunTask."""
    yield from _problems("RunTask", (), ROOTS["RunTask"][1], given)


def _problems(
    root: Root, above: MemberPath, name: str, given: Mapping[str, object], *, sidecar: bool = False
) -> Iterator[Problem]:
    """Problems of members of one structure. It is partial: keys may set its other members."""
    found = shape("ecs", name)
    for member, value in given.items():
        if member not in found.members:
            yield unknown_member(_NAMES.get(name, name), found, member)
        else:
            inner = _member(root, (*above, member), found.members[member], value, sidecar=sidecar)
            yield from (problem.within(Name(member)) for problem in inner)


def _member(root: Root, path: MemberPath, name: str, value: object, *, sidecar: bool) -> Iterator[Problem]:
    found, its_answer = shape("ecs", name), answer(root, path, sidecar=sidecar)
    if its_answer is None and found.type == "structure":
        yield from _structure(root, path, name, found, value, sidecar=sidecar)
    elif its_answer and its_answer.passed:
        yield from value_problems("ecs", name, value)
    elif its_answer and its_answer.reason:
        yield Problem((), f"can't be set. {its_answer.reason}")
    else:
        keys = its_answer.keys if its_answer else _keys_below(root, path, sidecar=sidecar)
        yield Problem((), f"has {_words(keys)}. Use that instead of a member in AWS's own words.")


def _structure(
    root: Root, path: MemberPath, name: str, found: Shape, value: object, *, sidecar: bool
) -> Iterator[Problem]:
    if problem := type_problem(found, value):
        yield problem
    else:
        yield from _problems(root, path, name, cast("Mapping[str, object]", value), sidecar=sidecar)


def _keys_below(root: Root, path: MemberPath, *, sidecar: bool) -> tuple[SettingKey, ...]:
    below = [member for member in members(root) if member[: len(path)] == path]
    answers = [found for member in below if (found := answer(root, member, sidecar=sidecar))]
    return tuple(dict.fromkeys(keys for found in answers for keys in found.keys))


def _words(keys: Sequence[SettingKey]) -> str:
    """Keys as their reader spells them: the key init."""
    own = [found.path[1:] or found.path if found.path[0] == "sidecars" else found.path for found in keys]
    named = dict.fromkeys(".".join(key(part) for part in path) for path in own)
    return f"the {'key' if len(named) == 1 else 'keys'} {listed(named, 'and')}"
