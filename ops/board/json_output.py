"""The data of a board for `--json`: that of `status`, `history` and `next`, with the problems. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ..aws.logs import Line
from ..state.rows import Source
from . import upcoming
from .counts import counts
from .missed import missed_times
from .period import Period
from .problems import Problem, problems
from .reading import Reading
from .tasks import TaskView, seconds, views


def json_data(readings: Sequence[Reading], period: Period) -> Mapping[str, object]:
    """The JSON output. The keys of stacks, tasks and runs are those of `status --json` and `history --json`."""
    return {
        "read": period.now,
        "from": period.start,
        "to": period.end,
        "stacks": [_stack(reading, period) for reading in readings],
    }


def _stack(reading: Reading, period: Period) -> Mapping[str, object]:
    tasks = views(reading, period)
    found = reading.status.as_data() if reading.status else {}
    return {
        "name": reading.name,
        **found,
        "complete": reading.complete,
        "counts": {name: count.number if count.known else None for name, count in counts(reading, tasks).items()},
        "problems": [_problem(problem, reading) for problem in problems(reading, tasks)],
        "tasks": [_task(view, reading.lines, period) for view in tasks],
    }


def _problem(problem: Problem, reading: Reading) -> Mapping[str, object]:
    return {
        "level": problem.level,
        "title": problem.title,
        "text": problem.text,
        "task": problem.task or None,
        "at": problem.at,
        "line": problem.line or None,
        "command": reading.command_of(problem.words) if problem.words else None,
    }


def _task(view: TaskView, lines: Mapping[str, Sequence[Line]], period: Period) -> Mapping[str, object]:
    return {
        **view.row.as_data(),
        "failures": view.failures,
        "slow": view.slow,
        "usualSeconds": seconds(view.usual),
        "schedules": [upcoming.in_english(source, view.now) for source in view.row.sources],
        "nextRuns": [each for source in view.row.sources for each in _next_runs(source, period)],
        "missedRuns": [
            {"first": _instant(first), "everySeconds": step, "count": count}
            for source in view.row.sources
            for first, step, count in missed_times(source, view.runs, period)
        ]
        if view.known
        else None,
        "clockChanges": [
            {"at": _instant(at), "text": sentence} for at, sentence in upcoming.changes(view.row.sources, period)
        ],
        "runs": [run.as_data() for run in view.runs] if view.runs or view.known else None,
        "logs": {
            run.id: [{"at": line.at, "text": line.text} for line in lines[run.id]]
            for run in view.runs
            if run.id in lines
        },
    }


def _next_runs(source: Source, period: Period) -> list[Mapping[str, object]]:
    """The next runs of a schedule. Runs with equal distances are one entry."""
    runs, _ = upcoming.next_runs(source, period)
    estimate = upcoming.is_estimate(source)
    return [
        {"first": _instant(first), "everySeconds": step, "count": count, "estimate": estimate}
        for first, step, count in runs
    ]


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
