"""Untrusted text in output: no control or escape sequence, and no markup, reaches a terminal."""

import ast
import contextlib
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ops
from ops.aws.logs import Line
from ops.cells import colored, joined
from ops.columns import Column
from ops.commands import dead_letters, doctor, following_run, history, status
from ops.commands.logs import _Printer
from ops.dead_letters.message import EVENTS, LAUNCHES, dead_letter
from ops.doctor.finding import PROBLEM, Finding
from ops.output import Screen, accept_any_character, json_text, note, say, say_columns, write
from ops.runs.records import Run
from ops.state.rows import Row
from ops.terminal_text import encodable, printable

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\x08\x0b\x1b\x7f\x85\x90\x9b\x9c\x9d\u061c\u200f\u202e\u2066\u2028\ud800\ufeff\U000e0041\r\n\t"
        ),
        st.sampled_from("[]/\\m;=:#"),
    ),
    max_size=30,
) | st.sampled_from(
    [
        "\x1b[31mred\x1b[0m",
        "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
        "\x1b]52;c;ZXZpbA==\x07",
        "\x1bP+q544e\x1b\\",
        "\x9b2J",
        "[red]x[/red]",
        "[link=http://evil]x[/link]",
        "[/]",
        ":boom:",
        "abc\rxyz",
    ]
)


def unsafe(text: str) -> set[str]:
    """The characters that a terminal may interpret, by their Unicode categories and their direction."""
    directions = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return {
        character
        for character in text
        if character not in "\n\t"
        and (
            unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
            or unicodedata.bidirectional(character) in directions
            or character in "\u200e\u200f\u061c"
        )
    }


@given(HOSTILE)
def test_visible_text_has_no_control_character(text: str):
    shown = printable(text)
    assert unsafe(shown) == set()
    assert printable(shown) == shown


@given(HOSTILE)
def test_text_with_colors_has_only_colors(text: str):
    shown = printable(text, colors=True)
    assert unsafe(re.sub(r"\x1b\[[0-9;:]*m", "", shown)) == set()
    assert "\x1b" not in shown or shown.endswith("\x1b[0m")


SHOWN = {
    "\x1b[1;31mred\x1b[0m": "red",
    "\x1b[2Jgone": "<U+001B>[2Jgone",
    "\x1b]0;title\x07": "<U+001B>]0;title<U+0007>",
    "\x9b31m": "<U+009B>31m",
    "line\r\nnext\r": "line\nnext",
    "10%\r20%": "10%<U+000D>20%",
    "a\tb\nc": "a\tb\nc",
    "\u202eevil": "<U+202E>evil",
    "\ud800": "<U+D800>",
    "\U000e0041": "<U+E0041>",
    "naïve 日本語 👩\u200d💻": "naïve 日本語 👩\u200d💻",
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.items(), ids=map(ascii, SHOWN))
def test_control_characters_are_shown_by_their_code_point(text: str, shown: str):
    assert printable(text) == shown


@given(HOSTILE)
def test_json_is_ascii_without_control_characters(text: str):
    found = json_text({text: [text, {"key": (text, NOW, float("nan"))}]}, indent=2)
    assert found.isascii()
    assert unsafe(found) == set()
    [(name, value)] = json.loads(found).items()
    assert name == value[0] == encodable(text)
    assert value[1]["key"] == [encodable(text), "2026-11-24T03:00:00Z", None]
    encodable(text).encode()


def hostile_outputs(text: str) -> Iterator[None]:
    """Print a text in each way in which commands print untrusted text."""
    say(text)
    note(text)
    write(text)
    say(joined([colored(text, "red"), text], " "))
    say_columns([Column("HEADING", wraps=True)], [[text]])
    run = Run(text, text, "failed", NOW, NOW, 1, reason=text, by=text)
    say_columns(history._COLUMNS, history._rows([run], None, NOW))
    row = Row(task=text, state=text, next_run=NOW, last=run, alarms=[text], drift=[text])
    say_columns(status._COLUMNS, status._rows([row], "8d"))
    doctor._show([Finding(PROBLEM, text, f"Message {text}", text)], full=True)
    following_run.say_ended(run, as_json=False)
    _Printer(as_json=False, color=False).print(iter([Line(NOW, text, text)]))
    for queue in (LAUNCHES, EVENTS):
        values = {name: {"StringValue": text, "DataType": "String"} for name in ("ERROR_CODE", "ERROR_MESSAGE")}
        sent: Any = {"MessageId": "m", "Body": text, "MessageAttributes": values}
        message = dead_letter(sent, queue)
        [group] = dead_letters.grouped([message])
        say(group.heading())
        dead_letters._say_indented(group.lines())
        say(dead_letters._readable(message.body))
    yield


@given(HOSTILE)
def test_no_command_prints_a_control_character(text: str):
    out, err = StringIO(), StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        list(hostile_outputs(text))
    assert unsafe(out.getvalue() + err.getvalue()) == set()


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/]", "[link=http://evil]x[/link]", ":boom:", "\\[red]x"])
def test_markup_is_printed_as_it_is(text: str):
    for terminal in (True, False):
        shown = StringIO()
        screen = Screen(file=shown, terminal=terminal)
        screen.say(text)
        screen.say_columns([Column("HEADING")], [[text]])
        with screen.progress(text) as replace:
            replace(text)
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.getvalue())
        assert plain.count(text) >= 2
        assert "]8;" not in shown.getvalue()


def test_a_text_that_the_encoding_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch):
    written = BytesIO()
    monkeypatch.setattr("sys.stdout", TextIOWrapper(written, encoding="ascii"))
    accept_any_character()
    say("…")
    sys.stdout.flush()
    assert written.getvalue() == b"\\u2026\n"


PRINTERS = {"sys", "click", "rich.console", "rich.markup", "rich.status", "rich.live", "rich.progress"}
METHODS = {"echo", "secho", "confirm", "prompt", "print_exc", "print_exception", "from_markup"}
ALLOWED = {"output.py", "streams.py", "columns.py"}


def modules() -> list[Path]:
    return sorted(Path(ops.__file__).parent.rglob("*.py"))


def prints(tree: ast.AST) -> Iterator[str]:
    """The ways in which a module prints without `ops.output`."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="rich.table", names=names):
                yield from (f"imports {name.name}" for name in names)
            case ast.ImportFrom(module=str(module)) if module in PRINTERS:
                yield f"imports {module}"
            case ast.Import(names=names):
                yield from (f"imports {name.name}" for name in names if name.name.split(".")[0] in ("rich", "click"))
            case ast.Call(func=ast.Name(id="print")):
                yield "calls print"
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in METHODS:
                yield f"calls {attr}"
            case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr"):
                yield f"uses sys.{node.attr}"
            case _:
                pass


@pytest.mark.parametrize("module", modules(), ids=lambda path: path.stem)
def test_no_module_prints_untrusted_text_by_another_way(module: Path):
    if module.name in ALLOWED:
        return
    assert list(prints(ast.parse(module.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        "print(1)",
        "from rich.console import Console",
        "import sys\nsys.stdout.write('x')",
        "import typer\ntyper.echo('x')",
        "import rich",
        "from rich.table import Table",
        "import traceback\ntraceback.print_exc()",
        "from rich.text import Text\nText.from_markup('x')",
    ],
)
def test_another_way_to_print_is_found(code: str):
    assert list(prints(ast.parse(code)))
