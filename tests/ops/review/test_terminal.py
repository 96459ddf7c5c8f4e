"""Reviews in a terminal: the same content without Markdown's marks, with a color per kind of change."""

import re
from io import StringIO

import pytest
from rich.console import Console
from rich.text import Text

from ops.review.terminal import terminal_lines
from tests.ops.conftest import Ops, ops
from tests.ops.review.test_command import FROM, golden, repository
from tests.ops.review.test_golden import CASES
from tests.ops.terminal import use_terminal

__all__ = ["ops", "repository"]


def plain(name: str) -> list[str]:
    return [line.plain for line in terminal_lines(golden(name))]


def style_of(lines: list[Text], words: str) -> str:
    """The style of a line's first character."""
    [line] = [line for line in lines if line.plain.startswith(words)]
    console = Console(file=StringIO())
    return str(line.get_style_at_offset(console, 0))


@pytest.mark.parametrize("name", [*CASES, "preview"])
def test_nothing_but_marks_is_left_out(name: str):
    shown = re.sub(r"[`*|#+~\s\\-]", "", "".join(plain(name)))
    assert shown == re.sub(r"[`*|#+~\s\\-]", "", golden(name).replace("```text", ""))


@pytest.mark.parametrize("name", [*CASES, "preview"])
def test_no_marks_of_markdown_are_shown(name: str):
    assert [
        line for line in plain(name) if "`" in line or "**" in line.replace("***", "") or line.startswith(("#", "|"))
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
def test_each_kind_of_change_has_a_color(name: str, title: str, bullet: str, color: str):
    lines = list(terminal_lines(golden(name)))
    assert style_of(lines, title) == f"bold {color}"
    assert style_of(lines, bullet) == color


def test_resources_have_the_colors_of_their_operations():
    lines = list(
        terminal_lines(
            "Resources: 2 created (`a`, `b`), 1 updated (`c`), 1 removed from the stack, kept in AWS (`d`).\n"
        )
    )
    [line] = lines
    found = {line.plain[span.start : span.end]: str(span.style) for span in line.spans if str(span.style) != "cyan"}
    assert found == {"2 created": "green", "1 updated": "yellow", "1 removed from the stack": "red"}
    lines = list(terminal_lines("**Resources replaced or deleted**\n\n- **Replaced: `q`** (`aws:sqs/queue:Queue`)\n"))
    assert style_of(lines, "- Replaced: q (aws:sqs/queue:Queue)") == "red"


def test_tables_are_columns():
    lines = plain("memory-doubled")
    rows = lines[lines.index(next(line for line in lines if line.startswith("  US dollars"))) :][:3]
    assert len({len(row) for row in rows}) == 1
    assert not any(line.startswith("  ---") for line in lines)


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("- `` a`b ``: **`x`**", "- a`b: x"),
        ("- `**` → `  `", "- ** →   "),
        ("| A | B |\n| --- | --- |\n| `x \\| y` | 1 |", "  A      B|  x | y  1"),
        ("```text\n**a** `b`\n```", "  **a** `b`"),
        ("- `\x1b[31mred`", "- red"),
    ],
)
def test_code_is_shown_as_it_is(markdown: str, shown: str):
    assert "|".join(line.plain for line in terminal_lines(markdown)) == shown


def test_a_terminal_shows_text_and_a_pipe_markdown(repository: object, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    assert ops("review", *FROM).stdout == golden("memory-doubled")
    use_terminal(monkeypatch)
    text = ops("review", *FROM).stdout
    assert text.startswith("Stack prod: 1 task changed;")
    assert "~ etl" in text
    assert "`" not in text
