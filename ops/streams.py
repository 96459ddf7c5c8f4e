"""The standard files of a command: stdin, stdout and stderr. The command continues if it can't write them.

It may be changing AWS at that moment, and ending it in the middle can do more harm than lost output.
"""

import errno
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

STDOUT, STDERR = 1, 2
_NAMES = {STDOUT: "stdout", STDERR: "stderr"}
_CANT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""A full disk or quota, a limit of the file's size, and a broken disk or terminal."""
_problems: list[str] = []


def open_standard_files() -> None:
    """Open /dev/null for each standard file that is closed.

    Otherwise other files would get their numbers, and libraries would find None instead of a file.
    """
    for number in (0, STDOUT, STDERR):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(opened, True)
    sys.stdin = sys.stdin or _null(0)
    sys.stdout = sys.stdout or _null(STDOUT)
    sys.stderr = sys.stderr or _null(STDERR)


def _null(number: int):
    return os.fdopen(number, "w" if number else "r", closefd=False, encoding="utf-8")


@contextmanager
def continuing(number: int) -> Generator[None]:
    """Continue if a standard file can't be written, for example because the disk is full. `output_problem` reports it.

    A reader that has ended is not such a problem, so BrokenPipeError isn't caught.

    Args:
        number: `STDOUT` or `STDERR`: the file that is written until the context ends. After an error, it is /dev/null.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _CANT_WRITE or error.filename:
            raise
        _problems.append(f"Can't write to {_NAMES[number]}: {error.strerror or error}.")
        # Otherwise Python would write what is left in its buffer again, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def output_problem() -> str:
    """Why a part of the output is lost; empty if there was no problem."""
    for number, stream in ((STDOUT, sys.stdout), (STDERR, sys.stderr)):
        with continuing(number):
            try:
                stream.flush()
            except BrokenPipeError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    return _problems[0] if _problems else ""


def say_problem(message: str) -> None:
    """Print a message to stderr, if that is possible."""
    with continuing(STDERR):
        print(message, file=sys.stderr, flush=True)  # noqa: T201
