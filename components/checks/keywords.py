"""Keywords of EventBridge Scheduler: only known ones, and only where they work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

from ..problems import Name, Path, Problem, closest, key, listed
from ..resolved import Schedule, Task
from ..task.keywords import KEYWORDS, like_keywords
from .check import Check

_WORK_IN = ("command", "environment")
_TEXTS = (
    "build", "command", "entry_point", "environment", "managed_policies", "permissions", "placement_constraints",
    "placement_strategies", "secret_values", "secrets", "sidecars", "tags", "task_role", "volumes", "working_directory",
)  # fmt: skip
"""Keys of a task that can hold any text. The format of the others excludes keywords."""
_OF_SCHEDULES = frozenset({"description", "command", "environment"})


def _check_of(name: str) -> Check[Task]:
    def keywords(task: Task) -> Iterator[Problem]:
        for place, text in _texts((name,), getattr(task, name)):
            yield from _problems(place, text)

    return Check(keywords, frozenset({name}))


def _in_schedules(task: Task) -> Iterator[Problem]:
    found = [place_and_text for schedule in task.schedules for place_and_text in _of_schedule(schedule)]
    for place, text in dict.fromkeys(found):
        yield from _problems(place, text)


def _of_schedule(schedule: Schedule) -> Iterator[tuple[Path, str]]:
    for name in sorted(_OF_SCHEDULES):
        yield from _texts(schedule.path_of(name), getattr(schedule, name))


KEYWORD_CHECKS = (
    *map(_check_of, _TEXTS),
    Check(_in_schedules, frozenset({"schedule", "schedules", "description"})),
)
"""Find keywords that EventBridge Scheduler would not replace, so that the program would get them as they are. One check
per key, so that a mistake in one key does not hide one in another."""


def _texts(path: Path, value: object) -> Iterator[tuple[Path, str]]:
    """Each string in a value, with its path. Outputs are not known yet."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, item in cast("Mapping[str, object]", value).items():
            yield from _texts((*path, Name(name)), item)
    elif isinstance(value, tuple):
        for position, item in enumerate(cast("tuple[object, ...]", value)):
            yield from _texts((*path, position), item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts((*path, field.name), getattr(value, field.name))


def _problems(path: Path, text: str) -> Iterator[Problem]:
    places = listed([key(name) for name in _WORK_IN], "and")
    for found in dict.fromkeys(like_keywords(text)):
        if found not in KEYWORDS:
            meant = closest(found, KEYWORDS)
            hint = f"Write {meant}." if meant else f"Use {listed(KEYWORDS)}."
            yield Problem(path, f'"{found}" is not a keyword of EventBridge Scheduler. {hint}')
        elif not _works_in(path):
            yield Problem(
                path,
                f"EventBridge Scheduler replaces {found} only in {places}, and would leave it as it is here. Pass it "
                f"to the program in {places}.",
            )


def _works_in(path: Path) -> bool:
    """Whether the path leads into the command or the environment of the task, a schedule or a sidecar."""
    keys = [part for part in path if isinstance(part, str) and not isinstance(part, Name)]
    return keys[-1] in _WORK_IN and "health_check" not in keys
