"""Reads the configuration of another version from Git without a checkout."""

import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


class GitError(Exception):
    """A version that can't be read from Git. The message gives the reason."""


@contextmanager
def version(project: Path, reference: str) -> Generator[Path]:
    """A temporary folder with the stack files and shared tasks of a branch, tag or commit. Raises GitError."""
    commit = _commit(project, reference)
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "config" / "tasks").mkdir(parents=True)
        names = [name for name in _names(project, commit) if _is_configuration(name)]
        for name, content in zip(names, _contents(project, commit, names), strict=True):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        yield folder


def _commit(project: Path, reference: str) -> str:
    try:
        # After --end-of-options, git takes nothing as an option.
        found = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
    except GitError:
        _git(project, "rev-parse", "--git-dir")
        raise GitError(
            f'There is no "{reference}" in this repository. In continuous integration, fetch it first '
            "(actions/checkout: fetch-depth: 0)."
        ) from None
    return found.decode().strip()


def _names(project: Path, commit: str) -> list[str]:
    """The files of a version, relative to the project folder."""
    return _git(project, "ls-tree", "-r", "-z", "--name-only", commit).decode().split("\0")[:-1]


def _is_configuration(name: str) -> bool:
    """Whether `ops check` reads or reports a file."""
    path = Path(name)
    if path.parent == Path():
        return path.name == "Pulumi.yaml" or any(path.match(f"Pulumi.*.{ending}") for ending in ("yaml", "yml", "json"))
    return path.is_relative_to(Path("config", "tasks")) and path.suffix in (".yaml", ".yml")


def _contents(project: Path, commit: str, names: list[str]) -> Iterator[bytes]:
    """The contents of files, read in one call: there can be a thousand shared tasks."""
    asked = "".join(f"{commit}:./{name}\n" for name in names)
    answer = _git(project, "cat-file", "--batch", given=asked.encode())
    position = 0
    for _ in names:
        # <object> blob <size>, a line feed, the content, a line feed.
        end = answer.index(b"\n", position)
        size = int(answer[position:end].rsplit(b" ", 1)[1])
        yield answer[end + 1 : end + 1 + size]
        position = end + size + 2


def _git(project: Path, *arguments: str, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=project, input=given, capture_output=True, check=False)
    except OSError as error:
        raise GitError(f"Can't run git: {error.strerror}.") from error
    if done.returncode:
        raise GitError(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed.")
    return done.stdout
