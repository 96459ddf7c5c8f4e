"""Shared tasks: the files in `config/tasks/` that several stacks use, one task per file, or several under `tasks:`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from components.json_values import Object, is_object
from components.problems import Problem

from . import yaml_files

DEFAULTS_FILE = "defaults.yaml"
_FORMS = "A file contains either the keys of one task, or several tasks by name under tasks."


@dataclass(slots=True)
class SharedTasks:
    """The shared tasks by name, with their files, their common defaults and the problems of the files."""

    tasks: dict[str, Object] = field(default_factory=dict[str, Object])
    files: dict[str, str] = field(default_factory=dict[str, str])
    defaults: Object = field(default_factory=Object)
    problems: list[Problem] = field(default_factory=list[Problem])


def read_shared_tasks(folder: Path) -> SharedTasks:
    """All `*.yaml` files of a folder. `defaults.yaml` holds what their tasks have in common."""
    shared = SharedTasks(problems=list(_passed_over(folder)))
    for path in sorted(folder.glob("*.yaml")):
        shown = _shown(folder, path)
        for name, value in _entries(path, shown, shared.problems):
            if path.name == DEFAULTS_FILE:
                shared.defaults = value
            elif name in shared.tasks:
                shared.problems.append(
                    Problem((shown,), f'the task "{name}" is in {shared.files[name]} too. Rename one.')
                )
            else:
                shared.tasks[name], shared.files[name] = value, shown
    return shared


def _shown(folder: Path, path: Path) -> str:
    return path.relative_to(folder.parent.parent).as_posix()


def _passed_over(folder: Path) -> Iterator[Problem]:
    """Files that look like shared tasks but are not read, so that their tasks would never run."""
    for path in sorted(folder.rglob("*.yml")):
        yield Problem(
            (_shown(folder, path),),
            f"is not read, because its name does not end in .yaml. Rename it to {path.stem}.yaml.",
        )
    for path in sorted(folder.glob("*/**/*.yaml")):
        yield Problem(
            (_shown(folder, path),), f"is not read, because it is not in {folder.name}/ itself. Move it there."
        )


def _entries(path: Path, shown: str, problems: list[Problem]) -> Iterator[tuple[str, Object]]:
    try:
        content = yaml_files.read(path)
    except yaml_files.YamlError as error:
        problems.append(Problem((shown,), str(error)))
        return
    if not is_object(content):
        problems.append(Problem((shown,), f"must contain an object. {_FORMS}"))
        return
    if path.name == DEFAULTS_FILE or "tasks" not in content:
        yield from _single(path.stem, content, shown, problems)
        return
    problems += [Problem((shown, key), f"is not allowed next to tasks. {_FORMS}") for key in content if key != "tasks"]
    tasks: object = content["tasks"]
    if not is_object(tasks):
        problems.append(Problem((shown, "tasks"), "must be an object of tasks by name."))
        return
    for name, value in tasks.items():
        if is_object(value):
            yield str(name), value
        else:
            problems.append(Problem((shown, str(name)), "must be an object with the keys of a task."))


def _single(name: str, values: Object, shown: str, problems: list[Problem]) -> Iterator[tuple[str, Object]]:
    inner: object = values.get(name)
    if len(values) == 1 and is_object(inner):
        problems.append(
            Problem((shown, name), "repeats the name of the file. Move the keys below it to the top of the file.")
        )
        values = inner
    yield name, values
