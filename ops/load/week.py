"""A week of launches as one result: what meets the limits, why, and what would mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from components.schedules import durations

from .crowds import Crowd, crowds, mending_windows
from .launches import Demand, Due, Launch, due, launches
from .limits import LIMITS, Limit
from .throttling import Throttled, most_at_once, refused_launches, throttled


@dataclass(frozen=True)
class LoadedWeek:
    """The launches of the week from `begin` on, in UTC."""

    begin: datetime
    due: Sequence[Due]

    @cached_property
    def launches(self) -> list[Launch]:
        """As the schedules are, in order; with those of the day before, and of windows that end after the week."""
        return launches(self.due, {})

    @property
    def count(self) -> int:
        """Launches in the week."""
        return sum(launch.in_week for launch in self.launches)

    @cached_property
    def refused(self) -> list[Throttled]:
        """As the schedules are."""
        return throttled(self.launches)

    @cached_property
    def crowds(self) -> list[Crowd]:
        """What there is to mend, the worst first."""
        return crowds(self.launches, self.refused, {})

    @cached_property
    def windows(self) -> dict[Demand, timedelta]:
        """The schedules whose windows are to be longer, and how long: of the crowds, and of what they meet when they
        are spread."""
        return mending_windows(self.due)

    @cached_property
    def refused_with_windows(self) -> list[Throttled]:
        """What is left when all of `windows` are in the configuration."""
        return throttled(launches(self.due, self.windows))

    def time(self, minute: int) -> datetime:
        """A minute of the week."""
        return self.begin + timedelta(minutes=minute)

    def met(self, limit: Limit) -> tuple[float, int, float]:
        """The most in a second, how many launches are throttled, and the longest wait in seconds."""
        waits = [each.wait for each in self.refused if each.limit is limit]
        return most_at_once(self.launches, limit), len(waits), max(waits, default=0)

    def as_data(self) -> dict[str, Any]:
        """The week as JSON has it."""
        return {
            "from": self.begin,
            "launches": self.count,
            "throttled": refused_launches(self.refused),
            "limits": [
                {"limit": limit.name, "bucket": limit.bucket, "refill": limit.refill}
                | dict(zip(("mostInASecond", "throttled", "longestWaitSeconds"), self.met(limit), strict=True))
                for limit in LIMITS
            ],
            "crowds": [self._crowd_as_data(crowd) for crowd in self.crowds],
            "windows": [
                _schedule(demand) | {"flexibleWindow": in_configuration(window)}
                for demand, window in sorted(self.windows.items(), key=lambda pair: _place(pair[0]))
            ],
            "throttledWithWindows": refused_launches(self.refused_with_windows),
        }

    def _crowd_as_data(self, crowd: Crowd) -> dict[str, Any]:
        return {
            "minutes": [self.time(minute) for minute in crowd.minutes],
            "throttled": crowd.refused,
            "limit": crowd.limit.name,
            "longestWaitSeconds": crowd.wait,
            "schedules": [_schedule(demand) for demand in sorted(crowd.demands, key=_place)],
        }


def _place(demand: Demand) -> tuple[str, str, str]:
    return demand.plan.stack, demand.plan.task, demand.plan.expression


def _schedule(demand: Demand) -> dict[str, str]:
    return dict(zip(("stack", "task", "expression"), _place(demand), strict=True))


def loaded_week(of: Sequence[Demand], begin: datetime) -> LoadedWeek:
    """The week from the minute of `begin` on."""
    minute = begin.astimezone(UTC).replace(second=0, microsecond=0)
    return LoadedWeek(minute, due(of, minute))


def in_configuration(window: timedelta) -> str:
    """A window as `flexibleWindow` has it."""
    return durations.in_words(int(window.total_seconds()))
