"""Which executions can run: the leases, and the places of runs that wait in a queue.

The names of states in comments are those of `components.supervised.exclusion` and `components.supervised.queueing`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field

from components.supervised.exclusion import REFUSALS, tries
from components.supervised.language import POLL_SECONDS
from components.supervised.lease import CLOCK_SKEW, PLACE_SECONDS
from components.supervised.queueing import SHARE
from components.supervised.settings import FORBID, LEFT_BEHIND, QUEUE, REPLACE, REPLACED_BY

from .clock import Clock, Until
from .execution import Calls, End, Execution, Steps
from .executor import EcsRun
from .record import FAILED, REPLACED, SKIPPED


@dataclass(slots=True)
class _Lease:
    """A lease in the table."""

    holder: int
    since: float
    ends: float
    requested: bool = False
    """Whether a newer execution has requested it."""


@dataclass(slots=True)
class _Wait:
    """How an execution has waited for the lease so far."""

    tries: int = 0
    refusals: int = 0
    waited: int = 0
    pause: int = POLL_SECONDS
    enters: bool = True
    """Whether it takes its place in the queue before its next try."""


@dataclass(slots=True)
class Exclusion:
    """The leases of all tasks."""

    clock: Clock
    calls: Calls
    running: Mapping[str, Sequence[EcsRun]]
    """The ECS tasks that have not ended, by task."""
    _leases: dict[str, _Lease] = field(default_factory=dict[str, _Lease])
    _places: dict[str, tuple[int, float]] = field(default_factory=dict[str, "tuple[int, float]"])
    """The execution that waits for each task, and the end of its place."""

    def acquire(self, this: Execution) -> Steps:
        """Acquire the lease. Returns None if it is acquired."""
        wait = _Wait(enters=this.settings.overlap == QUEUE and not this.held_the_lease)
        while True:
            if wait.enters and (ended := (yield from self._enter(this, wait))):
                return ended
            if not (yield from self.calls.call(this, "dynamodb")):
                return FAILED, "Not started, because the lease could not be acquired"
            lease = self._leases.get(this.task.name)
            if lease is None or (lease.holder == this.number and not lease.requested):
                self._take(this)
                yield from self._leave(this)
                return None
            if ended := (yield from self._wait(this, wait, lease)):
                return ended

    def release(self, this: Execution) -> None:
        """Release the lease, if the execution holds it."""
        lease = self._leases.get(this.task.name)
        if lease is not None and lease.holder == this.number:
            del self._leases[this.task.name]

    def confirmed(self, this: Execution) -> bool:
        """Whether the execution holds the lease, and no newer execution has requested it."""
        lease = self._leases.get(this.task.name)
        return lease is not None and lease.holder == this.number and not lease.requested

    def _wait(self, this: Execution, wait: _Wait, lease: _Lease) -> Steps:
        """Wait once for a lease that is not free. Returns the end of an execution that doesn't wait any longer."""
        wait.enters = False
        if lease.ends < self.clock.now:
            self._take(this)
            return (yield from self._stop_others(this, LEFT_BEHIND))
        if ended := _given_up(this, wait):
            return ended
        if this.settings.overlap == QUEUE:
            yield wait.pause
            wait.waited += wait.pause
            wait.pause = max(POLL_SECONDS, wait.waited // SHARE)
            wait.enters = True
            return None
        if lease.since < this.since:
            wait.tries, wait.refusals, lease.requested = wait.tries + 1, 0, True
            return (yield from self._stop_others(this, REPLACED_BY))
        wait.refusals += 1
        yield POLL_SECONDS
        return None

    def _stop_others(self, this: Execution, reason: str) -> Steps:
        others = list(self.running.get(this.task.name, ()))
        if not (yield from self.calls.stop(this, others, f"{reason}{this.number}")):
            return FAILED, "Not started: an earlier run could not be stopped."
        yield POLL_SECONDS
        return None

    def _enter(self, this: Execution, wait: _Wait) -> Steps:
        """Take the place of the one run that waits, or keep it."""
        if not (yield from self.calls.call(this, "dynamodb")):
            return FAILED, "Not started, because it could not enter the queue"
        now = self.clock.now
        holder, ends = self._places.get(this.task.name, (this.number, now))
        if holder != this.number and ends >= now:
            if wait.waited:
                return FAILED, "Not started: another run took its place in the queue while it did not renew it."
            return SKIPPED, "Another run is waiting for the current run to end (overlap: queue)."
        self._places[this.task.name] = this.number, now + wait.pause + PLACE_SECONDS + CLOCK_SKEW
        return None

    def _leave(self, this: Execution) -> Generator[float | Until, None, None]:
        holder, _ = self._places.get(this.task.name, (None, 0))
        if holder == this.number and (yield from self.calls.call(this, "dynamodb")):
            del self._places[this.task.name]

    def _take(self, this: Execution) -> None:
        ends = self.clock.now + this.settings.whole.lease + CLOCK_SKEW
        self._leases[this.task.name] = _Lease(this.number, this.since, ends)


def _given_up(this: Execution, wait: _Wait) -> End | None:
    """The end of an execution that finds the lease held; None if it waits for the lease."""
    overlap = this.settings.overlap
    if this.held_the_lease:
        which = REPLACED if overlap == REPLACE else FAILED
        return which, "Another run started before the next attempt of this run."
    if overlap == FORBID:
        return SKIPPED, "An earlier run has not ended, or its lease has not expired yet (overlap: forbid)."
    if overlap == QUEUE:
        late = wait.waited >= this.settings.whole.longest_wait
        return (FAILED, "Not started: the lease of the earlier run was not released in time.") if late else None
    if wait.tries >= tries(this.settings):
        return FAILED, f"The earlier run could not be replaced within {tries(this.settings)} tries."
    return (REPLACED, "A run that started later holds the lease.") if wait.refusals >= REFUSALS else None
