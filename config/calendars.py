"""The iCalendar files in the folder of shared tasks, which `except.calendars` names."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from components.exceptions.calendars import LONGEST, calendar_text
from components.json_values import Data
from components.problems import Problem, nearest

_BYTES = 4 * LONGEST
"""A character has at most 4 bytes in UTF-8."""
Calendars = Mapping[str, str]
"""The texts of calendars by the names of their files."""


def read_calendars(files: Iterable[Path]) -> dict[str, str]:
    """The texts of calendars. A file that isn't text in UTF-8 becomes text that is no calendar."""
    found: dict[str, str] = {}
    for path in files:
        try:
            with path.open("rb") as opened:
                found[path.name] = opened.read(_BYTES + 1).decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        except OSError:
            found[path.name] = ""
    return found


def calendar_problems(task: Data, calendars: Calendars) -> Iterator[Problem]:
    """Calendars of a task that don't exist or can't be read. `task` has valid keys."""
    for position, name in enumerate(_names(task)):
        path = ("except_", "calendars", position)
        if name not in calendars:
            hint = nearest(name, calendars)
            yield Problem(path, f'there is no file "{name}" in config/tasks.{hint} Add it, or remove the entry.')
            continue
        try:
            calendar_text(calendars[name])
        except ValueError as error:
            yield Problem(path, f'"{name}" {error}')


def texts_of(calendars: Calendars) -> Callable[[str], str | None]:
    """A function that returns the text of a valid calendar by its name, and None for others."""

    def text(name: str) -> str | None:
        try:
            return calendar_text(calendars[name])
        except (KeyError, ValueError):
            return None

    return text


def _names(task: Data) -> Iterable[str]:
    given: Data = task.get("except_") or {}
    return given.get("calendars", ())
