"""Exceptions that have no effect, or too much."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from ..exceptions.calendars import events
from ..exceptions.dates import date_range
from ..exceptions.left_out import YEARS, covered_until
from ..problems import Problem, key
from ..schedules import next_runs, parse

if TYPE_CHECKING:
    from ..resolved import CallTask, Task

_MANY = 2000
"""The most scheduled times of a schedule that are compared."""


def exception_warnings(task: Task | CallTask, now: datetime) -> Iterator[Problem]:
    """Exceptions in the past, and exceptions that leave out every run."""
    if not task.exceptions:
        return
    yield from _over(task, now)
    yield from _everything(task, now)


def _over(task: Task | CallTask, now: datetime) -> Iterator[Problem]:
    given = task.except_
    # No time zone is a day behind UTC.
    today = now.astimezone(UTC).date() - timedelta(days=1)
    if given and given.dates and all(date_range(entry).last < today for entry in given.dates):
        yield Problem(("except_", "dates"), "are all in the past. Add later dates, or remove them.")
    for position, text in enumerate(given.calendars if given else ()):
        if not any(events(text, year, "UTC") for year in range(today.year, today.year + YEARS)):
            path = ("except_", "calendars", position)
            years = f"{today.year} to {today.year + YEARS - 1}"
            yield Problem(path, f"has no events in the years {years}. Export the calendar again.")


def _everything(task: Task | CallTask, now: datetime) -> Iterator[Problem]:
    for schedule in task.schedules:
        end = covered_until(now.year, schedule.timezone)
        times = next_runs(parse(schedule.expression), schedule.timezone, now, start=schedule.start, end=schedule.end)
        exceptions = task.exceptions_in(schedule)
        due = list(takewhile(partial(operator.gt, end), islice(times, _MANY)))
        if due and len(due) < _MANY and all(exceptions.reason(time, schedule.timezone) for time in due):
            why = exceptions.reason(due[0], schedule.timezone)
            yield Problem(
                ("except_",) if task.except_ else ("only",),
                f'leaves out every run of "{schedule.expression}" before {end:%Y-%m-%d}, first because of {why}. '
                f"Change {key('hours' if 'hours' in task.args else 'schedule')}, or the exceptions.",
            )
