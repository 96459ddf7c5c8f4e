"""The lock of a smoke test: held while its command or its Pulumi runs, so that `smoke --clean` leaves it alone."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..errors import OpsError


class RunningError(Exception):
    """Another process holds the lock."""


@contextmanager
def held(folder: Path) -> Generator[int]:
    """Hold the lock of the test in a folder, and yield its file descriptor.

    The lock is a file beside the folder, so that it exists first. Processes that inherit the descriptor keep the lock
    after this one. The operating system releases it when all of them have ended, also if they are killed.

    Args:
        folder: The folder of the test. It doesn't have to exist.

    Raises:
        RunningError: Another process holds it.
        OpsError: The operating system has no such locks.
    """
    try:
        import fcntl
    except ImportError:
        raise OpsError("The smoke test needs Linux or macOS. On Windows, run it in WSL.") from None
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = folder.with_name(f"{folder.name}.lock")
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunningError from None
        try:
            yield descriptor
        finally:
            if not folder.exists():
                file.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
