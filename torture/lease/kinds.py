"""Kinds of worlds: which faults happen, and how bad they are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of one world. Times are in seconds, probabilities are per call."""

    list_lag: float = 0
    """How far ListTasks is behind."""
    describe_lag: float = 0
    """How far DescribeTasks is behind."""
    lost_request: float = 0
    lost_answer: float = 0
    run_lost_answer: float = 0
    """A RunTask call answers an error although it started the task."""
    run_refused: float = 0
    """A RunTask call finds no capacity, or is throttled."""
    stop_seconds: tuple[float, float] = (0, 30)
    pending: tuple[float, ...] = (0, 5, 60, 300)
    """How long a task can be PENDING."""
    hang: float = 0
    """Probability that a task runs until it is stopped."""
    abort: float = 0
    """Probability that somebody aborts an execution."""
    stopped_by_step_functions: float = 0.5
    """Probability that Step Functions stops the task of an aborted execution or a timed-out state."""
    twice: float = 0.1
    """Probability that Scheduler delivers a scheduled time twice."""
    outage: float = 0
    """Probability that DynamoDB, ECS or EventBridge doesn't answer for some time."""
    repeated: float = 0
    """A call is made twice, as an SDK does if it receives no answer."""
    stall: float = 0
    """Step Functions waits up to two minutes before it enters a state."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of worlds."""

    what: str
    overlaps: tuple[str, ...] = ("forbid", "replace")
    """The overlap policies of its worlds."""
    lock: str | None = None
    """The lock that two tasks of its worlds share. Otherwise they have one task."""
    parallel: bool = False
    """Whether its runs have several ECS tasks."""

    def faults(self, random: Random) -> Faults:
        """The faults of one world of this kind."""
        return _FAULTS[self.what](random)


def _random(random: Random) -> Faults:
    return Faults(
        list_lag=random.choice([0, 0, 5, 30, 55]),
        describe_lag=random.choice([0, 0, 5, 30, 55]),
        lost_request=random.choice([0, 0.02, 0.2]),
        lost_answer=random.choice([0, 0.02, 0.2]),
        run_lost_answer=random.choice([0, 0.2, 0.6]),
        run_refused=random.choice([0, 0.2, 0.6]),
        stop_seconds=random.choice([(0, 30), (100, 120), (300, 300), (0, 7200), (7200, 7200)]),
        hang=random.choice([0, 0.1, 0.5]),
        abort=random.choice([0, 0.1, 0.4]),
        stopped_by_step_functions=random.choice([0, 0.5, 1]),
        twice=random.choice([0, 0.3]),
        outage=random.choice([0, 0, 0.5]),
        repeated=random.choice([0, 0.1]),
        stall=random.choice([0, 0, 0.1]),
    )


LAG = Kind("Answers of RunTask are lost, and ListTasks is 30 s behind")
SLOW = Kind("RunTask answers an error although it started the run, and stopping takes 300 s")
STUCK = Kind("A run hangs, and its stop takes 2 h")
ABORTED = Kind("An execution is aborted by hand while its run hangs")
RANDOM = Kind("All faults at random")
QUEUE = Kind("Runs queue, and all faults happen at random", ("queue",))
LOCK = Kind(
    "Two tasks share a lock, and all faults happen at random", ("allow", "forbid", "queue", "replace"), lock="db"
)
PARALLEL = Kind(
    "Runs have several tasks, and all faults happen at random", ("forbid", "queue", "replace"), parallel=True
)
KINDS = (LAG, SLOW, STUCK, ABORTED, RANDOM, QUEUE, LOCK, PARALLEL)
OUTSIDE = Kind("Worlds with an overlap if ListTasks is 300 s behind")
"""Outside the documented limits."""
_FAULTS: dict[str, Callable[[Random], Faults]] = {
    LAG.what: lambda _: Faults(list_lag=30, run_lost_answer=0.6, hang=0.3),
    SLOW.what: lambda _: Faults(run_lost_answer=0.7, stop_seconds=(300, 300), hang=0.3),
    STUCK.what: lambda _: Faults(stop_seconds=(7200, 7200), hang=0.5),
    ABORTED.what: lambda _: Faults(hang=0.8, abort=0.6, stopped_by_step_functions=0),
    RANDOM.what: _random,
    QUEUE.what: _random,
    LOCK.what: _random,
    PARALLEL.what: _random,
    OUTSIDE.what: lambda random: replace(_random(random), list_lag=300, run_lost_answer=0.9, run_refused=0),
}
