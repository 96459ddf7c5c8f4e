"""The proof that a task runs at the times of its source: both lists of instants of the next 366 days must be equal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from ..planning.plans import Plan
from .model import Times

DAYS = 366
_NEAR = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Difference:
    """An instant at which the task doesn't start as often as the source.

    Args:
        at: The instant, in UTC.
        source: How often the source starts then.
        task: How often the task starts then.
        clock_change: Whether the clock of the time zone changes on that day.
    """

    at: datetime
    source: int
    task: int
    clock_change: bool

    @property
    def explained(self) -> bool:
        """Whether AWS is the reason: it has other rules for clock changes, or two schedules match."""
        return self.clock_change or (self.source == 1 and self.task > 1)

    @property
    def sentence(self) -> str:
        """The difference as a phrase."""
        reason = " (clock change)" if self.clock_change else ""
        return f"{self.at:%Y-%m-%d %H:%MZ}: {_runs(self.source)} in the source, {_runs(self.task)} here{reason}"


@dataclass(frozen=True, slots=True)
class Proof:
    """The comparison of a task with its source.

    Args:
        runs: The number of runs of the source.
        differences: The instants that differ.
    """

    runs: int
    differences: Sequence[Difference]

    @property
    def explained(self) -> bool:
        """Whether AWS is the reason for all differences."""
        return all(difference.explained for difference in self.differences)


def _runs(number: int) -> str:
    return "no run" if number == 0 else "1 run" if number == 1 else f"{number} runs"


def proof(times: Times, plans: Sequence[Plan], now: datetime, days: int = DAYS) -> Proof:
    """Compare the times of a source with the plans of its task, as `next` shows them. A pause doesn't count."""
    until = now + timedelta(days=days)
    source = list(times(now, until))
    ours = sorted(run for plan in plans for run in _until(replace(plan, enabled=True).runs(now), until))
    if source == ours:
        return Proof(len(source), [])
    zones = sorted({plan.timezone for plan in plans})
    theirs, here = Counter(source), Counter(ours)
    return Proof(
        len(source),
        [
            Difference(at, theirs[at], here[at], any(_changes(zone, at) for zone in zones))
            for at in sorted(theirs.keys() | here.keys())
            if theirs[at] != here[at]
        ],
    )


def _until(runs: Iterable[datetime], until: datetime) -> Iterator[datetime]:
    return takewhile(lambda run: run <= until, (run.astimezone(UTC) for run in runs))


def _changes(timezone: str, at: datetime) -> bool:
    zone = ZoneInfo(timezone)
    return (at - _NEAR).astimezone(zone).utcoffset() != (at + _NEAR).astimezone(zone).utcoffset()
