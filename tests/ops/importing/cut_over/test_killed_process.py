"""`import cut-over` as a process that gets SIGKILL between two changes, against a moto server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventsBackend
from moto.scheduler.models import EventBridgeSchedulerBackend
from moto.server import ThreadedMotoServer

from ops.project import project_at
from tests.ops.cloud import REGION, Cloud
from tests.ops.conftest import Ops
from tests.ops.importing.cut_over.test_cut_over import OFF, ON, UNDO, Moving, config

ROOT = Path(__file__).parents[4]
DAILY = f"cron(0 {(datetime.now(UTC) + timedelta(hours=6)).hour} * * ? *)"
"""No run is near, whenever the test runs: the process has the real time."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A moto server in this process, with the state of this process."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    server.stop()


def start(endpoint: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start the command."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "ops", "import", "cut-over", "--stack", "test", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.thorough
def test_a_process_that_is_killed_between_two_changes_is_continued_by_another_one(
    project: Path, cloud: Cloud, ops: Ops, endpoint: str, monkeypatch: pytest.MonkeyPatch
):
    (project / "Pulumi.test.yaml").write_text(config({"nightly": DAILY}))
    moving = Moving(cloud.deploy(project_at(project).load("test")), ops, datetime.now(UTC))
    moving.rule("nightly", DAILY, "nightly")
    moving.record()
    running: list[subprocess.Popen[str]] = []

    def killing(backend: type, name: str, *, late: bool) -> None:
        """Kill the process at its next call, before or after the call takes effect."""
        original = getattr(backend, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            found = original(*arguments, **keywords) if late else None
            if running:
                running.pop().send_signal(signal.SIGKILL)
            return found if late else original(*arguments, **keywords)

        monkeypatch.setattr(backend, name, call)

    def killed(*arguments: str) -> None:
        process = start(endpoint, *arguments)
        running.append(process)
        process.communicate(timeout=50)
        assert process.returncode == -signal.SIGKILL

    def finished(*arguments: str) -> None:
        process = start(endpoint, *arguments)
        output, _ = process.communicate(timeout=50)
        assert process.returncode == 0, output

    killing(EventBridgeSchedulerBackend, "update_schedule", late=True)
    killed()
    assert (moving.states(), UNDO.exists()) == ({"nightly": (True, True)}, True), "no run is lost"
    finished()
    assert moving.states() == {"nightly": OFF}
    killing(EventsBackend, "enable_rule", late=True)
    killed("--undo")
    assert moving.states() == {"nightly": (True, True)}
    finished("--undo")
    assert (moving.states(), UNDO.exists()) == ({"nightly": ON}, False)
