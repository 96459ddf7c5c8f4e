"""Free space for the files of a sandbox.

Pulumi repeats each write of its state for about a minute. On a full disk, `up` would take many minutes to fail.
"""

import shutil
from pathlib import Path

from .errors import DISK_FULL

NEEDED = 16 * 2**20
"""Bytes that must be free before the engine starts. It writes some copies of the state, and logs."""
LEAST = 2**20
"""Bytes that must be free while the engine runs."""


def lacks(folder: Path, needed: int) -> bool:
    """Whether fewer bytes are free for a folder's files. False if the file system doesn't tell."""
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return False
    return found.total > 0 and found.free < needed


def full(folder: Path) -> str:
    """Describe a full disk, and what to do."""
    return f"The disk with {folder} has less than {NEEDED >> 20} MiB free. {DISK_FULL}"


def filled(folder: Path) -> str:
    """Describe a disk that was filled while the engine was running."""
    return f"The disk with {folder} is full, so the command was canceled. {DISK_FULL}"
