"""The wheel of the command: complete without Pulumi, in one package, and usable from any folder."""

import os
import re
import subprocess
import sys
from email.parser import Parser
from pathlib import Path

import pytest

from components import __version__
from tests.ops.conftest import STACK
from tools import command_wheel

ROOT = Path(__file__).parents[2]
IMPORT_ALL = """
import importlib, pkgutil, sys

class WithoutPulumi:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pulumi", "pulumi_aws", "pulumi_awsx", "components", "config", "ops"):
            raise ImportError(name)

sys.meta_path.insert(0, WithoutPulumi())
import scheduled_tasks

found = [module.name for module in pkgutil.walk_packages(scheduled_tasks.__path__, "scheduled_tasks.")]
for name in found:
    if not name.endswith("__main__") and name.partition(".")[2] not in sys.argv[1:]:
        importlib.import_module(name)
print(len(found))
"""


def run(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the wheel and its dependencies. `make wheel-test` sets COMMAND_PYTHON to the interpreter of a
    virtual environment with only the wheel."""
    interpreter = os.environ.get("COMMAND_PYTHON")
    environment = {**os.environ, "COLUMNS": "80", **({} if interpreter else {"PYTHONPATH": str(installed)})}
    command = [interpreter or sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.thorough
def test_every_module_imports_without_pulumi_and_without_the_repository(installed: Path, tmp_path: Path):
    # The program of a project needs Pulumi.
    of_program = sorted(command_wheel.modules().keys() - command_wheel.command_modules().keys())
    assert "config.program" in of_program
    done = run(installed, tmp_path, "-c", IMPORT_ALL, *of_program)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_the_wheel_has_one_package(installed: Path):
    assert {path.name for path in installed.iterdir()} == {
        "scheduled_tasks",
        f"scheduled_tasks-{__version__}.dist-info",
    }


def test_no_import_names_a_package_of_the_repository(installed: Path):
    imports = re.compile(r"^\s*(from|import) (components|config|ops|sandbox|tests|plugin|bench)\b", re.MULTILINE)
    assert [file.name for file in installed.rglob("*.py") if imports.search(file.read_text())] == []


def test_the_wheel_has_the_files_of_the_board(installed: Path, tmp_path: Path):
    script = (
        "from scheduled_tasks.ops.board.page import page; "
        "print(page({'read': 0, 'from': 0, 'to': 0, 'stacks': [{'name': 'a'}]}))"
    )
    done = run(installed, tmp_path, "-c", script)
    assert done.returncode == 0, done.stderr
    assert "</html>" in done.stdout


def test_metadata(installed: Path):
    [folder] = installed.glob("*.dist-info")
    fields = Parser().parsestr((folder / "METADATA").read_text())
    assert (fields["Name"], fields["Version"]) == ("scheduled-tasks", __version__)
    assert {re.split("[<>=]", line)[0] for line in fields.get_all("Requires-Dist", []) if "extra" not in line} == {
        "boto3", "cronsim", "holidays", "icalendar", "jinja2", "pydantic", "pyyaml", "recurring-ical-events", "rich",
        "typer", "typing-extensions", "tzdata",
    }  # fmt: skip
    scripts = (folder / "entry_points.txt").read_text().split()
    target = "scheduled_tasks.ops.command_line:main"
    assert scripts == ["[console_scripts]", "scheduled-tasks", "=", target, "stasks", "=", target]


def test_a_project_is_checked_from_a_folder_inside_it(installed: Path, tmp_path: Path):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: scheduled-tasks\nruntime: python\n")
    (tmp_path / "Pulumi.test.yaml").write_text(STACK)
    done = run(installed, tmp_path / "jobs", "-m", "scheduled_tasks.ops", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Stack test: 4 tasks, no problems")


def test_help_starts_without_the_modules_of_commands(installed: Path, tmp_path: Path):
    code = (
        "import sys\nfrom scheduled_tasks.ops.command_line import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
        "slow = ('pydantic', 'rich', 'yaml', 'boto3', 'scheduled_tasks.config', 'scheduled_tasks.components')\n"
        "print({name for name in slow if name in sys.modules})"
    )
    done = run(installed, tmp_path, "-c", code)
    assert done.stdout.splitlines()[-1:] == ["set()"], done.stderr
