"""A process that outlives the command that started it, found by a lock that ends with the process."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import SandboxError

END_SECONDS = 10
"""How long a killed process and its children may take to end."""


class Holder:
    """The process that holds the lock of a file, with its children. The file has its process ID.

    The operating system releases the lock when all of them have ended, also if they are killed.
    """

    def __init__(self, file: Path):
        self.file = file

    @contextmanager
    def lock(self) -> Iterator[int]:
        """Take the lock, and yield its file descriptor, which the new process must inherit. See `launched`."""
        with self._locked(fcntl.LOCK_EX) as descriptor:
            yield descriptor

    @contextmanager
    def _locked(self, kind: int) -> Iterator[int]:
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            yield descriptor
        finally:
            # If a process has inherited the lock, it keeps it.
            os.close(descriptor)

    def launched(self, command: list[str]) -> list[str]:
        """A command that writes its process ID to the file, and then becomes `command`."""
        # The process writes it itself, because the command that starts it may be killed at any time.
        return ["/bin/sh", "-c", 'echo $$ >"$0"; exec "$@"', str(self.file), *command]

    @property
    def held(self) -> bool:
        """Whether the process or a child of it lives."""
        # A shared lock, because two threads or commands that look at the same time must not find each other.
        try:
            with self._locked(fcntl.LOCK_SH):
                return False
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True

    def end(self, program: str) -> bool:
        """Kill the process, and wait until its children have ended. Returns whether there was one.

        Args:
            program: Part of the process's command line. Another process is not killed.

        Raises:
            SandboxError: A process doesn't end.
        """
        if not self.held:
            return False
        pid = self._pid()
        if pid and program in command_line(pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + END_SECONDS
        while self.held:
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"A process of an earlier command still uses {self.file}. End it, then try again. To find it, run:"
                    f" fuser {self.file}"
                )
            time.sleep(0.02)
        return True

    def _pid(self) -> int | None:
        try:
            return int(self.file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None


def command_line(pid: int) -> str:
    """The command line of a process; empty if there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        # macOS has no /proc.
        done = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return done.stdout
