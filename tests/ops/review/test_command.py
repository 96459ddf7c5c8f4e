"""`ops review` on commits of a real repository, and what it says when it cannot."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ops.planning import plans
from tests.ops.conftest import Ops, ops
from tests.ops.review.conftest import BASE, edit
from tests.ops.review.test_golden import HERE

__all__ = ["ops"]
FROM = ("--from", "2027-03-27T12:00:00Z")


def git(folder: Path, *arguments: str) -> None:
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    author = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **alone, **author}
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose project is in a folder of it: branch `main`, and a branch `change` that is checked out."""
    folder = tmp_path / "repository" / "jobs"
    shutil.copytree(BASE, folder)
    (folder / "config" / "tasks" / "README.md").write_text("no task")
    git(tmp_path, "init", "-q", "-b", "main", "repository")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    git(folder, "checkout", "-qb", "change")
    edit(folder, {"config/tasks/etl.yaml": ("memory: 4096", "memory: 8192")})
    git(folder, "commit", "-qam", "second")
    monkeypatch.setattr(plans, "ROOT", folder)
    return folder


def golden(name: str) -> str:
    return (HERE / "golden" / f"{name}.md").read_text()


def test_the_working_tree_is_compared_with_a_branch(repository: Path, ops: Ops):
    result = ops("review", "--base", "main", *FROM)
    assert (result.output, result.exit_code) == (golden("memory-doubled"), 0)


def test_two_commits_are_compared_whatever_is_checked_out(repository: Path, ops: Ops):
    git(repository, "checkout", "-q", "main")
    shutil.rmtree(repository / "config")
    result = ops("review", "--base", "main", "--head", "change", "--stack", "prod", *FROM)
    assert result.output == golden("memory-doubled")


def test_what_is_not_committed_counts(repository: Path, ops: Ops):
    edit(repository, {"config/tasks/etl.yaml": ("memory: 8192", "memory: 4096")})
    assert ops("review", "--base", "main").output == "No change in stack prod.\n"


def test_a_configuration_that_cannot_be_deployed_ends_with_1(repository: Path, ops: Ops):
    edit(repository, {"config/tasks/etl.yaml": ("memory: 8192", "memory: 700")})
    result = ops("review", "--base", "main")
    assert result.exit_code == 1
    assert "Configuration of stack prod: 1 problem" in result.output


def test_a_file_that_is_no_yaml_is_said_so(repository: Path, ops: Ops):
    (repository / "Pulumi.prod.yaml").write_text("config: [")
    result = ops("review", "--base", "main")
    assert "Pulumi.prod.yaml is not YAML" in result.output
    git(repository, "commit", "-qam", "broken")
    git(repository, "checkout", "-q", "main")
    result = ops("review", "--base", "change", *FROM)
    assert result.exit_code == 0
    assert "The base cannot be read" in result.output
    assert "**etl**: at minute 5 of every hour" in result.output


def test_a_preview_is_taken_for_its_stack(repository: Path, ops: Ops):
    result = ops("review", "--base", "main", "--preview", str(HERE / "preview.json"), *FROM)
    assert "**deleted: `load-test-schedule`**" in result.output


def test_costs_are_of_runs_as_long_as_is_said(repository: Path, ops: Ops):
    result = ops("review", "--base", "main", "--minutes", "60", *FROM)
    assert "Assumed: 60 minutes" in result.output
    assert "| Fargate on demand | $34.78 | $45.18 |" in result.output


def failed_preview(tmp_path: Path, content: str) -> str:
    file = tmp_path / "preview.json"
    file.write_text(content)
    return str(file)


def test_a_preview_that_fails_is_shown(repository: Path, ops: Ops, tmp_path: Path):
    failed = {"steps": None, "diagnostics": [{"severity": "error", "message": "error: there is no VPC\n"}]}
    file = failed_preview(tmp_path, json.dumps(failed))
    result = ops("review", "--base", "main", "--stack", "prod", "--preview", file)
    assert "**`pulumi preview` fails**\n\n```text\nthere is no VPC\n```" in result.output


@pytest.mark.parametrize("content", ["", "no", "[]", '{"steps": [{}]}', '{"steps": 5}'])
def test_a_file_that_is_no_preview_is_refused(repository: Path, ops: Ops, tmp_path: Path, content: str):
    result = ops("review", "--base", "main", "--preview", failed_preview(tmp_path, content))
    assert result.exit_code == 1
    assert "is not what `pulumi preview --json` prints" in result.output


MISTAKES = {
    "reference": (("--base", "nowhere"), 'there is no "nowhere" in this repository'),
    "option for a reference": (("--base", "--output=x"), 'there is no "--output=x" in this repository'),
    "stack": (("--base", "main", "--stack", "dev"), "there is no Pulumi.dev.yaml in either version. There are: prod."),
    "both": (("--base", "main", "--stack", "prod", "--all"), "name one stack, or --all"),
    "instant": (("--base", "main", "--from", "noon"), "--from:"),
    "no file": (("--base", "main", "--preview", "nowhere.json"), "nowhere.json cannot be read"),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_line(repository: Path, ops: Ops, arguments: tuple[str, ...], message: str):
    result = ops("review", *arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert len(result.output.splitlines()) == 1


def test_a_preview_of_another_stack_is_refused(repository: Path, ops: Ops):
    (repository / "Pulumi.dev.yaml").write_text("config:\n  scheduled-tasks:catalogue: [load-test]\n")
    result = ops("review", "--base", "main", "--stack", "dev", "--preview", str(HERE / "preview.json"))
    assert "--preview is of stack prod, and the review of dev." in result.output


def test_outside_of_a_repository_git_says_so(tmp_path: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plans, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = ops("review", "--base", "main")
    assert result.exit_code == 1
    assert "not a git repository" in result.output
