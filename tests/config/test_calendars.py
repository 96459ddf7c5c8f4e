"""Calendars of tasks: .ics files in config/tasks."""

from pathlib import Path
from typing import Any

import pytest

from config import ConfigError, Source, load
from config.calendars import read_calendars

EVENT = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "config" / "tasks"
    made.mkdir(parents=True)
    (made / "closures.ics").write_text(EVENT, newline="")
    (made / "broken.ics").write_bytes(b"\xff\xfe")
    return made


def source(*calendars: str) -> Source:
    task: dict[str, Any] = {"image": "a:1", "schedule": "rate(1 day)", "except": {"calendars": list(calendars)}}
    return Source("dev", {"cluster": "main", "tasks": {"job": task}}, ())


def test_a_task_gets_the_text_of_its_calendar(folder: Path):
    config = load(source("closures.ics"), folder)
    assert config.tasks["job"].exceptions.calendars == (EVENT.replace("\r\n", "\n"),)
    assert config.task_as_written("job")["except"] == {"calendars": ["closures.ics"]}


def test_calendars_that_are_missing_or_broken(folder: Path):
    with pytest.raises(ConfigError) as error:
        load(source("closure.ics", "broken.ics"), folder)
    assert [str(problem) for problem in error.value.problems] == [
        (
            'tasks.job.except.calendars.0: there is no file "closure.ics" in config/tasks. Did you mean "closures.ics"? '
            "Add it, or remove the entry."
        ),
        'tasks.job.except.calendars.1: "broken.ics" is not an iCalendar file (RFC 5545). Export the calendar again.',
    ]


def test_a_calendar_that_cannot_be_read_is_empty(folder: Path):
    (folder / "folder.ics").mkdir()
    assert read_calendars([folder / "folder.ics"]) == {"folder.ics": ""}
