"""One task from its layers, and the values of a stack that select its tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

from components import checks
from components.aws.spelling import snake_case
from components.checks import call_tasks
from components.checks.containers import DEFINITION_KEYS
from components.json_values import Data, Object
from components.keys.bounds import size_of
from components.keys.validation import validated
from components.problems import Name, Path, Problem
from components.resolved import CallTask, Task
from components.resolver import resolve_call, resolve_task

from . import keys
from .bounds import STACK_NODES, TASK_NODES
from .calendars import Calendars, calendar_problems, texts_of
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


T_co = TypeVar("T_co", Task, CallTask, covariant=True)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T_co]):
    """A task or a call with its problems, and its keys as they are written."""

    task: T_co
    written: Data
    problems: list[Problem]

    @property
    def schedule_is_list(self) -> bool:
        """Whether `schedule` is a list of expressions."""
        return isinstance(self.written.get("schedule"), list)


@dataclass(frozen=True, slots=True)
class LoadedTasks:
    """The tasks of a stack by name, with all their problems."""

    tasks: Mapping[str, Loaded[Task]]
    calls: Mapping[str, Loaded[CallTask]]
    """The tasks that make API calls."""
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
    tasks: dict[str, Loaded[Task]] = {}
    calls: dict[str, Loaded[CallTask]] = {}
    problems: list[Problem] = []
    # A problem of the defaults is the same in all tasks.
    different: set[tuple[Path, str]] = set()
    left = STACK_NODES
    for name in names:
        if len(different) > _PROBLEMS:
            left_out = len(names) - len(tasks) - len(calls)
            message = f"{left_out:,} more tasks are not checked, because there are many problems. Fix these first."
            return LoadedTasks(tasks, calls, [*problems, Problem(("tasks",), message)], complete=False)
        values, origins = merged(layers.of(name))
        size = size_of(values, TASK_NODES)
        left -= size
        if left < 0:
            message = f"have more than {STACK_NODES:,} keys and values with their defaults. Split them into stacks."
            return LoadedTasks(tasks, calls, [*problems, Problem(("tasks",), message)], complete=False)
        if size > TASK_NODES:
            message = f"has more than {TASK_NODES:,} keys and values. AWS accepts a task definition of 64 KiB."
            problems.append(Problem(("tasks", Name(name)), message))
            continue
        if kind := kind_of(values):
            calls[name] = _load_call(name, kind, values, origins, layers.shared.calendars)
            found = calls[name].problems
        else:
            tasks[name] = _load_task(name, values, origins, secrets, layers.shared.calendars)
            found = tasks[name].problems
        problems += found
        different.update((problem.path[2:], problem.message) for problem in found)
    return LoadedTasks(tasks, calls, problems)


def _load_task(
    name: str, values: Object, origins: Mapping[str, str], secrets: StoredSecrets, calendars: Calendars
) -> Loaded[Task]:
    """One task from its merged layers, each problem with the layer that it comes from."""
    if "taskDefinition" in values:
        # An existing task definition does not get the defaults of the keys that it defines itself.
        values = {key: value for key, value in values.items() if not _inapplicable(key, origins.get(key))}
    found = validated(keys.Task, values, from_yaml=True)
    task = resolve_task(name, task_arguments(found.values, lambda key: secrets.value(key, name), texts_of(calendars)))
    is_list = isinstance(found.values.get("schedule"), list)
    across_keys = checks.task_problems(task, arguments_of(found.faulty))
    written = [
        *(problem.in_camel_case() for problem in found.problems),
        *(problem.in_camel_case() for problem in calendar_problems(found.values, calendars)),
        *(as_written(problem, schedule_is_list=is_list) for problem in across_keys),
    ]
    return Loaded(task, found.values, [_in_task(problem, name, origins) for problem in written])


def kind_of(values: Data) -> str | None:
    """The key that makes a task a call, in snake_case. None for a task that runs containers."""
    return call_tasks.kind_among(snake_case(str(key)) for key in values)


def _load_call(
    name: str, kind: str, values: Object, origins: Mapping[str, str], calendars: Calendars
) -> Loaded[CallTask]:
    """One call from its merged layers. It does not get the defaults of keys that only containers have, and it leaves
    out times only if it sets that itself."""
    defaults = {key for key in values if origins.get(key) in (SHARED_DEFAULTS, STACK_DEFAULTS)}
    values = {key: value for key, value in values.items() if key not in defaults or snake_case(key) not in _OWN_ONLY}
    keys_of_containers = {key for key in values if snake_case(key) in call_tasks.CONTAINER_KEYS}
    own = [snake_case(key) for key in keys_of_containers - defaults]
    mixed = call_tasks.container_keys_problem(kind, sorted(own, key=_ways_first))
    given = {key: value for key, value in values.items() if key not in keys_of_containers}
    found = validated(keys.Call, given, from_yaml=True)
    task = resolve_call(name, task_arguments(found.values, _no_secret, texts_of(calendars)))
    is_list = isinstance(found.values.get("schedule"), list)
    across_keys = [*([mixed] if mixed else []), *checks.call_problems(task, arguments_of(found.faulty))]
    written = [
        *(problem.in_camel_case() for problem in found.problems),
        *(problem.in_camel_case() for problem in calendar_problems(found.values, calendars)),
        *(as_written(problem, schedule_is_list=is_list) for problem in across_keys),
    ]
    return Loaded(task, found.values, [_in_task(problem, name, origins) for problem in written])


_OWN_ONLY = ("except_", "only")
"""Keys whose defaults are for tasks that run containers: an environment must not stay closed by a default."""


def _ways_first(name: str) -> tuple[bool, str]:
    return name not in ("image", "task_definition"), name


def _no_secret(key: str) -> NoReturn:
    raise AssertionError(f"a call has no secrets: {key}")


def _inapplicable(key: str, origin: str | None) -> bool:
    return origin in (SHARED_DEFAULTS, STACK_DEFAULTS) and snake_case(key) in DEFINITION_KEYS


def _in_task(problem: Problem, name: str, origins: Mapping[str, str]) -> Problem:
    origin = origins.get(str(problem.path[0])) if problem.path else None
    # The origin goes before the lines that show the place in the value.
    text, *shown = problem.message.split("\n", 1)
    message = "\n".join([f"{text} (From {origin}.)", *shown]) if origin == STACK_DEFAULTS else problem.message
    return Problem(("tasks", Name(name), *problem.path), message)
