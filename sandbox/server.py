"""The local AWS emulator: a moto server in its own process on 127.0.0.1."""

import http.client
import json
import os
import secrets
import signal
import socket
import sys
import time
import urllib.error
from dataclasses import asdict
from pathlib import Path

from ops.local_sandbox import HOST, Server, direct, record_file, recorded

from .environment import of_emulator
from .errors import SandboxError
from .holder import Holder, command_line
from .private_files import FILE, private_files

START_SECONDS = 60
STOP_SECONDS = 10
_PROGRAM = "sandbox.moto_server"
_children: dict[str, int] = {}
"""The process IDs of the servers that this process started, by their tokens."""


@private_files()
def start(home: Path) -> Server:
    """Start a server, and wait until it answers.

    The server outlives the command that starts it, so that users can explore what was deployed. It ends when its record
    is gone. The record is therefore written first, and a server can't be left behind.

    Raises SandboxError with the end of the server's log.
    """
    with socket.socket() as chosen:
        chosen.bind((HOST, 0))
        server = Server(chosen.getsockname()[1], secrets.token_hex(8))
    record, log = record_file(home), home / "server.log"
    record.write_text(json.dumps(asdict(server)), encoding="utf-8")
    pid = _children[server.token] = _spawned(home, server, record, log)
    deadline = time.monotonic() + START_SECONDS
    while not server.alive():
        if _ended(pid) or time.monotonic() > deadline:
            record.unlink(missing_ok=True)
            end_of_log = log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
            raise SandboxError("The moto server did not start:\n" + "\n".join(end_of_log))
        time.sleep(0.1)
    return server


def _spawned(home: Path, server: Server, record: Path, log: Path) -> int:
    """Start the process, and return its process ID."""
    options = ["-H", HOST, "-p", str(server.port)]
    holder = process(home)
    with holder.lock() as lock:
        os.set_inheritable(lock, True)
        # It gets its own session, and no object in this process waits for it.
        return os.posix_spawn(
            "/bin/sh",
            holder.launched([sys.executable, "-m", _PROGRAM, str(record), server.token, *options]),
            of_emulator(os.environ, home),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )


def stop(home: Path) -> bool:
    """Stop the server that was started from this folder. Returns whether there was one.

    A server that doesn't answer, for example after SIGSTOP, is killed. Raises SandboxError if the server doesn't end.
    """
    server, holder = recorded(home), process(home)
    answering = server is not None and server.alive()
    held = holder.held
    _end_earlier_version(home)
    record_file(home).unlink(missing_ok=True)
    if held and not answering:
        holder.end(_PROGRAM)
    deadline = time.monotonic() + STOP_SECONDS
    while server and answering and (holder.held or server.alive()):
        if time.monotonic() > deadline and not holder.end(_PROGRAM):
            raise SandboxError(f"The emulator at {server.endpoint} does not end. End it, then try again.")
        time.sleep(0.05)
    holder.file.unlink(missing_ok=True)
    if server and (pid := _children.pop(server.token, None)):
        os.waitpid(pid, 0)
    return held or answering


def process(home: Path) -> Holder:
    """The process of the server that was started from a folder, even if the server doesn't answer."""
    return Holder(home / "emulator")


def _end_earlier_version(home: Path) -> None:
    """End a server that an earlier version of the sandbox started, which doesn't look for its record."""
    try:
        record = json.loads(record_file(home).read_text(encoding="utf-8"))
        pid = 0 if "token" in record else int(record["pid"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return
    if pid > 0 and _PROGRAM in command_line(pid):
        os.kill(pid, signal.SIGTERM)


def answers(endpoint: str) -> bool:
    """Whether an HTTP server answers at an endpoint."""
    try:
        with direct().open(f"{endpoint}/moto-api/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, http.client.HTTPException):
        return False


def _ended(pid: int) -> bool:
    """Whether a server that this process started has ended. If so, the process is reaped."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False
