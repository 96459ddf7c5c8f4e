"""The runs that a pause by hand has skipped so far. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, takewhile

from ..aws.schedules import Listed, unanchored
from ..state.rows import Source
from .deferral import earlier_start
from .record import Pause, Record

MOST = 10_000
"""The most times of a schedule that are counted."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Scheduled times in a pause.

    Args:
        count: Their number.
        exact: Whether it is exact. It isn't if a schedule counts from its deployment, has more than `MOST` times, or
            could not be read.
        caught_up: How many of them `catchUp` would run if the pause ended now.
    """

    count: int = 0
    exact: bool = True
    caught_up: int = 0

    def __add__(self, other: "Skipped") -> "Skipped":
        exact, caught_up = self.exact and other.exact, self.caught_up + other.caught_up
        return Skipped(self.count + other.count, exact, caught_up)

    @property
    def words(self) -> str:
        """The number for messages; empty if no time was skipped."""
        times = "scheduled time" if self.count == 1 else "scheduled times"
        if not self.count:
            return ""
        caught_up = f", {self.caught_up:,} to catch up" if self.caught_up else ""
        return f"{'' if self.exact else 'about '}{self.count:,} {times} skipped so far{caught_up}"


def skipped(
    record: Record, listed: Iterable[Listed], sources: Mapping[str, Source], now: datetime
) -> dict[str, Skipped]:
    """The skipped times of each pause by hand, by its task; `ALL` for a pause of all tasks."""
    paused = [
        (each, pause)
        for each in listed
        if (pause := record.pause_of(each.name, each.modified)) and (not each.enabled or pause.ends)
    ]
    return {
        task: sum((_of(sources.get(each.name), pause, now) for each, by in paused if by is pause), Skipped())
        for task, pause in record.pauses.items()
    }


def _of(source: Source | None, pause: Pause, now: datetime) -> Skipped:
    if source is None or source.times is None or pause.began is None:
        return Skipped(exact=False)
    times = source.times
    if pause.ends and times.start and times.start >= pause.ends:
        # The pause has moved the start.
        start = earlier_start(times.expression, times.start, pause.began)
        times, now = replace(times, start=start), min(now, pause.ends)
    if interval := unanchored(times.expression, times.start):
        return Skipped(max(0, (now - pause.began) // interval), exact=False)
    if times.on_demand:
        return Skipped()
    runs: Sequence[datetime] = list(
        islice(takewhile(lambda run: run <= now, replace(times, enabled=True).runs(pause.began)), MOST + 1)
    )
    caught_up = len(times.catch_up.chosen(runs, now)) if times.catch_up else 0
    return Skipped(min(len(runs), MOST), exact=len(runs) <= MOST, caught_up=caught_up)
