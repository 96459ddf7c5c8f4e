"""The minutes that throttle, by the schedules that are to blame, and the flexible windows that mend them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from components.schedules import parse, shortest_interval

from .launches import Demand, Due, Launch, Windows, launches, window_of
from .limits import Limit
from .throttling import MINUTE, Throttled, refused_launches, throttled

CANDIDATES = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 30, 60, 120, 240, 480, 720, 1440))
"""Windows that are tried: round ones, up to the longest that there is (AWS: EventBridge Scheduler API reference,
FlexibleTimeWindow)."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Schedules that launch more than AWS takes, in the same minutes."""

    demands: frozenset[Demand]
    minutes: tuple[int, ...]
    """Of the week, in order."""
    refused: int
    """Launches, in all of these minutes."""
    wait: float
    """The longest, in seconds."""
    limit: Limit
    """The one with the longest wait."""


def crowds(of: Sequence[Launch], refused: Iterable[Throttled], windows: Windows) -> list[Crowd]:
    """Those that make launches wait, the most refused launches first."""
    by_minute: dict[int, list[Throttled]] = defaultdict(list)
    for each in refused:
        by_minute[each.minute].append(each)
    starting: dict[int, set[Demand]] = defaultdict(set)
    for launch in of:
        if launch.second // MINUTE in by_minute:
            starting[launch.second // MINUTE].add(launch.demand)
    together: dict[frozenset[Demand], list[int]] = defaultdict(list)
    for minute in sorted(by_minute):
        together[_to_blame(starting[minute], windows)].append(minute)
    found = [_crowd(demands, minutes, by_minute) for demands, minutes in together.items()]
    return sorted(found, key=lambda crowd: (-crowd.refused, crowd.minutes))


def _to_blame(demands: set[Demand], windows: Windows) -> frozenset[Demand]:
    """Those that come all at once; where there are none, all."""
    return frozenset(demand for demand in demands if not window_of(demand, windows)) or frozenset(demands)


def _crowd(demands: frozenset[Demand], minutes: list[int], by_minute: dict[int, list[Throttled]]) -> Crowd:
    refused = [each for minute in minutes for each in by_minute[minute]]
    worst = max(refused, key=lambda each: each.wait)
    return Crowd(demands, tuple(minutes), refused_launches(refused), worst.wait, worst.limit)


def mending_windows(of: Sequence[Due]) -> dict[Demand, timedelta]:
    """Windows with which nothing is throttled any more, or as little as windows can do. All of a crowd get the first
    of the candidates; those that are still throttled get the next one, until none are."""
    windows: dict[Demand, timedelta] = {}
    for candidate in CANDIDATES:
        placed = launches(of, windows)
        found = crowds(placed, throttled(placed), windows)
        if not found:
            break
        for crowd in found:
            windows |= {demand: _widened(demand, candidate, windows) for demand in crowd.demands}
    return windows


def _widened(demand: Demand, candidate: timedelta, windows: Windows) -> timedelta:
    """At most the time between two runs, as the next one begins then."""
    # A run that never comes again may be as late as any.
    interval = shortest_interval(parse(demand.plan.expression)) or candidate
    return max(window_of(demand, windows), min(candidate, interval))
