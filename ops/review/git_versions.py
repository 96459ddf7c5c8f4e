"""Reads the configuration of another version from Git without a checkout. The version can be anybody's.

Nothing in the version is run or followed: no checkout, no hooks, no filters, no submodules, and no file outside it.
"""

import os
import subprocess
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from components.text import visible

_LINK, _FILES = "120000", ("100644", "100755")
"""Modes of a tree's entries. Git: Documentation/gitformat-index.txt."""
_MAIN = (
    "refs/remotes/origin/HEAD",
    "refs/heads/main",
    "refs/heads/master",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
)
"""Names of the main branch, the most likely first."""
_LARGEST = 64 * 2**20
"""Larger files aren't read from Git. The configuration has a much lower limit."""
_SAFE = (
    # A version could have the files of a repository in the project's folder, with a configuration that runs commands.
    # https://git-scm.com/docs/git-config, safe.bareRepository
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
)


class GitError(Exception):
    """A version that can't be read from Git. The message gives the reason."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of a version."""

    mode: str
    identifier: str
    size: int
    name: str


@contextmanager
def version(project: Path, reference: str) -> Generator[Path]:
    """A temporary folder with stack files, shared tasks and calendars of a branch, tag or commit. Raises GitError."""
    commit = _commit(project, reference)
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "config" / "tasks").mkdir(parents=True)
        chosen = [entry for entry in _entries(project, commit) if _is_configuration(entry.name)]
        for entry, content in _contents(project, commit, chosen):
            _write(folder, entry, content)
        yield folder


def merge_base(project: Path, head: str | None = None) -> tuple[str, str]:
    """The commit where a branch, tag or commit left the main branch, and the main branch. Default: the checked-out one.

    The main branch is the default branch of the remote `origin` if Git knows it, else `main`, else `master`, else these
    two of `origin`. Raises GitError.
    """
    _git(project, "rev-parse", "--git-dir")
    main = next((name for name in _MAIN if _exists(project, name)), None)
    if main is None:
        raise GitError("Can't find the main branch: there is no origin/HEAD, main or master. Pass --base.")
    new = _commit(project, head or "HEAD")
    try:
        found = _git(project, "merge-base", _commit(project, main), new)
    except GitError:
        raise GitError(
            f"{_branch(project, main)} and {visible(head or 'the checked-out branch')} have no common commit here. In "
            "continuous integration, fetch all commits (actions/checkout: fetch-depth: 0), or pass --base."
        ) from None
    return found.decode().strip(), _branch(project, main)


def _branch(project: Path, reference: str) -> str:
    """The name of a branch for the user: `origin/main`."""
    return visible(_git(project, "rev-parse", "--abbrev-ref", reference).decode().strip())


def _exists(project: Path, branch: str) -> bool:
    try:
        _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}")
    except GitError:
        return False
    return True


def _commit(project: Path, reference: str) -> str:
    try:
        # After --end-of-options, git takes nothing as an option.
        found = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
    except GitError:
        _git(project, "rev-parse", "--git-dir")
        raise GitError(
            f'There is no "{visible(reference)}" in this repository. In continuous integration, fetch it first '
            "(actions/checkout: fetch-depth: 0)."
        ) from None
    return found.decode().strip()


def _entries(project: Path, commit: str) -> Iterator[_Entry]:
    """The files of a version. Their names are relative to the project folder."""
    for line in _git(project, "ls-tree", "-r", "-z", "--long", commit).split(b"\0")[:-1]:
        # <mode> <type> <object> <size>, a tab, the name.
        about, _, name = line.partition(b"\t")
        mode, _, identifier, size = about.decode().split()
        yield _Entry(mode, identifier, int(size) if size.isdigit() else 0, os.fsdecode(name))


def _is_configuration(name: str) -> bool:
    """Whether `scheduled-tasks check` reads or reports a file."""
    path = PurePosixPath(name)
    if path in _FOLDERS:
        # A folder is never an entry, so this is a link or a submodule.
        raise GitError(f"{name} must be a folder, but it is a symbolic link or a submodule in that version.")
    if path.parent == PurePosixPath():
        return path.name == "Pulumi.yaml" or any(path.match(f"Pulumi.*.{ending}") for ending in ("yaml", "yml", "json"))
    return path.is_relative_to(_TASKS) and path.suffix in (".yaml", ".yml", ".ics")


_TASKS = PurePosixPath("config", "tasks")
_FOLDERS = (_TASKS.parent, _TASKS)


def _contents(project: Path, commit: str, entries: Sequence[_Entry]) -> Iterator[tuple[_Entry, bytes | None]]:
    """The contents of files, read in one call: there can be a thousand shared tasks. None if a file is too large."""
    if submodules := [entry.name for entry in entries if entry.mode not in (_LINK, *_FILES)]:
        raise GitError(f"{visible(submodules[0])} is not a file in that version.")
    small = [entry for entry in entries if entry.mode in _FILES and entry.size <= _LARGEST]
    # By identifier, because a name can contain a line feed.
    yield from zip(small, _batch(project, [entry.identifier for entry in small]), strict=True)
    yield from ((entry, None) for entry in entries if entry.mode in _FILES and entry.size > _LARGEST)
    links = [entry for entry in entries if entry.mode == _LINK]
    if links:
        yield from zip(links, _targets(project, commit, links), strict=True)


def _targets(project: Path, commit: str, links: Sequence[_Entry]) -> Iterator[bytes]:
    """The contents of the files that links point to, within the version."""
    top = os.fsdecode(_git(project, "rev-parse", "--show-prefix")).removesuffix("\n")
    for link in links:
        asked = f"{commit}:{top}{link.name}"
        answers = _batch(project, [asked], "--follow-symlinks") if "\n" not in asked else iter(())
        content = next(answers, None)
        if content is None:
            raise GitError(f"{visible(link.name)} is a symbolic link that doesn't point to a file of that version.")
        yield content


def _batch(project: Path, asked: Sequence[str], *options: str) -> Iterator[bytes]:
    """The content of each file; ends at the first that can't be read."""
    given = "".join(f"{each}\n" for each in asked)
    answer = _git(project, "cat-file", "--batch", *options, given=os.fsencode(given))
    position = 0
    for _ in asked:
        # <object> blob <size>, a line feed, the content, a line feed.
        end = answer.index(b"\n", position)
        _, kind, *size = answer[position:end].split(b" ")
        if kind != b"blob" or not size:
            return
        position = end + int(size[0]) + 2
        yield answer[end + 1 : position - 1]


def _write(folder: Path, entry: _Entry, content: bytes | None) -> None:
    """Write a file. One that is too large has no content, but its size, so that it is reported."""
    path = PurePosixPath(entry.name)
    if path.is_absolute() or ".." in path.parts:
        raise GitError(f"{visible(entry.name)} is not a name of a file.")
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        with file.open("wb") as opened:
            opened.truncate(_LARGEST + 1)
    else:
        file.write_bytes(content)


def _git(project: Path, *arguments: str, given: bytes = b"") -> bytes:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", *_SAFE, *arguments], cwd=project, input=given, capture_output=True, check=False, env=environment
        )
    except OSError as error:
        raise GitError(f"Can't run git: {error.strerror}.") from error
    if done.returncode:
        reason = visible(done.stderr.decode(errors="replace").strip(), keep="\n")
        raise GitError(reason or f"git {arguments[0]} failed.")
    return done.stdout
