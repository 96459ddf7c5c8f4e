"""Faults of a simulation: their kinds, their times, and their tasks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeAlias, get_args

Service: TypeAlias = Literal["scheduler", "ecs", "states", "dynamodb", "events", "sqs"]
"""A service that can have an outage, as IAM names it."""
OfDelivery: TypeAlias = Literal["doubleDelivery", "paused"]
OfLaunch: TypeAlias = Literal["noCapacity", "throttled", "accessDenied"]
OfRun: TypeAlias = Literal["exitCode", "outOfMemory", "imageNotFound", "spotInterruption"]
Kind: TypeAlias = Literal[OfDelivery, OfLaunch, OfRun, "outage"]
"""`outage` concerns a service, and the other kinds concern tasks."""
NEED_CONTAINERS: frozenset[str] = frozenset({"noCapacity", *get_args(OfRun)})
"""The kinds that a call can't have: it starts no container."""
OF_TASKS: frozenset[str] = frozenset({*get_args(OfDelivery), *get_args(OfLaunch), *get_args(OfRun)})
"""The kinds that concern tasks."""
RUNS: frozenset[str] = frozenset(get_args(OfRun))


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One fault. Times are in seconds since 1970."""

    kind: Kind
    begin: float
    end: float
    tasks: frozenset[str] | None = None
    """None for all tasks."""
    percent: int = 100
    """How many of the deliveries, launches or runs in its time it affects."""
    times: int | None = None
    """The most that it affects of each task; None for all."""
    exit_code: int = 1
    after: int | None = None
    """Seconds from the launch until it happens in a run; None for the end of the run."""
    service: Service | None = None

    def concerns(self, task: str) -> bool:
        """Whether it can affect a task."""
        return self.service is None and (self.tasks is None or task in self.tasks)


@dataclass(slots=True)
class TaskFaults:
    """The faults of one task. It counts what each of them has affected."""

    faults: Sequence[Fault]
    random: Random
    _used: dict[Fault, int] = field(default_factory=dict[Fault, int])

    def hit(self, now: float, kinds: Iterable[str]) -> Fault | None:
        """The first fault of some kinds that happens now, or None."""
        for fault in self.faults:
            if fault.kind in kinds and fault.begin <= now < fault.end and self._affects(fault):
                self._used[fault] = self._used.get(fault, 0) + 1
                return fault
        return None

    def _affects(self, fault: Fault) -> bool:
        if fault.times is not None and self._used.get(fault, 0) >= fault.times:
            return False
        return fault.percent == 100 or self.random.random() * 100 < fault.percent


@dataclass(frozen=True, slots=True)
class Outages:
    """The outages of services."""

    faults: Sequence[Fault]

    def until(self, service: Service, now: float) -> float | None:
        """The end of a service's outage; None if the service works."""
        end: float | None = None
        # Outages that overlap or follow each other are one.
        for fault in self.faults:
            if fault.service == service and fault.begin <= (now if end is None else end) < fault.end:
                end = fault.end
        return end


def outages_of(faults: Iterable[Fault]) -> Outages:
    """The outages among faults."""
    return Outages(sorted((fault for fault in faults if fault.service), key=lambda fault: fault.begin))
