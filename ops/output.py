"""What commands print: results to stdout, as tables or JSON; all else to stderr.

rich leaves colours out where NO_COLOR is set or where there is no terminal, and takes 80 columns there.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from .errors import FAILED

# What containers write is shown as it is: `12:100:07` is no emoji.
console = Console(emoji=False)
notes = Console(stderr=True, emoji=False)
"""For what is not the result: progress, hints, questions."""


def say(line: str) -> None:
    """A line of the result, as it is."""
    console.print(escape(line), soft_wrap=True, highlight=False)


def note(line: str) -> None:
    """A line for the person who called, which is no part of the result."""
    notes.print(escape(line), soft_wrap=True, highlight=False)


def print_json(data: Sequence[Any] | Mapping[str, Any]) -> None:
    """The result for programs."""
    sys.stdout.write(json.dumps(data, indent=2, default=_plain) + "\n")


def print_json_line(data: Mapping[str, Any]) -> None:
    """A part of the result for programs that read it as it comes."""
    sys.stdout.write(json.dumps(data, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} is not JSON")


def fail(message: str, exit_code: int = FAILED) -> NoReturn:
    """End with a message for the person who called."""
    typer.echo(message, err=True)
    raise typer.Exit(exit_code)


def write_file(path: Path, text: str) -> None:
    """Writes what an option names; where it cannot be written, that ends the command."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 task`, `2 tasks`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def in_words(time: timedelta) -> str:
    """A length of time as a table shows it: `42 s`, `7 min 5 s`, `2 h 14 min`, `3 d 4 h`."""
    seconds = max(0, round(time.total_seconds()))
    for unit, size, lesser, lesser_size in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= size:
            rest = seconds % size // lesser_size
            return f"{seconds // size} {unit}" + (f" {rest} {lesser}" if rest else "")
    return f"{seconds} s"


def short_time(when: datetime | None) -> str:
    """An instant as a table shows it, in UTC: `11-24 03:00`; `2030-01-05` where it is more than half a year away."""
    if when is None:
        return ""
    far = abs(when - datetime.now(UTC)) > timedelta(days=180)
    return when.astimezone(UTC).strftime("%Y-%m-%d" if far else "%m-%d %H:%M")


_COLOURS = {"succeeded": "green", "failed": "red", "running": "blue"}


def outcome_in_words(outcome: str, exit_code: int | None) -> str:
    """How a run ended as markup for a table, with an exit code that says something."""
    return f"[{_COLOURS[outcome]}]{outcome}[/]" + (f" ({exit_code})" if exit_code else "")
