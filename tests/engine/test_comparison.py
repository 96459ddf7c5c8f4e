"""Deployments that compare providers. The official provider can't be downloaded in tests."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.comparison.deployments import compared

pytestmark = [pytest.mark.engine, pytest.mark.thorough]


def test_a_provider_does_not_differ_from_itself(tmp_path: Path):
    lines: list[str] = []
    found = list(compared(["existing-task-definition"], tmp_path, official="sandbox", say=lines.append))
    assert [(each.program, each.failed, each.differences) for each in found] == [
        ("existing-task-definition", False, []),
    ]
    [deployment] = {id(each.official): each.official for each in found}.values()
    assert "aws:scheduler/schedule:Schedule" in {str(resource["type"]) for resource in deployment.resources}
    assert lines == [
        "existing-task-definition: with the sandbox's provider",
        "existing-task-definition: with the official provider",
    ]


def test_an_unknown_program_is_refused_before_anything_is_deployed(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.comparison", "typo", "--json", str(tmp_path / "out.json")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 2
    assert "typo. Known: local, " in " ".join(done.stderr.split())
    assert not (tmp_path / "out.json").exists()
