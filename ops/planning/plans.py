"""What a stack's configuration says about when its tasks run. No engine, no AWS, no network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, cast

from components.schedules import durations, explain, next_runs, parse
from components.schedules.of_task import task_schedules
from config import ConfigError, StackConfig, from_file, load, stacks, yaml_files

PROJECT_NAME = "scheduled-tasks"
DEFAULT_STACK = "dev"
ROOT = Path(__file__).resolve().parents[2]


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
    flexible_window: timedelta | None
    """How long after each of its times a run may start."""

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
                {
                    "local": run.isoformat(),
                    "utc": run.astimezone(UTC).isoformat(),
                    "latest": self.latest(run).isoformat(),
                }
                for run in islice(self.runs(after), count)
            ],
        }

    def latest(self, run: datetime) -> datetime:
        """The end of the flexible window of a run; the run's own time where there is none."""
        return (run.astimezone(UTC) + (self.flexible_window or timedelta())).astimezone(run.tzinfo)

    def next_run(self, after: datetime) -> str:
        """The next run as a table shows it, with its window: `Wed 2026-11-25 03:00-03:15 CET`."""
        run = next(self.runs(after), None)
        if run is None:
            return "never again" if self.enabled else "paused"
        return f"{self.span(run)} {run:%Z}"

    def span(self, run: datetime) -> str:
        """A run's local time, and the end of its window."""
        latest = f"-{self.latest(run):%H:%M}" if self.flexible_window else ""
        return f"{run:%a %Y-%m-%d %H:%M}{latest}"


def load_stack(stack: str, project: Path | None = None) -> StackConfig:
    """The configuration of a stack, from its file. Raises ConfigError or YamlError."""
    folder = project or ROOT
    return load(from_file(PROJECT_NAME, stack, folder), folder / "config" / "tasks")


def stack_problem(stack: str, error: ConfigError | yaml_files.YamlError) -> str:
    """Why a stack's configuration cannot be had, and which stacks there are where it has no file."""
    if isinstance(error, ConfigError):
        return str(error)
    known = known_stacks()
    return f"Pulumi.{stack}.yaml {error}" + ("" if stack in known else f" There are: {', '.join(known)}.")


def stack_region(stack: str) -> str | None:
    """The Region that a stack is deployed in, as its file or the project's says; None where neither does, or there
    is no such file."""
    files: list[tuple[str, Callable[[Any], Any]]] = [
        (f"Pulumi.{stack}.yaml", lambda config: config["aws:region"]),
        ("Pulumi.yaml", lambda config: config["aws:region"]["value"]),
    ]
    for name, region in files:
        try:
            return region(cast("Any", yaml_files.read(ROOT / name))["config"])
        except (yaml_files.YamlError, KeyError, TypeError):
            continue
    return None


def known_stacks() -> list[str]:
    """The stacks that have a file."""
    return stacks(ROOT)


def plans(stack: str, config: StackConfig) -> list[Plan]:
    """Every schedule of a stack, task by task."""
    paused = not config.group.get("enabled", True)
    found: list[Plan] = []
    for task, args in config.tasks.items():
        for schedule in task_schedules(cast("dict[str, Any]", args)):
            start, end = schedule.limits
            window = schedule.args.get("flexible_window")
            found.append(
                Plan(
                    stack=stack,
                    task=task,
                    expression=schedule.expression,
                    timezone=schedule.timezone,
                    enabled=schedule.args.get("enabled", True) and not paused,
                    start=start,
                    end=end,
                    flexible_window=durations.delta(window) if window else None,
                )
            )
    return found
