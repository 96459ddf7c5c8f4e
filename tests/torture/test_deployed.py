"""The program of hostile configurations that `check` accepts, on mocks."""

from pathlib import Path

import pytest

from config import program
from torture.hostile.deployed import ACCEPTED, resources_on_mocks
from torture.hostile.project import write


def test_an_accepted_configuration_registers_resources(tmp_path: Path):
    write(tmp_path, {})
    assert resources_on_mocks(tmp_path) > 20


def test_a_hostile_configuration_that_is_valid_registers_resources(tmp_path: Path):
    write(tmp_path, ACCEPTED)
    assert resources_on_mocks(tmp_path) > 20


def test_a_refused_configuration_ends_with_a_message(tmp_path: Path):
    write(tmp_path, {"config/tasks/job.yaml": b"imgae: a"})
    assert resources_on_mocks(tmp_path) == 0


def test_an_error_of_the_program_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise KeyError("schedules")

    monkeypatch.setattr(program, "ScheduledTask", broken)
    write(tmp_path, {})
    with pytest.raises(KeyError):
        resources_on_mocks(tmp_path)
