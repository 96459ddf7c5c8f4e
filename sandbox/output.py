"""Output of the commands, also if nobody reads it or it can't be written."""

import logging
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from ops.streams import STDOUT, continuing
from ops.terminal_text import printable

from .changes import Operation

COLORS = {"create": "green", "update": "yellow", "replace": "magenta", "delete": "red"}
"""Same as in the Pulumi CLI."""
MARKS = {"create": "+", "update": "~", "replace": "+-", "delete": "-"}

console = Console(soft_wrap=True)


def say(*objects: Any) -> None:
    """Print a line or a table to stdout.

    A command must continue if that fails, because the engine waits until its events are received. A reader that has
    ended (`make up | head -1`) is not an error; other problems are reported by `ops.streams.output_problem`.
    """
    # rich redirects stdout to /dev/null and exits if the reader has ended. In the thread that receives the engine's
    # events, that would end only the thread.
    with suppress(SystemExit), continuing(STDOUT):
        console.print(*objects, highlight=False)


def plain(line: str) -> Text:
    """A line without colors, markup or control characters."""
    return Text(printable(line))


def marked(operation: Operation, line: str) -> Text:
    """A line about a change, with its mark and, on a terminal, its color."""
    return Text(f"  {MARKS[operation]:<2} {printable(line)}", style=COLORS[operation])


def step(line: str) -> Text:
    """A line of progress. If it starts with an operation, that has its color on a terminal."""
    found = plain(line)
    first = line.split(maxsplit=1)[0] if line.startswith("  ") and line.strip() else ""
    if first in COLORS:
        found.highlight_words([first], COLORS[first])
    return found


@contextmanager
def working() -> Iterator[None]:
    """Show the elapsed time below the output until the block ends. Does nothing without a terminal."""
    if not console.is_terminal:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task("Working. To stop, press Ctrl-C.", total=None)
        yield


def end_on_signals() -> None:
    """End this process in an orderly way on SIGTERM and SIGHUP, same as on Ctrl+C, so that it ends the engine too."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _exit)


def _exit(number: int, _: FrameType | None) -> None:
    # The exit code of shells for a process that a signal has ended.
    raise SystemExit(128 + number)


def hide_remains_of_killed_engines() -> None:
    """Don't print warnings and tracebacks of the SDK about an engine that was killed. The command prints one line."""
    warnings.filterwarnings("ignore", "Error in event stream")
    logging.getLogger("grpc._server").setLevel(logging.CRITICAL)
    sys.unraisablehook = lambda unraisable: (
        None if isinstance(unraisable.exc_value, RuntimeError) else sys.__unraisablehook__(unraisable)
    )
