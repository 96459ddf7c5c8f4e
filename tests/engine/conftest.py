"""The real engine on the sandbox, with a home and a project folder of each test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

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


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox; whatever a test leaves in it is removed."""
    sandbox = Sandbox(tmp_path / "home", project_copy(tmp_path / "project"))
    yield sandbox
    sandbox.discard()
