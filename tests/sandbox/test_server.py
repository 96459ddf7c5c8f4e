"""The process of the local emulator."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops import local_sandbox
from ops.local_sandbox import Server
from sandbox import moto_server, server
from sandbox.plugin.aws import Session


@pytest.mark.parametrize("record", [None, "", "{", "null", "[]", '{"port": "x"}', '{"port": 1}', "[" * 100_000])
def test_a_damaged_record_names_no_server(tmp_path: Path, record: str | None):
    if record is not None:
        local_sandbox.record_file(tmp_path).write_text(record)
    assert local_sandbox.recorded(tmp_path) is None
    assert local_sandbox.running(tmp_path) is None
    assert not server.stop(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("record", [None, "", '{"port": 1, "token": "another"}'])
def test_a_server_without_a_record_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: str | None):
    codes: list[int] = []
    monkeypatch.setattr(moto_server, "CHECK_SECONDS", 0)
    monkeypatch.setattr(os, "_exit", codes.append)
    if record is not None:
        local_sandbox.record_file(tmp_path).write_text(record)
    moto_server._end_with_record(tmp_path, "mine")
    assert codes == [0]


def test_another_server_on_the_same_port_is_not_used(session: Session, tmp_path: Path):
    """A computer may give the port of a server that has ended to another one."""
    port = int(session.endpoint.rsplit(":", 1)[1])
    local_sandbox.record_file(tmp_path).write_text(json.dumps({"port": port, "token": "mine"}))
    assert server.answers(session.endpoint)
    assert local_sandbox.recorded(tmp_path) == Server(port, "mine")
    assert local_sandbox.running(tmp_path) is None


def test_a_server_of_an_earlier_version_is_ended(tmp_path: Path):
    # Its record had the process ID and no token.
    command = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", "sandbox.moto_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        local_sandbox.record_file(tmp_path).write_text(json.dumps({"pid": process.pid, "port": 1}))
        server.stop(tmp_path)
        assert process.wait() == -signal.SIGTERM


def test_a_server_that_does_not_answer_is_killed(tmp_path: Path):
    """For example after Ctrl-Z or SIGSTOP: it doesn't see that its record is gone."""
    holder = server.process(tmp_path)
    script = "import sys; print(flush=True); sys.stdin.read()"
    with holder.lock() as lock:
        process = subprocess.Popen(
            holder.launched([sys.executable, "-c", script, "sandbox.moto_server"]),
            pass_fds=[lock],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
    with process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        server.record_file(tmp_path).write_text(json.dumps({"port": 1, "token": "mine"}))
        assert server.stop(tmp_path)
        assert process.wait() == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []
