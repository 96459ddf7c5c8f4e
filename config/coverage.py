"""docs/coverage.md: how each member of AWS's API is set, from AWS's model and the keys of the configuration.

`python -m config.coverage` writes it; a test fails when it is stale, or when a member has no answer.
"""

from collections.abc import Iterator
from pathlib import Path

from components.aws.spelling import camel_case
from components.keys.reference import keys_of
from components.passthrough.answers import (
    CONTAINERS,
    ECS_PARAMETERS,
    Answer,
    MemberPath,
    Root,
    SettingKey,
    answer,
    members,
)

from .keys import Stack, Task

FILE = Path(__file__).parents[1] / "docs" / "coverage.md"
ARGUMENTS: tuple[type, ...] = (Task, Stack)
INTRODUCTION = """
<!-- `make docs` writes this page from AWS's model and from components/passthrough/reasons.py. Do not edit it. -->
# Coverage of the ECS API

This page lists every member of RegisterTaskDefinition, of RunTask, and of a schedule's target, with the key that sets
it. If that is `aws.container`, `aws.taskDefinition` or `aws.runTask`, there is no key, and you set the member
[in AWS's own words](guides/pass-through.md). Members that are set by the same key as the member that contains them have
no row of their own.
"""
_OF_LAUNCHES = "`aws.runTask`, for tasks that EventBridge Scheduler starts directly"
_PASSED: dict[str, str] = {
    "RegisterTaskDefinition": "`aws.taskDefinition`",
    "Target": _OF_LAUNCHES,
    "RunTask": _OF_LAUNCHES,
}


def text() -> str:
    """The page."""
    return "\n\n".join([INTRODUCTION.strip(), *(f"## {title}\n\n{table}" for title, table in _sections())]) + "\n"


def _sections() -> Iterator[tuple[str, str]]:
    definition = [path for path in members("RegisterTaskDefinition") if path[0] != CONTAINERS]
    yield "RegisterTaskDefinition", _table("RegisterTaskDefinition", definition)
    yield "ContainerDefinition", _containers()
    target = list(members("Target"))
    parameters = [path for path in target if path[0] == ECS_PARAMETERS]
    yield "EcsParameters of EventBridge Scheduler", _table("Target", parameters)
    yield "Target of EventBridge Scheduler", _table("Target", [path for path in target if path not in parameters])
    yield "RunTask", _table("RunTask", list(members("RunTask")))


def _table(root: Root, paths: list[MemberPath]) -> str:
    rows = [f"| `{'.'.join(path)}` | {words(root, found)} |" for path, found in answered(root, paths)]
    return "\n".join(["| Member | Set by |", "|---|---|", *rows])


def _containers() -> str:
    paths = [path for path in members("RegisterTaskDefinition") if path[0] == CONTAINERS and len(path) > 1]
    main, sidecar = (dict(answered("RegisterTaskDefinition", paths, sidecar=sidecar)) for sidecar in (False, True))
    rows = ["| Member | Main container | Sidecar |", "|---|---|---|"]
    for path in paths:
        if path in main or path in sidecar:
            cells = (container_words(path, sidecar=each) for each in (False, True))
            rows.append(f"| `{'.'.join(path[1:])}` | {' | '.join(cells)} |")
    return "\n".join(rows)


def answered(root: Root, paths: list[MemberPath], *, sidecar: bool = False) -> Iterator[tuple[MemberPath, Answer]]:
    """The members that have another answer than the member that contains them."""
    for path in paths:
        found = answer(root, path, sidecar=sidecar, arguments=ARGUMENTS)
        above = answer(root, path[:-1], sidecar=sidecar, arguments=ARGUMENTS) if len(path) > 1 else None
        if found and (found != above or path[:-1] == (CONTAINERS,)):
            yield path, found


def unanswered(root: Root, *, sidecar: bool = False) -> list[str]:
    """The members without an answer, although they contain no members that have one.

    Args:
        root: The request.
        sidecar: Whether to return members of a sidecar, instead of the main container and everything else.
    """
    every = [path for path in members(root) if not sidecar or path[0] == CONTAINERS]
    return [
        ".".join(path)
        for path in every
        if answer(root, path, sidecar=sidecar, arguments=ARGUMENTS) is None
        and not any(other[: len(path)] == path and other != path for other in every)
    ]


def container_words(path: MemberPath, *, sidecar: bool) -> str:
    """How a member of a container definition is set."""
    found = answer("RegisterTaskDefinition", path, sidecar=sidecar, arguments=ARGUMENTS)
    if found is None:
        return "See its members"
    return words("RegisterTaskDefinition", found, passed="`aws.container`")


def words(root: Root, found: Answer, *, passed: str = "") -> str:
    """How a member is set, as the cell of a table."""
    ways = [_key(key) for key in found.keys]
    if found.passed:
        ways.append(passed or _PASSED[root])
    return (found.reason and f"Not possible: {found.reason}") or ", ".join(dict.fromkeys(ways))


def _key(key: SettingKey) -> str:
    first, *rest = key.path
    path = rest if first == "sidecars" and rest else [first, *rest]
    name = ".".join(camel_case(part) for part in path)
    of_stack = " of the stack" if path[0] not in keys_of(Task) and path[0] in keys_of(Stack) else ""
    return f"`{name}`{of_stack}{f' ({key.part})' if key.part else ''}"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
