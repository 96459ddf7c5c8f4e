"""Reading a file with faults. All problems are reported at once, with their lines."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from components.keys.validation import validated
from components.problems import Problem, key, nearest
from components.schedules import durations
from components.schedules.instants import instant

from .fault_keys import FaultFile, FaultKeys
from .faults import NEED_CONTAINERS, OF_TASKS, RUNS, Fault
from .input_file import InputFile


@dataclass(frozen=True, slots=True)
class Scene:
    """The tasks and the time that faults can concern."""

    tasks: Collection[str]
    """The names of all tasks."""
    calls: Collection[str]
    """The tasks that start no container."""
    begin: datetime
    end: datetime


def read_faults(path: Path, scene: Scene) -> list[Fault]:
    """The faults of a YAML file.

    Raises:
        InputError: The file can't be read, or has problems. The error has all of them.
    """
    read = InputFile(path)
    whole = validated(FaultFile, read.value, from_yaml=True)
    problems, faults = list(whole.problems), list[Fault]()
    for number, written in enumerate(whole.values.get("faults", ())):
        one = validated(FaultKeys, written, from_yaml=True)
        keys = cast("FaultKeys", one.values)
        found = list(one.problems or _problems(keys, scene))
        problems += [problem.within("faults", number) for problem in found]
        if not found:
            faults.append(_fault(keys, scene))
    read.refuse(problem.in_camel_case() for problem in problems)
    return faults


def _problems(keys: FaultKeys, scene: Scene) -> Iterator[Problem]:
    kind = keys["kind"]
    for number, name in enumerate(keys.get("tasks", ())):
        if name not in scene.tasks:
            yield Problem(("tasks", number), f'There is no task "{name}".{nearest(name, scene.tasks)}')
        elif name in scene.calls and kind in NEED_CONTAINERS:
            yield Problem(("tasks", number), f'"{name}" is a call, which starts no container. It can\'t have {kind}.')
    begin, end = _time(keys, "from_", scene.begin), _time(keys, "to", scene.end)
    if end <= begin:
        yield Problem(("to",), f"The fault ends at {end.isoformat()}, which is not after {begin.isoformat()}.")
    for name, kinds in _ONLY.items():
        if name in keys and kind not in kinds:
            yield Problem((name,), f"{kind} has no {key(name)}. Remove it.")
    if kind == "outage" and "service" not in keys:
        yield Problem((), f"An outage needs a {key('service')}. Write: service: ecs")


_ONLY: Mapping[str, Collection[str]] = {
    "service": {"outage"},
    "exit_code": {"exitCode"},
    "after": RUNS,
    "tasks": OF_TASKS,
    "percent": OF_TASKS - {"paused"},
    "times": OF_TASKS - {"paused"},
}
"""The keys that only some kinds have."""


def _time(keys: FaultKeys, name: str, default: datetime) -> datetime:
    written = cast("Mapping[str, str]", keys).get(name)
    return default if written is None else instant(written)


def _fault(keys: FaultKeys, scene: Scene) -> Fault:
    tasks = keys.get("tasks")
    return Fault(
        keys["kind"],
        _time(keys, "from_", scene.begin).timestamp(),
        _time(keys, "to", scene.end).timestamp(),
        tasks=None if tasks is None else frozenset(tasks),
        percent=keys.get("percent", 100),
        times=keys.get("times"),
        exit_code=keys.get("exit_code", 1),
        after=durations.seconds(keys["after"]) if "after" in keys else None,
        service=keys.get("service"),
    )
