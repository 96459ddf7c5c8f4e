"""The schedules of office hours. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..schedules.opening_hours import cron_expressions, opening_hours

Action: TypeAlias = Literal["open", "close"]
NOUNS: Mapping[Action, str] = {"open": "opening", "close": "closing"}


@dataclass(frozen=True, slots=True)
class Time:
    """One schedule of office hours."""

    action: Action
    name: str
    """`opening`, `closing`; if there are several, also `opening-2` and so on."""
    expression: str


def times(written: str) -> list[Time]:
    """The schedules of office hours: at least one opening and one closing.

    Args:
        written: The days and times, such as `MON-FRI 07:30-19:00`.
    """
    hours = opening_hours(written)
    return [*_of("open", hours.openings), *_of("close", hours.closings)]


def action_of(name: str) -> Action | None:
    """The action of a schedule of office hours, by its name. None for another name."""
    return next((action for action, noun in NOUNS.items() if name.split("-")[0] == noun), None)


def _of(action: Action, at: Sequence[int]) -> Iterator[Time]:
    for number, expression in enumerate(cron_expressions(at), 1):
        yield Time(action, NOUNS[action] + (f"-{number}" if number > 1 else ""), expression)
