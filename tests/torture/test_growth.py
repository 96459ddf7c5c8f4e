"""The measurement of growth: a command's own time and memory, and what counts as linear."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.figures import Figure
from bench.workload import ROOT, STACK, write_project
from torture import growth


@pytest.mark.parametrize(("power", "survived"), [(0.5, 1), (1, 1), (1.3, 0), (2, 0)])
def test_growth_above_linear_does_not_survive(power: float, survived: int):
    figures = [Figure("check: CPU", count, "s", 0.001 * count**power) for count in growth.TASKS]
    [trial] = growth._trials(figures)
    assert (trial.tried, trial.survived) == (1, survived)
    assert (trial.rest == "") is bool(survived)


def test_the_start_of_python_does_not_count_as_growth():
    figures = [Figure("check: CPU", count, "s", 0.5 if count < growth.LEAST else count / 100) for count in growth.TASKS]
    assert growth._trials(figures)[0].survived == 1


def test_a_command_measures_itself(tmp_path: Path):
    project = write_project(tmp_path / "project", 3)
    command = [sys.executable, "-P", "-m", "torture.measured", str(tmp_path / "used.json"), "check", "--stack", STACK]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert f"Stack {STACK}: 3 tasks" in done.stdout, done.stderr
    used = json.loads((tmp_path / "used.json").read_text())
    assert used["seconds"] > 0
    assert 10 < used["megabytes"] < 1000
