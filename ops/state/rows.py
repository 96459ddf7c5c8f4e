"""The rows of `status`, and what the configuration says about each task. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from components.checks.advice import ended_schedules
from components.resolved import Group, Network, Scheduled, ScheduleTimes

from ..aws.schedules import Schedule as DeployedSchedule
from ..output import counted
from ..planning.plans import Plan
from ..runs.records import RUNNING, Run
from .deployed_names import configured_schedules

NOT_DEPLOYED = "not deployed"
ON_DEMAND = "on demand"
"""The state of a task without a schedule."""
AFTER = "after"
"""Start of the state of a task that starts after another one: `after nightly-backup`."""
WAITING = "waiting"
"""The state of a task whose run waits, while no other run of it is running."""
ENDED = "ended"
"""The state of a task that no schedule starts again."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The configuration of a stack: its tasks and their plans."""

    tasks: Mapping[str, Scheduled]
    plans: Sequence[Plan]
    group: Group

    @property
    def enabled(self) -> bool:
        """Whether the stack's schedules are enabled."""
        return self.group.enabled

    @property
    def network(self) -> Network:
        """The network of runs without one of their own."""
        return self.group.network

    @property
    def scheduler_role(self) -> str:
        """ARN of the existing role in place of the scheduler role; empty for none."""
        return "" if self.group.scheduler_role is None else str(self.group.scheduler_role)

    def schedules(
        self, deployed: Sequence[str] = (), read: Mapping[str, DeployedSchedule] | None = None
    ) -> dict[str, tuple[Scheduled, ScheduleTimes]]:
        """Return the schedules by name in AWS, each with its task. See `configured_schedules`."""
        return configured_schedules(self.tasks, deployed, read or {})

    def plans_by_schedule(self, schedules: Mapping[str, tuple[Scheduled, ScheduleTimes]]) -> dict[str, Plan]:
        """Return the plans of configured schedules by the same names."""
        by_task: dict[str, list[Plan]] = {}
        for plan in self.plans:
            by_task.setdefault(plan.task, []).append(plan)
        return {
            name: by_task[task.name][task.schedules.index(schedule)] for name, (task, schedule) in schedules.items()
        }

    @staticmethod
    def has_ended(task: Scheduled, schedule: ScheduleTimes, now: datetime) -> bool:
        """Tell if a schedule will not run again. A deployment omits it, but an earlier one may still exist."""
        return schedule in ended_schedules(task, now)


@dataclass(frozen=True, slots=True)
class Source:
    """A schedule in AWS, and what tells its times.

    Args:
        name: Its name in AWS.
        enabled: Whether it is enabled in AWS.
        times: The schedule if it was read, or else its configuration. None if neither is known.
    """

    name: str
    enabled: bool
    times: DeployedSchedule | Plan | None

    @property
    def leaves_out(self) -> bool:
        """Whether it leaves out some of its times."""
        return bool(self.times and self.times.exceptions)

    def next_left_out(self, after: datetime) -> tuple[datetime, str] | None:
        """Return the next scheduled time if it is left out, with the reason. None if it isn't, or isn't known."""
        if self.times is None or not self.enabled or not self.leaves_out:
            return None
        time = next(iter(self.times.due(after)), None)
        reason = self.times.left_out(time) if time else ""
        return (time, reason) if time and reason else None


@dataclass(slots=True)
class Row:
    """The status of a task."""

    task: str
    state: str
    """`enabled`, `paused`, `partly paused`, `running`, `waiting`, `on demand`, `after <task>`, `ended`, or `not
    deployed`."""
    next_run: datetime | None = None
    within: timedelta | None = None
    """If the time of the next run is unknown: the latest time until it."""
    last: Run | None = None
    waiting: Sequence[Run] = ()
    """The supervised runs that wait, the newest first."""
    drift: list[str] = field(default_factory=list[str])
    alarms: list[str] = field(default_factory=list[str])
    sources: Sequence[Source] = ()
    """The schedules of the task in AWS."""
    left_out: tuple[datetime, str] | None = None
    """The next scheduled time if it is left out, with the reason."""
    notes: list[str] = field(default_factory=list[str])
    """Other things that need attention."""
    is_call: bool = False
    """Whether it makes API calls instead of running containers."""
    reports_end: bool = True
    """Whether AWS reports how it ends. It does so for runs, and for some work that calls start."""

    def add_runs(self, running: Run | None, waiting: Sequence[Run], ended: Run | None) -> None:
        """Add the last runs, and change the state if a run is running or waits."""
        # A run that waits for its own ECS task to stop is that running one.
        self.waiting = [run for run in waiting if not (running and run.waiting and run.waiting.after_start)]
        self.last = running or next(iter(self.waiting), ended)
        if running:
            self.state = RUNNING
        elif self.waiting:
            self.state = WAITING

    @property
    def waits(self) -> str:
        """Words about the run that has waited longest, and the number of others. Empty if none waits."""
        words = [run.waiting.words for run in self.waiting if run.waiting]
        if not words:
            return ""
        return words[-1] + (f", and {counted(len(words) - 1, 'more run')}" if len(words) > 1 else "")

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {
            "task": self.task,
            "state": self.state,
            "nextRun": self.next_run,
            "nextRunWithinSeconds": self.within and round(self.within.total_seconds()),
            "leftOut": {"time": self.left_out[0], "reason": self.left_out[1]} if self.left_out else None,
            "lastRun": self.last.as_data() if self.last else None,
            "waitingRuns": [run.as_data() for run in self.waiting],
            "drift": self.drift,
            "alarms": self.alarms,
            "notes": self.notes,
        }
