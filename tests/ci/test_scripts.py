"""The scripts in ci/, with fake `pulumi`, `gh` and `curl`."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import referees
from tests.ci.fake_host import BOT, TOKEN

ROOT = Path(__file__).parents[2]
HOST = Path(__file__).with_name("fake_host.py")
MARKER = "<!-- scheduled-tasks: review -->"
Script = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True, scope="module")
def _programs() -> None:
    for name in ("bash", "jq"):
        referees.program(name)


class Machine:
    """A CI machine: a folder, and the tools on PATH."""

    def __init__(self, folder: Path):
        self.folder, self.bin, self.state = folder, folder / "bin", folder / "state.json"
        self.bin.mkdir()
        self.state.write_text(json.dumps({"comments": [], "issues": []}))
        for tool in ("gh", "curl"):
            self.put(tool, f'exec "{sys.executable}" "{HOST}" {tool} "$@"')

    def put(self, tool: str, script: str) -> None:
        """Create an executable that records its arguments, and then runs the script."""
        file = self.bin / tool
        file.write_text(f'#!/usr/bin/env bash\nprintf "%s\\n" "{tool} $*" >> "{self.folder}/calls"\n{script}\n')
        file.chmod(0o755)

    def run(self, script: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        given = {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHON": str(self.bin / "python"),
            "FAKE_STATE": str(self.state),
            "GH_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "me/jobs",
            "PULL_REQUEST": "5",
            "GITLAB_TOKEN": TOKEN,
            "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
            "CI_PROJECT_ID": "9",
            "CI_MERGE_REQUEST_IID": "5",
        }
        outside = {name: value for name, value in os.environ.items() if name != "GITHUB_STEP_SUMMARY"}
        return subprocess.run(
            [str(ROOT / "ci" / script), *arguments],
            cwd=self.folder, env={**outside, **given, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def host(self, kind: str) -> list[dict[str, Any]]:
        return json.loads(self.state.read_text())[kind]

    def review(self, text: str = "the review") -> None:
        """Set the output of `python -m ops review`."""
        self.put("python", f"echo '{text}'")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


# A preview and its review


def test_a_stack_is_previewed_and_reviewed(machine: Machine):
    machine.put("pulumi", "echo '{}'")
    machine.put("python", 'cat "${@: -1}"; echo reviewed')
    done = machine.run("review.sh", "dev", "HEAD^1", "out")
    assert done.returncode == 0, done.stderr
    assert (machine.folder / "out" / "dev.md").read_text() == "{}\nreviewed\n"
    assert machine.calls[0] == "pulumi preview --stack dev --non-interactive --json"
    assert machine.calls[1].startswith("python -m ops review --base HEAD^1 --stack dev --preview ")
    assert done.stdout == "{}\nreviewed\n"


def test_a_failed_preview_is_reviewed_and_fails_the_job(machine: Machine):
    machine.put("pulumi", "echo '{}'; exit 255")
    machine.review()
    done = machine.run("review.sh", "dev", "main", "out")
    assert done.returncode == 1
    assert (machine.folder / "out" / "dev.md").read_text() == "the review\n"


def test_a_review_without_a_preview_names_the_failure(machine: Machine):
    machine.put("pulumi", "echo 'error: no stack named dev' >&2; exit 255")
    machine.review()
    done = machine.run("review.sh", "dev", "main", "out")
    assert done.returncode == 1
    assert "no stack named dev" in done.stderr
    assert machine.calls[1] == "python -m ops review --base main --stack dev"
    text = (machine.folder / "out" / "dev.md").read_text()
    assert text.startswith("the review\n\n**The preview or the review of stack dev failed to start.**")


def test_an_invalid_configuration_fails_the_job(machine: Machine):
    machine.put("pulumi", "echo '{}'")
    machine.put("python", "echo problems; exit 1")
    done = machine.run("review.sh", "dev", "main", "out")
    assert (done.returncode, done.stdout) == (1, "problems\n")


# Joining files


def test_files_are_joined(machine: Machine):
    out = machine.folder / "out"
    out.mkdir()
    (out / "dev.md").write_text("of dev\n")
    (out / "prod.md").write_text("of prod\n")
    done = machine.run("join.sh", "out", "What this changes", "https://example.com/run")
    assert done.stdout == "## What this changes\n\nof dev\n\nof prod\n\n[Run](https://example.com/run)\n"


def test_a_file_that_does_not_fit_is_named(machine: Machine):
    out = machine.folder / "out"
    out.mkdir()
    for stack in ("a", "b", "c"):
        (out / f"{stack}.md").write_text("x" * (50_000 if stack != "c" else 100) + "\n")
    done = machine.run("join.sh", "out", "What this changes", "https://example.com/run")
    assert len(done.stdout) < 65_536
    assert "The part for `b` is too long for a comment" in done.stdout
    assert "x\n\n[Run]" in done.stdout


def test_only_files_of_stacks_are_joined(machine: Machine):
    """The files come from jobs that run code of a pull request."""
    out = machine.folder / "out"
    (out / "folder.md").mkdir(parents=True)
    (machine.folder / "secret").write_text("canary")
    (out / "link.md").symlink_to(machine.folder / "secret")
    for name in ("-n", "[click](javascript:x)", "@org", "a b", "a\nb", "$(touch ran)", "x" * 101):
        (out / f"{name}.md").write_text("hostile " + "x" * 70_000)
    (out / "huge.md").write_text("x" * 70_000)
    (out / "dev.md").write_text("of dev\n")
    done = machine.run("join.sh", "out", "Title", "https://example.com/run")
    huge = "The part for `huge` is too long for a comment. See the summary of the run."
    dash = "The part for `-n` is too long for a comment. See the summary of the run."
    assert done.stdout == f"## Title\n\n{dash}\n\nof dev\n\n{huge}\n\n[Run](https://example.com/run)\n"


def test_many_files_stay_within_a_comment(machine: Machine):
    out = machine.folder / "out"
    out.mkdir()
    # 59 fit. A line for each of the others would need 7,000 characters more. The script starts programs per file.
    for number in range(130):
        (out / f"{'x' * 90}-{number}.md").write_text("x" * 1000 + "\n")
    done = machine.run("join.sh", "out", "Title", "https://example.com/run")
    assert len(done.stdout) < 65_536
    assert re.search(r"\n\d\d more parts are too long for a comment\.\n\n\[Run\]", done.stdout)


@pytest.mark.parametrize("script", ["review.sh", "drift.sh"])
def test_a_review_is_not_in_the_log_of_github(machine: Machine, script: str):
    """The runner runs each line that starts with two colons, after spaces, or has ##[."""
    machine.put("pulumi", "echo '{}'; exit 7")
    machine.put("python", "echo '   ::error::canary'; echo 'a ##[error]canary'")
    summary = machine.folder / "summary"
    arguments = ("dev", "HEAD^1", "out") if script == "review.sh" else ("dev", "out")
    done = machine.run(script, *arguments, GITHUB_STEP_SUMMARY=str(summary))
    assert "canary" not in done.stdout + done.stderr
    assert summary.read_text() == "   ::error::canary\na ##[error]canary\n"


@pytest.mark.parametrize("number", ["", "5/../../x", "5 --method DELETE"])
def test_a_number_of_a_pull_request_is_a_number(machine: Machine, number: str):
    (machine.folder / "comment.md").write_text("text")
    assert machine.run("comment.sh", "comment.md", PULL_REQUEST=number).returncode == 1
    assert not (machine.folder / "calls").exists()


def test_without_files_there_is_a_title_and_a_link(machine: Machine):
    done = machine.run("join.sh", "nowhere", "Title", "https://example.com/run")
    assert (done.returncode, done.stdout) == (0, "## Title\n\n[Run](https://example.com/run)\n")


# The comment


@pytest.mark.parametrize("command", [("comment.sh",), ("gitlab.sh", "note")], ids=["GitHub", "GitLab"])
def test_a_second_review_updates_the_comment(machine: Machine, command: tuple[str, ...]):
    others = [
        {"id": 1, "user": {"login": "octocat"}, "author": {"id": 8}, "body": f"{MARKER}\nby somebody"},
        {"id": 2, "user": {"login": BOT}, "author": {"id": 7}, "body": "of another job"},
        {"id": 3, "user": {"login": "echo[bot]"}, "author": {"id": 9}, "body": f"{MARKER}\nrepeated by another bot"},
        {"id": 4, "user": {"login": BOT}, "author": {"id": 7}, "body": f"a value with {MARKER}"},
    ]
    machine.state.write_text(json.dumps({"comments": others, "issues": []}))
    for text in ("first `a` $HOME @x", "second"):
        (machine.folder / "comment.md").write_text(text)
        done = machine.run(*command, "comment.md")
        assert done.returncode == 0, done.stderr
    *before, ours = machine.host("comments")
    assert before == others
    assert ours["body"] == f"{MARKER}\nsecond"


def test_the_comment_has_the_exact_text(machine: Machine):
    (machine.folder / "comment.md").write_text("`a` $HOME @x\n")
    assert machine.run("comment.sh", "comment.md").returncode == 0
    assert machine.host("comments")[0]["body"] == f"{MARKER}\n`a` $HOME @x\n"


# Deployment


def test_a_stack_is_deployed_and_previewed(machine: Machine):
    machine.put("pulumi", "true")
    assert machine.run("deploy.sh", "dev").returncode == 0
    assert machine.calls == [
        "pulumi up --stack dev --non-interactive --yes",
        "pulumi preview --stack dev --non-interactive --diff --expect-no-changes",
    ]


UP = "pulumi up --stack dev --non-interactive --yes"
PREVIEW = "pulumi preview --stack dev --non-interactive --diff --expect-no-changes"
RUN = "python -m ops run-deployed --stack dev"


def with_task(machine: Machine, keys: str, file: str = "config/tasks/migrate.yaml") -> None:
    """Let a deployed stack have a task that runs at deployments."""
    path = machine.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"schedule: none\n{keys}\n")
    machine.put("pulumi", 'echo "hold=${SCHEDULED_TASKS_HOLD:-} $1" >> held')
    machine.put("python", "true")


@pytest.mark.parametrize("file", ["config/tasks/migrate.yaml", "Pulumi.dev.yaml"])
def test_tasks_with_run_on_run_after_the_deployment(machine: Machine, file: str):
    with_task(machine, "runOn: deploy", file)
    assert machine.run("deploy.sh", "dev").returncode == 0
    assert machine.calls == [UP, RUN, PREVIEW]


def test_schedules_wait_for_gates(machine: Machine):
    with_task(machine, "runOn: deploy\ngate: true")
    assert machine.run("deploy.sh", "dev").returncode == 0
    assert machine.calls == [UP, f"{RUN} --gate", UP, RUN, PREVIEW]
    assert (machine.folder / "held").read_text().splitlines() == ["hold=true up", "hold= up", "hold= preview"]


def test_a_gate_that_fails_ends_the_deployment(machine: Machine):
    with_task(machine, "runOn: deploy\ngate: true")
    machine.put("python", "exit 1")
    assert machine.run("deploy.sh", "dev").returncode == 1
    assert machine.calls == [UP, f"{RUN} --gate"]


@pytest.mark.parametrize(("operation", "calls"), [("up", 1), ("preview", 2)])
def test_a_failed_or_incomplete_deployment_fails_the_job(machine: Machine, operation: str, calls: int):
    machine.put("pulumi", f"if [[ $1 == {operation} ]]; then exit 7; fi")
    assert machine.run("deploy.sh", "dev").returncode == 7
    assert len(machine.calls) == calls


# Drift


def test_without_drift_there_is_no_file(machine: Machine):
    machine.put("pulumi", "echo '{}'")
    done = machine.run("drift.sh", "dev", "out")
    assert (done.returncode, done.stdout) == (0, "Stack dev: no drift.\n")
    assert list((machine.folder / "out").iterdir()) == []
    assert machine.calls == ["pulumi preview --stack dev --refresh --expect-no-changes --non-interactive --json"]


@pytest.mark.parametrize(("prints", "text"), [("echo '{}'", "the review\n"), ("true", "**The preview of stack dev failed to start.** See the log of this run for the cause.\n")])  # fmt: skip
def test_drift_writes_a_file_and_fails_the_job(machine: Machine, prints: str, text: str):
    machine.put("pulumi", f"{prints}; exit 7")
    machine.review()
    assert machine.run("drift.sh", "dev", "out").returncode == 1
    assert (machine.folder / "out" / "dev.md").read_text() == text


@pytest.mark.parametrize("command", [("issue.sh",), ("gitlab.sh", "issue")], ids=["GitHub", "GitLab"])
def test_drift_has_one_issue_until_it_is_fixed(machine: Machine, command: tuple[str, ...]):
    file = machine.folder / "issue.md"
    body = "body" if command == ("issue.sh",) else "description"

    def night(result: str, text: str) -> list[dict[str, Any]]:
        file.write_text(text)
        done = machine.run(*command, result, "issue.md")
        assert done.returncode == 0, done.stderr
        return machine.host("issues")

    assert night("success", "none") == []
    assert [(issue["state"], issue[body]) for issue in night("failure", "first")] == [("open", "first")]
    assert [(issue["state"], issue[body]) for issue in night("failure", "second")] == [("open", "second")]
    assert [issue["state"] for issue in night("success", "none")] == ["closed"]
    assert [issue["state"] for issue in night("cancelled", "third")] == ["closed", "open"]


def test_a_labeled_pull_request_is_not_the_issue(machine: Machine):
    request = {"number": 1, "state": "open", "labels": "drift", "pull_request": {}, "user": {"login": BOT}}
    machine.state.write_text(json.dumps({"comments": [], "issues": [request]}))
    (machine.folder / "issue.md").write_text("text")
    assert machine.run("issue.sh", "failure", "issue.md").returncode == 0
    assert len(machine.host("issues")) == 2


@pytest.mark.parametrize("command", [("issue.sh",), ("gitlab.sh", "issue")], ids=["GitHub", "GitLab"])
def test_a_labeled_issue_of_somebody_else_is_not_changed(machine: Machine, command: tuple[str, ...]):
    of_others = {"user": {"login": "octocat"}, "author": {"id": 8}}
    other = {"number": 1, "iid": 1, "state": "open", "labels": "drift", "body": "mine", **of_others}
    machine.state.write_text(json.dumps({"comments": [], "issues": [other]}))
    (machine.folder / "issue.md").write_text("text")
    for result in ("failure", "success"):
        assert machine.run(*command, result, "issue.md").returncode == 0
    assert machine.host("issues")[0] == other
    assert [issue["state"] for issue in machine.host("issues")] == ["open", "closed"]


def test_gitlab_sh_prints_its_usage(machine: Machine):
    done = machine.run("gitlab.sh")
    assert done.returncode == 2
    assert "ci/gitlab.sh note <file>" in done.stderr


def test_following_steps_have_pulumi_on_path(machine: Machine):
    copy = machine.folder / "project" / "ci"
    copy.mkdir(parents=True)
    shutil.copy(ROOT / "ci" / "setup.sh", copy)
    machine.put("make", "true")
    python = machine.folder / "project" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho /cache/pulumi\n")
    python.chmod(0o755)
    paths = machine.folder / "paths"
    environment = {**os.environ, "PATH": f"{machine.bin}{os.pathsep}{os.environ['PATH']}", "GITHUB_PATH": str(paths)}
    subprocess.run([str(copy / "setup.sh")], env=environment, check=True)
    assert machine.calls == ["make setup"]
    assert paths.read_text() == "/cache/pulumi/bin\n"
