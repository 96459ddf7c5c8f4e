"""Two versions of one project: that of the folder `base`, and what a case makes of it."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

BASE = Path(__file__).parent / "base"
Edits = Mapping[str, tuple[str, str] | str | None]
"""What a version changes: in a file by its name a text for another, or the whole file; None removes it."""
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
    """Makes a copy of the base with some edits."""

    def make(edits: Edits) -> Path:
        folder = tmp_path / f"version-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(BASE, folder)
        edit(folder, edits)
        return folder

    return make
