"""The entries of imported tasks in the files of stacks, for keys that differ per stack."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components.problems import listed
from config.text_files import YamlError

from ..creation.answers import yaml_key, yaml_value
from ..creation.insertion import InsertionError
from ..creation.stack_text import exact_text, has_entry, new_text, replace_file, selects_all, with_task
from ..errors import OpsError
from ..project import FILE, Project, project_at

Entries = Mapping[str, Mapping[str, object]]
"""The keys of a stack, by the name of a task."""


@dataclass(frozen=True, slots=True)
class StackFile:
    """A stack's file to write.

    Args:
        path: The file.
        before: Its text. None if it doesn't exist.
        after: Its new text.
    """

    path: Path
    before: str | None
    after: str

    @property
    def lines(self) -> list[str]:
        """The lines that are new or changed."""
        pairs = difflib.ndiff((self.before or "").splitlines(), self.after.splitlines())
        return [line[2:] for line in pairs if line.startswith("+ ")]

    def write(self) -> None:
        """Write the file. Raises OpsError."""
        try:
            if self.before is None:
                with self.path.open("x", encoding="utf-8", newline="") as file:
                    file.write(self.after)
            elif exact_text(self.path) != self.before:
                raise OpsError(f"{self.path} has changed meanwhile. Run the command again.")
            else:
                replace_file(self.path, self.after)
        except FileExistsError:
            raise OpsError(f"{self.path} has been created meanwhile. Run the command again.") from None
        except OSError as error:
            raise OpsError(f"Can't write {self.path}: {error.strerror}.") from None


def project_of(folder: Path) -> Project | None:
    """The project whose shared tasks are in a folder. None if there is none."""
    here = folder.resolve()
    found = next((each for each in (here, *here.parents) if (each / FILE).is_file()), None)
    return project_at(found) if found else None


def problem(project: Project | None, stack: str, name: str, entry: Mapping[str, object], *, force: bool) -> str:
    """Why the entry of a task can't be added to a stack's file. Empty if it can."""
    if project is None:
        return f"There is no {FILE} in the folder of the tasks or above, so Pulumi.{stack}.yaml has no place."
    try:
        if not force and stack in project.stacks and has_entry(project, stack, name):
            return f'Pulumi.{stack}.yaml has an entry for "{name}". To replace it, pass --force.'
        stack_file(project, stack, {name: entry}, schema=False)
    except (InsertionError, YamlError) as error:
        listed = ", ".join(f"{yaml_key(key)}: {yaml_value(value)}" for key, value in entry.items())
        return (
            f"Pulumi.{stack}.yaml can't be changed without its comments: {error} Add the entry by hand, below `tasks`: "
            f"{yaml_key(name)}: {{ {listed} }}"
        )
    return ""


def stack_file(project: Project, stack: str, entries: Entries, *, schema: bool) -> StackFile | None:
    """The file of a stack with the entries of tasks. None if it needs no change.

    Raises:
        InsertionError: The file has a form that can't be changed without its comments.
        YamlError: The file can't be read.
    """
    path = project.folder / f"Pulumi.{stack}.yaml"
    if stack in project.stacks:
        before = text = exact_text(path)
        for name, entry in entries.items():
            text = with_task(project, stack, name, entry, text, replaces=True)
        return StackFile(path, before, text) if text != before else None
    text = ""
    for name, entry in entries.items():
        if entry:
            text = _extended(project, text, name, entry, schema=schema)
    return StackFile(path, None, text) if text else None


def others(project: Project, entries: Mapping[str, Entries]) -> list[str]:
    """Sentences about stacks that also run tasks with entries of other stacks, because they select all shared tasks.

    Args:
        project: The project.
        entries: The entries by stack.
    """
    tasks = {name for named in entries.values() for name in named}
    found: list[str] = []
    for stack in project.stacks:
        rest = sorted(tasks - entries.get(stack, {}).keys())
        if rest and selects_all(project, stack):
            names = listed(rest, "and")
            reason = "because it selects all shared tasks"
            found.append(f"Stack {stack} runs {names} too, without an entry of its own, {reason}.")
    return found


def _extended(project: Project, text: str, name: str, entry: Mapping[str, object], *, schema: bool) -> str:
    added = new_text(project.name, name, entry, schema=schema)
    return text + added[added.index(f"    {yaml_key(name)}:") :] if text else added
