"""`--sandbox`: commands that call the project's emulator, whatever the user's settings of AWS are."""

import os
import subprocess
from pathlib import Path

import pytest

from ops import local_sandbox
from ops.commands.options import Where
from ops.default_stack import VARIABLE
from ops.local_sandbox import Server, client_variables, shell_lines, variables_of_commands
from tests.ops.conftest import Ops

URL = "http://127.0.0.1:4000"
USER = {
    "AWS_PROFILE": "prod",
    "AWS_SESSION_TOKEN": "secret",
    "AWS_ENDPOINT_URL_SCHEDULER": "https://scheduler.example.com",
    "NO_PROXY": "example.com",
}


@pytest.fixture
def started(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose sandbox runs."""
    (project / ".sandbox").mkdir()
    (project / ".sandbox" / "server.json").write_text('{"port": 4000, "token": "mine"}')
    monkeypatch.setattr(Server, "alive", lambda _: True)
    return project


@pytest.fixture(autouse=True)
def _user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"], **USER})


def test_the_option_replaces_the_settings_of_aws(started: Path, ops: Ops):
    assert ops("--sandbox", "check").exit_code == 0
    found = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    assert found == client_variables(URL)
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "example.com,127.0.0.1,localhost"


def test_commands_in_messages_have_the_option_too(started: Path, ops: Ops):
    where = Where("test", None, None, None)
    assert where.command("logs", "etl") == "scheduled-tasks logs etl --stack test"
    ops("--sandbox", "check")
    assert where.command("logs", "etl") == "scheduled-tasks --sandbox logs etl --stack test"


@pytest.mark.parametrize("words", [["next", "--sandbox"], ["next", "--json", "--sandbox", "-n", "1"]])
def test_the_option_is_accepted_after_the_name_of_a_command(started: Path, ops: Ops, words: list[str]):
    assert ops(*words).exit_code == 0
    assert os.environ["AWS_ENDPOINT_URL"] == URL


def test_the_option_is_accepted_after_the_name_of_a_subcommand(project: Path, ops: Ops):
    assert "isn't running" in ops("dead-letters", "list", "--sandbox").stderr


def test_help_shows_the_option_once(ops: Ops):
    assert "--sandbox " in ops("--help").stdout
    assert "--sandbox " not in ops("pause", "--help").stdout


def test_the_stack_of_the_sandbox_is_the_default(started: Path, ops: Ops):
    for stack in ("local", "prod"):
        (started / f"Pulumi.{stack}.yaml").write_text((started / "Pulumi.test.yaml").read_text())
    result = ops("--sandbox", "next")
    assert (result.exit_code, result.stderr) == (0, "Using stack local, which the sandbox deploys.\n")
    os.environ[VARIABLE] = "prod"
    assert "Using stack prod, because PULUMI_STACK is set." in ops("--sandbox", "next").stderr


@pytest.mark.parametrize("words", [["--sandbox", "-C", "{}"], ["-C", "{}", "--sandbox"]])
def test_the_sandbox_is_that_of_the_project_in_the_given_folder(
    started: Path, tmp_path_factory: pytest.TempPathFactory, ops: Ops, monkeypatch: pytest.MonkeyPatch, words: list[str]
):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert ops(*(word.format(started) for word in words), "check").exit_code == 0
    assert os.environ["AWS_ENDPOINT_URL"] == URL


def test_without_a_running_sandbox_no_command_runs(project: Path, ops: Ops):
    result = ops("--sandbox", "status")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"The sandbox of {project} isn't running. In a checkout of scheduled-tasks, start it with: make up. "
        "Omit --sandbox to call AWS.\n"
    )
    assert os.environ["AWS_PROFILE"] == "prod"


def test_a_sandbox_that_has_ended_is_not_used(project: Path, monkeypatch: pytest.MonkeyPatch):
    (project / ".sandbox").mkdir()
    (project / ".sandbox" / "server.json").write_text('{"port": 4000, "token": "mine"}')
    monkeypatch.setattr(Server, "alive", lambda _: False)
    with pytest.raises(local_sandbox.OpsError):
        variables_of_commands({}, project)


def test_the_lines_for_a_shell_leave_no_setting_of_the_user():
    script = "\n".join([*shell_lines("http://127.0.0.1:4000/a b"), *shell_lines(URL), "env"])
    done = subprocess.run(["sh", "-euc", script], env=dict(os.environ), capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert {name: value for name, value in found.items() if name.startswith("AWS_")} == client_variables(URL)
    assert found["NO_PROXY"] == found["no_proxy"]
    assert found["NO_PROXY"].startswith("example.com,127.0.0.1,localhost")


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        (
            "To find the problem, run: scheduled-tasks doctor",
            "To find the problem, run: scheduled-tasks doctor --stack prod",
        ),
        ("Check it with scheduled-tasks history. Wait.", "Check it with scheduled-tasks history --stack prod. Wait."),
        ("Run: scheduled-tasks dead-letters show ab-1", "Run: scheduled-tasks dead-letters show --stack prod ab-1"),
        ("Run: scheduled-tasks resume etl --stack prod", "Run: scheduled-tasks resume etl --stack prod"),
        ("Read about scheduled-tasks docs", "Read about scheduled-tasks docs"),
    ],
)
def test_commands_in_fixed_messages_get_the_options_of_the_user(text: str, completed: str):
    assert Where("prod", None, None, None).completed(text) == completed
    assert Where(None, None, None, None).completed(text) == text
