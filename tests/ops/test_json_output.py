"""`--json`: each command that prints results has it, and then errors are JSON too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ops.aws.session import Aws
from ops.command_line import GROUPS, app
from ops.errors import MISTYPED
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops

NEEDED: dict[str, tuple[str, ...]] = {
    "new": ("report",),
    "policies": ("--account", "123456789012"),
    "history": ("etl",),
    "logs": ("etl",),
    "run": ("etl",),
    "backfill": ("etl", "--from", "2026-11-20T00:00:00Z"),
    "pause": ("etl", "--why", "x"),
    "resume": ("etl",),
    "review": ("--base", "HEAD"),
    "dead-letters show": ("abcd",),
    "dead-letters redrive": ("abcd",),
    "dead-letters delete": ("abcd",),
}
"""The arguments that commands need."""


def subcommands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for own, subcommand in command.commands.items():
            yield f"{name} {own}", subcommand
    else:
        yield name, command


def commands() -> dict[str, Any]:
    every: Any = get_command(app)
    names = [name for group in GROUPS.values() for name in group]
    return dict(found for name in names for found in subcommands(name, every.commands[name]))


COMMANDS = {name: command for name, command in commands().items() if name != "import adopt"}
"""`import adopt` prints the file of `pulumi import`, which is JSON."""


def options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def error(stdout: str) -> dict[str, Any]:
    """The error, which must be all of stdout."""
    found = json.loads(stdout)
    assert found.keys() == {"error"}
    assert found["error"].keys() == {"message", "exitCode"}
    return found["error"]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_that_prints_results_prints_json(name: str):
    assert "--json" in options(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_failure_is_one_json_object(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch, name: str):
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(project / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(project / "none"))
    given = [*name.split(), *NEEDED.get(name, ())]
    if name == "check":
        (project / "Pulumi.test.yaml").unlink()
    elif name == "board":
        given += ["--port", "none"]
    else:
        given += ["--stack", "absent"] if "--region" not in options(COMMANDS[name]) or name == "policies" else []
    plain, result = ops(*given), ops(*given, "--json")
    assert plain.exit_code == result.exit_code != 0
    assert plain.stderr == result.stderr != ""
    found = error(result.stdout)
    assert found["exitCode"] == result.exit_code
    assert found["message"] in result.stderr


USAGE: dict[str, tuple[str, ...]] = {
    "an unknown option": ("status", "--sicne", "3d"),
    "an unknown command": ("statsu",),
    "a missing argument": ("history",),
    "an unknown option before the command": ("--nope", "status"),
    "an invalid duration": ("status", "--since", "soon"),
    "a number out of range": ("history", "etl", "-n", "0"),
    "stack and group": ("status", "--stack", "test", "--group", "x"),
    "stack and all": ("check", "--stack", "test", "--all"),
    "stack and all of a review": ("review", "--base", "HEAD", "--stack", "test", "--all"),
    "an invalid time": ("next", "--from", "tomorrow"),
    "an account that isn't one": ("policies", "--account", "prod"),
    "a Region that isn't one": ("policies", "--account", "123456789012", "--region", "Dublin"),
    "an empty task": ("history", ""),
    "an empty task to run": ("run", ""),
    "an empty task to follow": ("logs", ""),
    "an empty run": ("logs", "etl", "--run", ""),
    "nothing to pause": ("pause", "--why", "x"),
    "a task and all to pause": ("pause", "etl", "--all", "--why", "x"),
    "nothing to resume": ("resume",),
    "nothing to redrive": ("dead-letters", "redrive"),
    "too much to redrive": ("dead-letters", "redrive", "abcd", "--all"),
    "a short id": ("dead-letters", "show", "a"),
    "a short id to redrive": ("dead-letters", "redrive", "abcd", "a"),
    "nothing to delete": ("dead-letters", "delete", "--yes"),
    "an option that needs another": ("run", "etl", "--secrets"),
    "a variable without a value": ("run", "etl", "--env", "A"),
    "a format and JSON": ("check", "--format", "sarif"),
}


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("Reached AWS.")

    monkeypatch.setattr(Aws, "__init__", refuse)


@pytest.mark.usefixtures("project", "no_aws")
@pytest.mark.parametrize("given", USAGE.values(), ids=USAGE)
def test_invalid_usage_is_found_before_aws_is_called(ops: Ops, given: tuple[str, ...]):
    result = ops(*given, "--json")
    assert result.exit_code == MISTYPED
    assert error(result.stdout)["exitCode"] == MISTYPED
    assert "Traceback" not in result.stderr
    if "--format" not in given:
        plain = ops(*given)
        assert (plain.exit_code, plain.stdout) == (MISTYPED, "")


def test_an_error_after_the_result_does_not_print_a_second_document(deployed: Deployed, ops: Ops):
    deployed.cloud.refuse("cloudwatch.DescribeAlarms", "InternalFailure", "It broke.", 500)
    result = ops("status", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["alarms"] is None


def test_an_error_is_json_too_after_a_result_of_an_earlier_command(deployed: Deployed, ops: Ops):
    assert ops("status", "--json").exit_code == 0
    assert error(ops("logs", "etl", "--run", "x" * 8, "--json").stdout)["exitCode"] == 1


def test_a_fault_of_the_program_is_json_too(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr("ops.commands.planning.instant_or_now", fail)
    result = ops("next", "--json")
    assert error(result.stdout) == {"message": "Unexpected error: ZeroDivisionError('x')", "exitCode": 1}
    assert ops("next").stdout == ""


def test_policies_names_the_written_files(project: Path, ops: Ops):
    found = json.loads(ops("policies", "--account", "123456789012", "--json").stdout)
    assert found["files"]
    assert all((project / file).is_file() for file in found["files"])
