"""Gaps between runs, in which a switch neither doubles nor loses one. Pure.

A run is due at its time, and EventBridge starts it up to a minute later. A change of a rule or schedule takes effect
after "a short period of time". So a switch keeps a margin before and after each run. AWS: EventBridge Scheduler user
guide, "Schedule types" (precision of 60 seconds); EventBridge API reference, DisableRule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge

from ..model import Times

MARGIN = timedelta(minutes=2)
"""The least time between a switch and the time of a run: one minute until EventBridge starts it, and one minute until a
change takes effect."""
SWITCH = timedelta(seconds=15)
"""The time of a gap that a switch needs."""
HORIZON = timedelta(days=32)
"""How far a gap is searched."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without runs.

    Args:
        start: Its first instant.
        end: The instant after it. None if there is no later run within `HORIZON`.
    """

    start: datetime
    end: datetime | None

    def contains(self, instant: datetime) -> bool:
        """Whether an instant is in the gap."""
        return self.start <= instant and (self.end is None or instant < self.end)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """The times of a rule or schedule.

    Args:
        times: Its runs, whether it is enabled or not.
        window: How late a run can start: the flexible time window.
        anchored: Whether the times are known. AWS counts a rate without a start from an instant that it doesn't report.
    """

    times: Times
    window: timedelta = timedelta()
    anchored: bool = True

    def busy(self, after: datetime, until: datetime, margin: timedelta) -> Iterator[tuple[datetime, datetime]]:
        """The periods around runs in which a switch could double or lose one."""
        for run in self.times(after - self.window - margin - timedelta(microseconds=1), until):
            yield run - margin, run + self.window + margin


def next_gap(clockworks: Sequence[Clockwork], now: datetime, margin: timedelta = MARGIN) -> Gap | None:
    """The gap at `now`, or the next one. None if there is none within `HORIZON`, or the times aren't known."""
    if not all(clockwork.anchored for clockwork in clockworks):
        return None
    until = now + HORIZON
    start = now
    for first, last in merge(*(clockwork.busy(now, until, margin) for clockwork in clockworks)):
        if first - start >= SWITCH:
            return Gap(start, first)
        start = max(start, last)
    return Gap(start, None) if start < until else None


def settled(
    clockworks: Sequence[Clockwork], now: datetime, enabled_since: datetime, margin: timedelta = MARGIN
) -> bool:
    """Whether the other side has been enabled for so long that it starts each run that is due from now on.

    Then the old side can be disabled at any time: it can only double these runs. Without known times, a run can be due
    at any time, so the change must have taken effect.
    """
    if not all(clockwork.anchored for clockwork in clockworks) and now < enabled_since + margin:
        return False
    around = (period for each in clockworks for period in each.busy(now, now + margin, margin) if period[1] > now)
    return all(first >= enabled_since for first, _ in around)
