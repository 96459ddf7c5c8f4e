"""Which launches find a bucket empty, and how long it takes until there is room for them."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .launches import Launch
from .limits import LIMITS, Limit


@dataclass(frozen=True, slots=True)
class Throttled:
    """A launch that AWS refuses at first."""

    launch: Launch
    limit: Limit
    wait: float
    """Seconds until there is room for it. Whoever launches tries again at times of its own, later than that."""
    rush: int
    """The second at which the bucket ran empty; from then on there are always some that wait."""


def throttled(launches: Sequence[Launch]) -> list[Throttled]:
    """What is refused in the week of launches that are in order: once for each limit that it meets."""
    return [refused for limit in LIMITS for refused in _refused(launches, limit) if refused.launch.in_week]


def _refused(launches: Iterable[Launch], limit: Limit) -> Iterator[Throttled]:
    """Those that wait take what flows in, so that the balance tells how many wait before the next."""
    balance, before, rush = float(limit.bucket), -math.inf, 0
    for launch in launches:
        if takes := launch.demand.takes.get(limit):
            flown = min(limit.bucket, balance + limit.refill * (launch.second - before))
            if flown >= 0:
                rush = launch.second
            balance, before = flown - takes, launch.second
            if balance < 0:
                yield Throttled(launch, limit, -balance / limit.refill, rush)


def refused_launches(refused: Iterable[Throttled]) -> int:
    """How many launches are refused, each once, however many limits it meets."""
    return len({each.launch for each in refused})


def most_at_once(launches: Iterable[Launch], limit: Limit) -> float:
    """The most that the launches of a second in the week take from a limit."""
    seconds: Counter[int] = Counter()
    for launch in launches:
        if launch.in_week:
            # Counters are typed for whole numbers; a task that runs on Spot in part takes less than one.
            seconds[launch.second] += launch.demand.takes.get(limit, 0)  # pyright: ignore[reportArgumentType]
    return max(seconds.values(), default=0)
