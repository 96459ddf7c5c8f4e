"""The modes of the sandbox's files."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from sandbox.errors import SandboxError
from sandbox.private_files import make_private, private_files
from sandbox.projects import example_project


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct, autouse=True)
def _umask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    assert tmp_path.exists()
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> set[tuple[bool, int]]:
    """Whether each entry is a folder, and its mode."""
    return {(path.is_dir(), S_IMODE(path.stat().st_mode)) for path in (folder, *folder.rglob("*"))}


PRIVATE = {(True, 0o700), (False, 0o600)}


def test_new_files_are_private_whatever_the_umask(tmp_path: Path):
    with private_files():
        example_project("nightly-backup", tmp_path / "example")
    assert modes(tmp_path / "example") == PRIVATE
    make_private(tmp_path / "new" / "home")
    assert modes(tmp_path / "new") == {(True, 0o700)}


def test_files_of_an_earlier_version_become_private(tmp_path: Path):
    home = tmp_path / "home"
    with private_files():
        (home / "state").mkdir(parents=True)
        (home / "state" / "local.json").write_text("{}")
    (home / "link").symlink_to(tmp_path / "missing")
    for path, mode in ((home / "state" / "local.json", 0o666), (home / "state", 0o777), (home, 0o755)):
        path.chmod(mode)
    make_private(home)
    (home / "link").unlink()
    assert modes(home) == PRIVATE


def test_a_folder_of_another_user_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def denied(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", denied)
    with pytest.raises(SandboxError, match="belongs to another user"):
        make_private(tmp_path)
