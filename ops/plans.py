"""What a stack's configuration says about when its tasks run. No engine, no AWS, no network."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast

from components.checks import instant, parsed_schedules
from components.schedules import explain, next_runs, parse
from config import StackConfig, from_file, load, stacks

PROJECT_NAME = "scheduled-tasks"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Plan:
    """One schedule of one task."""

    stack: str
    task: str
    expression: str
    timezone: str
    enabled: bool
    start: datetime | None
    end: datetime | None

    @property
    def explanation(self) -> str:
        """The schedule as an English sentence says it."""
        return explain(parse(self.expression), self.timezone)

    def runs(self, after: datetime) -> Iterator[datetime]:
        """The runs after an instant, in the schedule's zone; none where it is paused."""
        if not self.enabled:
            return iter(())
        return next_runs(parse(self.expression), self.timezone, after, start=self.start, end=self.end)

    def as_data(self, after: datetime, count: int) -> dict[str, Any]:
        """The plan as JSON has it: `count` runs after an instant, in the schedule's zone and in UTC."""
        return {
            "stack": self.stack,
            "task": self.task,
            "expression": self.expression,
            "timezone": self.timezone,
            "enabled": self.enabled,
            "explanation": self.explanation,
            "runs": [
                {"local": run.isoformat(), "utc": run.astimezone(UTC).isoformat()}
                for run in islice(self.runs(after), count)
            ],
        }


def load_stack(stack: str, project: Path = ROOT) -> StackConfig:
    """The configuration of a stack, from its file. Raises ConfigError or YamlError."""
    return load(from_file(PROJECT_NAME, stack, project), project / "config" / "tasks")


def known_stacks(project: Path = ROOT) -> list[str]:
    """The stacks that have a file."""
    return stacks(project)


def plans(stack: str, config: StackConfig) -> list[Plan]:
    """Every schedule of a stack, task by task."""
    paused = not config.group.get("enabled", True)
    found: list[Plan] = []
    for task, task_args in config.tasks.items():
        args = cast("dict[str, Any]", task_args)
        start, end = (instant(args[key]) if key in args else None for key in ("start", "end"))
        enabled = args.get("enabled", True) and not paused
        timezone = args.get("timezone", "UTC")
        found += [
            Plan(stack, task, expression, timezone, enabled, start, end) for _, expression in parsed_schedules(args)
        ]
    return found
