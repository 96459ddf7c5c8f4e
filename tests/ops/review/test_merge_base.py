"""`scheduled-tasks review` without --base: the merge base with the main branch."""

from pathlib import Path

import pytest

from tests.ops.conftest import Ops, ops
from tests.ops.review.conftest import edit
from tests.ops.review.test_command import FROM, git, golden, repository

__all__ = ["ops", "repository"]


def later_commit_on_main(repository: Path) -> None:
    """Change the main branch after the other branch left it."""
    git(repository, "checkout", "-q", "main")
    edit(repository, {"config/tasks/backup.yaml": ("owner: alice", "owner: bob")})
    git(repository, "commit", "-qam", "third")
    git(repository, "checkout", "-q", "change")


def test_the_merge_base_with_main_is_the_default(repository: Path, ops: Ops):
    later_commit_on_main(repository)
    result = ops("review", *FROM)
    assert (result.stdout, result.exit_code) == (golden("memory-doubled"), 0)
    assert " the merge base with main. For another commit, pass --base." in result.stderr
    assert "bob" in ops("review", "--base", "main", *FROM).stdout


def test_the_merge_base_is_that_of_the_head(repository: Path, ops: Ops):
    git(repository, "checkout", "-q", "main")
    assert ops("review", "--head", "change", *FROM).stdout == golden("memory-doubled")
    assert ops("review", *FROM).stdout == "No changes in stack `prod`.\n"


def test_master_is_used_if_there_is_no_main(repository: Path, ops: Ops):
    git(repository, "branch", "-m", "main", "master")
    result = ops("review", *FROM)
    assert (result.stdout, "the merge base with master." in result.stderr) == (golden("memory-doubled"), True)


@pytest.mark.parametrize("known", [True, False], ids=["origin/HEAD", "origin/main"])
def test_the_default_branch_of_the_remote_is_used(
    repository: Path, ops: Ops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
):
    main = "trunk" if known else "main"
    git(repository, "branch", "-m", "main", main)
    git(repository, "checkout", "-q", main)
    git(tmp_path, "clone", "-q", "-b", "change", str(tmp_path / "repository"), "clone")
    clone = tmp_path / "clone" / "jobs"
    git(clone, "remote", "set-head", "origin", main if known else "--delete")
    monkeypatch.chdir(clone)
    result = ops("review", *FROM)
    assert (result.stdout, result.exit_code) == (golden("memory-doubled"), 0)
    assert f"the merge base with origin/{main}." in result.stderr


def test_without_a_main_branch_the_base_must_be_passed(repository: Path, ops: Ops):
    git(repository, "branch", "-D", "main")
    result = ops("review")
    assert result.exit_code == 1
    assert "Can't find the main branch: there is no origin/HEAD, main or master. Pass --base." in result.stderr


def test_a_branch_without_a_common_commit_is_explained(repository: Path, ops: Ops):
    git(repository, "checkout", "-q", "--orphan", "other")
    git(repository, "commit", "-qam", "alone")
    result = ops("review")
    assert result.exit_code == 1
    assert "main and the checked-out branch have no common commit here." in result.stderr
    assert "fetch-depth: 0" in result.stderr


def test_without_a_repository_git_says_so(tmp_path: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "Pulumi.yaml").write_text("name: jobs\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = ops("review")
    assert (result.exit_code, "not a git repository" in result.stderr) == (1, True)
