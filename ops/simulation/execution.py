"""One execution of the state machine of a supervised task, and the calls that all executions make."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from components.supervised.language import POLL_SECONDS, POLLS
from components.supervised.settings import Supervision

from .clock import Clock, Until
from .executor import EcsRun
from .faults import Outages, Service
from .record import ScheduledRun
from .tasks import SimulatedTask

CALL_RETRIES = (2, 4, 8, 16, 32, 60, 60, 60)
"""The longest pauses before the retries of a call that isn't RunTask, in seconds. Jitter makes them shorter."""

End: TypeAlias = tuple[str, str]
"""An outcome with its reason."""
Steps: TypeAlias = Generator[float | Until, None, End | None]
"""Waits, and returns the end of the execution; None to continue."""


@dataclass(slots=True)
class Execution:
    """One execution."""

    number: int
    task: SimulatedTask
    settings: Supervision
    run: ScheduledRun
    since: float
    """When it started, in seconds since 1970."""
    random: Random
    attempt: int = 1
    launch: int = 1

    @property
    def held_the_lease(self) -> bool:
        """Whether it held the lease in an earlier attempt or launch."""
        return self.attempt > 1 or self.launch > 1


@dataclass(slots=True)
class Calls:
    """The calls of executions to other services, with their retries."""

    clock: Clock
    outages: Outages

    def call(self, this: Execution, service: Service) -> Generator[float | Until, None, bool]:
        """Call a service. Returns whether it has answered."""
        for pause in CALL_RETRIES:
            if self.outages.until(service, self.clock.now) is None:
                return True
            yield this.random.uniform(0, pause)
        return self.outages.until(service, self.clock.now) is None

    def stop(self, this: Execution, runs: Iterable[EcsRun], reason: str) -> Generator[float | Until, None, bool]:
        """Stop ECS tasks, those of a run with `parallel` together. Returns whether all have stopped."""
        runs = list(runs)
        for together in [runs] if this.settings.parallel else [[run] for run in runs]:
            for run in together:
                if not (yield from self.call(this, "ecs")):
                    return False
                run.stop(run, reason)
            for _ in range(POLLS):
                yield POLL_SECONDS
                if all(run.ended.happened for run in together):
                    break
            else:
                return False
        return True
