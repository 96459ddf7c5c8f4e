"""The repository's address: one command writes it into all files that name it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tools.address import PLACEHOLDER, ROOT, write


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in done.stdout.splitlines() if not name.startswith(("tools/", "tests/"))]


def naming(root: Path) -> set[str]:
    return {
        name for name in tracked() if (root / name).is_file() and PLACEHOLDER.encode() in (root / name).read_bytes()
    }


def test_no_placeholder_is_left(tmp_path: Path):
    for name in tracked():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    assert "templates/python/requirements.txt" in naming(tmp_path)
    write("acme/jobs", tmp_path)
    assert naming(tmp_path) == set()
    assert "git+https://github.com/acme/jobs@" in (tmp_path / "templates/python/requirements.txt").read_text()


@pytest.mark.parametrize("address", ["", "acme", "https://github.com/acme/jobs", "acme/jobs\n", "-acme/jobs", "a/b/c"])
def test_what_is_not_a_repository_is_refused(tmp_path: Path, address: str):
    with pytest.raises(ValueError, match="Write OWNER/NAME"):
        write(address, tmp_path)
