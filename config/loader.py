"""From layers of YAML to validated tasks, with all problems reported at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from components import checks
from components.aws.names import family_of
from components.checks.after import upstream_problems
from components.checks.calls import reports_work
from components.checks.capacity import default_of_new_cluster, not_in_cluster
from components.checks.metric_filters import metric_filters
from components.checks.references import unknown_roles
from components.checks.tags import tags_of_schedule_group, tags_together
from components.json_values import Data, Object
from components.keys.validation import adapter_of, validated
from components.problems import Name, Problem, nearest, report
from components.resolved import CallTask, Group, Scheduled, Task
from components.resolver import resolve_group

from . import keys
from .layers import without_nulls
from .locating import Locator, collected
from .places import LocatedProblem
from .shared_tasks import SharedTasks, read_shared_tasks
from .sources import Source
from .stored_secrets import StoredSecrets
from .task_layers import TaskLayers
from .task_loading import kind_of, load_tasks, stack_values
from .translation import arguments_of, as_written, group_arguments, group_as_written, notify_arguments


class ConfigError(Exception):
    """Configuration that cannot be deployed, with everything that is wrong."""

    def __init__(self, stack: str, problems: Sequence[LocatedProblem]):
        super().__init__(stack, problems)
        self.stack, self.problems = stack, tuple(problems)

    def __str__(self) -> str:
        return report(self.problems, f"Configuration of stack {self.stack}")


def _nowhere(problem: Problem) -> LocatedProblem:
    return LocatedProblem(problem.path, problem.message)


@dataclass(frozen=True, slots=True)
class StackConfig:
    """The configuration of a stack, valid as a whole."""

    group: Group
    tasks: Mapping[str, Task]
    """The tasks that run containers."""
    calls: Mapping[str, CallTask] = field(default_factory=dict[str, CallTask])
    """The tasks that make API calls."""
    schedule_lists: frozenset[str] = frozenset()
    """The tasks whose `schedule` is a list of expressions."""
    written_stack: Data = field(default_factory=Object)
    """The stack's own keys, validated, without defaults."""
    written_tasks: Mapping[str, Data] = field(default_factory=dict[str, Data])
    """The keys of each task, validated, without defaults."""
    locate: Callable[[Problem], LocatedProblem] = field(default=_nowhere, compare=False, repr=False)
    """Finds the place of a warning in the files."""
    file_warnings: tuple[LocatedProblem, ...] = ()
    """Keys of the stack's file that nothing reads, and a missing Region."""

    @property
    def scheduled(self) -> dict[str, Scheduled]:
        """All tasks by name: those that run containers, and those that make API calls."""
        every: dict[str, Scheduled] = {**self.tasks, **self.calls}
        return dict(sorted(every.items()))

    def task_as_written(self, name: str) -> Object:
        """The keys and values of a task, as in YAML. A stored secret is shown as its encrypted value."""
        if name in self.calls:
            return cast("Object", adapter_of(keys.Call).dump_python(self.written_tasks[name], by_alias=True))
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


def load(source: Source, shared_tasks: Path | SharedTasks) -> StackConfig:
    """The configuration of a stack.

    Layers: built-in defaults < shared defaults < the task's file < the stack's defaults < the stack's entry.

    Args:
        source: The values of the stack.
        shared_tasks: The folder of the shared tasks, or its content if it has been read for another stack.

    Raises:
        ConfigError: The configuration has problems. The error contains every problem.
    """
    shared = read_shared_tasks(shared_tasks) if isinstance(shared_tasks, Path) else shared_tasks
    secrets = StoredSecrets(source)
    stack = validated(keys.Stack, stack_values(secrets), from_yaml=True)
    layers = TaskLayers(stack.values, shared)
    problems: list[Problem] = [
        *source.problems,
        *_secret_problems(source, secrets),
        *(problem.in_camel_case() for problem in stack.problems),
        *shared.problems,
        *layers.problems,
        *(problem for name in layers.unusable for problem in _entry_problems(name, layers)),
    ]
    every = load_tasks(layers.names, layers, secrets)
    tasks = {name: found.task for name, found in every.tasks.items()}
    calls = {name: found.task for name, found in every.calls.items()}
    problems += every.problems
    notify = {
        key: notify_arguments(it, secrets.value_of_recipient) for key, it in stack.values.items() if key == "notify"
    }
    problems += secrets.problems() if every.complete else []
    if not problems and not (tasks or calls):
        problems.append(
            Problem(("tasks",), "there are none, so the stack would do nothing. Add a task, or select shared tasks.")
        )
    problems += _names_alike([*tasks, *calls])
    every_task, every_call = tasks.values(), calls.values()
    group = resolve_group(group_arguments({**stack.values, **notify}, every_task, every_call, layers.default_logs()))
    faulty = arguments_of(stack.faulty)
    problems += [group_as_written(problem) for problem in checks.group_problems(group, faulty)]
    problems += _in_group(tasks, group, source.default_tags)
    problems += [
        as_written(problem).within("tasks", Name(name))
        for name, call in calls.items()
        for problem in tags_together(call, group.tags, source.default_tags)
    ]
    problems += [group_as_written(problem) for problem in _tag_problems(group, source.default_tags)]
    problems += [as_written(problem) for problem in metric_filters(tasks, group)]
    problems += _unknown_tasks(group, list(tasks), calls) if every.complete else []
    if every.complete:
        ends = {name: call.machine is not None or bool(reports_work(call)) for name, call in calls.items()}
        problems += [as_written(it).within("tasks", Name(name)) for name, it in upstream_problems(tasks, ends)]
    problems += _containers_of_families(tasks)
    locator = Locator(source, shared)
    if problems:
        raise ConfigError(source.stack, collected(problems, locator))
    loaded = {**every.tasks, **every.calls}
    lists = frozenset(name for name, found in loaded.items() if found.schedule_is_list)
    written = {name: found.written for name, found in loaded.items()}
    ignored = (*(source.file.warnings if source.file else ()), *source.warnings)
    return StackConfig(group, tasks, calls, lists, stack.values, written, locator.located, ignored)


def _unknown_tasks(group: Group, tasks: Sequence[str], calls: Mapping[str, CallTask]) -> list[Problem]:
    """Tasks of recipients that the stack does not have, and calls without work that a heartbeat could follow."""
    found: list[Problem] = []
    for (kind, name), recipient in group.recipients.items():
        for position, wanted in enumerate(recipient.tasks):
            path = ("notify", kind, Name(name), "tasks", position)
            of_one = replace(recipient, tasks=(wanted,))
            call = calls.get(wanted) if kind == "heartbeat" else None
            if call is not None and not (call.machine or reports_work(call)):
                message = "No service reports the end of its work, so the monitor would get no request."
                found.append(Problem(path, f'"{wanted}" makes an API call. {message}'))
            elif not any(of_one.covers(task) for task in (*tasks, *calls)):
                found.append(Problem(path, f'"{wanted}" isn\'t a task of the stack.{nearest(wanted, tasks)}'))
    return found


def _entry_problems(name: str, layers: TaskLayers) -> list[Problem]:
    """Problems of the keys in an entry that makes no task."""
    entry = without_nulls(layers.entries[name] or {})
    found = validated(keys.Call if kind_of(entry) else keys.Task, entry, from_yaml=True)
    return [problem.in_camel_case().within("tasks", Name(name)) for problem in found.problems]


def _secret_problems(source: Source, secrets: StoredSecrets) -> list[Problem]:
    stored = "Store it under its own key (pulumi config set --secret hookToken) and write {config: hookToken} here."
    return [
        Problem(path, f"is a Pulumi secret in the place of a setting. (The value is not shown.) {stored}")
        if path[0] == "notify"
        else Problem(
            path,
            "is a Pulumi secret, and everybody who can describe the task definition could read it. "
            "(The value is not shown.) Store it under its own key (pulumi config set --secret dbPassword) and write "
            "{config: dbPassword} under secrets, or put the ARN of a secret there.",
        )
        for path in source.secret_paths
        if path[0] not in secrets.keys
    ]


def _in_group(tasks: Mapping[str, Task], group: Group, default_tags: Mapping[str, str]) -> list[Problem]:
    """Conflicts of tasks with their group: providers that a new cluster lacks, unknown roles, too many tags."""
    return [
        as_written(problem).within("tasks", Name(name))
        for name, task in tasks.items()
        for problem in (
            *not_in_cluster(task, group.new_cluster_providers),
            *default_of_new_cluster(task, group),
            *unknown_roles(task, group.shared_roles),
            *tags_together(task, group.tags, default_tags),
        )
    ]


def _tag_problems(group: Group, default_tags: Mapping[str, str]) -> Iterator[Problem]:
    """Tags of the schedule group. The name of a new cluster depends on the prefix, which is not known here."""
    own = [] if group.create_cluster or not isinstance(group.cluster, str) else [group.cluster]
    return tags_of_schedule_group(group, group.prefix or "", [*group.clusters, *own], default_tags)


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


def _names_alike(tasks: Iterable[str]) -> list[Problem]:
    """IAM does not distinguish case in role names (AWS: IAM CreateRole, RoleName)."""
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for name in tasks:
        first = seen.setdefault(name.lower(), name)
        if first != name:
            problems.append(Problem(("tasks", Name(name)), f'differs from "{first}" only in case. Rename one.'))
    return problems
