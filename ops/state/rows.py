"""The rows of `status`, and what the configuration says about each task. Pure functions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from components.aws import names
from components.checks.advice import ended_schedules
from components.schedules.of_task import TaskSchedule, task_schedules

from ..planning.plans import Plan
from ..runs.records import Run

Args = Mapping[str, Any]

NOT_DEPLOYED = "not deployed"


@dataclass(frozen=True, slots=True)
class Planned:
    """The configuration of a stack: arguments and plans of its tasks."""

    tasks: Mapping[str, Args]
    plans: Sequence[Plan]
    enabled: bool
    network: Mapping[str, Any]
    """The network in the group's arguments."""

    def schedules(self) -> dict[str, tuple[str, TaskSchedule]]:
        """Return the schedules by name, each with its task."""
        return {
            names.schedule(task, position): (task, schedule)
            for task, args in self.tasks.items()
            for position, schedule in enumerate(task_schedules(args))
        }

    def by_schedule(self) -> dict[str, Plan]:
        """Return the plans by the names of their schedules."""
        position: Counter[str] = Counter()
        found: dict[str, Plan] = {}
        for plan in self.plans:
            found[names.schedule(plan.task, position[plan.task])] = plan
            position[plan.task] += 1
        return found

    def has_ended(self, schedule: TaskSchedule, now: datetime) -> bool:
        """Tell if a schedule will not run again. A deployment omits it, but an earlier one may still exist."""
        return schedule.path in [ended.path for ended in ended_schedules(schedule.task, now)]


@dataclass(slots=True)
class Row:
    """The status of a task."""

    task: str
    state: str
    """`enabled`, `paused`, `partly paused`, `running`; `not deployed`."""
    next_run: datetime | None = None
    within: timedelta | None = None
    """If the time of the next run is unknown: the latest time until it."""
    last: Run | None = None
    drift: list[str] = field(default_factory=list[str])
    alarms: list[str] = field(default_factory=list[str])

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {
            "task": self.task,
            "state": self.state,
            "nextRun": self.next_run,
            "nextRunWithinSeconds": self.within and round(self.within.total_seconds()),
            "lastRun": self.last.as_data() if self.last else None,
            "drift": self.drift,
            "alarms": self.alarms,
        }
