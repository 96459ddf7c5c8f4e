"""One task from its layers, and the values of a stack that select its tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components import checks
from components.aws.spelling import snake_case
from components.checks.containers import DEFINITION_KEYS
from components.json_values import Data, Object
from components.keys.bounds import size_of
from components.keys.validation import validated
from components.problems import Name, Path, Problem
from components.resolved import Task
from components.resolver import resolve_task

from . import keys
from .bounds import STACK_NODES, TASK_NODES
from .layers import merged, without_nulls
from .stored_secrets import StoredSecrets
from .task_layers import SHARED_DEFAULTS, STACK_DEFAULTS, TaskLayers
from .translation import arguments_of, as_written, task_arguments

_PROBLEMS = 5000
"""Different problems of tasks after which no more tasks are loaded."""


def stack_values(secrets: StoredSecrets) -> Object:
    """The settings of a stack, without nulls."""
    values = secrets.other_values
    # In these, null removes what a lower layer sets.
    layers = {key: values[key] for key in ("tasks", "defaults") if values.get(key) is not None}
    return {**without_nulls({key: value for key, value in values.items() if key not in layers}), **layers}


@dataclass(frozen=True, slots=True)
class LoadedTask:
    """A task with its problems, and its keys as they are written."""

    task: Task
    written: Data
    problems: list[Problem]

    @property
    def schedule_is_list(self) -> bool:
        """Whether `schedule` is a list of expressions."""
        return isinstance(self.written.get("schedule"), list)


@dataclass(frozen=True, slots=True)
class LoadedTasks:
    """The tasks of a stack by name, with all their problems."""

    tasks: Mapping[str, LoadedTask]
    problems: Sequence[Problem]
    complete: bool = True
    """Whether all tasks are in it. Loading stops after many problems."""


def load_tasks(names: Sequence[str], layers: TaskLayers, secrets: StoredSecrets) -> LoadedTasks:
    """Tasks from their layers. Loading stops after many different problems.

    Args:
        names: The tasks.
        layers: The layers of all tasks.
        secrets: The secrets that they refer to.
    """
    loaded: dict[str, LoadedTask] = {}
    problems: list[Problem] = []
    # A problem of the defaults is the same in all tasks.
    different: set[tuple[Path, str]] = set()
    left = STACK_NODES
    for name in names:
        if len(different) > _PROBLEMS:
            left_out = len(names) - len(loaded)
            message = f"{left_out:,} more tasks are not checked, because there are many problems. Fix these first."
            return LoadedTasks(loaded, [*problems, Problem(("tasks",), message)], complete=False)
        values, origins = merged(layers.of(name))
        size = size_of(values, TASK_NODES)
        left -= size
        if left < 0:
            message = f"have more than {STACK_NODES:,} keys and values with their defaults. Split them into stacks."
            return LoadedTasks(loaded, [*problems, Problem(("tasks",), message)], complete=False)
        if size > TASK_NODES:
            message = f"has more than {TASK_NODES:,} keys and values. AWS accepts a task definition of 64 KiB."
            problems.append(Problem(("tasks", Name(name)), message))
            continue
        loaded[name] = _load_task(name, values, origins, secrets)
        problems += loaded[name].problems
        different.update((problem.path[2:], problem.message) for problem in loaded[name].problems)
    return LoadedTasks(loaded, problems)


def _load_task(name: str, values: Object, origins: Mapping[str, str], secrets: StoredSecrets) -> LoadedTask:
    """One task from its merged layers, each problem with the layer that it comes from."""
    if "taskDefinition" in values:
        # An existing task definition does not get the defaults of the keys that it defines itself.
        values = {key: value for key, value in values.items() if not _inapplicable(key, origins.get(key))}
    found = validated(keys.Task, values, from_yaml=True)
    task = resolve_task(name, task_arguments(found.values, lambda key: secrets.value(key, name)))
    is_list = isinstance(found.values.get("schedule"), list)
    across_keys = checks.task_problems(task, arguments_of(found.faulty))
    written = [
        *(problem.in_camel_case() for problem in found.problems),
        *(as_written(problem, schedule_is_list=is_list) for problem in across_keys),
    ]
    return LoadedTask(task, found.values, [_in_task(problem, name, origins) for problem in written])


def _inapplicable(key: str, origin: str | None) -> bool:
    return origin in (SHARED_DEFAULTS, STACK_DEFAULTS) and snake_case(key) in DEFINITION_KEYS


def _in_task(problem: Problem, name: str, origins: Mapping[str, str]) -> Problem:
    origin = origins.get(str(problem.path[0])) if problem.path else None
    # The origin goes before the lines that show the place in the value.
    text, *shown = problem.message.split("\n", 1)
    message = "\n".join([f"{text} (From {origin}.)", *shown]) if origin == STACK_DEFAULTS else problem.message
    return Problem(("tasks", Name(name), *problem.path), message)
