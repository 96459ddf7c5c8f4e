"""Copies of the program with another configuration, for examples and tests."""

import shutil
from pathlib import Path

from .engine import PROJECT
from .errors import SandboxError
from .events import STACK

EXAMPLES = PROJECT / "examples"


def project_copy(folder: Path, stack_file: Path = PROJECT / f"Pulumi.{STACK}.yaml") -> Path:
    """Copy the program to `folder`, with `stack_file` as the configuration of the sandbox's stack."""
    if folder.exists():
        shutil.rmtree(folder)
    tasks = Path("config", "tasks")
    (folder / tasks).mkdir(parents=True)
    # Without the modes of the originals, so that the copies of a sandbox are private and can be changed.
    for file in ("Pulumi.yaml", "__main__.py", *(tasks / path.name for path in (PROJECT / tasks).iterdir())):
        shutil.copyfile(PROJECT / file, folder / file)
    shutil.copyfile(stack_file, folder / f"Pulumi.{STACK}.yaml")
    return folder


def example_project(name: str, folder: Path) -> Path:
    """Copy the program to `folder`, with the configuration of an example, and with the example's program and
    calendars if it has any.

    Raises SandboxError if there is no such example.
    """
    file = EXAMPLES / name / "Pulumi.example.yaml"
    if not file.is_file():
        raise SandboxError(f'There is no example "{name}". Available examples: {", ".join(examples())}.')
    project = project_copy(folder, file)
    program = file.with_name("__main__.py")
    if program.is_file():
        shutil.copyfile(program, project / "__main__.py")
    for calendar in file.parent.glob("*.ics"):
        shutil.copyfile(calendar, project / "config" / "tasks" / calendar.name)
    return project


def examples() -> list[str]:
    """Return the names of all examples."""
    return sorted(file.parent.name for file in EXAMPLES.glob("*/Pulumi.example.yaml"))
