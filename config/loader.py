"""From layers of YAML to validated tasks, with all problems reported at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from components import checks
from components.aws.names import family_of
from components.aws.spelling import snake_case
from components.checks.capacity import not_in_cluster
from components.checks.containers import DEFINITION_KEYS
from components.checks.metric_filters import metric_filters
from components.checks.tags import tags_together
from components.json_values import Data, Object
from components.keys.validation import adapter_of, validated
from components.problems import Name, Problem, nearest, report
from components.resolved import Group, Task
from components.resolver import resolve_group, resolve_task

from . import keys
from .layers import merged, without_nulls
from .locating import Locator, collected
from .places import LocatedProblem
from .shared_tasks import SharedTasks, read_shared_tasks
from .sources import Source
from .stored_secrets import StoredSecrets
from .translation import arguments_of, as_written, group_arguments, task_arguments

SHARED_DEFAULTS, STACK_DEFAULTS = "config/tasks/defaults.yaml", "the stack's defaults"
_OWN_TASK = "A task of the stack itself needs an image or a taskDefinition."


class ConfigError(Exception):
    """Configuration that cannot be deployed, with everything that is wrong."""

    def __init__(self, stack: str, problems: Sequence[LocatedProblem]):
        super().__init__(report(problems, f"Configuration of stack {stack}"))
        self.problems = tuple(problems)


def _nowhere(problem: Problem) -> LocatedProblem:
    return LocatedProblem(problem.path, problem.message)


@dataclass(frozen=True, slots=True)
class StackConfig:
    """The configuration of a stack, valid as a whole."""

    group: Group
    tasks: Mapping[str, Task]
    schedule_lists: frozenset[str] = frozenset()
    """The tasks whose `schedule` is a list of expressions."""
    written_stack: Data = field(default_factory=Object)
    """The stack's own keys, validated, without defaults."""
    written_tasks: Mapping[str, Data] = field(default_factory=dict[str, Data])
    """The keys of each task, validated, without defaults."""
    locate: Callable[[Problem], LocatedProblem] = field(default=_nowhere, compare=False, repr=False)
    """Finds the place of a warning in the files."""
    file_warnings: tuple[LocatedProblem, ...] = ()
    """Keys of the stack's file that nothing reads."""

    def task_as_written(self, name: str) -> Object:
        """The keys and values of a task, as in YAML. A stored secret is shown as its encrypted value."""
        written = cast("Object", adapter_of(keys.Task).dump_python(self.written_tasks[name], by_alias=True))
        if stored := self.tasks[name].secret_values:
            written["secrets"] = {**written["secrets"], **stored}
        return written

    def group_as_written(self) -> Object:
        """The keys and values of the stack, except its tasks, as in YAML."""
        written = cast("Object", adapter_of(keys.Stack).dump_python(self.written_stack, by_alias=True))
        settings = {key: value for key, value in written.items() if key not in ("tasks", "catalogue", "defaults")}
        logs = {"retentionDays": self.group.logs.retention_days, "kmsKey": self.group.logs.kms_key}
        kept = {key: value for key, value in logs.items() if value is not None}
        return {**settings, **({"defaults": {"logs": kept}} if kept else {})}


NO_CONFIG = StackConfig(resolve_group({}), {})
"""The configuration of a stack that does not exist."""


def load(source: Source, shared_folder: Path) -> StackConfig:
    """The configuration of a stack.

    Layers: built-in defaults < shared defaults < the task's file < the stack's defaults < the stack's entry.

    Raises ConfigError with every problem.
    """
    shared = read_shared_tasks(shared_folder)
    secrets = StoredSecrets(source)
    stack = validated(keys.Stack, _without_nulls(secrets.other_values), from_yaml=True)
    layers = _Layers(stack.values, shared)
    problems: list[Problem] = [
        *source.problems,
        *_secret_problems(source, secrets),
        *(problem.in_camel_case() for problem in stack.problems),
        *shared.problems,
        *layers.problems,
    ]
    loaded = {name: _load_task(name, layers, secrets) for name in layers.names}
    tasks = {name: found.task for name, found in loaded.items()}
    problems += [problem for found in loaded.values() for problem in found.problems]
    problems += secrets.problems()
    if not problems and not tasks:
        problems.append(
            Problem(("tasks",), "there are none, so the stack would do nothing. Add a task, or select shared tasks.")
        )
    problems += _names_alike(tasks)
    group = resolve_group(group_arguments(stack.values, tasks.values(), layers.default_logs()))
    faulty = arguments_of(stack.faulty)
    problems += [as_written(problem) for problem in checks.group_problems(group, faulty)]
    problems += _in_group(tasks, group)
    problems += [as_written(problem) for problem in metric_filters(tasks, group)]
    problems += _containers_of_families(tasks)
    locator = Locator(source, shared)
    if problems:
        raise ConfigError(source.stack, collected(problems, locator))
    lists = frozenset(name for name, found in loaded.items() if found.schedule_is_list)
    written = {name: found.written for name, found in loaded.items()}
    ignored = source.file.warnings if source.file else ()
    return StackConfig(group, tasks, lists, stack.values, written, locator.located, ignored)


def _without_nulls(values: Data) -> Object:
    # In these, null removes what a lower layer sets.
    layers = {key: values[key] for key in ("tasks", "defaults") if values.get(key) is not None}
    return {**without_nulls({key: value for key, value in values.items() if key not in layers}), **layers}


class _Layers:
    """The tasks of a stack, and the layers of each task."""

    def __init__(self, stack: Data, shared: SharedTasks):
        self.shared = shared
        self.defaults: Data = stack.get("defaults", {})
        self.choice: object = stack.get("catalogue", True)
        self.entries: Mapping[str, Data | None] = stack.get("tasks", {})
        self.problems: list[Problem] = []
        selected = self._selected()
        own = [name for name in self.entries if self._is_own(name, selected)]
        dropped = {name for name, entry in self.entries.items() if entry is None}
        self.names = sorted({*selected, *own} - dropped)

    def of(self, name: str) -> list[tuple[str, Data]]:
        """The layers of a task, lowest first, each with its origin."""
        return [
            (SHARED_DEFAULTS, self.shared.defaults),
            (self.shared.file(name), self.shared.tasks.get(name, {})),
            (STACK_DEFAULTS, self.defaults),
            ("", self.entries.get(name) or {}),
        ]

    def default_logs(self) -> Data:
        """The logs of a task that sets nothing itself."""
        both = [("", self.shared.defaults), ("", self.defaults)]
        return validated(keys.Task, merged(both)[0], from_yaml=True).values.get("logs", {})

    def _selected(self) -> set[str]:
        choice = self.choice
        if not isinstance(choice, list):
            return set() if choice is False else set(self.shared.tasks)
        names = cast("list[str]", choice)
        for position, name in enumerate(names):
            if name not in self.shared.tasks:
                hint = nearest(name, self.shared.tasks)
                self.problems.append(
                    Problem(("catalogue", position), f'there is no shared task "{name}" in config/tasks.{hint}')
                )
        return set(names) & set(self.shared.tasks)

    def _is_own(self, name: str, selected: set[str]) -> bool:
        """Whether an entry is the stack's own task, as opposed to a change of a shared task."""
        entry = self.entries[name]
        if name in selected:
            return False
        if name in self.shared.tasks:
            if entry is not None:
                self._problem(
                    name,
                    "is a shared task that the stack does not select. Add its name to the catalogue key.",
                )
            return False
        if entry is None or not {"image", "taskDefinition"} & entry.keys():
            hint = nearest(name, self.shared.tasks)
            self._problem(
                name,
                f"there is no shared task of this name.{hint} {_OWN_TASK if entry else 'Remove the entry.'}",
            )
            return False
        return True

    def _problem(self, name: str, message: str) -> None:
        self.problems.append(Problem(("tasks", Name(name)), message))


@dataclass(frozen=True, slots=True)
class _LoadedTask:
    task: Task
    written: Data
    problems: list[Problem]

    @property
    def schedule_is_list(self) -> bool:
        return isinstance(self.written.get("schedule"), list)


def _load_task(name: str, layers: _Layers, secrets: StoredSecrets) -> _LoadedTask:
    """One task from its layers, each problem with the layer that it comes from."""
    values, origins = merged(layers.of(name))
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
    return _LoadedTask(task, found.values, [_in_task(problem, name, origins) for problem in written])


def _inapplicable(key: str, origin: str | None) -> bool:
    return origin in (SHARED_DEFAULTS, STACK_DEFAULTS) and snake_case(key) in DEFINITION_KEYS


def _in_task(problem: Problem, name: str, origins: Mapping[str, str]) -> Problem:
    origin = origins.get(str(problem.path[0])) if problem.path else None
    # The origin goes before the lines that show the place in the value.
    text, *shown = problem.message.split("\n", 1)
    message = "\n".join([f"{text} (From {origin}.)", *shown]) if origin == STACK_DEFAULTS else problem.message
    return Problem(("tasks", Name(name), *problem.path), message)


def _secret_problems(source: Source, secrets: StoredSecrets) -> list[Problem]:
    return [
        Problem(
            path,
            "is a Pulumi secret, and everybody who can describe the task definition could read it. "
            "(The value is not shown.) Store it under its own key (pulumi config set --secret dbPassword) and write "
            "{config: dbPassword} under secrets, or put the ARN of a secret there.",
        )
        for path in source.secret_paths
        if path[0] not in secrets.keys
    ]


def _in_group(tasks: Mapping[str, Task], group: Group) -> list[Problem]:
    """Conflicts of tasks with their group: providers that a new cluster lacks, too many tags."""
    return [
        as_written(problem).within("tasks", Name(name))
        for name, task in tasks.items()
        for problem in (*not_in_cluster(task, group.new_cluster_providers), *tags_together(task, group.tags))
    ]


def _containers_of_families(tasks: Mapping[str, Task]) -> list[Problem]:
    """One container decides the outcome for all runs of a family. Supervised runs report their own outcome."""
    seen: dict[str, tuple[str, str]] = {}
    problems: list[Problem] = []
    for name, task in tasks.items():
        if task.task_definition is not None and task.container and not task.is_supervised:
            other, first = seen.setdefault(family_of(task.task_definition), (name, task.container))
            if task.container != first:
                problems.append(
                    Problem(
                        ("tasks", Name(name), "container"),
                        f'"{task.container}" differs from "{first}" of task {other}, which runs the same family. One '
                        "container decides the outcome for a family. Name the same, or give one task its own family.",
                    )
                )
    return problems


def _names_alike(tasks: Mapping[str, Task]) -> list[Problem]:
    """IAM does not distinguish case in role names (AWS: IAM CreateRole, RoleName)."""
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for name in tasks:
        first = seen.setdefault(name.lower(), name)
        if first != name:
            problems.append(Problem(("tasks", Name(name)), f'differs from "{first}" only in case. Rename one.'))
    return problems
