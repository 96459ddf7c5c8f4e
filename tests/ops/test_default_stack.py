"""The stack of commands without `--stack`."""

from pathlib import Path

import pytest

from ops.command_line import GROUPS
from ops.default_stack import VARIABLE
from ops.errors import MISTYPED
from tests.ops.cloud import Cloud, Deployed
from tests.ops.conftest import Ops

ONE_STACK: dict[str, tuple[str, ...]] = {
    "next": (),
    "calendar": (),
    "load": (),
    "simulate": (),
    "cost": (),
    "policies": ("--account", "123456789012"),
    "status": (),
    "history": ("etl",),
    "logs": ("etl",),
    "run": ("etl",),
    "run-deployed": (),
    "backfill": ("etl", "--from", "2026-11-20T00:00:00Z"),
    "pause": ("etl", "--why", "x"),
    "resume": ("etl",),
    "doctor": (),
    "smoke": ("--yes",),
    "dead-letters": ("list",),
    "board": ("--json",),
}
"""The commands for one stack, with the arguments that they need."""
OTHERS = {
    "check": "all stacks",
    "review": "all stacks",
    "new": "no stack",
    "import": "no stack",
}


def test_every_command_is_tried():
    known = {name for group in GROUPS.values() for name in group}
    assert ONE_STACK.keys() | OTHERS.keys() >= known


@pytest.mark.parametrize("name", ONE_STACK)
def test_several_stacks_of_a_project_are_listed_before_aws_is_called(project: Path, cloud: Cloud, ops: Ops, name: str):
    (project / "Pulumi.other.yaml").write_text("config: {}")
    result = ops(name, *ONE_STACK[name])
    assert result.exit_code == MISTYPED
    assert result.stdout == "" or name == "board"
    assert (
        "scheduled-tasks has several stacks: other, test. Choose one with --stack, or set PULUMI_STACK."
        in result.stderr
    )
    assert cloud.calls == []


@pytest.mark.parametrize("name", ["next", "status", "dead-letters"])
def test_the_only_stack_of_the_project_is_the_default_and_is_printed(deployed: Deployed, ops: Ops, name: str):
    deployed.cloud.client("scheduler").create_schedule_group(
        Name="other", Tags=[{"Key": "scheduled-tasks", "Value": "other"}]
    )
    result = ops(name, *ONE_STACK[name])
    assert result.exit_code == 0
    assert result.stderr.splitlines()[0] == "Using stack test, the only one of scheduled-tasks."
    assert "Using" not in ops(name, *ONE_STACK[name], "--stack", "test").stderr


@pytest.mark.parametrize("value", ["test", "organization/scheduled-tasks/test"])
@pytest.mark.parametrize("name", ["next", "status"])
def test_the_stack_of_the_variable_is_the_default(
    project: Path, deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    (project / "Pulumi.other.yaml").write_text("config: {}")
    monkeypatch.setenv(VARIABLE, value)
    result = ops(name)
    assert result.exit_code == 0
    assert "Using stack test, because PULUMI_STACK is set." in result.stderr


def test_an_option_precedes_the_variable(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "other")
    assert ops("next", "--stack", "test").exit_code == 0


def test_the_group_of_another_project_needs_no_stack(project: Path, deployed: Deployed, ops: Ops):
    (project / "Pulumi.other.yaml").write_text("config: {}")
    assert ops("status", "--group", deployed.names.schedule_group).exit_code == 0


def test_without_a_project_the_only_deployed_stack_is_the_default(
    deployed: Deployed, ops: Ops, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    result = ops("status")
    assert result.exit_code == 0
    assert "Using scheduled-tasks-test, the only stack in eu-west-1 of account 123456789012." in result.stderr
    deployed.cloud.client("scheduler").create_schedule_group(
        Name="other-dev", Tags=[{"Key": "scheduled-tasks", "Value": "other-dev"}]
    )
    result = ops("status")
    assert result.exit_code == MISTYPED
    assert "Several stacks are deployed here. Choose one: --group other-dev or scheduled-tasks-test." in result.stderr


def test_a_project_without_stacks_has_no_default(project: Path, ops: Ops):
    (project / "Pulumi.test.yaml").unlink()
    result = ops("next")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "scheduled-tasks has no stacks" in result.stderr
