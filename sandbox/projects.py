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
    (folder / "config").mkdir(parents=True)
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(PROJECT / name, folder / name)
    shutil.copytree(PROJECT / "config" / "tasks", folder / "config" / "tasks")
    shutil.copy(stack_file, folder / f"Pulumi.{STACK}.yaml")
    return folder


def example_project(name: str, folder: Path) -> Path:
    """Copy the program to `folder`, with the configuration of an example.

    Raises SandboxError if there is no such example.
    """
    file = EXAMPLES / name / "Pulumi.example.yaml"
    if not file.is_file():
        raise SandboxError(f'There is no example "{name}". Available examples: {", ".join(examples())}.')
    return project_copy(folder, file)


def examples() -> list[str]:
    """Return the names of all examples."""
    return sorted(file.parent.name for file in EXAMPLES.glob("*/Pulumi.example.yaml"))
