"""Results as columns, on a terminal and in a pipe."""

import io
import re
from collections.abc import Sequence

import pytest
from rich.console import Console

from ops.columns import Column, column_lines
from ops.output import Screen

COLUMNS = (Column("TASK"), Column("MEANING", wraps=True), Column("RUNS", right=True))
ROWS = [
    ("a-task-with-a-name-of-40-characters-xxxxx", "at 02:30 every day, and at noon on the last day of the month", "7"),
    ("b", "c", "12,345"),
]


def shown(
    width: int, *, terminal: bool, columns: Sequence[Column] = COLUMNS, rows: Sequence[Sequence[str]] = ROWS
) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system=None)
    return [line.plain for line in column_lines(console, columns, rows)]


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


LAST = (Column("TASK"), Column("EXIT", right=True), Column("DETAILS", wraps=True))
DETAILS = [
    (
        "a-task-with-a-name-of-40-characters-xxxxx",
        "137",
        "failed: OutOfMemoryError: container killed; alarm no-success",
    ),
    ("b", "0", ""),
]


def test_long_text_follows_below_its_row_if_little_width_is_left():
    assert shown(80, terminal=True, columns=LAST, rows=DETAILS) == [
        "TASK                                       EXIT  DETAILS",
        "a-task-with-a-name-of-40-characters-xxxxx   137",
        "    failed: OutOfMemoryError: container killed; alarm no-success",
        "b                                             0",
    ]
    assert len(shown(90, terminal=True, columns=LAST, rows=DETAILS)) == 4, "it wraps in its column"
    assert shown(50, terminal=True, columns=LAST, rows=DETAILS)[2:4] == [
        "    failed: OutOfMemoryError: container killed;",
        "    alarm no-success",
    ]
    assert len(shown(20, terminal=False, columns=LAST, rows=DETAILS)) == 3


def test_a_name_within_text_is_not_cut():
    rows = [("b", "1", f"the task definition scheduled-tasks-prod__{ROWS[0][0]} doesn't exist")]
    for width in (10, 60, 80):
        assert f"scheduled-tasks-prod__{ROWS[0][0]}" in "\n".join(shown(width, terminal=True, columns=LAST, rows=rows))


def test_a_line_break_in_a_cell_does_not_break_the_row():
    assert shown(80, terminal=False, columns=LAST, rows=[("b\nc", "1", "x\ny")])[1] == "b c      1  x y"


def test_text_of_a_cell_is_never_markup():
    file = io.StringIO()
    Screen(file=file, terminal=False).say_columns([Column("A")], [["[red]x[/red]"], [":smile:\x1b[1m"]])
    assert file.getvalue() == "A\n[red]x[/red]\n:smile:\n"
