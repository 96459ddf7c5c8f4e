"""The tasks of a board as data for its page. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from components.aws import names
from components.json_values import Json

from ..aws.logs import Line
from ..pauses.record import ALL, Pause
from ..runs import records
from ..runs.durations import is_slow, known_durations, usual_duration
from ..runs.records import REPLACED, RUNNING, SKIPPED, SUCCEEDED, Run
from ..state.rows import AFTER, ON_DEMAND, Row
from ..state.status import Status
from . import upcoming
from .missed import missed_by_kind
from .period import Period
from .reading import Reading

_REASON, _LINE = 1000, 500
"""The most characters of a reason and of a log line."""


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task, with its runs."""

    row: Row
    runs: Sequence[Run]
    """The runs of the period, the newest first."""
    pause: Pause | None
    known: bool
    """Whether the runs of the period are known."""
    now: datetime

    @property
    def last(self) -> Run | None:
        """The last run."""
        return self.runs[0] if self.runs else None

    @property
    def last_failed(self) -> Run | None:
        """The last run that failed."""
        return next((run for run in self.runs if run.outcome == records.FAILED), None)

    @property
    def usual(self) -> timedelta | None:
        """The median duration of the runs that succeeded."""
        return usual_duration(self.runs)

    @property
    def failures(self) -> int:
        """The number of failed runs since the last one that succeeded. Skipped and replaced runs don't count."""
        ended = (run for run in self.runs if run.outcome in (SUCCEEDED, records.FAILED))
        return sum(1 for _ in takewhile(lambda run: run.outcome == records.FAILED, ended))

    @property
    def slow(self) -> bool:
        """Whether the last run is still running after more than twice its usual duration."""
        return self.last is not None and self.last.outcome == RUNNING and is_slow(self.last, self.usual, self.now)

    @property
    def marks(self) -> list[str]:
        """The filters of the page that show the task."""
        found = [self.last.outcome if self.last else "none" if self.known else "unknown"]
        found += [records.FAILED] if self.failures and records.FAILED not in found else []
        found += ["paused"] if "paused" in self.row.state or self.pause else []
        troubled = self.failures or self.row.alarms or self.slow
        return [*found, "problem"] if troubled else found


def views(reading: Reading, period: Period) -> list[TaskView]:
    """The tasks of a stack. Empty if the stack could not be read."""
    if (found := reading.status) is None:
        return []
    by_task: dict[str, list[Run]] = {}
    for run in reading.runs:
        by_task.setdefault(run.task, []).append(run)
    views: list[TaskView] = []
    for row in found.rows:
        last = [row.last] if row.last else []
        runs = records.merged(by_task.get(row.task, []), last, row.waiting)
        views.append(TaskView(row, runs, _pause(found, row), reading.runs_known, period.now))
    return views


def _pause(found: Status, row: Row) -> Pause | None:
    """The pause by hand of a task, if it has an effect."""
    if row.state == ON_DEMAND or row.state.startswith(AFTER):
        return None
    paused = [source.name for source in row.sources if not source.enabled]
    own, now = found.pauses.get(row.task), datetime.now(UTC)
    if own and own.defers(now) and row.task not in found.over:
        return own
    if own and row.task not in found.over and any(names.is_schedule_of(name, row.task) for name in paused):
        return own
    every = found.pauses.get(ALL) if ALL not in found.over else None
    return every if every and (paused or every.defers(now)) else None


def task_data(view: TaskView, lines: Mapping[str, Sequence[Line]], period: Period) -> dict[str, Json]:
    """A task for the page. Times are seconds since 1970 in UTC, durations are seconds."""
    row = view.row
    calculated = [(upcoming.is_estimate(source), *upcoming.next_runs(source, period)) for source in row.sources]
    return {
        "name": row.task,
        "state": row.state,
        "waits": row.waits,
        "marks": list(view.marks),
        "failures": view.failures,
        "slow": view.slow,
        "usual": seconds(view.usual),
        "usualOf": len(known_durations(view.runs)),
        "nextRun": instant(row.next_run),
        "nextWithin": seconds(row.within),
        "alarms": [alarm.removeprefix(f"{row.task}/") for alarm in row.alarms],
        "differences": [*row.drift, *row.notes],
        "pause": _pause_data(view.pause),
        "schedules": [
            {
                "text": upcoming.in_english(source, view.now),
                "expression": source.times.expression if source.times else "",
                "timezone": source.times.timezone if source.times else "",
                "enabled": source.enabled,
            }
            for source in row.sources
        ],
        "next": [
            [first, step, count, int(estimate)] for estimate, runs, _ in calculated for first, step, count in runs
        ],
        "nextComplete": all(complete for _, _, complete in calculated),
        "nextUnknown": sum(1 for source in row.sources if source.enabled and source.times is None),
        "missed": [
            [first, step, count, int(supervised)]
            for supervised, times in (missed_by_kind(row.sources, view.runs, period) if view.known else ())
            for first, step, count in times
        ],
        "clocks": [[at, sentence] for at, sentence in upcoming.changes(row.sources, period)],
        "runs": [_run(run) for run in view.runs],
        "lines": {run.id: list(_lines(lines[run.id])) for run in view.runs if run.id in lines},
    }


def _pause_data(pause: Pause | None) -> Json:
    if pause is None:
        return None
    return {"since": instant(pause.at), "who": pause.who, "why": pause.why}


_CODES = {SUCCEEDED: 0, records.FAILED: 1, RUNNING: 2, SKIPPED: 3, REPLACED: 4}


def _run(run: Run) -> Json:
    """A run as a list, because a page can have many.

    The items are start, duration, outcome, ID, exit code, reason, starter and number of attempts. Usual values at the
    end are omitted.
    """
    by = "" if run.by == records.SCHEDULE else run.by
    whole: list[Json] = [
        instant(run.started or run.stopped),
        seconds(run.duration),
        _CODES[run.outcome],
        run.id,
        run.exit_code,
        shortened(run.reason or (run.waiting.words if run.waiting else ""), _REASON),
        by,
        run.attempts,
    ]
    usual = (0 if run.outcome == SUCCEEDED else None, "", "", 1)
    while len(whole) > 4 and whole[-1] == usual[len(whole) - 5]:
        whole.pop()
    return whole


def _lines(lines: Iterable[Line]) -> Iterator[Json]:
    for line in lines:
        yield [instant(line.at), shortened(line.text.rstrip("\n"), _LINE)]


def shortened(text: str, most: int) -> str:
    """A text with at most this many characters."""
    return text if len(text) <= most else f"{text[:most]}…"


def instant(when: datetime | None) -> int | None:
    """A time in seconds since 1970."""
    return None if when is None else round(when.timestamp())


def seconds(duration: timedelta | None) -> int | None:
    """A duration in seconds."""
    return None if duration is None else round(duration.total_seconds())
