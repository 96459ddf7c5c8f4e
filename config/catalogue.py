"""The catalogue: tasks that all stacks share, one file a task, or several under `tasks:`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from components.problems import Problem

from . import yaml_files

DEFAULTS_FILE = "defaults.yaml"
_FORMS = "A file holds either the keys of one task, or several tasks by name under tasks."


@dataclass(slots=True)
class Catalogue:
    """Tasks by name, each with the file it is from; what all have in common; and what is wrong with the
    files."""

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    files: dict[str, str] = field(default_factory=dict[str, str])
    defaults: dict[str, Any] = field(default_factory=dict[str, Any])
    problems: list[Problem] = field(default_factory=list[Problem])


def read_catalogue(folder: Path) -> Catalogue:
    """All `*.yaml` files of a folder; `defaults.yaml` is what their tasks have in common."""
    catalogue = Catalogue(problems=list(_passed_over(folder)))
    for path in sorted(folder.glob("*.yaml")):
        shown = _shown(folder, path)
        for name, value in _entries(path, shown, catalogue.problems):
            if path.name == DEFAULTS_FILE:
                catalogue.defaults = value
            elif name in catalogue.tasks:
                catalogue.problems.append(
                    Problem((shown,), f'the task "{name}" is in {catalogue.files[name]} already. Rename one.')
                )
            else:
                catalogue.tasks[name], catalogue.files[name] = value, shown
    return catalogue


def _shown(folder: Path, path: Path) -> str:
    return path.relative_to(folder.parent.parent).as_posix()


def _passed_over(folder: Path) -> Iterator[Problem]:
    """Files that somebody may take for tasks of the catalogue: unsaid, their tasks would never run."""
    for path in sorted(folder.rglob("*.yml")):
        yield Problem((_shown(folder, path),), f"is not read: names have to end in .yaml. Call it {path.stem}.yaml.")
    for path in sorted(folder.glob("*/**/*.yaml")):
        yield Problem((_shown(folder, path),), f"is not read: it has to be in {folder.name}/ itself. Put it there.")


def _entries(path: Path, shown: str, problems: list[Problem]) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        content = yaml_files.read(path)
    except yaml_files.YamlError as error:
        problems.append(Problem((shown,), str(error)))
        return
    if not isinstance(content, dict):
        problems.append(Problem((shown,), f"must hold a map. {_FORMS}"))
        return
    values = cast("dict[str, Any]", content)
    if path.name == DEFAULTS_FILE or "tasks" not in values:
        yield from _single(path.stem, values, shown, problems)
        return
    problems += [Problem((shown, key), f"stands beside tasks. {_FORMS}") for key in values if key != "tasks"]
    tasks: object = values["tasks"]
    if not isinstance(tasks, dict):
        problems.append(Problem((shown, "tasks"), "must be a map of tasks by name."))
        return
    for name, value in cast("dict[str, Any]", tasks).items():
        if isinstance(value, dict):
            yield str(name), cast("dict[str, Any]", value)
        else:
            problems.append(Problem((shown, str(name)), "must be a map: the keys of a task."))


def _single(
    name: str, values: dict[str, Any], shown: str, problems: list[Problem]
) -> Iterator[tuple[str, dict[str, Any]]]:
    inner: object = values.get(name)
    if len(values) == 1 and isinstance(inner, dict):
        problems.append(
            Problem(
                (shown, name), "is there already as the file's name. Write what is below it at the top of the file."
            )
        )
        values = cast("dict[str, Any]", inner)
    yield name, values
