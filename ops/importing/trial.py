"""A temporary project with the imported tasks: what `check` and `next` say about them before they are written."""

import json
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ..checking.findings import Checker
from ..planning.plans import Plan, plans
from ..project import Project, project_at

_NAME = "import"
BASE = ""
"""Stands for the stacks that have no entry for a task."""
_BASE_STACK = "import-base"

Stacks = Mapping[str, Mapping[str, Mapping[str, object]]]
"""The tasks of each stack, each with the stack's own keys. Those of BASE have none."""


def trial_problems(files: Mapping[str, str], stacks: Stacks, defaults: Path, now: datetime) -> dict[str, list[str]]:
    """The problems that `check` finds, by task.

    Args:
        files: The text of each task's file, by name.
        stacks: The tasks of each stack.
        defaults: The file with the defaults of all shared tasks. It needn't exist.
        now: The current time.
    """
    found: dict[str, list[str]] = {}
    with _project(files, stacks, defaults) as project:
        checker = Checker(project, now)
        for stack in project.stacks:
            for problem in checker.stack(stack).errors:
                text = str(problem)
                # A problem that names no task is in the defaults.
                name = next((part for part in problem.path if isinstance(part, str) and part in files), "")
                by_file = Path(problem.file).stem if Path(problem.file).stem in files else ""
                for task in [name or by_file] if name or by_file else files:
                    found.setdefault(task, []).append(text.removeprefix(f"{problem.place}: "))
    return {name: list(dict.fromkeys(texts)) for name, texts in found.items()}


def trial_plans(files: Mapping[str, str], stacks: Stacks, defaults: Path) -> dict[str, dict[str, list[Plan]]]:
    """The schedules of tasks without problems, by task and stack, as `next` calculates their times."""
    with _project(files, stacks, defaults) as project:
        found: dict[str, dict[str, list[Plan]]] = {}
        for stack, tasks in _used(stacks).items():
            for name in tasks:
                found.setdefault(name, {})[stack] = []
            for plan in plans(_NAME, project.load(_folder_name(stack))):
                found[plan.task][stack].append(plan)
        return found


def _used(stacks: Stacks) -> Stacks:
    return {stack: tasks for stack, tasks in stacks.items() if tasks}


def _folder_name(stack: str) -> str:
    return stack or _BASE_STACK


@contextmanager
def _project(files: Mapping[str, str], stacks: Stacks, defaults: Path) -> Generator[Project]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tasks = folder / "config" / "tasks"
        tasks.mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(f"name: {_NAME}\nruntime: python\n", encoding="utf-8")
        for stack, selected in _used(stacks).items():
            config = {
                "aws:region": "eu-west-1",
                f"{_NAME}:catalogue": list(selected),
                f"{_NAME}:tasks": {task: entry for task, entry in selected.items() if entry},
            }
            text = json.dumps({"config": config})
            (folder / f"Pulumi.{_folder_name(stack)}.yaml").write_text(text, encoding="utf-8")
        for task, text in files.items():
            (tasks / f"{task}.yaml").write_text(text, encoding="utf-8", newline="")
        if defaults.is_file():
            shutil.copyfile(defaults, tasks / "defaults.yaml")
        yield project_at(folder)
