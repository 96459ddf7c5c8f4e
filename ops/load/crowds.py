"""The minutes that throttle, by the schedules that are to blame, and the flexible windows that mend them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from components.schedules import parse, shortest_interval

from .launches import Demand, Due, Launch, Windows, launches, window_of
from .limits import Limit
from .throttling import Throttled, refused_launches, throttled

CANDIDATES = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 30, 60, 120, 240, 480, 720, 1440))
"""Windows that are tried: round ones, up to the longest that there is (AWS: EventBridge Scheduler API reference,
FlexibleTimeWindow)."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Schedules that launch more than AWS takes, in the same minutes."""

    demands: frozenset[Demand]
    minutes: tuple[int, ...]
    """Of the week, in order: those in which a bucket runs empty."""
    refused: int
    """Launches that wait from these minutes on."""
    wait: float
    """The longest, in seconds."""
    limit: Limit
    """The one with the longest wait."""


def crowds(of: Sequence[Launch], refused: Iterable[Throttled], windows: Windows) -> list[Crowd]:
    """Those that make launches wait, the most refused launches first."""
    by_minute: dict[int, list[Throttled]] = defaultdict(list)
    for each in refused:
        by_minute[each.rush // 60].append(each)
    starting: dict[int, list[Launch]] = defaultdict(list)
    for launch in of:
        if launch.second // 60 in by_minute:
            starting[launch.second // 60].append(launch)
    together: dict[frozenset[Demand], list[int]] = defaultdict(list)
    for minute in sorted(by_minute):
        together[_to_blame(starting[minute], windows)].append(minute)
    found = [_crowd(demands, minutes, by_minute) for demands, minutes in together.items()]
    return sorted(found, key=lambda crowd: (-crowd.refused, crowd.minutes))


def _to_blame(of: Sequence[Launch], windows: Windows) -> frozenset[Demand]:
    """Of the launches of a minute those that come at once, where these alone are too many; else all."""
    at_once = [launch for launch in of if not window_of(launch.demand, windows)]
    return frozenset(launch.demand for launch in (at_once if throttled(at_once) else of))


def _crowd(demands: frozenset[Demand], minutes: list[int], by_minute: dict[int, list[Throttled]]) -> Crowd:
    refused = [each for minute in minutes for each in by_minute[minute]]
    worst = max(refused, key=lambda each: each.wait)
    return Crowd(demands, tuple(minutes), refused_launches(refused), worst.wait, worst.limit)


def mending_windows(of: Sequence[Due]) -> dict[Demand, timedelta]:
    """Windows with which nothing is throttled any more, or as little as windows can do. All of a crowd get the first
    of the candidates; those that are still throttled get the next one, until none are or no window can be longer.
    Those that are due at the same times get the same."""
    windows: dict[Demand, timedelta] = {}
    every = dict.fromkeys(each.demand for each in of)
    for candidate in CANDIDATES:
        placed = launches(of, windows)
        found = crowds(placed, throttled(placed), windows)
        crowded = {_times(demand, windows) for crowd in found for demand in crowd.demands}
        wider = {demand: _widened(demand, candidate, windows) for demand in every if _times(demand, windows) in crowded}
        changed = {demand: window for demand, window in wider.items() if window > window_of(demand, windows)}
        if not changed:
            break
        windows |= changed
    return windows


def _times(demand: Demand, windows: Windows) -> tuple[str, str, timedelta]:
    return demand.plan.expression, demand.plan.timezone, window_of(demand, windows)


def _widened(demand: Demand, candidate: timedelta, windows: Windows) -> timedelta:
    """At most the time between two runs, as the next one begins then."""
    # A run that never comes again may be as late as any.
    interval = shortest_interval(parse(demand.plan.expression)) or candidate
    return max(window_of(demand, windows), min(candidate, interval))
