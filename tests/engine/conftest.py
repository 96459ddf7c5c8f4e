"""The real engine on the sandbox, with a home and a project folder of each test's own."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox import server
from sandbox.engine import Sandbox
from sandbox.projects import project_copy

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


@pytest.fixture(scope="session")
def _played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("aws")
    yield server.start(home).endpoint
    server.stop(home)


@pytest.fixture
def aws(_played: str) -> str:
    """AWS with nothing in it: one server for all tests, which takes long to start and to load what it plays."""
    request = urllib.request.Request(f"{_played}/moto-api/reset", method="POST")
    with urllib.request.urlopen(request):
        return _played


@pytest.fixture
def box(tmp_path: Path, aws: str) -> Sandbox:
    """A sandbox on a server that all tests share."""
    return Sandbox(tmp_path / "home", project_copy(tmp_path / "project"), endpoint=aws)


@pytest.fixture
def own_box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with a server of its own; whatever a test leaves in it is removed."""
    sandbox = Sandbox(tmp_path / "home", project_copy(tmp_path / "project"))
    yield sandbox
    sandbox.discard()
