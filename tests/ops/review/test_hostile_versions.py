"""Versions that try to run a command, to read or write a file outside, or to show a file under another name."""

import os
import subprocess
from pathlib import Path

import pytest

from ops.review import git_versions
from ops.review.git_versions import GitError, version
from tests.ops.review.test_command import git

STACK = "config:\n  scheduled-tasks:catalogue: false\n"
TASKS = Path("config", "tasks")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a subfolder of a repository, without a commit."""
    folder = tmp_path / "repository" / "jobs"
    (folder / TASKS).mkdir(parents=True)
    git(tmp_path, "init", "-q", "-b", "main", "repository")
    (folder / "Pulumi.prod.yaml").write_text(STACK)
    return folder


def commit(project: Path) -> str:
    git(project, "add", "-A", ":/")
    git(project, "commit", "-qm", "version")
    return "HEAD"


def content(project: Path, reference: str = "HEAD") -> dict[str, str]:
    with version(project, reference) as folder:
        return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def made(project: Path, *arguments: str, given: bytes) -> str:
    done = subprocess.run(["git", *arguments], cwd=project, input=given, capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_a_repository_in_the_folder_of_the_project_is_not_used(project: Path):
    """Its configuration could run commands, and its branches could hide a change."""
    commit(project)
    other = project.parent / "other"
    git(project.parent, "clone", "-q", "--bare", ".", str(other))
    (project / TASKS).rmdir()
    (project / "config").rmdir()
    for path in other.iterdir():
        path.rename(project / path.name)
    with pytest.raises(GitError, match=r"safe\.bareRepository"):
        content(project, "main")


def test_no_filter_or_driver_of_a_version_is_run(project: Path, tmp_path: Path):
    """https://git-scm.com/docs/gitattributes: filter, textconv, eol."""
    ran = tmp_path / "ran"
    (project / ".gitattributes").write_text("* filter=x diff=x text eol=crlf\n")
    commit(project)
    for key in (
        "filter.x.smudge",
        "filter.x.clean",
        "filter.x.process",
        "diff.x.textconv",
        "diff.x.command",
        "core.fsmonitor",
    ):
        git(project, "config", key, f"touch {ran}")
    hooks = project.parent / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (hooks / hook).chmod(0o755)
    assert content(project) == {"Pulumi.prod.yaml": STACK}
    assert not ran.exists()


def test_a_link_within_the_version_is_followed(project: Path):
    shared = project.parent / "shared"
    shared.mkdir()
    (shared / "a.yaml").write_text("image: a:1\n")
    (project / TASKS / "a.yaml").symlink_to(Path("..", "..", "..", "shared", "a.yaml"))
    commit(project)
    assert content(project) == {"Pulumi.prod.yaml": STACK, "config/tasks/a.yaml": "image: a:1\n"}


@pytest.mark.parametrize(
    "target", ["/etc/hostname", "../../../../etc/hostname", "../../../.git/config", "missing.yaml", "a.yaml", ".."]
)
def test_a_link_out_of_the_version_is_refused(project: Path, target: str):
    (project / TASKS / "a.yaml").symlink_to(Path(target))
    commit(project)
    with pytest.raises(
        GitError, match=r"config/tasks/a\.yaml is a symbolic link that doesn't point to a file of that version"
    ):
        content(project)


def test_a_linked_folder_is_refused(project: Path):
    (project / TASKS).rmdir()
    (project / TASKS).symlink_to(Path("..", "elsewhere"))
    commit(project)
    with pytest.raises(GitError, match="config/tasks must be a folder"):
        content(project)


def test_a_submodule_with_the_name_of_a_file_is_refused(project: Path):
    commit(project)
    git(project, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},jobs/Pulumi.dev.yaml")
    git(project, "commit", "-qm", "submodule")
    with pytest.raises(GitError, match=r"Pulumi\.dev\.yaml is not a file"):
        content(project)


def test_a_line_feed_in_a_name_does_not_exchange_contents(project: Path):
    name = "Pulumi.a\nHEAD:jobs~Pulumi.prod.yaml".replace("~", "\u2215")
    (project / name).write_text("first")
    (project / "Pulumi.b.yaml").write_text("second")
    commit(project)
    assert content(project) == {name: "first", "Pulumi.b.yaml": "second", "Pulumi.prod.yaml": STACK}


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes only there")
def test_a_name_that_is_not_utf8_is_read(project: Path):
    name = os.fsdecode(b"Pulumi.\xff.yaml")
    (project / name).write_text("first")
    commit(project)
    assert content(project)[name] == "first"


def test_a_name_that_leads_outside_is_refused(project: Path, tmp_path: Path):
    """Such a tree can't be checked out, but it can be read."""
    commit(project)
    blob = made(project, "hash-object", "-w", "--stdin", given=b"x")
    tree = made(
        project,
        "hash-object",
        "-t",
        "tree",
        "-w",
        "--literally",
        "--stdin",
        given=b"100644 x.yaml\0" + bytes.fromhex(blob),
    )
    for name in (b"..", b"tasks", b"config", b"jobs"):
        tree = made(
            project,
            "hash-object",
            "-t",
            "tree",
            "-w",
            "--literally",
            "--stdin",
            given=b"40000 " + name + b"\0" + bytes.fromhex(tree),
        )
    hostile = made(
        project, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit-tree", "-m", "x", tree, given=b""
    )
    with pytest.raises(GitError, match=r"config/tasks/\.\./x\.yaml is not a name of a file"):
        content(project, hostile)


def test_a_file_that_is_too_large_is_not_read(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(git_versions, "_LARGEST", 100)
    (project / TASKS / "a.yaml").write_text("x" * 200)
    commit(project)
    assert content(project)["config/tasks/a.yaml"] == "\0" * 101


def test_names_and_messages_have_no_control_characters(project: Path):
    commit(project)
    with pytest.raises(GitError) as caught:
        content(project, "\x1b[31mno\u202e")
    assert str(caught.value).startswith('There is no "<U+001B>[31mno<U+202E>"')
