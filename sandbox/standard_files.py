"""The standard files of this process: stdin, stdout and stderr."""

import os
import sys


def open_standard_files() -> None:
    """Open /dev/null for each standard file that is closed.

    Otherwise other files would get their numbers, and libraries would find None instead of a file.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(opened, True)
    sys.stdin = sys.stdin or _null(0)
    sys.stdout = sys.stdout or _null(1)
    sys.stderr = sys.stderr or _null(2)


def _null(number: int):
    return os.fdopen(number, "w" if number else "r", closefd=False, encoding="utf-8")
