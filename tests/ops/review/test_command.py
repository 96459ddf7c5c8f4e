"""`scheduled-tasks review` on commits of a real repository, and its error messages."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

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
    """A repository with the project in a subfolder: branch `main`, and branch `change`, which is checked out."""
    folder = tmp_path / "repository" / "jobs"
    shutil.copytree(BASE, folder)
    (folder / "Pulumi.yaml").write_text("name: scheduled-tasks\n")
    (folder / "config" / "tasks" / "README.md").write_text("no task")
    git(tmp_path, "init", "-q", "-b", "main", "repository")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    git(folder, "checkout", "-qb", "change")
    edit(folder, {"config/tasks/etl.yaml": ("memory: 4096", "memory: 8192")})
    git(folder, "commit", "-qam", "second")
    monkeypatch.chdir(folder)
    return folder


def golden(name: str) -> str:
    return (HERE / "golden" / f"{name}.md").read_text()


def test_the_working_tree_is_compared_with_a_branch(repository: Path, ops: Ops):
    result = ops("review", "--base", "main", *FROM)
    assert (result.output, result.exit_code) == (golden("memory-doubled"), 0)


def test_two_commits_are_compared_independent_of_the_working_tree(repository: Path, ops: Ops):
    git(repository, "checkout", "-q", "main")
    shutil.rmtree(repository / "config")
    result = ops("review", "--base", "main", "--head", "change", "--stack", "prod", *FROM)
    assert result.output == golden("memory-doubled")


def test_uncommitted_changes_are_included(repository: Path, ops: Ops):
    edit(repository, {"config/tasks/etl.yaml": ("memory: 8192", "memory: 4096")})
    assert ops("review", "--base", "main").output == "No changes in stack `prod`.\n"


def test_an_invalid_configuration_exits_with_1(repository: Path, ops: Ops):
    edit(repository, {"config/tasks/etl.yaml": ("memory: 8192", "memory: 700")})
    result = ops("review", "--base", "main")
    assert result.exit_code == 1
    assert "Configuration of stack prod: 1 problem" in result.output


def test_an_invalid_yaml_file_is_reported(repository: Path, ops: Ops):
    (repository / "Pulumi.prod.yaml").write_text("config: [")
    result = ops("review", "--base", "main")
    assert "Pulumi.prod.yaml:2:1: is not YAML" in result.output
    git(repository, "commit", "-qam", "broken")
    git(repository, "checkout", "-q", "main")
    result = ops("review", "--base", "change", *FROM)
    assert result.exit_code == 0
    assert "The base is invalid" in result.output
    assert "**`etl`**: at minute 5 of every hour" in result.output


def test_a_preview_is_assigned_to_its_stack(repository: Path, ops: Ops):
    result = ops("review", "--base", "main", "--preview", str(HERE / "preview.json"), *FROM)
    assert "**Deleted: `load-test-schedule`**" in result.output


def test_costs_use_the_given_length_of_runs(repository: Path, ops: Ops):
    result = ops("review", "--base", "main", "--minutes", "60", *FROM)
    assert "Assumes 60 minutes" in result.output
    assert "| Fargate on demand | $34.78 | $45.18 |" in result.output


def failed_preview(tmp_path: Path, content: str) -> str:
    file = tmp_path / "preview.json"
    file.write_text(content)
    return str(file)


def test_a_failed_preview_is_shown(repository: Path, ops: Ops, tmp_path: Path):
    failed = {"steps": None, "diagnostics": [{"severity": "error", "message": "error: there is no VPC\n"}]}
    file = failed_preview(tmp_path, json.dumps(failed))
    result = ops("review", "--base", "main", "--stack", "prod", "--preview", file)
    assert "**`pulumi preview` fails**\n\n```text\nthere is no VPC\n```" in result.output


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no",
        "[]",
        '{"steps": [{}]}',
        '{"steps": 5}',
        "[" * 100_000,
        '{"steps": [[' * 50,
        "1" * 5000,
        '"\\ud800"',
        "null",
    ],
    ids=lambda text: text[:12],
)
def test_a_file_that_is_not_a_preview_is_refused(repository: Path, ops: Ops, tmp_path: Path, content: str):
    result = ops("review", "--base", "main", "--preview", failed_preview(tmp_path, content))
    assert result.exit_code == 1
    assert "preview.json is not the output of `pulumi preview --json`." in result.output


MISTAKES = {
    "reference": (("--base", "nowhere"), 'There is no "nowhere" in this repository'),
    "option for a reference": (("--base", "--output=x"), 'There is no "--output=x" in this repository'),
    "stack": (
        ("--base", "main", "--stack", "dev"),
        "There is no Pulumi.dev.yaml in either version. Existing stacks: prod.",
    ),
    "no file": (("--base", "main", "--preview", "nowhere.json"), "Can't read nowhere.json"),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_wrong_arguments_print_one_line(repository: Path, ops: Ops, arguments: tuple[str, ...], message: str):
    result = ops("review", *arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert len(result.output.splitlines()) == 1


def test_a_preview_of_another_stack_is_refused(repository: Path, ops: Ops):
    (repository / "Pulumi.dev.yaml").write_text("config:\n  scheduled-tasks:catalogue: [load-test]\n")
    result = ops("review", "--base", "main", "--stack", "dev", "--preview", str(HERE / "preview.json"))
    assert "--preview is for stack prod, but the review is for dev." in result.output


def test_the_message_of_git_is_shown_outside_a_repository(tmp_path: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "Pulumi.yaml").write_text("name: scheduled-tasks\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = ops("review", "--base", "main")
    assert result.exit_code == 1
    assert "not a git repository" in result.output


def test_a_warning_that_only_moved_to_another_line_is_not_new(repository: Path, ops: Ops):
    edit(repository, {"config/tasks/backup.yaml": ("cron(30 1", "cron(30 2")})
    git(repository, "commit", "-qam", "a time that a clock change affects")
    file = repository / "config" / "tasks" / "backup.yaml"
    file.write_text("# A comment\n" + file.read_text().replace("memory: 1024", "memory: 2048"))
    result = ops("review", "--base", "HEAD", *FROM)
    assert "`memory`: `1024` → `2048`" in result.output
    assert "Warnings" not in result.output


def test_files_that_are_not_read_are_reported_in_a_commit_too(repository: Path, ops: Ops):
    (repository / "config" / "tasks" / "etl.yaml").rename(repository / "config" / "tasks" / "etl.yml")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "renamed")
    result = ops("review", "--base", "main", "--head", "HEAD", *FROM)
    assert result.exit_code == 1
    assert "config/tasks/etl.yml: is not read, because its name does not end in .yaml." in result.output


def test_change_of_the_project_file_is_a_change_of_the_stack(repository: Path, ops: Ops):
    (repository / "Pulumi.yaml").write_text("name: scheduled-tasks\nconfig: {enabled: {default: true}}\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "defaults")
    (repository / "Pulumi.yaml").write_text("name: scheduled-tasks\nconfig: {enabled: {default: false}}\n")
    result = ops("review", "--base", "HEAD", *FROM)
    assert "`enabled`: `true` → `false`" in result.output
