"""Scheduled times that are left out, grouped for tables. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice, takewhile

from .plans import Plan

_MOST = 20_000
"""The most scheduled times of a schedule that are searched for the next runs: more than one per hour for two years."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Scheduled times in a row that are left out for one reason."""

    plan: Plan
    times: Sequence[datetime]
    reason: str

    @property
    def words(self) -> str:
        """The reason and the number of times: `left out: Weekend (48 times)`."""
        count = len(self.times)
        return f"left out: {self.reason}" + (f" ({count:,} times)" if count > 1 else "")

    @property
    def line(self) -> str:
        """The line below a table: `backup Sat 2026-12-05 03:00 left out: Weekend (2 times)`."""
        return f"{self.plan.task} {self.span} {self.words}"

    @property
    def span(self) -> str:
        """The local time of the first one, as of a run."""
        return self.plan.span(self.times[0])

    def as_data(self) -> Iterator[dict[str, str]]:
        """The times for JSON output."""
        for time in self.times:
            yield {"local": time.isoformat(), "utc": time.astimezone(UTC).isoformat(), "reason": self.reason}


def next_times(plan: Plan, after: datetime, count: int) -> list[datetime | LeftOut]:
    """The next runs of a schedule, and the times before them that are left out, in chronological order.

    Args:
        plan: The schedule.
        after: Earlier times are omitted.
        count: The most runs.
    """
    runs, times = 0, list[datetime]()
    for number, time in enumerate(plan.due(after)):
        if runs == count or number == _MOST:
            break
        times.append(time)
        runs += not plan.left_out(time)
    return list(_grouped(plan, times))


def left_out_until(plan: Plan, after: datetime, end: datetime) -> list[LeftOut]:
    """The times of a schedule that are left out between two times; the end is excluded."""
    times = takewhile(lambda time: time < end, plan.due(after)) if plan.exceptions else ()
    return [each for each in _grouped(plan, times) if isinstance(each, LeftOut)]


def next_left_out(plan: Plan, after: datetime, count: int) -> list[LeftOut]:
    """The next times of a schedule that are left out: at most `count` groups of them."""
    times = islice(plan.due(after), _MOST) if plan.exceptions else ()
    return list(islice((each for each in _grouped(plan, times) if isinstance(each, LeftOut)), count))


def _grouped(plan: Plan, times: Iterable[datetime]) -> Iterator[datetime | LeftOut]:
    for reason, group in groupby(times, key=plan.left_out):
        if reason:
            yield LeftOut(plan, list(group), reason)
        else:
            yield from group
