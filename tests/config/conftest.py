"""Shared tasks and a stack to load, in their own folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.problems import Problem
from config import ConfigError, Source, StackConfig, load

Load = Callable[..., StackConfig]
Refused = Callable[..., list[str]]

BACKUP = """
description: a backup
schedule: cron(0 3 * * ? *)
timezone: Europe/Berlin
image: backup:1
environment: {HOST: db, PORT: 5432}
cpu: 512
memory: 1024
tags: {owner: alice}
"""


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deployments have a Region, except those in `test_region.py`."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A folder like config/tasks, with one task in it: `backup`."""
    folder = tmp_path / "config" / "tasks"
    folder.mkdir(parents=True)
    (folder / "backup.yaml").write_text(BACKUP)
    return folder


@pytest.fixture
def loaded(catalogue: Path) -> Load:
    """Loads a stack with the given values and the shared tasks."""

    def load_stack(secret_paths: tuple[tuple[str | int, ...], ...] = (), **values: Any) -> StackConfig:
        return load(Source("test", values, secret_paths), catalogue)

    return load_stack


@pytest.fixture
def refused(loaded: Load) -> Refused:
    """The problems of a stack with the given values, one string per problem, without their places in files."""

    def problems(**values: Any) -> list[str]:
        with pytest.raises(ConfigError) as error:
            loaded(**values)
        return [Problem.__str__(problem) for problem in error.value.problems]

    return problems
