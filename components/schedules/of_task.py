"""The schedules of a task: each with what it says itself, and what its task says for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

Args = Mapping[str, Any]
Path = tuple[str | int, ...]

TIMING_KEYS = (
    "description", "timezone", "flexible_window", "start", "end", "enabled", "delete_after_completion",
)  # fmt: skip
"""What a schedule takes from its task where it says nothing itself."""
OVERRIDE_KEYS = ("command", "environment", "cpu", "memory", "ephemeral_storage")
"""What the runs of a schedule do otherwise than the task says."""


@dataclass(frozen=True, slots=True)
class TaskSchedule:
    """One schedule of a task."""

    path: Path
    """What leads to it in the task's arguments."""
    expression: str
    args: Args
    """Its timing, and what its runs do otherwise."""
    task: Args

    def path_of(self, key: str) -> Path:
        """Where a value of the timing is written: with the schedule, or with its task."""
        return (*self.path, key) if self.path[0] == "schedules" and key in self._own else (key,)

    @property
    def expression_path(self) -> Path:
        """Where the expression is written."""
        return (*self.path, "expression") if self.path[0] == "schedules" else self.path

    @property
    def timezone(self) -> str:
        """The zone of the expression. Default: UTC."""
        return self.args.get("timezone", "UTC")

    @property
    def limits(self) -> tuple[datetime | None, datetime | None]:
        """Start and end, where there are such."""
        start, end = (instant(text) if (text := self.args.get(key)) else None for key in ("start", "end"))
        return start, end

    @property
    def _own(self) -> Args:
        return cast("Args", cast("Sequence[object]", self.task["schedules"])[cast("int", self.path[1])])


def task_schedules(args: Args) -> list[TaskSchedule]:
    """The schedules of a task in order. What has no expression in text is passed over."""
    shared = {key: args[key] for key in TIMING_KEYS if key in args}
    found: list[TaskSchedule] = []
    if isinstance(args.get("schedule"), str):
        found.append(TaskSchedule(("schedule",), args["schedule"], shared, args))
    several = args.get("schedules")
    for position, own in enumerate(cast("Sequence[object]", several) if isinstance(several, Sequence) else ()):
        if isinstance(own, Mapping) and isinstance(expression := cast("Args", own).get("expression"), str):
            own_args = cast("Args", own)
            enabled = {"enabled": shared.get("enabled", True) and own_args.get("enabled", True)}
            found.append(TaskSchedule(("schedules", position), expression, {**shared, **own_args, **enabled}, args))
    return found


def instant(text: str) -> datetime:
    """An ISO 8601 instant in UTC. Raises ValueError, with what is allowed, for other text or one without an
    offset."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a time. Write ISO 8601 with an offset: 2026-12-01T00:00:00Z.') from None
    if when.tzinfo is None:
        utc = when.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
        raise ValueError(f'"{text}" has no offset. Write one, or Z for UTC: {utc}.')
    return when.astimezone(UTC)
