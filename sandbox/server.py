"""The moto server: AWS as the sandbox plays it, a process of its own on 127.0.0.1."""

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

from .errors import SandboxError

HOST = "127.0.0.1"
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started: its process and where it listens."""

    pid: int
    port: int

    @property
    def endpoint(self) -> str:
        """Its URL."""
        return f"http://{HOST}:{self.port}"

    def alive(self) -> bool:
        """Whether it answers as a moto server does."""
        return answers(self.endpoint)


def running(home: Path) -> Server | None:
    """The server that was started from this home, if it still answers."""
    try:
        server = Server(**json.loads(_record(home).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return server if server.alive() else None


def start(home: Path) -> Server:
    """Start a server, and wait until it answers. Raises SandboxError with the end of its log."""
    with socket.socket() as chosen:
        chosen.bind((HOST, 0))
        port = chosen.getsockname()[1]
    log = home / "server.log"
    # It outlives the command that starts it, so that what was deployed can be looked at: a session of its
    # own, and no
    # object here that would want to wait for it.
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "sandbox.moto_server", "-H", HOST, "-p", str(port)],
        _environment(),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
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
    """End the server that was started from this home; whether there was one."""
    server = running(home)
    if server:
        os.kill(server.pid, signal.SIGTERM)
        while server.alive() and not _ended(server.pid):
            time.sleep(0.05)
    _record(home).unlink(missing_ok=True)
    return server is not None


def answers(endpoint: str) -> bool:
    """Whether something that speaks HTTP listens at an endpoint."""
    try:
        with urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=5):  # noqa: S310 - http, see `endpoint`
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _ended(pid: int) -> bool:
    """Whether a server that this very process started has ended; collects it if so."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def _record(home: Path) -> Path:
    return home / "server.json"


def _environment() -> dict[str, str]:
    # Schedules and policies are looked at, not carried out, so moto's own IAM checks stay off. Nobody asks for images.
    given = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return {
        **given,
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }
