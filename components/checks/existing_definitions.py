"""Checks of tasks with an existing task definition, once it has been looked up."""

from __future__ import annotations

from collections.abc import Iterator

from ..args import TaskDefinitionReference
from ..aws import limits
from ..problems import Name, Problem, key, listed, nearest
from ..resolved import Schedule, Task
from .schedules import overrides_length
from .sizes import size_problems


def existing_definition(task: Task, known: TaskDefinitionReference, decides: str | None) -> list[Problem]:
    """Settings of a task that its existing task definition does not support.

    Args:
        task: The task.
        known: Its task definition.
        decides: The container by which the group decides the outcome of direct runs, if there is one.
    """
    found = [
        *_container(task, known, decides),
        *_launch(task, known),
        *_exec(task, known),
        *(problem for schedule in task.schedules for problem in _schedule(task, schedule, known, decides)),
    ]
    return list(dict.fromkeys(found))


def _container(task: Task, known: TaskDefinitionReference, decides: str | None) -> Iterator[Problem]:
    reference = task.task_definition
    if task.container is None:
        if decides is None:
            yield Problem(
                ("container",),
                f'is missing. "{reference}" has several essential containers, {listed(known["essential"], "and")}. '
                "Name the one whose exit code decides the outcome.",
            )
    elif task.container not in known["containers"]:
        has = listed(known["containers"], "and")
        hint = nearest(task.container, known["containers"])
        yield Problem(("container",), f'"{task.container}" is not a container of "{reference}", which has {has}.{hint}')
    elif task.container != decides and not task.is_supervised:
        instead = f'That is "{decides}".' if decides else "The group names none."
        yield Problem(
            ("container",),
            f'"{task.container}" is not the container by which the group decides the outcome of runs of '
            f'"{reference}". {instead} Change it in the group\'s {key("containers")}.',
        )


def _launch(task: Task, known: TaskDefinitionReference) -> Iterator[Problem]:
    """A task definition without requiresCompatibilities is not restricted to launch types.

    AWS: Amazon ECS API reference, RegisterTaskDefinition, requiresCompatibilities; NetworkMode.
    """
    reference, required, mode = task.task_definition, known["compatibilities"], known["network_mode"]
    if task.network and mode != "awsvpc":
        yield Problem(("network",), f'is for the network mode awsvpc, and "{reference}" has {mode}. Remove it.')
    if required and task.launch_type not in required:
        yield Problem(
            ("task_definition",),
            f'"{reference}" is compatible with {listed(required, "and")}, but this task runs on {task.launch_type} '
            f"(requiresCompatibilities). Register a compatible revision, or change {key('launch')}.",
        )
    elif task.launch_type == "FARGATE" and mode != "awsvpc":
        yield Problem(
            ("task_definition",),
            f'"{reference}" has network mode {mode}, and Fargate supports only awsvpc. Register a revision with '
            f"awsvpc, or write {key('launch')}: ec2.",
        )
    elif task.launch_type == "EXTERNAL" and mode == "awsvpc":
        yield Problem(
            ("task_definition",),
            f'"{reference}" has network mode awsvpc, which external instances do not support. Register a revision with '
            f"another network mode, or change {key('launch')}.",
        )


def _exec(task: Task, known: TaskDefinitionReference) -> Iterator[Problem]:
    """AWS: Amazon ECS API reference, RunTask, enableExecuteCommand."""
    if known["task_role_arn"]:
        return
    without_role = [schedule for schedule in task.schedules if schedule.exec and schedule.task_role is None]
    for path in dict.fromkeys(schedule.path_of("exec") for schedule in without_role):
        yield Problem(
            path,
            f'needs a task role, and "{task.task_definition}" has none. Write {key("task_role")}, or register a '
            "revision with a task role.",
        )


def _schedule(task: Task, schedule: Schedule, known: TaskDefinitionReference, decides: str | None) -> Iterator[Problem]:
    for found in _size(task, schedule, known):
        yield Problem(schedule.path_of(str(found.path[0])), found.message)
    secrets = known["secrets"].get(task.container or decides or "", ())
    for variable in sorted(schedule.environment.keys() & set(secrets)):
        place = () if variable in task.environment else schedule.path
        yield Problem(
            (*place, "environment", Name(variable)),
            f'is a secret of "{task.task_definition}". ECS refuses runs that replace a secret. Choose another name.',
        )
    yield from (
        found.within(*schedule.path) for found in overrides_length(schedule, task.with_container(decides or ""))
    )


def _size(task: Task, schedule: Schedule, known: TaskDefinitionReference) -> Iterator[Problem]:
    """The size of runs: the task definition's, with the overrides of a schedule."""
    cpu, memory = schedule.cpu or known["cpu"], schedule.memory or known["memory"]
    if task.launch_type == "FARGATE":
        for name, value in (("cpu", cpu), ("memory", memory)):
            if not value:
                yield Problem(
                    (name,),
                    f'is missing. "{task.task_definition}" sets no {name} for the whole task, and Fargate needs it. '
                    f"Write {key('cpu')} and {key('memory')}, or register a revision with both.",
                )
        if not (cpu and memory):
            return
    if (schedule.cpu, schedule.memory, schedule.ephemeral_storage) != (None, None, None):
        # Elsewhere, a task definition needs no size for the whole task.
        least = cpu or limits.EC2_CPU[0], memory or limits.EC2_MEMORY[0]
        yield from size_problems(task, *least, schedule.ephemeral_storage)
