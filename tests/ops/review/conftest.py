"""Two versions of a project: the folder `base`, and the base with edits."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ops import project as projects


def in_project(folder: Path) -> projects.Project:
    return projects.Project(folder, "scheduled-tasks")


BASE = Path(__file__).parent / "base"
Edits = Mapping[str, tuple[str, str] | str | None]
"""The edits of files by name: (old text, new text), the whole text, or None to delete the file."""
Project = Callable[[Edits], Path]


def edit(folder: Path, edits: Edits) -> None:
    for name, change in edits.items():
        file = folder / name
        if change is None:
            file.unlink()
        elif isinstance(change, str):
            file.write_text(change)
        else:
            old, new = change
            assert old in file.read_text(), f"{name} has no {old!r}"
            file.write_text(file.read_text().replace(old, new))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Copies the base and applies edits."""

    def make(edits: Edits) -> Path:
        folder = tmp_path / f"version-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(BASE, folder)
        edit(folder, edits)
        return folder

    return make
