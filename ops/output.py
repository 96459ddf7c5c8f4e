"""The output of commands: results go to stdout as columns or JSON, everything else goes to stderr.

All text of commands passes through this module, which makes untrusted text safe (`ops.terminal_text`). No other module
of `ops` prints: a test checks this.

rich prints no colors if NO_COLOR is set or the output isn't a terminal. It is imported when it is first needed, because
that takes as long as reading a stack.
"""

import json
import math
import os
import sys
import textwrap
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn, cast

import typer

from components.json_values import is_list, is_object

from .cells import Cell, Color, as_text, colored
from .errors import FAILED
from .json_output import json_output
from .streams import STDERR, STDOUT, continuing
from .terminal_text import encodable, printable

if TYPE_CHECKING:
    from rich.console import Console

    from .columns import Column

_UNLIMITED = sys.maxsize
"""The width of a pipe."""


class Screen:
    """A stream for people. It interprets no markup and prints no control characters, whatever the text."""

    def __init__(self, *, stderr: bool = False, file: IO[str] | None = None, terminal: bool | None = None) -> None:
        """Print to stdout, to stderr, or to a file. `terminal` tells if it is one. Default: the stream tells."""
        self._number = STDERR if stderr else STDOUT
        self._file, self._terminal = file, terminal

    @cached_property
    def _console(self) -> "Console":
        from rich.console import Console

        # Container output is shown unchanged: `12:100:07` isn't an emoji.
        return Console(
            stderr=self._number == STDERR,
            file=self._file,
            force_terminal=self._terminal,
            emoji=False,
            markup=False,
            highlight=False,
            _environ=without_invalid_sizes(os.environ),
        )

    @property
    def is_terminal(self) -> bool:
        """Whether the output goes to a terminal."""
        return self._console.is_terminal

    @property
    def width(self) -> int:
        """The number of columns. A pipe has no limit."""
        return self._console.width if self.is_terminal else _UNLIMITED

    def say(self, line: Cell) -> None:
        """Print a line. It is not wrapped."""
        with continuing(self._number):
            self._console.print(as_text(line), soft_wrap=True)

    def say_colored(self, line: str) -> None:
        """Print a line with the colors that it contains, also if the output doesn't go to a terminal."""
        with continuing(self._number):
            self._console.file.write(printable(line, colors=True) + "\n")
            self._console.file.flush()

    def say_columns(self, columns: "Sequence[Column]", rows: Iterable[Sequence[Cell]]) -> None:
        """Print rows as columns. In a pipe, each row is one line."""
        from .columns import column_lines

        for line in column_lines(self._console, columns, rows):
            self.say(line)

    def say_wrapped(self, line: str, indent: str = "", continued: str = "") -> None:
        """Print a line. A terminal continues it after a word, never within one. In a pipe, it stays one line.

        `indent` precedes the first line, and `continued` the others.
        """
        words = " ".join(line.split()) if not self.is_terminal else line
        text = textwrap.fill(
            words,
            self.width,
            initial_indent=indent,
            subsequent_indent=continued,
            break_on_hyphens=False,
            break_long_words=False,
        )
        self.say(text)

    @contextmanager
    def progress(self, text: str) -> Generator[Callable[[str], None]]:
        """Show a line of progress in a terminal until the block ends. Yields a function that replaces it."""
        if not self.is_terminal:
            yield lambda _: None
            return
        from rich.text import Text

        with self._console.status(Text(printable(text))) as status:
            yield lambda text: status.update(Text(printable(text)))


_SIZES = ("COLUMNS", "LINES")


def without_invalid_sizes(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return an environment without a size of the terminal that isn't a number. rich can't convert digits like `²`."""
    invalid = [name for name in _SIZES if not (text := environment.get(name, "0")).isascii() or len(text) > _DIGITS]
    return {name: value for name, value in environment.items() if name not in invalid} if invalid else environment


_DIGITS = 5
"""The most digits of a size. A wider table has only more spaces, and takes long."""
results = Screen()
"""Prints results."""
notes = Screen(stderr=True)
"""Prints progress, hints and questions."""


def accept_any_character() -> None:
    """Print what the encoding of a stream can't hold as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(line: Cell) -> None:
    """Print a line of the result."""
    results.say(line)


_completions: list[Callable[[str], str]] = []


@contextmanager
def completing(complete: Callable[[str], str]) -> Generator[None]:
    """Complete the commands in messages until the block ends, for example with the stack that the user selected."""
    _completions.append(complete)
    try:
        yield
    finally:
        _completions.pop()


def completed(text: str) -> str:
    """Return a message with its commands completed."""
    return _completions[-1](text) if _completions else text


def note(line: str) -> None:
    """Print a line to stderr that isn't part of the result."""
    notes.say(completed(line))


def say_columns(columns: "Sequence[Column]", rows: Iterable[Sequence[Cell]]) -> None:
    """Print the result as columns."""
    results.say_columns(columns, rows)


def say_wrapped(line: str, indent: str = "", continued: str = "") -> None:
    """Print a line of the result, which a terminal continues after a word."""
    results.say_wrapped(line, indent, continued)


def write(text: str) -> None:
    """Print complete text in the format of another program, such as Markdown."""
    _write(printable(text))


def print_json(data: Sequence[object] | Mapping[str, object]) -> None:
    """Print the result as JSON."""
    json_output.printed = True
    _write(json_text(data, indent=2))


def print_json_line(data: Mapping[str, object]) -> None:
    """Print a part of the result as one line of JSON, at once."""
    _write(json_text(data))


def _write(text: str) -> None:
    with continuing(STDOUT):
        sys.stdout.write(text)
        sys.stdout.flush()


def print_json_error(message: str, exit_code: int) -> None:
    """Print an error as JSON if `--json` asks for it, and no result was printed.

    It has one line, so that it can also follow the lines of `logs --json`.
    """
    if json_output.lacks_result:
        print_json_line({"error": {"message": printable(message), "exitCode": exit_code}})


def json_text(data: object, indent: int | None = None) -> str:
    """Return data as JSON in ASCII, with a newline at the end.

    Strings have no control characters and no lone surrogates, so that all parsers accept the text. Numbers that JSON
    doesn't have are null. IETF: RFC 8259, section 8.2; RFC 7493, section 2.1.
    """
    text = json.dumps(_plain(data), indent=indent, allow_nan=False)
    # JSON allows DEL in strings, but it is a control character for a terminal.
    return text.replace("\x7f", "\\u007f") + "\n"


def _plain(value: object) -> object:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if is_object(value):
        return {encodable(str(name)): _plain(item) for name, item in value.items()}
    if is_list(value):
        return [_plain(item) for item in value]
    return _plain(list(cast("tuple[object, ...]", value))) if isinstance(value, tuple) else value


def fail(message: str, exit_code: int = FAILED) -> NoReturn:
    """Print an error message to stderr, with `--json` also to stdout, and end the command."""
    note(message)
    print_json_error(completed(message), exit_code)
    raise typer.Exit(exit_code)


def note_traceback() -> None:
    """Print the traceback of the current exception to stderr."""
    note(traceback.format_exc())


def confirm(question: str) -> bool:
    """Ask a question on stderr. The default is no."""
    return typer.confirm(printable(question), default=False, err=True)


def ask(question: str, default: str | None = None) -> str:
    """Ask for a text on stderr. An empty answer is the default, if there is one."""
    answer: str = typer.prompt(printable(question), default=default, err=True)
    return answer.strip()


def write_file(path: Path, text: str) -> None:
    """Write a file that an option names. Ends the command if the file can't be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"Can't write {path}: {error.strerror}.")


def shortened(text: str, length: int) -> str:
    """A text in one line, cut after `length` characters. An ellipsis replaces the rest."""
    # Splitting the whole text first would take long for a large one.
    line = " ".join(text[: 2 * length].split())
    complete = len(text) <= 2 * length and len(line) <= length
    return line if complete else f"{line[: length - 1]}…"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 task`, `2 tasks`. `plural` is needed if it isn't the noun with an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or f'{noun}s'}"


def in_words(time: timedelta) -> str:
    """A duration for a table: `42 s`, `7 min 5 s`, `2 h 14 min`, `3 d 4 h`."""
    seconds = max(0, round(time.total_seconds()))
    for unit, size, lesser, lesser_size in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= size:
            rest = seconds % size // lesser_size
            return f"{seconds // size} {unit}" + (f" {rest} {lesser}" if rest else "")
    return f"{seconds} s"


def short_time(when: datetime | None) -> str:
    """A time for a column, in UTC: `11-24 03:00Z`, or `2030-01-05` if it is more than half a year away.

    `Z` is the zone UTC. ISO: 8601-1:2019, 5.3.3.
    """
    if when is None:
        return ""
    far = abs(when - datetime.now(UTC)) > timedelta(days=180)
    return when.astimezone(UTC).strftime("%Y-%m-%d" if far else "%m-%d %H:%MZ")


OUTCOME_COLORS: Mapping[str, Color] = {
    "succeeded": "green",
    "failed": "red",
    "running": "blue",
    "skipped": "yellow",
    "replaced": "yellow",
}


def exit_cell(outcome: str, exit_code: int | None) -> Cell:
    """The exit code of a run in the color of its outcome. Empty if it has none yet."""
    return "" if exit_code is None or outcome == "running" else colored(str(exit_code), OUTCOME_COLORS[outcome])
