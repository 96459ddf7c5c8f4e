"""Reviews in a terminal: the same content without Markdown's marks, with a color per kind of change."""

import re
from io import StringIO

import pytest
from rich.console import Console
from rich.text import Text

from ops.review.document import Block, Count, Counts, Item, Items, Lines, Table, code, strong
from ops.review.terminal import terminal_lines
from tests.ops.conftest import Ops, ops
from tests.ops.review.conftest import Project
from tests.ops.review.test_command import FROM, golden, repository
from tests.ops.review.test_golden import CASES, HERE, PREVIEWED, reviewed
from tests.ops.terminal import use_terminal

__all__ = ["ops", "repository"]


def blocks(name: str, project: Project) -> list[Block]:
    """The blocks of the review whose Markdown is in the golden file."""
    if name == "preview":
        return reviewed(project({}), project(PREVIEWED), [(HERE / "preview.json").read_text()])
    before, after = CASES[name]
    return reviewed(project(before), project(after))


def plain(name: str, project: Project) -> list[str]:
    return [line.plain for line in terminal_lines(blocks(name, project))]


def style_of(lines: list[Text], words: str) -> str:
    """The style of a line's first character."""
    [line] = [line for line in lines if line.plain.startswith(words)]
    console = Console(file=StringIO())
    return str(line.get_style_at_offset(console, 0))


@pytest.mark.thorough
@pytest.mark.parametrize("name", [*CASES, "preview"])
def test_nothing_but_marks_is_left_out(name: str, project: Project):
    shown = re.sub(r"[`*|#+~\s\\-]", "", "".join(plain(name, project)))
    assert shown == re.sub(r"[`*|#+~\s\\-]", "", golden(name).replace("```text", ""))


@pytest.mark.thorough
@pytest.mark.parametrize("name", [*CASES, "preview"])
def test_no_marks_of_markdown_are_shown(name: str, project: Project):
    assert [
        line
        for line in plain(name, project)
        if "`" in line or "**" in line.replace("***", "") or line.startswith(("#", "|"))
    ] == []


@pytest.mark.parametrize(
    ("name", "title", "bullet", "color"),
    [
        ("new-stack", "Added", "+ load-test", "green"),
        ("task-removed", "Removed", "- etl", "red"),
        ("memory-doubled", "Changed", "~ etl", "yellow"),
        ("permission-for-everything", "Broad permissions", "- ⚠️", "red"),
    ],
)
def test_each_kind_of_change_has_a_color(name: str, title: str, bullet: str, color: str, project: Project):
    lines = list(terminal_lines(blocks(name, project)))
    assert style_of(lines, title) == f"bold {color}"
    assert style_of(lines, bullet) == color


def test_resources_have_the_colors_of_their_operations():
    counts = (
        Count("2 created", f" ({code('a')}, {code('b')})", "created"),
        Count("1 updated", f" ({code('c')})", "updated"),
        Count("1 removed from the stack", f", kept in AWS ({code('d')})", "lost"),
    )
    [line] = terminal_lines([Counts(counts)])
    assert line.plain == "Resources: 2 created (a, b), 1 updated (c), 1 removed from the stack, kept in AWS (d)."
    found = {line.plain[span.start : span.end]: str(span.style) for span in line.spans if str(span.style) != "cyan"}
    assert found == {"2 created": "green", "1 updated": "yellow", "1 removed from the stack": "red"}


def test_tables_are_columns(project: Project):
    lines = plain("memory-doubled", project)
    rows = lines[lines.index(next(line for line in lines if line.startswith("  US dollars"))) :][:3]
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        (Items("T", (Item(f"{code('a`b')}: {strong(code('x'))}", (code("y"),)),)), "T||- a`b: x|  - y"),
        (Items("T", (Item(f"{code('**')} → {code('  ')}"),), sign="~"), "T||~ ** →   "),
        (Table(("A", "B"), ((code("x | y"), "1"),)), "  A      B|  x | y  1"),
        (Lines("**a** `b`"), "  **a** `b`"),
        (Items("T", (Item(code("\x1b[31mred")),)), "T||- <U+001B>[31mred"),
        (Items("T", (Item(code("\x0e\x11")),)), "T||- <U+000E><U+0011>"),
    ],
)
def test_code_is_shown_as_it_is(block: Block, shown: str):
    assert "|".join(line.plain for line in terminal_lines([block])) == shown


def test_a_terminal_shows_text_and_a_pipe_markdown(repository: object, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    assert ops("review", *FROM).stdout == golden("memory-doubled")
    use_terminal(monkeypatch)
    text = ops("review", *FROM).stdout
    assert text.startswith("Stack prod: 1 task changed;")
    assert "~ etl" in text
    assert "`" not in text
