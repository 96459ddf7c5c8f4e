"""Shared tasks: the files in `config/tasks/` that several stacks use, one task per file, or several under `tasks:`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from components.json_values import Object, is_object
from components.problems import Name
from components.problems import Path as KeyPath

from . import yaml_files
from .bounds import TASKS
from .calendars import read_calendars
from .keys import Task
from .places import Layer, LocatedProblem, Place, Spot
from .shared_files import shared_files
from .stack_files import ambiguous_problem, flaw_problem
from .yaml_files import Document

DEFAULTS_FILE = "defaults.yaml"
_FORMS = "A file contains either the keys of one task, or several tasks by name under tasks."


@dataclass(frozen=True, slots=True)
class TaskFile:
    """A file of shared tasks."""

    shown: str
    """Its path from the project's folder."""
    document: Document

    def spot(self, path: KeyPath) -> Spot | None:
        """The place of a key; of the object that lacks it if there is none."""
        found = self.document.root
        for part in path:
            below = found.child(part) if found else None
            if below is None:
                break
            found = below
        return found

    def problem(self, path: KeyPath, message: str) -> LocatedProblem:
        """A problem at a key of the file."""
        return LocatedProblem(path, message, self.place(path))

    def place(self, path: KeyPath) -> Place:
        """The place of a key, or of the object that lacks it."""
        return Place.at(self.shown, self.spot(path))


@dataclass(slots=True)
class SharedTasks:
    """The shared tasks by name, with their files, their common defaults and the problems of the files."""

    tasks: dict[str, Object] = field(default_factory=dict[str, Object])
    places: dict[str, tuple[TaskFile, KeyPath]] = field(default_factory=dict[str, tuple[TaskFile, KeyPath]])
    """The file of each task, and the path to the task in it."""
    defaults: Object = field(default_factory=Object)
    defaults_file: TaskFile | None = None
    problems: list[LocatedProblem] = field(default_factory=list[LocatedProblem])
    calendars: dict[str, str] = field(default_factory=dict[str, str])
    """The texts of the iCalendar files in the folder, by name."""
    too_many: bool = False
    """Whether there are more tasks than these, so that no stack can use them."""

    def file(self, task: str) -> str:
        """The path of a task's file; empty if there is none."""
        return self.places[task][0].shown if task in self.places else ""

    def layer(self, task: str) -> Layer | None:
        """The place of a task; None if it is not a shared task."""
        if task not in self.places:
            return None
        file, path = self.places[task]
        spot = file.spot(path)
        return Layer(file.shown, spot) if spot else None

    @property
    def defaults_layer(self) -> Layer | None:
        """The place of the common defaults."""
        spot = self.defaults_file.spot(()) if self.defaults_file else None
        return Layer(self.defaults_file.shown, spot) if self.defaults_file and spot else None


def read_shared_tasks(folder: Path) -> SharedTasks:
    """All `*.yaml` files of a folder. `defaults.yaml` holds what their tasks have in common."""
    shared = SharedTasks()
    found = shared_files(folder)
    shared.calendars = read_calendars(found.calendars)
    shared.problems += [LocatedProblem((), message, Place(_shown(folder, path))) for path, message in found.passed_over]
    for path in found.files:
        file = _read(folder, path, shared.problems)
        if file is None:
            continue
        entries = list(_entries(path, file, shared.problems))
        shared.problems += _problems(file, {below: name for name, below, _ in entries})
        for name, below, value in entries:
            if path.name == DEFAULTS_FILE:
                shared.defaults, shared.defaults_file = value, file
            elif name in shared.tasks:
                message = f'the task "{name}" is in {shared.file(name)} too. Rename one.'
                shared.problems.append(LocatedProblem(("tasks", Name(name)), message, file.place(below)))
            elif len(shared.tasks) == TASKS:
                message = f"there are more than {TASKS:,} shared tasks. Remove some."
                shared.problems.append(LocatedProblem(("tasks",), message, file.place(below)))
                shared.too_many = True
                return shared
            else:
                shared.tasks[name], shared.places[name] = value, (file, below)
    return shared


def _read(folder: Path, path: Path, problems: list[LocatedProblem]) -> TaskFile | None:
    shown = _shown(folder, path)
    try:
        return TaskFile(shown, yaml_files.document(path))
    except yaml_files.YamlError as error:
        problems.append(error.located(shown))
        return None


def _problems(file: TaskFile, tasks: dict[KeyPath, str]) -> Iterator[LocatedProblem]:
    """Problems of the YAML of a file. `tasks` are the names of the tasks by their paths in the file."""
    yield from (flaw_problem(file.shown, flaw, _in_task(flaw.path, tasks)) for flaw in file.document.flaws)
    seen: set[Spot] = set()
    for scalar in file.document.ambiguous:
        if scalar.spot not in seen:
            seen.add(scalar.spot)
            shown = _in_task(scalar.path, tasks)
            inner = shown[2:] if shown[:1] == ("tasks",) else shown
            yield ambiguous_problem(file.shown, scalar, shown, Task, inner)


def _in_task(path: KeyPath, tasks: dict[KeyPath, str]) -> KeyPath:
    """The path of a value below its task, as the problems of a stack name it."""
    # A task is the whole file, under its own name, or under `tasks`.
    for depth in range(3):
        if name := tasks.get(path[:depth]):
            return ("tasks", Name(name), *path[depth:])
    return path


def _shown(folder: Path, path: Path) -> str:
    return path.relative_to(folder.parent.parent).as_posix()


def _entries(path: Path, file: TaskFile, problems: list[LocatedProblem]) -> Iterator[tuple[str, KeyPath, Object]]:
    """The name of each task, its path in the file, and its keys. The defaults have no name."""
    content = file.document.value
    if not is_object(content):
        problems.append(file.problem((), f"must contain an object. {_FORMS}"))
        return
    if path.name == DEFAULTS_FILE:
        yield from (("", below, value) for _, below, value in _single(path.stem, content, file, problems))
        return
    if "tasks" not in content:
        yield from _single(path.stem, content, file, problems)
        return
    problems += [file.problem((key,), f"is not allowed next to tasks. {_FORMS}") for key in content if key != "tasks"]
    tasks: object = content["tasks"]
    if not is_object(tasks):
        problems.append(file.problem(("tasks",), "must be an object of tasks by name."))
        return
    for name, value in tasks.items():
        if is_object(value):
            yield str(name), ("tasks", str(name)), value
        else:
            problems.append(file.problem(("tasks", Name(name)), "must be an object with the keys of a task."))


def _single(
    name: str, values: Object, file: TaskFile, problems: list[LocatedProblem]
) -> Iterator[tuple[str, KeyPath, Object]]:
    inner: object = values.get(name)
    path: KeyPath = ()
    if len(values) == 1 and is_object(inner):
        problems.append(
            file.problem((name,), "repeats the name of the file. Move the keys below it to the top of the file.")
        )
        values, path = inner, (name,)
    yield name, path, values
