"""Files that only the user can read, whatever the user's umask."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE

from .errors import SandboxError

UMASK = 0o077
"""Takes all permissions from the group and from others."""
FOLDER, FILE = 0o700, 0o600


@contextmanager
def private_files() -> Iterator[None]:
    """Create private files until the context ends, in this process and in the processes that it starts."""
    before = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(before)


def make_private(folder: Path) -> None:
    """Create a private folder. If its mode is not 0700, make the folder and its content private.

    Raises SandboxError if the folder belongs to another user.
    """
    with private_files():
        folder.mkdir(parents=True, exist_ok=True)
    if S_IMODE(folder.stat().st_mode) == FOLDER:
        return
    try:
        folder.chmod(FOLDER)
        for parent, folders, files in os.walk(folder):
            for name in folders:
                Path(parent, name).chmod(FOLDER)
            for path in (Path(parent, name) for name in files):
                if not path.is_symlink():
                    path.chmod((path.stat().st_mode | FILE) & ~UMASK)
    except PermissionError:
        raise SandboxError(
            f"{folder} belongs to another user. Delete it, or run the command as its owner ({folder.owner()})."
        ) from None
