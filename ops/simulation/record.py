"""The record of a simulation: the scheduled times with their outcomes, and the events between them."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from components.monitoring.events import FAILED, SUCCEEDED

from ..pricing.costs import BILLED_MINUTES
from ..runs.records import REPLACED, RUNNING, SKIPPED

__all__ = ["FAILED", "REPLACED", "RUNNING", "SKIPPED", "SUCCEEDED"]

HISTORY, STATUS, MESSAGE = "history", "status", "message"
"""An outcome is shown by a command, a message about a run, or an alarm by its name."""
What: TypeAlias = Literal["launch retry", "run retry", "overlap", "duplicate", "dead letter", "message", "alarm", "ok"]


@dataclass(slots=True, eq=False)
class ScheduledRun:
    """A scheduled time of a schedule, and what became of it. Times are in seconds since 1970."""

    task: str
    schedule: int
    """The position of the schedule in its task."""
    time: float
    left_out: str = ""
    """Why the time is left out, by a key of its task; empty if it isn't."""
    outcome: str = RUNNING
    """In the words of `history`. `running` is a run that never ends, or whose end isn't known."""
    reason: str = ""
    started: float | None = None
    """The start of its first run."""
    stopped: float | None = None
    exit_code: int | None = None
    launch_retries: int = 0
    runs: int = 0
    """The ECS tasks that were started for it."""
    open: int = 0
    """Its deliveries and runs that have not ended."""
    told: str = ""
    """The message, alarm or command that showed the outcome first; empty if nothing did."""
    told_at: float | None = None
    _rank: int = 0

    def end(self, outcome: str, reason: str, now: float, *, launched: bool = True) -> None:
        """End with an outcome. If the time is delivered twice, a run that failed decides, and then one that succeeded.

        Args:
            outcome: The outcome.
            reason: Why it did not succeed, or the empty string.
            now: The current time.
            launched: Whether a run was started.
        """
        self.stopped = now
        rank = (2 if outcome == FAILED else 1) if launched else 0
        if rank >= self._rank:
            self.outcome, self.reason, self._rank = outcome, reason, rank

    def tell(self, by: str, now: float) -> None:
        """Something shows the outcome."""
        if not self.told:
            self.told, self.told_at = by, now

    @property
    def is_silent(self) -> bool:
        """Whether it did not succeed, and nothing shows it."""
        return self.outcome != SUCCEEDED and not self.told


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened besides the runs themselves."""

    time: float
    what: What
    task: str
    """Empty for an alarm of the group."""
    text: str


@dataclass(slots=True)
class Record:
    """Everything that happened."""

    runs: list[ScheduledRun] = field(default_factory=list[ScheduledRun])
    events: list[Event] = field(default_factory=list[Event])
    billed: dict[tuple[str, int], list[float]] = field(default_factory=dict[tuple[str, int], list[float]])
    """The durations of the ECS tasks of each schedule: their number, and the sum of seconds that Fargate bills."""

    def add(self, time: float, what: What, task: str, text: str) -> None:
        """Record an event."""
        self.events.append(Event(time, what, task, text))

    def bill(self, of: ScheduledRun, seconds: float) -> None:
        """Count an ECS task. `seconds` is its duration."""
        entry = self.billed.setdefault((of.task, of.schedule), [0, 0])
        entry[0] += 1
        entry[1] += max(seconds, 60 * BILLED_MINUTES)
