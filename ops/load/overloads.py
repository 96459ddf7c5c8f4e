"""The minutes with throttled launches, grouped by the schedules that cause them, and flexible windows that help."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from components.schedules import parse, shortest_interval

from .launches import Demand, DueTime, Launch, Windows, launches, window_of
from .limits import Limit
from .throttling import Throttled, throttled, throttled_launches

CANDIDATES = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 30, 60, 120, 240, 480, 720, 1440))
"""Windows to try: round numbers up to the maximum (AWS: EventBridge Scheduler API reference, FlexibleTimeWindow)."""


@dataclass(frozen=True, slots=True)
class Overload:
    """Schedules whose launches exceed a limit in the same minutes."""

    demands: frozenset[Demand]
    minutes: tuple[int, ...]
    """Minutes of the week in which a bucket becomes empty, in chronological order."""
    throttled: int
    """The number of launches that wait from these minutes on."""
    wait: float
    """The longest wait, in seconds."""
    limit: Limit
    """The limit with the longest wait."""


def find_overloads(of: Sequence[Launch], waiting: Iterable[Throttled], windows: Windows) -> list[Overload]:
    """The overloads among some launches, those with the most throttled launches first."""
    by_minute: dict[int, list[Throttled]] = defaultdict(list)
    for each in waiting:
        by_minute[each.backlog_start // 60].append(each)
    starting: dict[int, list[Launch]] = defaultdict(list)
    for launch in of:
        if launch.second // 60 in by_minute:
            starting[launch.second // 60].append(launch)
    together: dict[frozenset[Demand], list[int]] = defaultdict(list)
    for minute in sorted(by_minute):
        together[_causes(starting[minute], windows)].append(minute)
    found = [_overload(demands, minutes, by_minute) for demands, minutes in together.items()]
    return sorted(found, key=lambda overload: (-overload.throttled, overload.minutes))


def _causes(of: Sequence[Launch], windows: Windows) -> frozenset[Demand]:
    """The schedules without a flexible window if their launches alone exceed a limit, else all schedules."""
    at_once = [launch for launch in of if not window_of(launch.demand, windows)]
    return frozenset(launch.demand for launch in (at_once if throttled(at_once) else of))


def _overload(demands: frozenset[Demand], minutes: list[int], by_minute: dict[int, list[Throttled]]) -> Overload:
    found = [each for minute in minutes for each in by_minute[minute]]
    worst = max(found, key=lambda each: each.wait)
    return Overload(demands, tuple(minutes), throttled_launches(found), worst.wait, worst.limit)


def suggested_windows(due: Sequence[DueTime]) -> dict[Demand, timedelta]:
    """Flexible windows with which no launches are throttled, or as few as windows can achieve.

    All schedules of an overload get the first candidate. Those that are still throttled get the next one, until none
    are throttled or no window can be longer. Schedules that are due at the same times get the same window.
    """
    windows: dict[Demand, timedelta] = {}
    every = dict.fromkeys(each.demand for each in due)
    for candidate in CANDIDATES:
        placed = launches(due, windows)
        found = find_overloads(placed, throttled(placed), windows)
        overloaded = {_times(demand, windows) for overload in found for demand in overload.demands}
        wider = {
            demand: _widened(demand, candidate, windows) for demand in every if _times(demand, windows) in overloaded
        }
        changed = {demand: window for demand, window in wider.items() if window > window_of(demand, windows)}
        if not changed:
            break
        windows |= changed
    return windows


def _times(demand: Demand, windows: Windows) -> tuple[str, str, timedelta]:
    return demand.plan.expression, demand.plan.timezone, window_of(demand, windows)


def _widened(demand: Demand, candidate: timedelta, windows: Windows) -> timedelta:
    """The candidate, but no longer than the interval between two runs."""
    # A schedule that runs only once can be delayed by any time.
    interval = shortest_interval(parse(demand.plan.expression)) or candidate
    return max(window_of(demand, windows), min(candidate, interval))
