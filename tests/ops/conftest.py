"""The commands of `ops`, in a process of their own or in this one."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import loaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from typer.testing import CliRunner, Result

from ops import plans
from ops.__main__ import app
from sandbox import emulator
from tests.ops.cloud import REGION, Cloud, Deployed

STACK = """
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: main
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:tasks:
    backup:
      { image: "backup:1", cpu: 256, memory: 512, schedule: cron(30 2 * * ? *), timezone: Europe/Berlin, flexibleWindow: 15m }
    etl: { image: "etl:1", cpu: 256, memory: 512, schedule: "rate(6 hours)", start: "2026-11-01T00:00:00Z" }
    paused: { image: "etl:1", cpu: 256, memory: 512, schedule: "rate(6 hours)", enabled: false }
    done: { image: "etl:1", cpu: 256, memory: 512, schedule: "at(2020-01-01T00:00:00)", deleteAfterCompletion: true }
"""

Ops = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the stack `test`."""
    (tmp_path / "config" / "tasks").mkdir(parents=True)
    (tmp_path / "Pulumi.test.yaml").write_text(STACK)
    monkeypatch.setattr(plans, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def ops() -> Ops:
    """Runs a command."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run


_loader = cache(loaders.create_loader)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """AWS in this process, in which nobody waits."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # they take half a second
    monkeypatch.setattr("time.sleep", lambda _: None)
    original, found = BotocoreStubber.__call__, Cloud()

    def call(self: BotocoreStubber, event_name: str, request: Any, **_: Any) -> Any:
        return found.called(self, original, event_name, request)

    # Each command has a session of its own, which would read AWS's models again.
    monkeypatch.setattr("botocore.session.create_loader", _loader)
    emulator.mend()
    with mock_aws():
        monkeypatch.setattr(BotocoreStubber, "__call__", call)
        yield found


@pytest.fixture
def deployed(project: Path, cloud: Cloud) -> Deployed:
    """The stack `test`, deployed."""
    return cloud.deploy(plans.load_stack("test", project))
