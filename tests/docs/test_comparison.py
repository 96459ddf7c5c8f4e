"""docs/comparison.md agrees with the code about the features of this project."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from components import ScheduledTaskArgs
from ops.__main__ import app

PAGE = (Path(__file__).parents[2] / "docs/comparison.md").read_text()
OURS = {row: ours.strip() for row, ours in re.findall(r"^\| ([^|]+?) \|([^|]*)\|", PAGE, re.MULTILINE)}
KEYS = set(ScheduledTaskArgs.__annotations__)
COMMANDS = set(getattr(get_command(app), "commands"))  # noqa: B009 - click's type has it, typer's does not


@pytest.mark.parametrize(
    ("row", "supported"),
    [
        ("Flexible window, start, end", {"flexible_window", "start", "end"} <= KEYS),
        ("One-time schedule, deleted afterwards", "delete_after_completion" in KEYS),
        ("Overlap policy", "overlap" in KEYS),
        ("Run timeout", "timeout" in KEYS),
        ("Retries of a failed container", "retry_run" in KEYS),
        ("Detection of missed runs", "expect_success_within" in KEYS),
        ("Run now, with the same settings", "run" in COMMANDS),
        ("Follow logs", "logs" in COMMANDS),
        ("Import of existing resources", "import" in COMMANDS),
        ("Next runs before deployment", "next" in COMMANDS),
    ],
)
def test_a_row_agrees_with_the_code(row: str, supported: bool):
    assert OURS[row] == ("Yes" if supported else "No")
