"""How long the runs of a task usually take. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from .records import SUCCEEDED, Run

_SLOW = timedelta(minutes=5)
"""A run is not slow if it takes only this much longer than usual."""
LEAST = 3
"""The fewest runs that tell a usual duration to a reader of `history`."""


def known_durations(runs: Iterable[Run]) -> Sequence[timedelta]:
    """The durations of the runs that succeeded."""
    return [run.duration for run in runs if run.outcome == SUCCEEDED and run.duration]


def usual_duration(runs: Iterable[Run]) -> timedelta | None:
    """The median duration of the runs that succeeded; None if none did."""
    times = [duration.total_seconds() for duration in known_durations(runs)]
    return timedelta(seconds=median(times)) if times else None


def is_slow(run: Run, usual: timedelta | None, now: datetime) -> bool:
    """Whether a run has taken more than twice the usual duration, and at least 5 minutes more. A run that waits is not
    slow."""
    if usual is None or run.started is None or run.waiting:
        return False
    lasting = run.lasting(now)
    return lasting is not None and lasting > max(2 * usual, usual + _SLOW)
