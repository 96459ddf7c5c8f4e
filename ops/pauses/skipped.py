"""The runs that a pause by hand has skipped so far. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from components.schedules import Rate

from ..aws.schedules import Listed, unanchored, understood
from ..state.rows import Source
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
    """

    count: int = 0
    exact: bool = True

    def __add__(self, other: "Skipped") -> "Skipped":
        return Skipped(self.count + other.count, self.exact and other.exact)

    @property
    def words(self) -> str:
        """The number for messages; empty if no time was skipped."""
        times = "scheduled time" if self.count == 1 else "scheduled times"
        return f"{'' if self.exact else 'about '}{self.count:,} {times} skipped so far" if self.count else ""


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


def _earlier(expression: str, start: datetime, before: datetime) -> datetime | None:
    """The start of a rate with the same times before a time; None for other schedules."""
    parsed = understood(expression)
    if not isinstance(parsed, Rate):
        return None
    interval = timedelta(minutes=parsed.minutes)
    return start - interval * ((start - before) // interval + 1)


def _of(source: Source | None, pause: Pause, now: datetime) -> Skipped:
    if source is None or source.times is None or pause.at is None:
        return Skipped(exact=False)
    times = source.times
    if pause.ends and times.start and times.start >= pause.ends:
        # The pause has moved the start.
        times, now = replace(times, start=_earlier(times.expression, times.start, pause.at)), min(now, pause.ends)
    if interval := unanchored(times.expression, times.start):
        return Skipped(max(0, (now - pause.at) // interval), exact=False)
    if times.on_demand:
        return Skipped()
    runs: Sequence[datetime] = list(
        islice(takewhile(lambda run: run <= now, replace(times, enabled=True).runs(pause.at)), MOST + 1)
    )
    return Skipped(min(len(runs), MOST), exact=len(runs) <= MOST)
