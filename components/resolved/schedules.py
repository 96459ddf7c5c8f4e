"""Schedules and retries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from .. import args
from ..args import CaughtUp
from ..keys.resolution import resolves
from ..problems import Path
from ..schedules import WITHOUT_TIMES


@resolves(args.RetryArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Retries of a failed launch."""

    attempts: int
    max_age: int


@resolves(args.RetryRunArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRun:
    """Retries of a failed run."""

    attempts: int
    delay: int
    backoff: int
    exit_codes: tuple[int, ...]
    """Empty for all."""


@resolves(args.ParallelArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel:
    """The ECS tasks of each run."""

    tasks: int
    at_once: int


@resolves(args.CatchUpArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp:
    """The scheduled times that run after a pause that skipped them."""

    runs: CaughtUp
    max_age: int | None = None
    """Seconds. None for any age."""

    def chosen(self, missed: Iterable[datetime], at: datetime) -> list[datetime]:
        """Return those of the missed times that run at a time, the oldest first."""
        if self.runs == "none":
            return []
        oldest = None if self.max_age is None else at - timedelta(seconds=self.max_age)
        recent = sorted(time for time in missed if oldest is None or time >= oldest)
        return recent[-1:] if self.runs == "last" else recent


@resolves(args.CallScheduleArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTimes:
    """One schedule of a task or a call: when EventBridge Scheduler invokes its target."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"enabled", "catch_up"})

    path: Path
    """Its path in the arguments: `("schedule",)` or `("schedules", 0)`."""
    own_keys: frozenset[str]
    """The keys that this schedule sets itself. The others are its task's."""
    expression: str
    name: str | None
    """Its own name; None for one that follows from the expression."""
    description: str | None
    timezone: str
    flexible_window: int
    """Seconds; 0 without a window."""
    start: datetime | None
    end: datetime | None
    enabled: bool
    delete_after_completion: bool | None
    """None if neither the schedule nor its task says."""
    catch_up: CatchUp | None = None
    """The times that run after a pause. None for none."""

    @property
    def on_demand(self) -> bool:
        """Whether it never starts a run by itself."""
        return self.expression in WITHOUT_TIMES

    def path_of(self, key: str) -> Path:
        """The path of a key's value: in this schedule, or in its task."""
        return (*self.path, key) if key in self.own_keys else (key,)

    @property
    def expression_path(self) -> Path:
        """The path of the expression."""
        return (*self.path, "expression") if self.path[0] == "schedules" else self.path

    @property
    def when(self) -> tuple[object, ...]:
        """Everything but its place: two schedules with the same content start the same runs twice."""
        return self._times

    @property
    def _times(self) -> tuple[object, ...]:
        return (
            self.expression,
            self.description,
            self.timezone,
            self.flexible_window,
            self.start,
            self.end,
            self.enabled,
            self.delete_after_completion,
        )


@resolves(args.ScheduleArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(ScheduleTimes):
    """One schedule of a task: when it runs, and what its runs override."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"enabled", "exec", "catch_up"})

    command: tuple[str, ...] | None
    environment: Mapping[str, str]
    cpu: int | None
    memory: int | None
    ephemeral_storage: int | None
    task_role: str | None
    exec: bool

    @property
    def when(self) -> tuple[object, ...]:
        """Everything but its place: two schedules with the same content start the same runs twice."""
        return (
            *self._times,
            self.command,
            dict(self.environment),
            self.cpu,
            self.memory,
            self.ephemeral_storage,
            self.task_role,
            self.exec,
        )
