"""Creates a task: plans the files, checks them in a copy of the project, and writes them."""

import difflib
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from components.json_values import is_object
from config.shared_tasks import read_shared_tasks

from ..checking.findings import Checker
from ..errors import OpsError
from ..project import Project, project_at
from .answers import Answers
from .insertion import InsertionError
from .stack_text import exact_text, replace_file, selects_all, with_task


@dataclass(frozen=True, slots=True)
class Creation:
    """The files of a new task, not written yet.

    Args:
        stack: The stack that runs the task.
        task_file: The path of the task's file, from the project's folder.
        task_text: Its text.
        stack_file: The name of the stack's file.
        stack_text: Its text before and after. They are the same if the stack selects all shared tasks.
        others: Other stacks that run the task, because they select all shared tasks.
    """

    stack: str
    task_file: str
    task_text: str
    stack_file: str
    stack_text: tuple[str, str]
    others: tuple[str, ...] = ()

    @property
    def changes_stack(self) -> bool:
        """Whether the stack's file changes."""
        return self.stack_text[0] != self.stack_text[1]

    @property
    def files(self) -> list[str]:
        """The files to write, from the project's folder."""
        return [self.task_file, *([self.stack_file] if self.changes_stack else [])]

    @property
    def stack_lines(self) -> list[str]:
        """The lines of the stack's file that are new or changed."""
        before, after = (text.splitlines() for text in self.stack_text)
        return [line[2:].strip() for line in difflib.ndiff(before, after) if line.startswith("+ ")]

    def write(self, folder: Path) -> None:
        """Write the files. The task's file must not exist. Raises OpsError, and then nothing is written."""
        path, stack_path = folder / self.task_file, folder / self.stack_file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(self.task_text)
        except FileExistsError:
            raise OpsError(f"{self.task_file} exists. Choose another name.") from None
        except OSError as error:
            raise OpsError(f"Can't write {self.task_file}: {error.strerror}.") from None
        if not self.changes_stack:
            return
        try:
            replace_file(stack_path, self.stack_text[1])
        except OSError as error:
            path.unlink()
            raise OpsError(f"Can't write {self.stack_file}: {error.strerror}. Nothing was written.") from None


def existing(project: Project, stack: str, name: str) -> str:
    """Why there can't be a new task of this name in a stack; empty if there can."""
    shared = read_shared_tasks(project.shared_tasks)
    if name in shared.tasks:
        return f'There is already a task "{name}": {shared.file(name)}. Choose another name.'
    path = project.shared_tasks / f"{name}.yaml"
    if path.exists() or path.is_symlink():
        return f"config/tasks/{name}.yaml exists. Choose another name."
    tasks = project.source(stack).values.get("tasks")
    if is_object(tasks) and name in tasks:
        return f'Stack {stack} has an entry for "{name}". Choose another name.'
    return ""


def planned(project: Project, stack: str, answers: Answers, now: datetime) -> Creation:
    """The files of a new task, which `check` accepts.

    Raises:
        OpsError: The files have problems, or the stack's file has a form that can't be changed without its comments.
        YamlError: The stack's file can't be read.
    """
    stack_file = f"Pulumi.{stack}.yaml"
    before = exact_text(project.folder / stack_file)
    creation = Creation(
        stack,
        f"config/tasks/{answers.name}.yaml",
        answers.file(schema=(project.folder / "config" / "schema.json").exists()),
        stack_file,
        (before, _changed(project, stack, answers, before)),
        tuple(other for other in project.stacks if other != stack and selects_all(project, other)),
    )
    if problems := _new_problems(project, creation, now):
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise OpsError(f"Nothing was written, because the new task would have problems:\n{listed}")
    return creation


def _changed(project: Project, stack: str, answers: Answers, text: str) -> str:
    """The text of the stack's file with the task."""
    try:
        return with_task(project, stack, answers.name, answers.entry, text)
    except InsertionError as error:
        raise OpsError(
            f"Pulumi.{stack}.yaml can't be changed without its comments: {error} Add the task by hand: its name to "
            "`catalogue`, and its secrets under `tasks`. Nothing was written."
        ) from None


def _new_problems(project: Project, creation: Creation, now: datetime) -> list[str]:
    """The problems that all stacks would have with the new files, and don't have yet."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in project.folder.glob("Pulumi*.yaml"):
            shutil.copyfile(file, folder / file.name)
        if project.shared_tasks.exists():
            shutil.copytree(project.shared_tasks, folder / "config" / "tasks")
        copy = project_at(folder)
        old = _problems(copy, now)
        creation.write(folder)
        return [problem for problem in _problems(copy, now) if problem not in old]


def _problems(project: Project, now: datetime) -> list[str]:
    checker = Checker(project, now)
    return list(dict.fromkeys(str(problem) for stack in project.stacks for problem in checker.stack(stack).errors))
