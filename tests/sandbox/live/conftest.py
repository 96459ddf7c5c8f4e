"""A live sandbox on a virtual clock, in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mocks import ACCOUNT

from .world import World, world


@pytest.fixture
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")


@pytest.fixture
def stack(tmp_path: Path, _account: None) -> Iterator[World]:
    with world(tmp_path) as found:
        yield found


@pytest.fixture
def unscheduled(tmp_path: Path, _account: None) -> Iterator[World]:
    """The stack without schedules that fire. Hours pass quickly in it."""
    with world(tmp_path, all_parts=False) as found:
        yield found
