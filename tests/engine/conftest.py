"""The real engine on the sandbox, with a home and a project folder of each test's own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine import Sandbox

ROOT = Path(__file__).parents[2]


def project_in(folder: Path) -> Path:
    """A copy of the program and its configuration, to be changed at will."""
    project = folder / "project"
    (project / "config").mkdir(parents=True)
    for name in ("Pulumi.yaml", "Pulumi.local.yaml", "__main__.py"):
        shutil.copy(ROOT / name, project / name)
    shutil.copytree(ROOT / "config" / "tasks", project / "config" / "tasks")
    return project


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox; whatever a test leaves in it is removed."""
    sandbox = Sandbox(tmp_path / "home", project_in(tmp_path))
    yield sandbox
    sandbox.destroy()
