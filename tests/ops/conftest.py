"""Fixtures for the commands of `ops`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops import NAME
from ops.command_line import app
from ops.default_stack import VARIABLE
from ops.project import project_at
from tests.ops.cloud import Cloud, Deployed
from tests.ops.local_aws import emulated_aws, restore, saved
from tests.ops.terminal import use_terminal

STACK = """
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: scheduled-tasks-test
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:tasks:
    backup:
      { image: "backup:1", cpu: 256, memory: 512, schedule: 'cron(30 2 * * ? *)', timezone: Europe/Berlin, flexibleWindow: 15m }
    etl: { image: "etl:1", cpu: 256, memory: 512, schedule: "rate(6 hours)", start: "2026-11-01T00:00:00Z" }
    paused: { image: "etl:1", cpu: 256, memory: 512, schedule: "rate(6 hours)", enabled: false }
    done: { image: "etl:1", cpu: 256, memory: 512, schedule: "at(2020-01-01T00:00:00)", deleteAfterCompletion: true }
"""

Ops = Callable[..., Result]


def write_project(folder: Path) -> None:
    """Write a project with the stack `test`."""
    (folder / "config" / "tasks").mkdir(parents=True)
    (folder / "Pulumi.test.yaml").write_text(STACK)
    (folder / "Pulumi.yaml").write_text("name: scheduled-tasks\nruntime: python\n")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with the stack `test`."""
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(VARIABLE, raising=False)
    return tmp_path


@pytest.fixture
def ops() -> Ops:
    """Runs a command."""

    def run(*arguments: str, **settings: Any) -> Result:
        return CliRunner().invoke(app, list(arguments), prog_name=NAME, **settings)

    return run


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results go to a terminal with 80 columns."""
    use_terminal(monkeypatch)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An empty AWS account, emulated in this process. Sleeps return at once."""
    with emulated_aws(monkeypatch) as found:
        yield found


@pytest.fixture(scope="session")
def _deployment(tmp_path_factory: pytest.TempPathFactory) -> tuple[Deployed, bytes]:
    """The deployed stack `test`, and the content of its account."""
    folder = tmp_path_factory.mktemp("deployment")
    write_project(folder)
    with pytest.MonkeyPatch.context() as patch, emulated_aws(patch) as cloud:
        return cloud.deploy(project_at(folder).load("test")), saved()


@pytest.fixture
def deployed(project: Path, cloud: Cloud, _deployment: tuple[Deployed, bytes]) -> Deployed:
    """The deployed stack `test`. It is a copy, because the calls to deploy it take longer than most tests."""
    made, content = _deployment
    config = project_at(project).load("test")
    if config.tasks != made.config.tasks:
        return cloud.deploy(config)
    restore(content)
    return made.again(cloud, config)
