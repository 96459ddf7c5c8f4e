"""Results as columns, on a terminal and in a pipe."""

import io
import re

import pytest
from rich.console import Console

from ops.columns import Column, column_lines
from ops.output import Screen

COLUMNS = (Column("TASK"), Column("MEANING", wraps=True), Column("RUNS", right=True))
ROWS = [
    ("a-task-with-a-name-of-40-characters-xxxxx", "at 02:30 every day, and at noon on the last day of the month", "7"),
    ("b", "c", "12,345"),
]


def shown(width: int, *, terminal: bool) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system=None)
    return [line.plain for line in column_lines(console, COLUMNS, ROWS)]


def test_in_a_pipe_each_row_is_one_line():
    heading, first, second = shown(80, terminal=False)
    assert re.split("  +", first) == list(ROWS[0])
    assert heading.split() == ["TASK", "MEANING", "RUNS"]
    assert second.endswith("12,345")


@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_a_name_is_on_one_line_at_any_width(width: int):
    lines = shown(width, terminal=True)
    assert sum(line.startswith(ROWS[0][0]) for line in lines) == 1


def test_only_columns_that_may_wrap_do():
    lines = shown(80, terminal=True)
    assert max(map(len, lines)) <= 80
    assert len(lines) > 3


@pytest.mark.parametrize("terminal", [True, False])
def test_no_line_ends_in_blanks_or_has_a_frame(terminal: bool):
    lines = shown(80, terminal=terminal)
    assert [line for line in lines if line != line.rstrip()] == []
    assert not set("│┃─━┏└") & set("".join(lines))


def test_text_of_a_cell_is_never_markup():
    file = io.StringIO()
    Screen(file=file, terminal=False).say_columns([Column("A")], [["[red]x[/red]"], [":smile:\x1b[1m"]])
    assert file.getvalue() == "A\n[red]x[/red]\n:smile:\n"
