"""Compares two versions of a stack. Pure. Another module makes the Markdown."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from config import NO_CONFIG, LocatedProblem, StackConfig, ended, warnings
from ops.planning.left_out import next_left_out
from ops.planning.plans import Plan, plans
from ops.pricing.costs import Assumptions, Cost, StackCost, stack_cost

from .hours_changes import hours_warnings
from .new_calls import NewCall, new_call
from .new_tasks import NewTask, new_task
from .permissions import (
    PermissionChanges,
    call_of_task,
    machine_of,
    permission_changes,
    runs_of,
    stack_grants,
    start_of,
)
from .preview import Preview
from .schedule_changes import schedule_warnings
from .value_changes import Change, changes

RUNS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Runs:
    """The next runs of a task."""

    next: tuple[str, ...]
    """The next runs, each in the timezone of its schedule. Empty if there are none."""
    paused: bool = False
    on_demand: bool = False
    """Whether the task has no schedule."""
    after: str = ""
    """The task after whose successes it starts. Empty for none."""
    left_out: tuple[str, ...] = ()
    """The next scheduled times that are left out, with the reasons."""
    at_creation: bool = False
    """Whether it also runs when its schedule is created. See `Plan.is_estimate`."""


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A task that differs between the versions."""

    name: str
    changes: tuple[Change, ...]
    runs: tuple[Runs, Runs] | None = None
    """Before and after, if they differ."""
    cost: tuple[float, float] = (0, 0)
    """US dollars per month, before and after."""


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """A task that exists in only one version."""

    name: str
    schedules: tuple[str, ...]
    """Its schedules in English: `at 03:00 every day (Europe/Berlin)`."""
    runs: Runs
    cost: float
    """US dollars per month."""
    new: NewTask | NewCall | None = None
    """Its description, if it is in the new version."""


@dataclass(frozen=True, slots=True)
class Warnings:
    """Warnings about likely mistakes."""

    new: tuple[str, ...] = ()
    resolved: int = 0
    """The number of warnings of the old version only."""
    unchanged: int = 0
    """The number of warnings of both versions."""


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences between two versions of a stack."""

    stack: str
    added: tuple[TaskSummary, ...]
    removed: tuple[TaskSummary, ...]
    changed: tuple[TaskChange, ...]
    settings: tuple[Change, ...]
    """Changes of the stack's own keys."""
    permissions: PermissionChanges
    cost: tuple[Cost, Cost]
    """Before and after."""
    warnings: Warnings
    preview: Preview | None = None

    @property
    def empty(self) -> bool:
        """Whether there are no differences."""
        of_config = self.added or self.removed or self.changed or self.settings
        of_preview = self.preview and (self.preview.steps or self.preview.errors)
        return not (of_config or of_preview or self.permissions.gained or self.permissions.lost)


def compare(
    stack: str,
    old: StackConfig,
    new: StackConfig,
    now: datetime,
    assumptions: Assumptions,
    preview: Preview | None = None,
) -> Differences:
    """Compare two versions of a stack. Next runs, costs and warnings are those from `now`."""
    before, after = _Version(stack, old, now, assumptions), _Version(stack, new, now, assumptions)
    gone = before.names - after.names
    return Differences(
        stack=stack,
        added=tuple(after.added(name) for name in sorted(after.names - before.names)),
        removed=tuple(before.summary(name) for name in sorted(gone)),
        changed=tuple(_task_changes(before, after)),
        settings=_settings(old, new),
        permissions=_permission_changes(old, new, preview, gone),
        cost=(before.cost.total, after.cost.total),
        warnings=_warnings(
            before.warnings(),
            after.warnings(),
            [*schedule_warnings(old.scheduled, new.scheduled), *hours_warnings(old.calls, new.calls)],
        ),
        preview=preview,
    )


class _Version:
    """One version of a stack with its plans and costs."""

    def __init__(self, stack: str, config: StackConfig, now: datetime, assumptions: Assumptions):
        self.config, self.now = config, now
        self.names = set(config.scheduled)
        self.cost: StackCost = stack_cost(config, now, assumptions)
        self.plans: dict[str, list[Plan]] = {}
        for plan in plans(stack, config):
            self.plans.setdefault(plan.task, []).append(plan)

    def written(self, name: str) -> Mapping[str, object]:
        """A task as written in YAML."""
        return self.config.task_as_written(name)

    def runs(self, name: str) -> Runs:
        own = self.plans.get(name, [])
        merged = heapq.merge(*(_runs(plan, self.now) for plan in own), key=lambda run: run[0])
        left_out = sorted(
            (each for plan in own for each in next_left_out(plan, self.now, RUNS_SHOWN)),
            key=lambda each: each.times[0],
        )
        return Runs(
            tuple(f"{plan.span(run)} {run:%Z}" for run, plan in islice(merged, RUNS_SHOWN)),
            paused=bool(own) and not any(plan.enabled or plan.on_demand for plan in own),
            on_demand=any(plan.on_demand for plan in own),
            after=next((plan.after for plan in own if plan.after), ""),
            left_out=tuple(f"{each.span} {each.times[0]:%Z} ({each.reason})" for each in left_out[:RUNS_SHOWN]),
            at_creation=any(plan.is_estimate and plan.enabled and not plan.left_out(self.now) for plan in own),
        )

    def summary(self, name: str) -> TaskSummary:
        explained = tuple(plan.explanation for plan in self.plans.get(name, []))
        return TaskSummary(name, explained, self.runs(name), self.cost.tasks[name].total)

    def added(self, name: str) -> TaskSummary:
        config = self.config
        new = new_call(config.calls[name]) if name in config.calls else new_task(config.tasks[name], config.group)
        return replace(self.summary(name), new=new)

    def warnings(self) -> list[LocatedProblem]:
        if not self.names:
            return []
        return [*warnings(self.config, self.now), *ended(self.config, self.now)]


def _settings(old: StackConfig, new: StackConfig) -> tuple[Change, ...]:
    """The changes of the stack's own keys; none if the stack is new."""
    if old is NO_CONFIG:
        return ()
    before, after = (config.group_as_written() for config in (old, new))
    return changes(before, after)


def _task_changes(before: _Version, after: _Version) -> list[TaskChange]:
    found: list[TaskChange] = []
    for name in sorted(before.names & after.names):
        differing = changes(before.written(name), after.written(name))
        moved = before.plans.get(name) != after.plans.get(name)
        if differing or moved:
            runs = (before.runs(name), after.runs(name)) if moved else None
            cost = (before.cost.tasks[name].total, after.cost.tasks[name].total)
            found.append(TaskChange(name, differing, runs if runs and runs[0] != runs[1] else None, cost))
    return found


def _runs(plan: Plan, now: datetime) -> list[tuple[datetime, Plan]]:
    return [(run, plan) for run in islice(plan.runs(now), RUNS_SHOWN)]


def _permission_changes(
    old: StackConfig, new: StackConfig, preview: Preview | None, gone: set[str]
) -> PermissionChanges:
    """The changes in the configuration and the preview. The grants of a removed task don't count as lost."""
    before, after = set(stack_grants(old)), set(stack_grants(new))
    if preview and not preview.errors:
        before |= preview.old_grants
        after |= preview.new_grants
    holders = {
        holder for name in gone for holder in (runs_of(name), start_of(name), call_of_task(name), machine_of(name))
    }
    return permission_changes({grant for grant in before if grant.holder not in holders}, after)


def _warnings(old: list[LocatedProblem], new: list[LocatedProblem], of_change: list[str]) -> Warnings:
    """The changes of warnings, and those of the change. A warning that only moved to another line is the same."""
    before, after = {problem.text for problem in old}, {problem.text for problem in new}
    fresh = tuple(str(problem) for problem in new if problem.text not in before)
    unchanged = len(new) - len(fresh)
    return Warnings((*fresh, *of_change), sum(problem.text not in after for problem in old), unchanged)
