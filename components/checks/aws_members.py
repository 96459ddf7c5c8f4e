"""Checks of members in AWS's own words: AWS's model has them, no key sets them, and they fit the task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..json_values import Json, is_list, mapping, value_at
from ..passthrough.answers import CONTAINERS, answer
from ..passthrough.members import container_problems, run_task_problems, task_definition_problems
from ..problems import Name, Path, Problem, key, listed
from ..resolved import MAIN_CONTAINER, Container, Task
from ..supervised.settings import SUPERVISED_KEYS
from .check import reads

_CAPACITY = ("launch", "capacity_providers", "network_mode", "operating_system")
_CONTAINER, _DEFINITION, _RUN_TASK = "container", "task_definition", "run_task"
_NOT_ON_FARGATE = ("links", "resourceRequirements")
"""AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Fargate"."""
_NOT_ON_WINDOWS = ("links",)
"""AWS: botocore ecs, ContainerDefinition."""
_MOST_CONSTRAINTS = 10
"""The constraints of a task definition and a launch together.

AWS: botocore ecs, RegisterTaskDefinitionRequest.placementConstraints.
"""


@reads("aws")
def known_members(task: Task) -> Iterator[Problem]:
    """Members that AWS has, that no key sets, and with values that AWS accepts."""
    yield from _within(("aws", _CONTAINER), container_problems(task.aws.container, sidecar=False))
    yield from _within(("aws", _DEFINITION), task_definition_problems(task.aws.task_definition))
    yield from _within(("aws", _RUN_TASK), run_task_problems(task.aws.run_task))


@reads("sidecars", each=("sidecars",))
def known_members_of_sidecars(task: Task) -> Iterator[Problem]:
    """The same for each sidecar."""
    for name, sidecar in task.sidecars.items():
        found = container_problems(sidecar.aws.container, sidecar=True)
        yield from _within(("sidecars", Name(name), "aws", _CONTAINER), found)


@reads("aws", "task_definition", *SUPERVISED_KEYS)
def members_of_runs(task: Task) -> Iterator[Problem]:
    """Members that apply to how the task runs."""
    if task.task_definition is not None:
        for part, given in ((_CONTAINER, task.aws.container), (_DEFINITION, task.aws.task_definition)):
            if given:
                yield Problem(
                    ("aws", part),
                    "belongs to the existing task definition. Remove it and register a revision with the members, or "
                    f"use {key('image')}.",
                )
    if task.is_supervised:
        for member in task.aws.run_task:
            yield Problem(
                ("aws", _RUN_TASK, Name(member)),
                "has no effect, because Step Functions starts the runs of this task and does not pass it on. Remove "
                f"it, or remove {listed(map(key, SUPERVISED_KEYS), 'and')}.",
            )


@reads("aws", "sidecars", "gpus", "placement_constraints", "task_definition", *_CAPACITY, each=("sidecars",))
def members_that_fit(task: Task) -> Iterator[Problem]:
    """Members that the launch type, the network mode and the operating system support."""
    if task.task_definition is not None:
        return
    yield from _within(("aws", _DEFINITION), _definition(task, task.aws.task_definition))
    names = {MAIN_CONTAINER, *task.sidecars}
    for path, container in task.containers:
        given = container.aws.container
        problems = (
            *_container(task, given),
            *_references(given, names),
            *_parts(container, sidecar=container is not task),
        )
        yield from _within((*path, "aws", _CONTAINER), iter(problems))


def _parts(container: Container, *, sidecar: bool) -> Iterator[Problem]:
    """Members that replace what keys set in a part of them."""
    for member in container.aws.container:
        found = answer("RegisterTaskDefinition", (CONTAINERS, member), sidecar=sidecar)
        for name in (each.path[-1] for each in found.keys) if found and found.passed else ():
            if getattr(container, name):
                yield Problem((Name(member),), f"replaces {key(name)}. Set only one of them.")


def _definition(task: Task, given: Mapping[str, Json]) -> Iterator[Problem]:
    constraints = _items(given.get("placementConstraints"))
    if constraints and task.launch_type == "FARGATE":
        yield Problem(
            (Name("placementConstraints"),),
            f"is not supported on Fargate. Remove it, or write {key('launch')}: ec2.",
        )
    elif constraints and len(constraints) + len(task.placement_constraints) > _MOST_CONSTRAINTS:
        yield Problem(
            (Name("placementConstraints"),),
            f"has {len(constraints)} entries, and {key('placement_constraints')} has "
            f"{len(task.placement_constraints)}. AWS accepts {_MOST_CONSTRAINTS} in total.",
        )
    # AWS: Amazon ECS developer guide, "Use fault injection with your Amazon ECS and Fargate workloads".
    if given.get("enableFaultInjection") is True and (task.is_windows or task.network_mode not in ("awsvpc", "host")):
        yield Problem(
            (Name("enableFaultInjection"),), "works only on Linux, with the network modes awsvpc and host. Remove it."
        )
    proxy = value_at(given.get("proxyConfiguration"), "containerName")
    if isinstance(proxy, str) and proxy not in (MAIN_CONTAINER, *task.sidecars):
        yield _no_container((Name("proxyConfiguration"), Name("containerName")), proxy)


def _container(task: Task, given: Mapping[str, Json]) -> Iterator[Problem]:
    if task.launch_type == "FARGATE":
        yield from _unsupported(given, _NOT_ON_FARGATE, f"on Fargate. Remove it, or write {key('launch')}: ec2.")
    if task.is_windows:
        yield from _unsupported(given, _NOT_ON_WINDOWS, "for Windows containers. Remove it.")
    # AWS: botocore ecs, ContainerDefinition.links and ContainerDefinition.portMappings.
    mode = f"in the network mode {task.network_mode}. Remove it, or change {key('network_mode')}."
    if task.network_mode != "bridge" and task.launch_type != "FARGATE" and not task.is_windows:
        yield from _unsupported(given, ("links",), mode)
    if task.network_mode == "none":
        yield from _unsupported(given, ("portMappings",), mode)
    if task.network_mode in ("awsvpc", "host"):
        yield from _same_ports(given, task.network_mode)


def _same_ports(given: Mapping[str, Json], mode: str) -> Iterator[Problem]:
    for position, port in enumerate(_items(given.get("portMappings"))):
        host, inside = (mapping(port).get(name) for name in ("hostPort", "containerPort"))
        if host and host != inside:
            yield Problem(
                (Name("portMappings"), position, Name("hostPort")),
                f"must be the containerPort in the network mode {mode}. Remove it.",
            )


def _unsupported(given: Mapping[str, Json], names: Sequence[str], where: str) -> Iterator[Problem]:
    for name in names:
        if given.get(name):
            yield Problem((Name(name),), f"is not supported {where}")


def _references(given: Mapping[str, Json], names: set[str]) -> Iterator[Problem]:
    """Containers that the task doesn't have."""
    for position, volumes in enumerate(_items(given.get("volumesFrom"))):
        source = mapping(volumes).get("sourceContainer")
        if isinstance(source, str) and source not in names:
            yield _no_container((Name("volumesFrom"), position, Name("sourceContainer")), source)
    for position, link in enumerate(_items(given.get("links"))):
        if isinstance(link, str) and link.split(":")[0] not in names:
            yield _no_container((Name("links"), position), link.split(":")[0])


def _no_container(path: Path, name: str) -> Problem:
    return Problem(
        path,
        f'"{name}" is not a container of the task. Name {MAIN_CONTAINER} or one of {key("sidecars")}.',
    )


def _items(value: Json) -> Sequence[Json]:
    return value if is_list(value) or isinstance(value, tuple) else ()


def _within(path: Path, found: Iterator[Problem]) -> Iterator[Problem]:
    yield from (problem.within(*path) for problem in found)
