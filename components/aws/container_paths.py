"""Paths in a container: one grammar for the configuration, the components and `doctor`.

Container engines refuse other mount paths when a run starts. Source: moby, `volume/mounts`, the parsers for Linux and
Windows; Docker's `source:path:mode` is why a path contains no colon.
"""

from __future__ import annotations

import ntpath
import posixpath
import re

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_MODE = re.compile(r"(?P<path>.*):(?P<mode>ro|rw)", re.DOTALL)


def is_absolute(path: str, *, windows: bool) -> bool:
    """Whether a path starts at the root: `/data` on Linux, `C:\\data` on Windows."""
    return bool(_DRIVE.match(path)) if windows else posixpath.isabs(path)


def mount_path_problem(path: str, *, windows: bool) -> str:
    """Why a volume can't be mounted at a path, and what to write; empty if it can."""
    if not is_absolute(path, windows=windows):
        return f'"{path}" is not an absolute path.{_drive_hint(path, windows=windows)}'
    if not windows and (found := _MODE.fullmatch(path)):
        read_only = ", and make the volume read-only" if found["mode"] == "ro" else ""
        return f'"{path}" contains a colon, which a path in a container cannot. Write {found["path"]}{read_only}.'
    if re.search(r"[:\x00-\x1f]", path[2:] if windows else path):
        return f'"{path}" contains a colon or a control character, which a path in a container cannot.'
    if normalized(path, windows=windows) in ("/", ntpath.normcase(f"{path[:2]}\\")):
        return f'"{path}" is the root of the container. Mount the volume at a folder, such as /data.'
    return ""


def normalized(path: str, *, windows: bool) -> str:
    """The path in one spelling: `/data/` and `/data` are the same place."""
    if windows:
        return ntpath.normcase(ntpath.normpath(path))
    return posixpath.normpath(path).replace("//", "/")


def _drive_hint(path: str, *, windows: bool) -> str:
    if windows:
        return " Write a drive and a path, such as C:\\data."
    return (
        f" Write it from the root, such as /{path.lstrip('~$./') or 'data'}." if path else " Write one such as /data."
    )
