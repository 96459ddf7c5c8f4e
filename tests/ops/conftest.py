"""Fixtures for the commands of `ops`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.planning import plans
from tests.ops.cloud import Cloud, Deployed
from tests.ops.local_aws import emulated_aws

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
    """A project folder with the stack `test`."""
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


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An empty AWS account, emulated in this process. Sleeps return at once."""
    with emulated_aws(monkeypatch) as found:
        yield found


@pytest.fixture
def deployed(project: Path, cloud: Cloud) -> Deployed:
    """The deployed stack `test`."""
    return cloud.deploy(plans.load_stack("test", project))
