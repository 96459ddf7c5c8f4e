"""The most Fargate vCPUs that runs use at the same time. Pure: launches in, the peak out."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .launches import WEEK_SECONDS, Demand, Launch
from .run_sizes import SHORTEST, VcpuQuota

_ROUNDING = 1e-6
"""vCPUs. Shares of capacity providers have rounding errors."""


@dataclass(frozen=True, slots=True)
class VcpuPeak:
    """The runs of a week that use the most vCPUs at the same time."""

    quota: VcpuQuota
    second: int
    """When the last of them starts, in seconds from the start of the week. The first such time of the week."""
    vcpus: float
    """The sum."""
    demands: Mapping[Demand, float]
    """The vCPUs of each schedule, the most first. Runs that can't overlap others of their task or lock count once, with
    the largest."""

    @property
    def minute(self) -> int:
        """The minute of the week."""
        return self.second // 60

    @property
    def tasks(self) -> list[tuple[str, str, float]]:
        """The stack, the name and the vCPUs of each task, the most first."""
        found: dict[tuple[str, str], float] = defaultdict(float)
        for demand, vcpus in self.demands.items():
            found[demand.plan.stack, demand.plan.task] += vcpus
        return sorted(((*name, vcpus) for name, vcpus in found.items()), key=lambda each: (-each[2], each[:2]))


@dataclass(frozen=True, slots=True, eq=False)
class _Use:
    begin: int
    end: float
    vcpus: float
    demand: Demand


def vcpu_peak(launches: Iterable[Launch], quota: VcpuQuota, seconds: float | None = None) -> VcpuPeak | None:
    """Find the most vCPUs of a quota that are used at the same time in the week.

    A run uses its vCPUs from its launch on, for its known duration, and otherwise for a minute. Runs that wait for
    others are counted at their launch.

    Args:
        launches: The launches of the week and of the day before it.
        quota: The quota that counts the vCPUs.
        seconds: The duration of all runs. None for those of their schedules.

    Returns:
        None if no run uses the capacity.

    Example:
        Two launches at 03:00, of 2 and 4 vCPUs, have a peak of 6.
    """
    uses = sorted(_uses(launches, quota, seconds), key=lambda use: use.begin)
    total, most, at = 0.0, 0.0, 0
    turns: defaultdict[str, list[float]] = defaultdict(list)
    ends: list[tuple[float, int]] = []
    for number, use in enumerate(uses):
        while ends and ends[0][0] <= use.begin:
            ended = uses[heapq.heappop(ends)[1]]
            total -= _change(turns, ended, ends=True)
        total += _change(turns, use, ends=False)
        heapq.heappush(ends, (use.end, number))
        if total > most + _ROUNDING:
            most, at = total, use.begin
    if not most:
        return None
    return _peak(quota, at, [use for use in uses if use.begin <= at < use.end])


def _uses(launches: Iterable[Launch], quota: VcpuQuota, seconds: float | None) -> Iterable[_Use]:
    for launch in launches:
        size = launch.demand.size
        end = launch.second + (seconds or size.seconds or SHORTEST)
        if (vcpus := size.vcpus.get(quota)) and launch.second < WEEK_SECONDS and end > 0:
            yield _Use(max(0, launch.second), end, vcpus, launch.demand)


def _change(turns: dict[str, list[float]], use: _Use, *, ends: bool) -> float:
    """How much the sum changes if a run starts or ends. Only the largest of the runs of one turn counts."""
    if not (turn := use.demand.size.turn):
        return use.vcpus
    running = turns[turn]
    if ends:
        running.remove(use.vcpus)
    others = max(running, default=0)
    if not ends:
        running.append(use.vcpus)
    return max(0, use.vcpus - others)


def _peak(quota: VcpuQuota, at: int, running: Sequence[_Use]) -> VcpuPeak:
    found: defaultdict[Demand, float] = defaultdict(float)
    largest: dict[str, _Use] = {}
    for use in running:
        turn = use.demand.size.turn
        if not turn:
            found[use.demand] += use.vcpus
        elif turn not in largest or use.vcpus > largest[turn].vcpus:
            largest[turn] = use
    for use in largest.values():
        found[use.demand] += use.vcpus
    ordered = dict(sorted(found.items(), key=lambda pair: -pair[1]))
    return VcpuPeak(quota, at, sum(found.values()), ordered)
