"""The first line of a command, before the imports of libraries, which take a second or more.

This module only uses the standard library.
"""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from . import STACK

_FIRST_LINES = {
    "up": f"Deploying stack {STACK}",
    "preview": f"Previewing the changes of stack {STACK}",
    "live": f"Deploying stack {STACK}",
    "destroy": f"Deleting stack {STACK}",
}
INTERRUPTED = 130
"""The exit code of shells for a process that Ctrl-C has ended."""


def first_line(arguments: Sequence[str]) -> str:
    """Return the first line of a command; empty if it has none."""
    if not arguments or "--help" in arguments:
        return ""
    return _FIRST_LINES.get(arguments[0], "")


def end_on_interrupt() -> None:
    """Let Ctrl-C end this process without a traceback, until `main` runs."""
    signal.signal(signal.SIGINT, _end)


def announce() -> None:
    """Print the first line of this process's command."""
    if line := first_line(sys.argv[1:]):
        # The command continues if its reader has ended.
        with suppress(OSError):
            os.write(1, f"{line}\n".encode())


def _end(_: int, __: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"\nInterrupted. Nothing was changed.\n")
    os._exit(INTERRUPTED)
