"""Starting runs: the interface, and a stand-in for ECS whose runs take simulated time.

AWS: Amazon ECS developer guide, "Stopped tasks error codes"; botocore ecs, TaskStopCode.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

from .clock import Clock, Signal
from .durations import Durations
from .faults import RUNS, Fault, OfLaunch, Outages, TaskFaults
from .limits import Buckets
from .record import Record, ScheduledRun
from .tasks import SimulatedTask

EXITED, NOT_STARTED, STOPPED_BY_USER, SPOT = (
    "EssentialContainerExited",
    "TaskFailedToStart",
    "UserInitiated",
    "SpotInterruption",
)
"""AWS: botocore ecs, TaskStopCode."""
SPOT_NOTICE = 120
"""Seconds between the notice of a Spot interruption and the end of the container. AWS: Amazon ECS developer guide,
"Amazon ECS clusters for Fargate", Fargate Spot termination notices."""
PULL_SECONDS = 60
"""An assumption: how long ECS tries to pull an image that doesn't exist."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A launch that started nothing.

    `is_error` is false if RunTask answered with `failures[]`, which EventBridge Scheduler counts as a success.
    """

    code: str
    reason: str
    retryable: bool
    is_error: bool = True
    is_throttling: bool = False


REFUSALS: dict[OfLaunch, Refusal] = {
    "noCapacity": Refusal("RESOURCE:CPU", "Capacity is unavailable at this time.", retryable=True, is_error=False),
    "throttled": Refusal("ThrottlingException", "Rate exceeded", retryable=True, is_throttling=True),
    "accessDenied": Refusal("AccessDeniedException", "User is not authorized to perform: ecs:RunTask", retryable=False),
}
OUTAGE = Refusal("ServerException", "Service unavailable", retryable=True)


@dataclass(slots=True, eq=False)
class EcsRun:
    """An ECS task."""

    of: ScheduledRun
    started: float
    stop: Callable[["EcsRun", str], None]
    """Stops it, for a reason. It ends some time later."""
    ended: Signal = field(default_factory=Signal)
    stop_code: str = EXITED
    exit_code: int | None = None
    reason: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether its container ended with exit code 0, as the rules on the ends of runs decide."""
        return self.stop_code == EXITED and self.exit_code == 0 and not self.reason


def reason_of(run: EcsRun, attempt: int = 1) -> str:
    """Why a run failed."""
    code = "" if run.exit_code is None else f"Exit code {run.exit_code}"
    suffix = f" (attempt {attempt})" if attempt > 1 else ""
    return ": ".join(part for part in (code, run.reason) if part) + suffix


class Executor(Protocol):
    """Makes the calls that start runs."""

    @property
    def running(self) -> Mapping[str, Sequence[EcsRun]]:
        """The ECS tasks that have not ended, by task."""
        ...

    def run_task(self, task: SimulatedTask, of: ScheduledRun) -> Sequence[EcsRun] | Refusal:
        """Call RunTask, which starts one ECS task, or as many as `count` says."""
        ...

    def call(self, task: SimulatedTask) -> Refusal | None:
        """Make the API call of a call. None if AWS accepts it."""
        ...


@dataclass(slots=True)
class VirtualEcs:
    """Starts ECS tasks that exist only on a clock. Faults decide how they end."""

    clock: Clock
    record: Record
    durations: Durations
    outages: Outages
    faults: dict[str, TaskFaults]
    buckets: Buckets = field(default_factory=Buckets)
    running: dict[str, list[EcsRun]] = field(default_factory=dict[str, list[EcsRun]])
    """The ECS tasks that have not ended, by task."""

    def run_task(self, task: SimulatedTask, of: ScheduledRun) -> Sequence[EcsRun] | Refusal:
        """Call RunTask, which starts one ECS task, or as many as `count` says."""
        if self.outages.until("ecs", self.clock.now) is not None:
            return OUTAGE
        if refusal := self._refusal(task, REFUSALS):
            return refusal
        if not self.buckets.take(task.usage, self.clock.now):
            return REFUSALS["throttled"]
        return [self._started(task, of) for _ in range(task.count)]

    def call(self, task: SimulatedTask) -> Refusal | None:
        """Make the API call of a call. None if AWS accepts it."""
        return self._refusal(task, ("throttled", "accessDenied"))

    def _refusal(self, task: SimulatedTask, kinds: Iterable[OfLaunch]) -> Refusal | None:
        fault = self.faults[task.name].hit(self.clock.now, kinds)
        return None if fault is None else REFUSALS[cast("OfLaunch", fault.kind)]

    def _started(self, task: SimulatedTask, of: ScheduledRun) -> EcsRun:
        now, faults = self.clock.now, self.faults[task.name]
        duration = self.durations.one(task.name, faults.random)
        stop_timeout = task.stop_timeout

        def stop(run: EcsRun, reason: str) -> None:
            seconds = faults.random.uniform(0, stop_timeout)
            self.clock.at(self.clock.now + seconds, lambda: self._end(run, STOPPED_BY_USER, 137, reason))

        run = EcsRun(of, now, stop)
        others = self.running.setdefault(task.name, [])
        # Tasks of the same run don't count.
        number = len([other for other in others if not task.parallel or other.of is not of])
        if number and task.count == 1:
            several = "1 other run has" if number == 1 else f"{number} other runs have"
            self.record.add(now, "overlap", task.name, f"Starts while {several} not ended.")
        others.append(run)
        of.runs += 1
        if of.started is None:
            of.started = now
        fault = faults.hit(now, RUNS) if faults.faults else None
        if fault is None:
            self.clock.at(now + duration, lambda: self._end(run, EXITED, 0, ""))
        else:
            seconds, code, exit_code, reason = _ending(fault, duration, stop_timeout)
            self.clock.at(now + seconds, lambda: self._end(run, code, exit_code, reason))
        return run

    def _end(self, run: EcsRun, stop_code: str, exit_code: int | None, reason: str) -> None:
        if run.ended.happened:
            return
        run.stop_code, run.exit_code, run.reason = stop_code, exit_code, reason
        self.running[run.of.task].remove(run)
        self.record.bill(run.of, self.clock.now - run.started)
        run.of.exit_code = exit_code
        run.ended.set()


def _ending(fault: Fault, duration: float, stop_timeout: int) -> tuple[float, str, int | None, str]:
    """The end of a run with a fault: seconds after the launch, stop code, exit code and reason."""
    if fault.kind == "imageNotFound":
        reason = "CannotPullContainerError: failed to resolve ref: not found"
        return PULL_SECONDS if fault.after is None else fault.after, NOT_STARTED, None, reason
    seconds = duration if fault.after is None else min(fault.after, duration)
    if fault.kind == "spotInterruption":
        # The container gets SIGTERM with the notice.
        reason = "Your Spot Task was interrupted."
        return seconds + min(stop_timeout, SPOT_NOTICE), SPOT, 137, reason
    if fault.kind == "outOfMemory":
        return seconds, EXITED, 137, "OutOfMemoryError: Container killed due to memory usage"
    return seconds, EXITED, fault.exit_code, ""
