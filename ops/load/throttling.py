"""Which launches find a bucket empty, and how long it takes until there is room for them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .launches import Launch
from .limits import LIMITS, Limit

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Throttled:
    """A launch that AWS refuses at first."""

    launch: Launch
    limit: Limit
    wait: float
    """Seconds until there is room for it. Scheduler tries again at times of its own, later than that."""

    @property
    def minute(self) -> int:
        """The minute of the week in which it is refused."""
        return self.launch.second // MINUTE


def throttled(launches: Sequence[Launch]) -> list[Throttled]:
    """What is refused of launches that are in order: once for each limit that it meets."""
    return [refused for limit in LIMITS for refused in _refused(launches, limit)]


def _refused(launches: Iterable[Launch], limit: Limit) -> Iterable[Throttled]:
    """Those that wait take what flows in, so that the balance tells how many wait before the next."""
    balance, before = float(limit.bucket), 0
    for launch in launches:
        if takes := launch.demand.takes.get(limit):
            balance = min(limit.bucket, balance + limit.refill * (launch.second - before)) - takes
            before = launch.second
            if balance < 0:
                yield Throttled(launch, limit, -balance / limit.refill)


def refused_launches(refused: Iterable[Throttled]) -> int:
    """How many launches are refused, each once, however many limits it meets."""
    return len({each.launch for each in refused})


def most_at_once(launches: Iterable[Launch], limit: Limit) -> float:
    """The most that a second's launches take from a limit."""
    seconds: Counter[int] = Counter()
    for launch in launches:
        # Counters are typed for whole numbers; a task that runs on Spot in part takes less than one.
        seconds[launch.second] += launch.demand.takes.get(limit, 0)  # pyright: ignore[reportArgumentType]
    return max(seconds.values(), default=0)
