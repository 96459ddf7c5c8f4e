"""The workflow of docs/board.md is valid, and uses the actions of the repository's own workflows."""

import re
import shlex
from pathlib import Path
from typing import Any

from typer.main import get_command

from config import yaml_files
from ops.__main__ import app

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "ci" / "board.yml"
TEXT = WORKFLOW.read_text()
USES = re.compile(r"uses: (\S+)")


def test_the_workflow_uses_actions_of_the_repository():
    own = {name for file in (ROOT / ".github" / "workflows").glob("*.yml") for name in USES.findall(file.read_text())}
    assert set(USES.findall(TEXT)) <= own
    assert len(USES.findall(TEXT)) == 3


def test_the_page_names_the_workflow():
    assert f"`ci/{WORKFLOW.name}`" in (ROOT / "docs" / "board.md").read_text()


def test_the_command_of_the_workflow_has_these_options():
    workflow: Any = yaml_files.read(WORKFLOW)
    [command] = [step["run"] for step in workflow["jobs"]["board"]["steps"] if "run" in step]
    group: Any = get_command(app)
    words = shlex.split(command)
    assert words[:2] == [".venv/bin/scheduled-tasks", "board"]
    board = group.commands["board"]
    options = {name for parameter in board.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options
