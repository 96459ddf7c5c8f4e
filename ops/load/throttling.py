"""Which launches find a token bucket empty, and how long they wait for tokens."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .launches import Launch
from .limits import LIMITS, Limit


@dataclass(frozen=True, slots=True)
class Throttled:
    """A launch that AWS throttles on the first attempt."""

    launch: Launch
    limit: Limit
    wait: float
    """Seconds until there are enough tokens. The retry comes later than that, at a time that the caller chooses."""
    backlog_start: int
    """The second at which the bucket became empty. Since then, at least one launch has always been waiting."""


def throttled(launches: Sequence[Launch]) -> list[Throttled]:
    """The throttled launches of the week, one entry per exceeded limit. `launches` are in chronological order."""
    return [found for limit in LIMITS for found in _throttled_by(limit, launches) if found.launch.in_week]


def _throttled_by(limit: Limit, launches: Iterable[Launch]) -> Iterator[Throttled]:
    """Waiting launches use the refill first, so a negative balance is the number of tokens that they wait for."""
    balance, before, backlog_start = float(limit.bucket), -math.inf, 0
    for launch in launches:
        if used := launch.demand.usage.get(limit):
            refilled = min(limit.bucket, balance + limit.refill * (launch.second - before))
            if refilled >= 0:
                backlog_start = launch.second
            balance, before = refilled - used, launch.second
            if balance < 0:
                yield Throttled(launch, limit, -balance / limit.refill, backlog_start)


def throttled_launches(found: Iterable[Throttled]) -> int:
    """The number of throttled launches; a launch that exceeds several limits counts once."""
    return len({each.launch for each in found})


def peak_usage(launches: Iterable[Launch], limit: Limit) -> float:
    """The most tokens that the launches of one second of the week use."""
    seconds: defaultdict[int, float] = defaultdict(float)
    for launch in launches:
        if launch.in_week:
            seconds[launch.second] += launch.demand.usage.get(limit, 0)
    return max(seconds.values(), default=0)
