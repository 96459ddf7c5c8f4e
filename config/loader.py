"""From layers of YAML to what the components are given, with everything that is wrong said at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic.alias_generators import to_snake

from components import checks
from components.aws.names import family_of
from components.checks.capacity import not_in_cluster
from components.checks.containers import DEFINITION_KEYS
from components.checks.groups import providers_of_cluster
from components.checks.shared import tags_together
from components.problems import Name, Problem, nearest, report
from components.supervised.settings import is_supervised
from components.task.definition import deciding_container

from .arguments import Args, as_written, group_arguments, task_arguments
from .catalogue import Catalogue, read_catalogue
from .layers import merged
from .models import Stack, Task
from .shape import checked
from .sources import Source
from .stored_secrets import StoredSecrets

if TYPE_CHECKING:
    # The arguments' types need Pulumi, and checking configuration does not.
    from components import ScheduledTaskArgs, ScheduledTaskGroupArgs


CATALOGUE_DEFAULTS, STACK_DEFAULTS = "config/tasks/defaults.yaml", "the stack's defaults"


class ConfigError(Exception):
    """Configuration that cannot be deployed; all of what is wrong with it."""

    def __init__(self, stack: str, problems: list[Problem]):
        super().__init__(report(problems, f"Configuration of stack {stack}"))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class StackConfig:
    """A stack's configuration, valid as a whole: the arguments of its group and of its tasks by name."""

    group: ScheduledTaskGroupArgs
    tasks: dict[str, ScheduledTaskArgs]
    schedule_lists: frozenset[str] = frozenset()
    """The tasks that have a list of expressions under `schedule`, for which the path to one leads through it."""


def load(source: Source, catalogue_folder: Path) -> StackConfig:
    """The configuration of a stack: built-in defaults < the catalogue's defaults < the task's file < the
    stack's defaults < the stack's entry.

    Raises ConfigError with every problem.
    """
    catalogue = read_catalogue(catalogue_folder)
    secrets = StoredSecrets(source)
    stack, problems = checked(Stack, secrets.other_values)
    problems = [*_secret_problems(source, secrets), *problems, *catalogue.problems]
    layers = _Layers(stack, catalogue)
    problems += layers.problems
    tasks: dict[str, Args] = {}
    schedule_lists: set[str] = set()
    for name in layers.names:
        task, tasks[name], found = _task(name, layers, secrets)
        problems += found
        if isinstance(task.schedule, list):
            schedule_lists.add(name)
    problems += secrets.problems()
    if not problems and not tasks:
        problems.append(
            Problem(
                ("tasks",),
                "there are none: the stack would do nothing. Add one, or take some of the catalogue.",
            )
        )
    problems += _names_alike(tasks)
    group = group_arguments(stack, tasks, layers.default_logs())
    problems += [as_written(problem) for problem in checks.group_problems(group)]
    problems += _in_group(tasks, group)
    problems += _containers_of_families(tasks)
    if problems:
        raise ConfigError(source.stack, problems)
    return StackConfig(
        cast("ScheduledTaskGroupArgs", group), cast("dict[str, ScheduledTaskArgs]", tasks), frozenset(schedule_lists)
    )


class _Layers:
    """Which tasks a stack has, and the layers of each."""

    def __init__(self, stack: Stack, catalogue: Catalogue):
        self.stack, self.catalogue = stack, catalogue
        self.entries = stack.tasks or {}
        self.problems: list[Problem] = []
        selected = self._selected()
        own = [name for name in self.entries if self._is_own(name, selected)]
        dropped = {name for name, entry in self.entries.items() if entry is None}
        self.names = sorted({*selected, *own} - dropped)

    def of(self, name: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The layers of a task, lowest first, each with the place it is written at."""
        return [
            (CATALOGUE_DEFAULTS, self.catalogue.defaults),
            (self.catalogue.files.get(name, ""), self.catalogue.tasks.get(name, {})),
            (STACK_DEFAULTS, self.stack.defaults or {}),
            ("", self.entries.get(name) or {}),
        ]

    def default_logs(self) -> dict[str, Any]:
        """The logs of a task that says nothing itself."""
        both = [("", self.catalogue.defaults), ("", self.stack.defaults or {})]
        logs = checked(Task, merged(both)[0])[0].logs
        return logs.model_dump(exclude_none=True) if logs else {}

    def _selected(self) -> set[str]:
        choice = self.stack.catalogue
        if not isinstance(choice, list):
            return set() if choice is False else set(self.catalogue.tasks)
        for position, name in enumerate(choice):
            if name not in self.catalogue.tasks:
                hint = nearest(name, self.catalogue.tasks)
                self.problems.append(
                    Problem(("catalogue", position), f'there is no task "{name}" in config/tasks.{hint}')
                )
        return set(choice) & set(self.catalogue.tasks)

    def _is_own(self, name: str, selected: set[str]) -> bool:
        """Whether an entry is a task of the stack's own, as against a change of one in the catalogue."""
        entry = self.entries[name]
        if name in selected:
            return False
        if name in self.catalogue.tasks:
            if entry is not None:
                self._problem(
                    name,
                    "is in the catalogue, but not among those that the stack takes: add it to catalogue.",
                )
            return False
        if entry is None or not {"image", "taskDefinition"} & entry.keys():
            hint = nearest(name, self.catalogue.tasks)
            self._problem(
                name,
                f"there is no such task in the catalogue.{hint} A task of the stack's own needs an image.",
            )
            return False
        return True

    def _problem(self, name: str, message: str) -> None:
        self.problems.append(Problem(("tasks", Name(name)), message))


def _task(name: str, layers: _Layers, secrets: StoredSecrets) -> tuple[Task, Args, list[Problem]]:
    """One task, its arguments, and what is wrong with them, each problem with the layer it comes from."""
    values, origins = merged(layers.of(name))
    if "taskDefinition" in values:
        # What all tasks have in common does not hold for a task definition that is made elsewhere.
        values = {key: value for key, value in values.items() if not _inapplicable(key, origins.get(key))}
    task, shape_problems = checked(Task, values)
    args = task_arguments(task, lambda key: secrets.value(key, name))
    faulty = {str(problem.path[0]) for problem in shape_problems}
    is_list = isinstance(task.schedule, list)
    found = [as_written(problem, schedule_is_list=is_list) for problem in checks.task_problems(name, args)]
    found = [problem for problem in found if not problem.path or str(problem.path[0]) not in faulty]
    return task, args, [_located(problem, name, origins) for problem in (*shape_problems, *found)]


def _inapplicable(key: str, origin: str | None) -> bool:
    return origin in (CATALOGUE_DEFAULTS, STACK_DEFAULTS) and to_snake(key) in DEFINITION_KEYS


def _located(problem: Problem, name: str, origins: Mapping[str, str]) -> Problem:
    origin = origins.get(str(problem.path[0])) if problem.path else None
    # Before what shows the place in the value, where there is such.
    text, *shown = problem.message.split("\n", 1)
    message = "\n".join([f"{text} (From {origin}.)", *shown]) if origin else problem.message
    return Problem(("tasks", Name(name), *problem.path), message)


def _secret_problems(source: Source, secrets: StoredSecrets) -> list[Problem]:
    return [
        Problem(
            path,
            "is a Pulumi secret, and everybody who can describe the task definition would read it. "
            "(Its value is not shown.) Give it a key of its own (pulumi config set --secret dbPassword) and write "
            "{config: dbPassword} under secrets, or name the ARN of a secret there.",
        )
        for path in source.secret_paths
        if path[0] not in secrets.keys
    ]


def _in_group(tasks: Mapping[str, Args], group: Args) -> list[Problem]:
    """What does not go with what all tasks have: launches on what a new cluster does not have, too many tags."""
    return [
        as_written(problem).within("tasks", Name(name))
        for name, args in tasks.items()
        for problem in (*not_in_cluster(args, providers_of_cluster(group)), *tags_together(args, group["tags"]))
    ]


def _containers_of_families(tasks: Mapping[str, Args]) -> list[Problem]:
    """How runs of a task definition made elsewhere ended is told by one container, whichever task they are of; that of
    supervised ones their state machine tells."""
    seen: dict[str, tuple[str, str]] = {}
    problems: list[Problem] = []
    for name, args in tasks.items():
        if isinstance(reference := args.get("task_definition"), str) and not is_supervised(args):
            container = deciding_container(args)
            other, first = seen.setdefault(family_of(reference), (name, container))
            if container != first:
                problems.append(
                    Problem(
                        ("tasks", Name(name), "container"),
                        f'"{container}" is another than "{first}" of task {other}, which runs the same family: how its '
                        "runs ended is told by one container. Name the same, or give one task a family of its own.",
                    )
                )
    return problems


def _names_alike(tasks: Mapping[str, Args]) -> list[Problem]:
    """Names of IAM roles are the same to AWS whatever their case (AWS: IAM CreateRole, RoleName)."""
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for name in tasks:
        first = seen.setdefault(name.lower(), name)
        if first != name:
            problems.append(Problem(("tasks", Name(name)), f'differs from "{first}" in case only. Rename one.'))
    return problems
