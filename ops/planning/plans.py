"""When the tasks of a stack run, according to its configuration. Needs no engine, AWS or network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from components.exceptions.left_out import NO_EXCEPTIONS, Exceptions
from components.resolved import CatchUp
from components.schedules import AFTER_TASK, WITHOUT_TIMES, Rate, explain, next_runs, parse
from config import StackConfig

ESTIMATE = "~"
"""Marks the time of a run that AWS won't keep."""
WHY_ESTIMATE = (
    "a rate without a start runs when AWS creates its schedule, and counts from then. For exact times, set start."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule of a task."""

    stack: str
    task: str
    expression: str
    timezone: str
    enabled: bool
    start: datetime | None
    end: datetime | None
    flexible_window: timedelta | None
    """How late a run can start."""
    exceptions: Exceptions = NO_EXCEPTIONS
    """The times that are left out."""
    catch_up: CatchUp | None = None
    """The skipped times that run after a pause. None for none."""
    after: str = ""
    """The task after whose successes it starts. Empty for none."""
    upstream: tuple["Plan", ...] = ()
    """The schedules of that task, or of the first one of several tasks that start after each other."""

    @property
    def explanation(self) -> str:
        """The schedule in English."""
        if self.after:
            return f"after each success of {self.after}"
        return explain(parse(self.expression), self.timezone)

    @property
    def is_estimate(self) -> bool:
        """Whether the times of its runs are estimates.

        A rate without a start runs when its schedule is created, and AWS counts from then. AWS doesn't document if a
        change of the schedule restarts the count. AWS: EventBridge Scheduler user guide, "Schedule types".
        """
        return self.start is None and isinstance(parse(self.expression), Rate)

    @property
    def on_demand(self) -> bool:
        """Whether its task has no schedule, so that only people and programs start it."""
        return self.expression in WITHOUT_TIMES

    @property
    def idle(self) -> str:
        """Why a schedule that isn't enabled starts no runs."""
        return "No schedule" if self.on_demand else "Paused"

    def starts_after(self, time: datetime) -> str:
        """When a task starts after another one, with the next run of that one: `After nightly-backup (next ...)`."""
        runs = [(run, plan) for plan in self.upstream if (run := next(plan.runs(time), None))]
        first = min(runs, key=lambda found: found[0], default=None)
        return f"After {self.after}" + (f" (next {first[1].span(first[0])} {first[0]:%Z})" if first else "")

    def left_out(self, time: datetime) -> str:
        """Why a scheduled time is left out; empty if it isn't."""
        return self.exceptions.reason(time, self.timezone) if self.exceptions else ""

    def runs(self, after: datetime) -> Iterator[datetime]:
        """The runs after a time, without those that are left out. See `due`."""
        return (run for run in self.due(after) if not self.left_out(run)) if self.exceptions else self.due(after)

    def due(self, after: datetime) -> Iterator[datetime]:
        """The scheduled times after a time, in the timezone of the schedule; none if it is paused.

        See `is_estimate`.
        """
        if not self.enabled:
            return iter(())
        return next_runs(parse(self.expression), self.timezone, after, start=self.start, end=self.end)

    def as_data(self, after: datetime, count: int) -> dict[str, object]:
        """The plan for JSON output: `count` runs after a time, in the timezone of the schedule and in UTC."""
        return {**self.about(), "runs": [self.run_data(run) for run in islice(self.runs(after), count)]}

    def about(self) -> dict[str, object]:
        """The plan for JSON output, without its runs."""
        return {
            "stack": self.stack,
            "task": self.task,
            "expression": self.expression,
            "timezone": self.timezone,
            "enabled": self.enabled,
            "explanation": self.explanation,
            "estimated": self.is_estimate,
            "after": self.after or None,
        }

    def run_data(self, run: datetime) -> dict[str, str]:
        """A run for JSON output."""
        return {
            "local": run.isoformat(),
            "utc": run.astimezone(UTC).isoformat(),
            "latest": self.latest(run).isoformat(),
        }

    def latest(self, run: datetime) -> datetime:
        """The end of a run's flexible window, or the time of the run if there is no window."""
        try:
            return (run.astimezone(UTC) + (self.flexible_window or timedelta())).astimezone(run.tzinfo)
        except OverflowError:
            # The window reaches into the year 10000.
            return run

    def next_run(self, after: datetime) -> str:
        """The next run with its window for a table: `Wed 2026-11-25 03:00-03:15 CET`."""
        run = next(self.runs(after), None)
        if self.after:
            return self.starts_after(after)
        if run is None:
            return "Never again" if self.enabled else self.idle
        return f"{self.span(run)} {run:%Z}"

    def span(self, run: datetime) -> str:
        """The local time of a run, and the end of its window. A tilde marks an estimate."""
        latest = f"-{self.latest(run):%H:%M}" if self.flexible_window else ""
        return f"{ESTIMATE if self.is_estimate else ''}{run:%a %Y-%m-%d %H:%M}{latest}"


def plans(stack: str, config: StackConfig) -> list[Plan]:
    """All schedules of a stack, in the order of its tasks."""
    found = [
        Plan(
            stack=stack,
            task=name,
            expression=schedule.expression,
            timezone=schedule.timezone,
            enabled=schedule.enabled and config.group.enabled,
            start=schedule.start,
            end=schedule.end,
            flexible_window=timedelta(seconds=schedule.flexible_window) if schedule.flexible_window else None,
            exceptions=task.exceptions_in(schedule),
            catch_up=schedule.catch_up,
        )
        for name, task in config.scheduled.items()
        for schedule in task.schedules
    ]
    return [_after(plan, config, found) for plan in found]


def _after(plan: Plan, config: StackConfig, every: Iterable[Plan]) -> Plan:
    """The same plan with the task that it starts after, unless it is paused."""
    if plan.expression != AFTER_TASK or not config.group.enabled:
        return plan
    first = upstream = config.tasks[plan.task].after or ""
    while first in config.tasks and (further := config.tasks[first].after) is not None:
        first = further
    return replace(plan, after=upstream, upstream=tuple(each for each in every if each.task == first))
