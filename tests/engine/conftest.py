"""The real engine in the sandbox, with separate folders per test."""

import json
import os
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest
from pulumi import automation as auto

from ops import local_sandbox
from sandbox import environment, server
from sandbox.engine import Sandbox
from sandbox.engine_process import EngineCommand
from sandbox.projects import project_copy
from tests import referees

from . import attached

ROOT = Path(__file__).parents[2]


def client(box: Sandbox, service: str) -> Any:
    connect: Any = boto3.client
    return connect(
        service,
        endpoint_url=box.endpoint(),
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture(scope="session", autouse=True)
def _pulumi_cli() -> None:
    referees.pulumi()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the emulator that all tests share, with its log."""
    home = tmp_path_factory.mktemp("aws")
    server.start(home)
    yield home
    server.stop(home)


@pytest.fixture(scope="session")
def recorded_calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with all calls of the provider that all tests share: service, operation and parameters per line."""
    return tmp_path_factory.mktemp("calls") / "calls.jsonl"


@pytest.fixture(scope="session")
def _provided(emulator: Path, recorded_calls: Path) -> Iterator[tuple[str, str]]:
    running = local_sandbox.running(emulator)
    assert running
    recorded_calls.touch()
    with attached.provider(running.endpoint, recorded_calls) as port:
        yield running.endpoint, port


class NewStacks:
    """The empty states of new stacks, by project. The CLI takes a third of a second of processor time to create one."""

    def __init__(self, folder: Path):
        self._folder, self._states = folder, dict[str, Path]()

    def run(self, command: EngineCommand, args: list[str], cwd: str, *more: Any) -> auto.CommandResult:
        """Run the CLI, or copy the state of an earlier new stack of the same project."""
        if args[:2] != ["stack", "init"]:
            return _run(command, args, cwd, *more)
        state = Path(unquote(urlsplit(os.environ["PULUMI_BACKEND_URL"]).path))
        project = Path(cwd, "Pulumi.yaml").read_text()
        if project in self._states:
            shutil.copytree(self._states[project], state, dirs_exist_ok=True)
            return auto.CommandResult("", "", 0)
        result = _run(command, args, cwd, *more)
        self._states[project] = shutil.copytree(state, self._folder / str(len(self._states)))
        return result


_run = EngineCommand.run


@pytest.fixture(scope="session")
def _new_stacks(tmp_path_factory: pytest.TempPathFactory) -> NewStacks:
    return NewStacks(tmp_path_factory.mktemp("stacks"))


@pytest.fixture
def aws(_provided: tuple[str, str], _new_stacks: NewStacks, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty emulator. All tests share the emulator and the provider, which are slow to start."""
    endpoint, port = _provided
    monkeypatch.setitem(environment.ADDED, attached.DEBUG_PROVIDERS, f"aws:{port}")
    # Each process of the CLI is short. Its garbage collection takes a tenth of its processor time.
    monkeypatch.setitem(environment.ADDED, "GOGC", "off")
    monkeypatch.setattr(EngineCommand, "run", lambda *arguments: _new_stacks.run(*arguments))
    request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    with urllib.request.urlopen(request):
        return endpoint


@pytest.fixture
def box(tmp_path: Path, aws: str) -> Sandbox:
    """A sandbox with the shared emulator."""
    return Sandbox(tmp_path / "home", project_copy(tmp_path / "project"), endpoint=aws)


@pytest.fixture
def own_box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox that starts its own emulator and providers. Leftovers of the test are removed."""
    sandbox = Sandbox(tmp_path / "home", project_copy(tmp_path / "project"))
    yield sandbox
    sandbox.discard()


@dataclass
class Receiver:
    """An HTTP server on this machine, and the requests that it received."""

    url: str
    requests: list[tuple[str, str, dict[str, str], dict[str, Any]]] = field(default_factory=list[Any])
    status: int = 200

    def bodies(self, host: str) -> list[dict[str, Any]]:
        """The bodies of the requests to a host since the last call."""
        found = [body for _, _, headers, body in self.requests if headers["Host"] == host]
        self.requests[:] = [one for one in self.requests if one[2]["Host"] != host]
        return found


@pytest.fixture
def receiver(emulator: Path) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.requests.append((self.command, self.path, dict(self.headers), body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Print nothing. The name of the parameter is the base class's."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Receiver(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        file = emulator / "receiver"
        file.write_text(found.url)
        yield found
        file.unlink()
        server.shutdown()
