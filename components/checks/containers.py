"""Checks of images, containers, their environment and volumes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import cast

from ..args import ScheduledTaskArgs
from ..aws import limits
from ..aws.container_paths import is_absolute
from ..aws.patterns import CONTAINER
from ..keys.annotations import has_output
from ..keys.reference import keys_of
from ..problems import Name, Path, Problem, key, listed, nearest
from ..resolved import MAIN_CONTAINER, Container, HealthCheck, Sidecar, Task, Ulimit
from ..supervised.settings import RUN_VARIABLE
from .check import reads

DEFINITION_KEYS = tuple(name for name, known in keys_of(ScheduledTaskArgs).items() if known.of_task_definition)
"""Keys that a task definition contains. They belong to an image, and not to an existing task definition."""
OVERRIDABLE_KEYS = tuple(name for name, known in keys_of(ScheduledTaskArgs).items() if known.overridable)
"""Those of them that a launch can override in an existing task definition."""
_WAYS = ("image", "build", "task_definition")
_RESERVED = ("AWS_CONTAINER_", "ECS_CONTAINER_METADATA_URI", "AWS_EXECUTION_ENV", "ECS_AGENT_URI")
"""Variables that ECS sets itself. A task that sets them breaks the credentials of its role."""
_CAPACITY = ("launch", "capacity_providers")


@reads(*_WAYS)
def what_runs(task: Task) -> Iterator[Problem]:
    """Exactly one of image, build and task definition."""
    ways = [way for way in _WAYS if way in task.args]
    if len(ways) > 1:
        named = [key(way) for way in ways]
        every = "either " + listed(named) if len(ways) == 2 else "only one of " + listed(named)
        yield Problem((ways[-1],), f"a task has {every}. Remove one.")
    elif ways == ["task_definition"]:
        given = cast("Mapping[str, object]", task.args)
        for name in DEFINITION_KEYS:
            if name in given:
                yield from _of_existing(name, given[name])
    elif not ways:
        yield Problem(("image",), f"is missing. Name a container image, or an existing {key('task_definition')}.")


def _of_existing(name: str, value: object) -> Iterator[Problem]:
    """Problems with a key that an existing task definition has a value for."""
    if name not in OVERRIDABLE_KEYS:
        yield Problem(
            (name,),
            "belongs to the existing task definition, and a launch can't override it. Remove it and register a "
            f"revision with the value, or use {key('image')}.",
        )
    elif has_output(value):
        yield Problem(
            (name,),
            "is a value of another resource. A launch overrides the existing task definition only with values that are "
            "known before the deployment.",
        )


@reads("container", "task_definition")
def container(task: Task) -> Iterator[Problem]:
    """The container is that of an existing task definition."""
    if "container" in task.args and task.task_definition is None:
        yield Problem(
            ("container",),
            f"names a container of an existing {key('task_definition')}. The container of an image is always named "
            f"{MAIN_CONTAINER}. Remove {key('container')}.",
        )


@reads("environment", "secrets", "secret_values", each=("environment", "secrets", "secret_values"))
def main_environment(task: Task) -> Iterator[Problem]:
    """Environment variables of the main container."""
    for name in ("environment", "secrets", "secret_values"):
        yield from _within((name,), variable_names(getattr(task, name)))
    yield from _twice(task.environment, task.secrets)
    yield from _twice(task.environment, task.secret_values)
    for variable in sorted(task.secrets.keys() & task.secret_values.keys()):
        yield Problem(
            ("secret_values", Name(variable)), f"is in both {key('secrets')} and {key('secret_values')}. Remove one."
        )
    for variable, value in task.secret_values.items():
        if isinstance(value, str):
            yield Problem(
                ("secret_values", Name(variable)),
                "is plain text, not a secret (the value is not shown). Pass a Pulumi secret, such as "
                "config.require_secret(...).",
            )


def _twice(environment: Mapping[str, object], secrets: Mapping[str, object]) -> Iterator[Problem]:
    for variable in sorted(environment.keys() & secrets.keys()):
        yield Problem(
            ("environment", Name(variable)), f"is in both {key('environment')} and {key('secrets')}. Remove one."
        )


def variable_names(variables: Iterable[str]) -> Iterator[Problem]:
    """Names that environment variables can have, and that nothing else sets."""
    for name in variables:
        if not name or "=" in name or "\0" in name:
            yield Problem(
                (Name(name),), "is not a name for an environment variable. Use one that is not empty and contains no =."
            )
        elif name.startswith(_RESERVED):
            yield Problem((Name(name),), "is set by ECS itself (credentials, metadata). Choose another name.")
        elif name == RUN_VARIABLE:
            yield Problem((Name(name),), "identifies supervised runs. Choose another name.")


@reads("working_directory", "operating_system")
def main_working_directory(task: Task) -> Iterator[Problem]:
    """The working directory of the main container."""
    yield from _working_directory(task, windows=task.is_windows)


def _working_directory(container: Container, *, windows: bool) -> Iterator[Problem]:
    """On Windows, a path without a drive is one of drive C."""
    folder = container.working_directory
    systems = (False, True) if windows else (False,)
    if folder is not None and not any(is_absolute(folder, windows=system) for system in systems):
        yield Problem(("working_directory",), f'"{folder}" is not an absolute path.')


@reads("ulimits", *_CAPACITY, each=("ulimits",))
def ulimits(task: Task) -> Iterator[Problem]:
    """Resource limits that ECS and Fargate know."""
    yield from _ulimits(task, on_fargate=task.launch_type == "FARGATE")


def _ulimits(container: Container, *, on_fargate: bool) -> Iterator[Problem]:
    for name, limit in container.ulimits.items():
        path = ("ulimits", Name(name))
        if name not in limits.ULIMITS:
            near = nearest(name, limits.ULIMITS)
            yield Problem(path, f"is not a resource limit of ECS. Use {listed(limits.ULIMITS)}.{near}")
        elif on_fargate and name != "nofile":
            yield Problem(
                path,
                f"is not supported on Fargate, which supports only nofile. Remove it, or write {key('launch')}: ec2.",
            )
        yield from _within(path, _ulimit(name, limit))


def _ulimit(name: str, limit: Ulimit) -> Iterator[Problem]:
    """Values that the kernel accepts. -1 is unlimited, also for container engines.

    Source: Linux manual, setrlimit(2): RLIMIT_NOFILE can't exceed /proc/sys/fs/nr_open, so it can't be unlimited.
    """
    for key_, value in (("soft", limit.soft), ("hard", limit.hard)):
        if value < -1:
            yield Problem((key_,), f"{value} is not allowed. Use 0 or more, or -1 for unlimited.")
        elif value == -1 and name == "nofile":
            yield Problem((key_,), "nofile cannot be unlimited. Write a number, such as 65536.")
    soft, hard = (math.inf if value == -1 else value for value in (limit.soft, limit.hard))
    if soft > hard:
        yield Problem(("soft",), f"{limit.soft} is more than {key('hard')}, {limit.hard}.")


@reads("exec", "schedule", "schedules", "read_only_root", "volumes", "operating_system")
def exec_needs_writable_root(task: Task) -> Iterator[Problem]:
    """The agent of ECS Exec writes to the root file system."""
    if task.exec_path and task.read_only_root:
        yield Problem(
            task.exec_path,
            f"needs a writable root file system. Write {key('read_only_root')}: false, or remove {key('exec')}.",
        )


@reads("health_check")
def main_health_check(task: Task) -> Iterator[Problem]:
    """The health check of the main container."""
    if task.health_check:
        yield from _within(("health_check",), _health_check(task.health_check))


@reads("sidecars", "operating_system", *_CAPACITY, each=("sidecars",))
def sidecars(task: Task) -> Iterator[Problem]:
    """Additional containers."""
    if len(task.sidecars) >= limits.CONTAINERS:
        yield Problem(
            ("sidecars",),
            f"has {len(task.sidecars)}. A task has at most {limits.CONTAINERS} containers, including main.",
        )
    for name, sidecar in task.sidecars.items():
        yield from _within(("sidecars", Name(name)), _sidecar(name, sidecar, task))


def _sidecar(name: str, sidecar: Sidecar, task: Task) -> Iterator[Problem]:
    if name == MAIN_CONTAINER:
        yield Problem((), f'"{MAIN_CONTAINER}" is the name of the task\'s own container. Choose another.')
    elif not re.fullmatch(CONTAINER, name):
        yield Problem((), f'"{name}" is not a container name. Use letters, digits, - and _.')
    yield from _within(("environment",), variable_names(sidecar.environment))
    yield from _within(("secrets",), variable_names(sidecar.secrets))
    yield from _twice(sidecar.environment, sidecar.secrets)
    yield from _working_directory(sidecar, windows=task.is_windows)
    yield from _ulimits(sidecar, on_fargate=task.launch_type == "FARGATE")
    if sidecar.health_check:
        yield from _within(("health_check",), _health_check(sidecar.health_check))


def _health_check(check: HealthCheck) -> Iterator[Problem]:
    if len(check.command) < 2 or check.command[0] not in ("CMD", "CMD-SHELL"):
        yield Problem(
            ("command",), "must start with CMD or CMD-SHELL, followed by what to run: [CMD-SHELL, curl -f localhost]."
        )


@reads("sidecars", "cpu", "memory")
def reservations(task: Task) -> Iterator[Problem]:
    """Sidecars leave something for the main container."""
    yield from reserved(task, task.cpu, task.memory)


def reserved(task: Task, cpu: int, memory: int) -> Iterator[Problem]:
    """Sidecars reserve less than a size of the task. AWS: Amazon ECS API reference, ContainerDefinition, cpu,
    memory."""
    sidecars = task.sidecars.values()
    sizes = (("cpu", cpu, [it.cpu for it in sidecars]), ("memory", memory, [it.memory or 0 for it in sidecars]))
    for name, whole, reservations in sizes:
        parts = sum(reservations)
        if parts and parts >= whole:
            yield Problem(
                (name,),
                f"{whole} is not more than the {parts} reserved for sidecars: nothing is left for main. Raise it, or "
                "reserve less.",
            )


@reads("sidecars", "depends_on", "health_check", "logs")
def dependencies(task: Task) -> Iterator[Problem]:
    """Conditions that can become true, and no cycle."""
    waits: dict[str, Mapping[str, str]] = {MAIN_CONTAINER: task.depends_on}
    waits |= {name: sidecar.depends_on for name, sidecar in task.sidecars.items()}
    for name, conditions in waits.items():
        place: Path = ("depends_on",) if name == MAIN_CONTAINER else ("sidecars", Name(name), "depends_on")
        for other, condition in conditions.items():
            if other == name or other not in waits:
                hint = nearest(other, waits.keys() - {name})
                yield Problem((*place, Name(other)), f"there is no other container of this name.{hint}")
            else:
                waited = task.sidecars.get(other, task)
                yield from _within((*place, Name(other)), _condition(condition, waited, is_main=waited is task))
    try:
        TopologicalSorter({name: set(conditions) - {name} for name, conditions in waits.items()}).prepare()
    except CycleError as error:
        cycle = sorted(set(error.args[1]))
        yield Problem(("depends_on",), f"{listed(cycle, 'and')} wait for each other, so none of them would start.")


def _condition(condition: str, other: Container, *, is_main: bool) -> Iterator[Problem]:
    """`other` is the container that is waited for. The main container is always essential."""
    if condition == "HEALTHY" and not other.health_check:
        which = MAIN_CONTAINER if is_main else "that container"
        yield Problem(
            (), f"HEALTHY never becomes true, because {which} has no {key('health_check')}. Add one, or write START."
        )
    elif condition in ("COMPLETE", "SUCCESS") and is_main:
        yield Problem((), f"{condition} waits for the end of {MAIN_CONTAINER}, which ends the run. Write START.")
    elif condition in ("COMPLETE", "SUCCESS") and isinstance(other, Sidecar) and other.essential:
        yield Problem(
            (),
            f"{condition} waits for the end of an essential container, which ends the run. Write {key('essential')}: "
            "false for that container.",
        )


def _within(place: Path, found: Iterable[Problem]) -> Iterator[Problem]:
    return (problem.within(*place) for problem in found)
