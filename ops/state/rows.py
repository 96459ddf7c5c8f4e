"""What is shown of each task, and what the configuration says of it. Data in, data out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from components.schedules.of_task import TaskSchedule, task_schedules

from components.aws import names
from components.checks.advice import ended_schedules

from ..planning.plans import Plan
from ..runs.records import Run

Args = Mapping[str, Any]

NOT_DEPLOYED = "not deployed"


@dataclass(frozen=True, slots=True)
class Planned:
    """What the configuration says of a stack's tasks: the arguments and the plans."""

    tasks: Mapping[str, Args]
    plans: Sequence[Plan]
    enabled: bool
    network: Mapping[str, Any]
    """Where runs go, as the group's arguments say."""

    def schedules(self) -> dict[str, tuple[str, TaskSchedule]]:
        """The schedules by name, each with its task."""
        return {
            names.schedule(task, position): (task, schedule)
            for task, args in self.tasks.items()
            for position, schedule in enumerate(task_schedules(args))
        }

    def by_schedule(self) -> dict[str, Plan]:
        """The plans by the names of their schedules."""
        position: Counter[str] = Counter()
        found: dict[str, Plan] = {}
        for plan in self.plans:
            found[names.schedule(plan.task, position[plan.task])] = plan
            position[plan.task] += 1
        return found

    def has_ended(self, schedule: TaskSchedule, now: datetime) -> bool:
        """Whether it never runs again: a deployment leaves it out, and one that was there before may still be."""
        return schedule.path in [ended.path for ended in ended_schedules(schedule.task, now)]


@dataclass(slots=True)
class Row:
    """How one task stands."""

    task: str
    state: str
    """`enabled`, `paused`, `partly paused`, `running`; `not deployed`."""
    next_run: datetime | None = None
    within: timedelta | None = None
    """Where the next run's time is not known: how soon it comes at the latest, of a schedule that is always enabled."""
    last: Run | None = None
    drift: list[str] = field(default_factory=list[str])
    alarms: list[str] = field(default_factory=list[str])

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "task": self.task,
            "state": self.state,
            "nextRun": self.next_run,
            "nextRunWithinSeconds": self.within and round(self.within.total_seconds()),
            "lastRun": self.last.as_data() if self.last else None,
            "drift": self.drift,
            "alarms": self.alarms,
        }
