"""The output of commands: results go to stdout as tables or JSON, everything else goes to stderr.

rich prints no colors if NO_COLOR is set. Without a terminal, it also uses 80 columns.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from .errors import FAILED

# Container output is shown unchanged: `12:100:07` isn't an emoji.
console = Console(emoji=False)
notes = Console(stderr=True, emoji=False)
"""Prints progress, hints and questions."""


def say(line: str) -> None:
    """Print a line of the result without markup."""
    console.print(escape(line), soft_wrap=True, highlight=False)


def note(line: str) -> None:
    """Print a line to stderr that isn't part of the result."""
    notes.print(escape(line), soft_wrap=True, highlight=False)


def print_json(data: Sequence[object] | Mapping[str, object]) -> None:
    """Print the result as JSON."""
    sys.stdout.write(json.dumps(data, indent=2, default=_plain) + "\n")


def print_json_line(data: Mapping[str, object]) -> None:
    """Print a part of the result as one line of JSON, at once."""
    sys.stdout.write(json.dumps(data, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} can't be converted to JSON.")


def fail(message: str, exit_code: int = FAILED) -> NoReturn:
    """Print an error message and end the command."""
    typer.echo(message, err=True)
    raise typer.Exit(exit_code)


def write_file(path: Path, text: str) -> None:
    """Write a file that an option names. Ends the command if the file can't be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"Can't write {path}: {error.strerror}.")


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 task`, `2 tasks`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def in_words(time: timedelta) -> str:
    """A duration for a table: `42 s`, `7 min 5 s`, `2 h 14 min`, `3 d 4 h`."""
    seconds = max(0, round(time.total_seconds()))
    for unit, size, lesser, lesser_size in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= size:
            rest = seconds % size // lesser_size
            return f"{seconds // size} {unit}" + (f" {rest} {lesser}" if rest else "")
    return f"{seconds} s"


def short_time(when: datetime | None) -> str:
    """A time for a table, in UTC: `11-24 03:00`, or `2030-01-05` if it is more than half a year away."""
    if when is None:
        return ""
    far = abs(when - datetime.now(UTC)) > timedelta(days=180)
    return when.astimezone(UTC).strftime("%Y-%m-%d" if far else "%m-%d %H:%M")


_COLORS = {"succeeded": "green", "failed": "red", "running": "blue", "skipped": "yellow", "replaced": "yellow"}


def outcome_in_words(outcome: str, exit_code: int | None) -> str:
    """The outcome of a run as markup for a table, with a nonzero exit code."""
    return f"[{_COLORS[outcome]}]{outcome}[/]" + (f" ({exit_code})" if exit_code else "")
