"""The proof that a task runs at the times of its source: both lists of instants of the next 366 days must be equal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile

from components.schedules import next_runs, parse

from ..planning.plans import Plan
from .model import Times
from .times.changes import ClockChanges
from .times.days import ZonedTimes

DAYS = 366
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """An instant at which the task doesn't start as often as the source.

    Args:
        at: The instant, in UTC.
        source: How often the source starts then.
        task: How often the task starts then.
        clock_change: Whether a clock change is the reason.
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
    theirs, here = Counter(source), Counter(ours)
    changes = [ClockChanges(zone, now, until) for zone in sorted({plan.timezone for plan in plans})]
    return Proof(
        len(source),
        [
            Difference(at, theirs[at], here[at], any(_explains(change, times, plans, at) for change in changes))
            for at in sorted(theirs.keys() | here.keys())
            if theirs[at] != here[at]
        ],
    )


def _until(runs: Iterable[datetime], until: datetime) -> Iterator[datetime]:
    return takewhile(lambda run: run <= until, (run.astimezone(UTC) for run in runs))


def _explains(changes: ClockChanges, times: Times, plans: Sequence[Plan], at: datetime) -> bool:
    """Whether a clock change explains that the source and the task differ at an instant.

    It does if the clock skips or repeats the time, or if the source leaves its own times on the day of a change. If the
    times of the source are known as times of day, the task must have the same ones on these days.
    """
    if not isinstance(times, ZonedTimes):
        return changes.affect(at)
    day = at.astimezone(changes.zone).date()
    clock = at.astimezone(changes.zone)
    is_own = (clock.hour * 60 + clock.minute) in times.clock_times(day)
    if not changes.affect(at) and not (changes.on(day) and is_own == _starts(plans, at)):
        return False
    days = {(at + shift).astimezone(changes.zone).date() for shift in (-_DAY, timedelta(), _DAY)}
    return all(set(times.clock_times(each)) == _clock_times(plans, each) for each in days if changes.on(each))


def _starts(plans: Sequence[Plan], at: datetime) -> bool:
    tick = timedelta(seconds=1)
    return any(next(replace(plan, enabled=True).runs(at - tick), None) == at for plan in plans)


def _clock_times(plans: Sequence[Plan], day: date) -> set[int]:
    """The times of a day that the expressions name, as minutes after midnight: those in UTC, which has no changes."""
    start = datetime.combine(day, time(), UTC)
    end = start + _DAY - timedelta(seconds=1)
    runs = (
        run
        for plan in plans
        for run in _until(next_runs(parse(plan.expression), "UTC", start - timedelta(seconds=1)), end)
    )
    return {run.hour * 60 + run.minute for run in runs}
