"""The processes of a sandbox, found through Linux's /proc."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ops.local_sandbox import recorded
from sandbox.engine import Sandbox


def engine(box: Sandbox) -> int | None:
    """The process ID of the engine; None if it doesn't run."""
    try:
        pid = int((box.base / "engine").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return pid if "pulumi" in _command_line(pid) else None


def provider(box: Sandbox) -> int | None:
    """The process ID of the provider; None if it doesn't run."""
    found = engine(box)
    return next((pid for pid in _all() if found and _parent(pid) == found), None)


def emulator(box: Sandbox) -> int | None:
    """The process ID of the embedded emulator; None if it doesn't run."""
    record = recorded(box.home)
    return next((pid for pid in _all() if record and record.token in _command_line(pid)), None)


def of(folder: Path) -> list[int]:
    """The processes that run in a folder or name it on their command line, without this one."""
    text = str(folder)
    return [pid for pid in _all() if pid != os.getpid() and (text in _command_line(pid) or _cwd(pid).startswith(text))]


def _all() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _cwd(pid: int) -> str:
    with suppress(OSError):
        return os.readlink(f"/proc/{pid}/cwd")  # noqa: PTH115
    return ""


def _parent(pid: int) -> int:
    # The name, in parentheses, may contain spaces (proc_pid_stat(5)).
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    return 0
