"""`make test` checks the types of changed files and of those that import them."""

import subprocess
from pathlib import Path

import pytest

from tools import types

FILES = {
    "pyproject.toml": '[tool.basedpyright]\ninclude = ["a", "main.py"]\n',
    "a/__init__.py": "from .exported import one\n",
    "a/exported.py": "one = 1\n",
    "a/plain.py": "two = 2\n",
    "a/b/__init__.py": "",
    "a/b/relative.py": "from .. import plain\n",
    "a/b/absolute.py": "import a.plain\n",
    "a/b/named.py": "from a.plain import two\n",
    "a/b/package.py": "from a import one\n",
    "a/b/other.py": "plain = 'a.plain'\n",
    "main.py": "def f():\n    from a.plain import (\n        two,\n    )\n",
    "elsewhere.py": "import a.plain\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "Start")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "commit.gpgsign=false", *arguments], cwd=folder, check=True)


def test_files_that_import_a_changed_file_are_checked_too(repository: Path):
    found = types.affected(repository, {"a/plain.py", "README.md"})
    assert found == {"a/plain.py", "a/b/relative.py", "a/b/absolute.py", "a/b/named.py", "main.py"}


def test_files_that_import_a_deleted_file_are_checked(repository: Path):
    (repository / "a/plain.py").unlink()
    assert "a/b/named.py" in types.affected(repository, {"a/plain.py"})


def test_a_package_exports_names_of_its_modules(repository: Path):
    assert types.affected(repository, {"a/exported.py"}) >= {"a/exported.py", "a/__init__.py", "a/b/package.py"}


def test_changes_are_committed_uncommitted_new_and_deleted_files(repository: Path):
    assert types.changed(repository) == set()
    git(repository, "checkout", "-q", "-b", "change")
    (repository / "a/plain.py").write_text("two = 3\n")
    git(repository, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-a", "-m", "Change")
    (repository / "main.py").write_text("")
    (repository / "new.py").write_text("")
    (repository / "a/b/other.py").unlink()
    assert types.changed(repository) == {"a/plain.py", "main.py", "new.py", "a/b/other.py"}


def test_without_a_main_branch_all_files_are_checked(tmp_path: Path):
    assert types.changed(tmp_path) is None


@pytest.mark.parametrize(
    ("names", "files", "printed"),
    [
        (None, [[]], "All files\n"),
        ({"pyproject.toml", "tools/types.py"}, [[]], "All files\n"),
        ({"README.md"}, [], "No Python file differs from the main branch. To check all files, run: make types\n"),
        ({"tools/types.py"}, [["tests/tools/test_types.py", "tools/types.py"]], "2 files: changed ones and those that import them\n"),
    ],
    ids=["no branch", "settings", "no code", "code"],
)  # fmt: skip
def test_files_of_a_check(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    names: set[str] | None,
    files: list[list[str]],
    printed: str,
):
    checked = list[list[str]]()

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        checked.append(command[3:])
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(types, "changed", lambda _: names)
    monkeypatch.setattr(subprocess, "run", run)
    assert types.main() == len(files), "the exit code is that of basedpyright"
    assert (checked, capfd.readouterr().out) == (files, printed)


def test_make_test_checks_changed_files_and_ci_checks_all():
    makefile = (types.ROOT / "Makefile").read_text()
    assert "$(PY) -m tools.types" in makefile.split("\ntest:")[1].split("\n\n")[0]
    assert "lint types" in makefile.split("\ntest-all:")[1].split("\n\n")[0]
    assert "$(PY) -m basedpyright\n" in makefile.split("\ntypes:")[1]
