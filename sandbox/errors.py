"""Errors for the user."""

import errno

DISK_FULL = "Free disk space, then run the command again."


class SandboxError(Exception):
    """A problem that the user can fix. The commands print its message without a traceback."""


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def file_problem(error: OSError) -> str:
    """Describe an error of the operating system: which file, and what to do if the disk is full."""
    where = f": {error.filename}" if error.filename else ""
    remedy = f" {DISK_FULL}" if error.errno in _FULL else ""
    return f"{error.strerror or error}{where}.{remedy}"
