"""docs/comparison.md says of this project what is so: rows that depend on what is built are held against it."""

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
    ("row", "there"),
    [
        ("flexible window, start, end", {"flexible_window", "start", "end"} <= KEYS),
        ("one-time, deleted afterwards", "delete_after_completion" in KEYS),
        ("overlap policy", "overlap" in KEYS),
        ("run timeout", "timeout" in KEYS),
        ("retries of a failed container", "retry_run" in KEYS),
        ("detection of missed runs", "expect_success_within" in KEYS),
        ("run now, with the same settings", "run" in COMMANDS),
        ("follow logs", "logs" in COMMANDS),
        ("taking over what is there", "import" in COMMANDS),
        ("next runs before deployment", "next" in COMMANDS),
    ],
)
def test_a_row_says_what_is_there(row: str, there: bool):
    assert OURS[row] == ("yes" if there else "no")
