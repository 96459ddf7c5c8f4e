"""The text of a stack's file with the entry of a task. Comments, order and formatting stay."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from components.json_values import Object, is_list, is_object
from config import Source, yaml_files
from config.text_files import YamlError, read_text

from ..project import Project
from .insertion import InsertionError, new_file, replaced_entry, with_entry, with_selected


def with_task(
    project: Project, stack: str, name: str, entry: Mapping[str, object], text: str, *, replaces: bool = False
) -> str:
    """Return the text of a stack's file in which the stack runs a shared task, with the stack's own keys.

    Args:
        project: The project.
        stack: The stack, which has a file.
        name: The name of the task.
        entry: The stack's keys of the task. Empty if the stack needs no entry.
        text: The text of the stack's file, or what this function returned for another task.
        replaces: Whether an existing entry of the task is replaced.

    Raises:
        InsertionError: The file has a form that can't be changed without its comments, or it has the entry.
        YamlError: The file can't be read.
    """
    source = project.source(stack)
    if not selects_all(project, stack) and name not in _selected(text, key := _key(source, "catalogue")):
        text = _checked(text, with_selected(text, ("config", key), name), _select(key, name))
    if not entry and not has_entry(project, stack, name):
        return text
    key = _key(source, "tasks") if source.values.get("tasks") else _key_or_new(source, project.name)
    if replaces and has_entry(project, stack, name):
        added = replaced_entry(text, ("config", key), name, entry)
    elif has_entry(project, stack, name):
        raise InsertionError(f'it has an entry for "{name}".')
    else:
        added = with_entry(text, ("config", key), name, entry)
    return _checked(text, added, _add(key, name, entry))


def new_text(project: str, name: str, entry: Mapping[str, object], *, schema: bool) -> str:
    """The text of a new stack's file with one entry. `schema`: whether the project has the schema for editors."""
    return new_file(f"{project}:tasks", name, entry, schema=schema)


def has_entry(project: Project, stack: str, name: str) -> bool:
    """Whether a stack's file has an entry for a task. Raises YamlError."""
    tasks = project.source(stack).values.get("tasks")
    return is_object(tasks) and name in tasks


def selects_all(project: Project, stack: str) -> bool:
    """Whether a stack runs all shared tasks."""
    try:
        choice = project.source(stack).values.get("catalogue")
    except YamlError:
        return False
    return choice is None or choice is True


def exact_text(path: Path) -> str:
    """The text of a file, with its byte order mark and line ends. Raises YamlError."""
    # `read_text` checks the file, but removes a byte order mark.
    read_text(path)
    return path.read_bytes().decode("utf-8")


def replace_file(path: Path, text: str) -> None:
    """Replace a file as a whole, with its permissions."""
    target = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        shutil.copymode(target, name)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _selected(text: str, key: str) -> list[object]:
    found = _value(text)["config"].get(key)
    return list(found) if is_list(found) else []


def _key(source: Source, key: str) -> str:
    """A key as the stack's file has it. Raises InsertionError if another file sets it."""
    if source.file is None or key not in source.file.paths:
        raise InsertionError(f"{key} is set in Pulumi.yaml.")
    return str(source.file.paths[key][-1])


def _key_or_new(source: Source, project: str) -> str:
    return _key(source, "tasks") if source.file and "tasks" in source.file.paths else f"{project}:tasks"


def _select(key: str, name: str) -> Callable[[Object], None]:
    def change(config: Object) -> None:
        selected = config[key]
        config[key] = [*selected, name] if is_list(selected) else [name]

    return change


def _add(key: str, name: str, entry: Mapping[str, object]) -> Callable[[Object], None]:
    def change(config: Object) -> None:
        config[key] = {**(config.get(key) or {}), name: dict(entry)}

    return change


def _checked(before: str, after: str, change: Callable[[Object], None]) -> str:
    """The changed text, if it has the expected values."""
    expected, found = _value(before), _value(after)
    change(expected["config"])
    if found != expected:
        raise InsertionError("its form isn't supported.")
    return after


def _value(text: str) -> Object:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file.yaml")
        file.write_text(text, encoding="utf-8", newline="")
        try:
            value = yaml_files.read(file)
        except YamlError as error:
            raise InsertionError(str(error)) from None
    if not is_object(value):
        raise InsertionError("it isn't an object.")
    return value
