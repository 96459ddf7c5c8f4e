"""The catalogue: tasks that all stacks share, one file a task, or several under `tasks:`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from components.problems import Problem

from . import yaml_files

DEFAULTS_FILE = "defaults.yaml"


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
    catalogue = Catalogue()
    for path in sorted(folder.glob("*.yaml")):
        shown = f"{folder.parent.name}/{folder.name}/{path.name}"
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


def _entries(path: Path, shown: str, problems: list[Problem]) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        content = yaml_files.read(path)
    except yaml_files.YamlError as error:
        problems.append(Problem((shown,), str(error)))
        return
    if not isinstance(content, dict):
        problems.append(Problem((shown,), "must hold a map: the keys of one task, or several tasks under tasks."))
        return
    values = cast("dict[str, Any]", content)
    several = set(values) == {"tasks"} and path.name != DEFAULTS_FILE
    tasks: object = values["tasks"] if several else {path.stem: values}
    if not isinstance(tasks, dict):
        problems.append(Problem((shown, "tasks"), "must be a map of tasks by name."))
        return
    for name, value in cast("dict[str, Any]", tasks).items():
        if isinstance(value, dict):
            yield str(name), cast("dict[str, Any]", value)
        else:
            problems.append(Problem((shown, str(name)), "must be a map: the keys of a task."))
