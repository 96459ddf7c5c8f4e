"""The measurement of growth: a command's own time and memory, and what counts as linear."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.figures import Figure
from bench.workload import ROOT, STACK, write_project
from torture import growth


@pytest.mark.parametrize("start", [0, 0.5, 2])
@pytest.mark.parametrize(("power", "survived"), [(0.5, 1), (1, 1), (1.5, 0), (2, 0)])
def test_growth_above_linear_does_not_survive(start: float, power: float, survived: int):
    """The start of Python, which every total includes, hides nothing."""
    figures = [Figure("check: CPU", count, "s", start + 0.01 * count**power) for count in growth.TASKS]
    [trial] = growth._trials(figures)
    assert (trial.tried, trial.survived) == (1, survived)
    assert (trial.rest == "") is bool(survived)


def test_a_constant_figure_survives():
    assert growth.steepness([(10, 45), (100, 45), (1000, 45)]) == 0


def test_a_command_measures_itself(tmp_path: Path):
    project = write_project(tmp_path / "project", 3)
    command = [sys.executable, "-P", "-m", "torture.measured", str(tmp_path / "used.json"), "check", "--stack", STACK]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert f"Stack {STACK}: 3 tasks" in done.stdout, done.stderr
    used = json.loads((tmp_path / "used.json").read_text())
    assert used["seconds"] > 0
    assert 10 < used["megabytes"] < 1000


def test_the_numbers_of_tasks_and_messages_are_read_from_the_output():
    assert growth.shown("check", "Stack bench: 3,000 tasks, no problems, 0 warnings.\n") == 3000
    assert growth.shown("check", "Stack bench: no tasks.") == 0
    assert growth.shown("status", json.dumps({"tasks": [{}, {}]})) == 2
    assert growth.shown("dead-letters", "[{}]") == 1
