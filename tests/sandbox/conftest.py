"""An emulator in this process, empty at the start of each test."""

import urllib.request
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from sandbox.moto_fixes import apply_fixes
from sandbox.plugin.aws import Session


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    apply_fixes()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def _session(_server: str) -> Session:
    # Creating its clients takes longer than most requests.
    return Session(_server)


@pytest.fixture
def session(_session: Session) -> Session:
    """A session whose requests the sandbox checks."""
    with urllib.request.urlopen(urllib.request.Request(f"{_session.endpoint}/moto-api/reset", method="POST")):
        return _session
