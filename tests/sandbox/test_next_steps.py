"""The commands that `make up` prints at its end."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops.planning.plans import Plan
from sandbox.next_steps import command, next_steps, task_to_try

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def plan(task: str, expression: str, *, enabled: bool = True) -> Plan:
    return Plan("local", task, expression, "UTC", enabled, None, None, None)


def test_three_commands_can_be_copied():
    assert next_steps("etl", command=".venv/bin/scheduled-tasks") == [
        "To try it, run:",
        "  .venv/bin/scheduled-tasks --sandbox status --stack local",
        "  .venv/bin/scheduled-tasks --sandbox run etl --stack local",
        "  .venv/bin/scheduled-tasks --sandbox history etl --stack local",
        'For the AWS CLI, run in this shell: eval "$(make env)"',
    ]


def test_another_emulator_or_example_needs_its_variables_and_its_folder():
    lines = next_steps("etl", command="stasks", environment="python -m sandbox env --example x", project="a b")
    assert lines[:3] == [
        "To try it, run:",
        '  eval "$(python -m sandbox env --example x)"',
        "  stasks -C 'a b' status --stack local",
    ]


def test_the_task_is_the_one_that_runs_next():
    late, soon = plan("late", "cron(0 9 * * ? *)"), plan("soon", "cron(0 3 * * ? *)")
    assert task_to_try([late, soon, plan("paused", "cron(0 1 * * ? *)", enabled=False)], NOW) == "soon"
    assert task_to_try([plan("past", "at(2020-01-01T00:00:00)")], NOW) == "past"


def test_the_command_is_the_one_of_this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    script = tmp_path / ".venv" / "bin" / "scheduled-tasks"
    script.parent.mkdir(parents=True)
    monkeypatch.setattr(sys, "executable", str(script.parent / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command(tmp_path) == f"{script.parent}/python -m ops"
    script.touch(mode=0o755)
    assert command(tmp_path) == ".venv/bin/scheduled-tasks"
    assert command(tmp_path / "elsewhere") == str(script)
    monkeypatch.setenv("PATH", str(script.parent))
    assert command(tmp_path) == "scheduled-tasks"
