"""The template: `pulumi new` makes a project of it that `check` accepts, and whose program runs with the wheel."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops import NAME
from ops.command_line import app
from tests import referees

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "templates" / "python"
ON_MOCKS = """
import json, runpy, sys
from scheduled_tasks.components import testing

recorded = testing.run(
    lambda: runpy.run_path("__main__.py"), project="jobs", stack="dev",
    config={"aws:region": "eu-west-1", "jobs:cluster": '{"create": true}', "jobs:network": '{"vpc": "default"}', "jobs:notify": "{}"},
)
found = {made.name: made.inputs for made in recorded.resources}
print(json.dumps(found["hello-schedule"]))
"""


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that the Pulumi CLI has made of the template, without a network."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    options = ["--generate-only", "--offline", "--yes", "--name", "jobs", "--description"]
    command = [referees.pulumi(), "new", TEMPLATE, *options, "Our jobs"]
    environment = {**os.environ, "PULUMI_HOME": str(tmp_path / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    assert "Created project 'jobs'" in done.stdout, done.stderr
    # The CLI that was built from Go modules has no language plugin, which only tells how to install the dependencies.
    assert done.returncode == 0 or "no language plugin 'pulumi-language-python'" in done.stderr, done.stderr
    monkeypatch.chdir(folder)
    return folder


def ops(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name=NAME)


def test_pulumi_new_makes_a_project_that_check_accepts(generated: Path):
    assert (generated / "Pulumi.yaml").read_text().startswith("name: jobs\ndescription: Our jobs\n")
    assert "\ntemplate:" not in (generated / "Pulumi.yaml").read_text()
    left = [path for path in generated.rglob("*") if path.is_file() and "${" in path.read_text()]
    assert left == []
    result = ops("check")
    assert result.exit_code == 0, result.stdout
    assert "Stack dev: 1 task, no problems, 1 warning" in result.stdout
    assert "aws:region: is not set" in result.stdout, "pulumi new asks for it"
    with (generated / "Pulumi.dev.yaml").open("a") as file:
        file.write("  aws:region: eu-west-1\n")
    assert "no problems, 0 warnings" in ops("check").stdout


def test_new_creates_a_task_in_it(generated: Path):
    given = ("--image", "a:1", "--schedule", "every day at 3:30", "--secret", "TOKEN=/dev/token")
    result = ops("new", "report", *given, "--yes")
    assert result.exit_code == 0, result.stderr
    assert ops("check").exit_code == 0


def test_its_program_deploys_its_tasks_with_the_wheel(generated: Path, installed: Path):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", ON_MOCKS],
        cwd=generated,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    schedule = json.loads(done.stdout.splitlines()[-1])
    assert (schedule["name"], schedule["scheduleExpressionTimezone"]) == ("hello", "UTC")
    assert schedule["groupName"] == "jobs-dev"


def test_the_extra_of_the_wheel_has_what_the_component_needs():
    assert "scheduled-tasks[program] @ " in (TEMPLATE / "requirements.txt").read_text()
    command, component = (
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"] for folder in ("", "components")
    )
    needed = {line for line in component["dependencies"] if line.startswith("pulumi")}
    assert set(command["optional-dependencies"]["program"]) == needed
