"""The local AWS emulator: a moto server in its own process on 127.0.0.1."""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

from .environment import of_emulator
from .errors import SandboxError
from .private_files import FILE, private_files

HOST = "127.0.0.1"
START_SECONDS = 60
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Sends requests to the emulator itself, not to the user's proxy."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process ID and its port."""

    pid: int
    port: int

    @property
    def endpoint(self) -> str:
        """The server's URL."""
        return f"http://{HOST}:{self.port}"

    def alive(self) -> bool:
        """Whether the server answers."""
        return answers(self.endpoint)


def running(home: Path) -> Server | None:
    """Return the server that was started from this folder, or None if it does not answer."""
    try:
        server = Server(**json.loads(_record(home).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return server if server.alive() else None


@private_files()
def start(home: Path) -> Server:
    """Start a server, and wait until it answers.

    Raises SandboxError with the end of the server's log.
    """
    with socket.socket() as chosen:
        chosen.bind((HOST, 0))
        port = chosen.getsockname()[1]
    log = home / "server.log"
    # The server outlives the command that starts it, so that users can explore what was deployed. It therefore gets its
    # own session, and no object in this process waits for it.
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "sandbox.moto_server", "-H", HOST, "-p", str(port)],
        of_emulator(os.environ, home),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    server = Server(pid, port)
    _record(home).write_text(json.dumps(asdict(server)))
    deadline = time.monotonic() + START_SECONDS
    while not server.alive():
        if _ended(pid) or time.monotonic() > deadline:
            raise SandboxError("The moto server did not start:\n" + "\n".join(log.read_text().splitlines()[-10:]))
        time.sleep(0.1)
    return server


def stop(home: Path) -> bool:
    """Stop the server that was started from this folder. Returns whether there was one."""
    server = running(home)
    if server:
        os.kill(server.pid, signal.SIGTERM)
        while server.alive() and not _ended(server.pid):
            time.sleep(0.05)
    _record(home).unlink(missing_ok=True)
    return server is not None


def answers(endpoint: str) -> bool:
    """Whether an HTTP server answers at an endpoint."""
    try:
        with _DIRECT.open(f"{endpoint}/moto-api/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _ended(pid: int) -> bool:
    """Whether a server that this process started has ended. If so, the process is reaped."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def _record(home: Path) -> Path:
    return home / "server.json"
