"""The result of a simulation: its numbers, its rows, and its JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from ..cells import Cell, colored
from ..columns import Column
from ..output import OUTCOME_COLORS, in_words
from ..pricing.costs import StackCost
from .record import FAILED, REPLACED, RUNNING, SKIPPED, SUCCEEDED, Event, Record, ScheduledRun

OUTCOMES = (SUCCEEDED, FAILED, SKIPPED, REPLACED, RUNNING)
TASK_COLUMNS = (
    Column("TASK"),
    Column("TIMES", right=True),
    Column("SUCCEEDED", right=True),
    Column("FAILED", right=True),
    Column("SKIPPED", right=True),
    Column("UNNOTICED", right=True),
    Column("USD", right=True),
)
COLUMNS = (Column("TIME (UTC)"), Column("TASK"), Column("WHAT"), Column("DETAIL", wraps=True))
_WHAT = len("launch retry")


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of a simulation, or of one task in it."""

    times: int
    """Scheduled times."""
    outcomes: Mapping[str, int]
    unnoticed: int
    """Scheduled times that did not succeed, and that nothing shows."""
    events: Mapping[str, int]

    def as_data(self) -> dict[str, object]:
        """The numbers for JSON output."""
        return {
            "times": self.times,
            **{outcome: self.outcomes.get(outcome, 0) for outcome in OUTCOMES},
            "unnoticed": self.unnoticed,
            "launchRetries": self.events.get("launch retry", 0),
            "runRetries": self.events.get("run retry", 0),
            "overlaps": self.events.get("overlap", 0),
            "duplicates": self.events.get("duplicate", 0),
            "deadLetters": self.events.get("dead letter", 0),
            "messages": self.events.get("message", 0),
            "alarms": self.events.get("alarm", 0),
        }


def counts(runs: Iterable[ScheduledRun], events: Iterable[Event]) -> Counts:
    """The numbers of runs and events."""
    every = list(runs)
    return Counts(
        len(every),
        Counter(run.outcome for run in every),
        sum(run.is_silent for run in every),
        Counter(event.what for event in events),
    )


def counts_by_task(record: Record, tasks: Iterable[str]) -> dict[str, Counts]:
    """The numbers of each task."""
    runs: dict[str, list[ScheduledRun]] = {name: [] for name in tasks}
    events: dict[str, list[Event]] = {name: [] for name in runs}
    for run in record.runs:
        runs[run.task].append(run)
    for event in record.events:
        if event.task:
            events[event.task].append(event)
    return {name: counts(found, events[name]) for name, found in runs.items()}


def task_rows(by_task: Mapping[str, Counts], cost: StackCost) -> Iterator[tuple[Cell, ...]]:
    """One row per task, then the shared resources."""
    for name, found in by_task.items():
        numbers = (found.outcomes.get(SUCCEEDED, 0), found.outcomes.get(FAILED, 0), _skipped(found))
        usd = f"{cost.tasks[name].total:.2f}"
        yield (name, *_cells(found.times, *numbers, found.unnoticed), usd)
    yield "(shared)", "", "", "", "", "", f"{cost.shared.total:.2f}"


def _skipped(found: Counts) -> int:
    return found.outcomes.get(SKIPPED, 0) + found.outcomes.get(REPLACED, 0)


def _cells(*numbers: int) -> Iterator[str]:
    return (str(number) if number else "" for number in numbers)


def rows(record: Record, most: int) -> tuple[list[tuple[Cell, ...]], int]:
    """The runs and events in chronological order, and the number of those that are left out.

    If there are more than `most`, successful runs are left out first.
    """
    every = len(record.runs) + len(record.events)
    runs = record.runs if every <= most else [run for run in record.runs if run.outcome != SUCCEEDED]
    found = sorted(chain(runs, record.events), key=lambda each: each.time)[:most]
    return [_run_row(each) if isinstance(each, ScheduledRun) else _event_row(each) for each in found], every - len(
        found
    )


def line(found: ScheduledRun | Event, width: int) -> str:
    """A line about a run that has just ended, or about another event. `width` is that of the longest task name.

    Whether anything shows the outcome isn't known yet.
    """
    if isinstance(found, Event):
        time, task, what, detail = _event_row(found)
    else:
        time, task, what = _time(found.stopped or found.time), found.task, found.outcome
        detail = "; ".join(_details(found, noticed=False))
    return f"{time}  {task:<{width}}  {what:<{_WHAT}}  {detail}".rstrip()


def _run_row(run: ScheduledRun) -> tuple[Cell, ...]:
    return _time(run.time), run.task, colored(run.outcome, OUTCOME_COLORS[run.outcome]), "; ".join(_details(run))


def _details(run: ScheduledRun, *, noticed: bool = True) -> Iterator[str]:
    if run.reason:
        yield run.reason.removesuffix(".")
    if run.started is not None and run.stopped is not None and run.stopped > run.started:
        yield f"started {_words(run.started - run.time)} later, took {_words(run.stopped - run.started)}"
    if not noticed:
        return
    if run.told_at is not None:
        yield f"shown by {run.told} {_words(run.told_at - run.time)} later"
    elif run.is_silent:
        yield "unnoticed"


def _words(seconds: float) -> str:
    return in_words(timedelta(seconds=seconds))


def _event_row(event: Event) -> tuple[str, str, str, str]:
    return _time(event.time), event.task or "(group)", event.what, event.text


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


def as_data(record: Record) -> dict[str, object]:
    """The runs and events for JSON output."""
    return {
        "runs": [
            {
                "task": run.task,
                "schedule": run.schedule,
                "time": _instant(run.time),
                "outcome": run.outcome,
                "reason": run.reason,
                "started": _instant(run.started),
                "stopped": _instant(run.stopped),
                "exitCode": run.exit_code,
                "launchRetries": run.launch_retries,
                "tasks": run.runs,
                "shownBy": run.told,
                "shownAt": _instant(run.told_at),
            }
            for run in record.runs
        ],
        "events": [
            {"time": _instant(event.time), "task": event.task, "what": event.what, "text": event.text}
            for event in record.events
        ],
    }


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(round(seconds), UTC)


def unnoticed_tasks(by_task: Mapping[str, Counts]) -> Sequence[str]:
    """The tasks with scheduled times that did not succeed and that nothing shows, the worst first."""
    found = [(counted.unnoticed, name) for name, counted in by_task.items() if counted.unnoticed]
    return [f"{name} ({number})" for number, name in sorted(found, key=lambda each: (-each[0], each[1]))]
