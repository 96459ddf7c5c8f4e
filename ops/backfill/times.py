"""The scheduled times of a task in the past, and which run each of them had. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from components.monitoring.events import SUCCEEDED

from ..aws.schedules import Schedule, unanchored, understood
from ..errors import OpsError
from ..runs import records
from ..runs.records import Run

MOST = 1000
"""The most scheduled times of one command."""
MISSED, PENDING = "missed", "pending"
"""A time without a run; a time whose run can still start by itself."""
STARTING = timedelta(minutes=15)
"""How long ECS may take to start the container of a launched task."""


@dataclass(frozen=True, slots=True)
class ScheduledTime:
    """A scheduled time, and what became of it.

    Args:
        time: The time, in UTC.
        outcome: `missed`, `pending`, or the outcome of its run.
        run: Its run: one that succeeded, else the newest. None if it had none.
    """

    time: datetime
    outcome: str
    run: Run | None = None

    @property
    def is_open(self) -> bool:
        """Whether a backfill runs it."""
        return self.outcome not in (SUCCEEDED, records.RUNNING, PENDING)

    def as_data(self) -> dict[str, object]:
        """The time for JSON output."""
        return {"time": self.time, "outcome": self.outcome, "run": self.run.as_data() if self.run else None}


def latest_start(schedule: Schedule) -> timedelta:
    """How long after its scheduled time a container can start by itself: the window, all retries, and ECS."""
    age = timedelta(seconds=schedule.retry["MaximumEventAgeInSeconds"])
    return timedelta(minutes=schedule.window_minutes or 0) + age + STARTING


def scheduled_times(
    schedule: Schedule, since: datetime, until: datetime, *, with_exceptions: bool = False
) -> list[datetime]:
    """The scheduled times from `since` to `until`, both included. A pause doesn't count.

    Times that the schedule leaves out are omitted, except with `with_exceptions`.

    Raises OpsError for a schedule whose times in the past are not known, and for more than `MOST` times.
    """
    if schedule.on_demand or understood(schedule.expression) is None:
        raise OpsError(f"{schedule.name} has no scheduled times. To start a run, use: scheduled-tasks run")
    if unanchored(schedule.expression, schedule.start):
        raise OpsError(
            f"The times of {schedule.name} are not known: AWS counts {schedule.expression} from its deployment. Set "
            "`start` for the future, and pass missed times with: scheduled-tasks run --time"
        )
    active, after = replace(schedule, enabled=True), since - timedelta(seconds=1)
    runs = active.due(after) if with_exceptions else active.runs(after)
    found = list(islice(takewhile(lambda run: run <= until, runs), MOST + 1))
    if len(found) > MOST:
        raise OpsError(f"{schedule.name} has more than {MOST} times from {since} to {until}. Pass a later --from.")
    return found


def left_out_times(schedule: Schedule, since: datetime, until: datetime) -> list[tuple[datetime, str]]:
    """The scheduled times from `since` to `until` that the schedule leaves out, each with the reason."""
    if not schedule.exceptions:
        return []
    times = scheduled_times(schedule, since, until, with_exceptions=True)
    return [(time, reason) for time in times if (reason := schedule.left_out(time))]


def with_outcomes(
    times: Sequence[datetime], runs: Iterable[Run], schedule: Schedule, now: datetime
) -> list[ScheduledTime]:
    """The times, each with its run.

    A run of the schedule belongs to the last time before its start. Manual runs belong to a time only if `backfill`
    started them.
    """
    late = latest_start(schedule)
    of_time: dict[datetime, list[Run]] = {}
    for run in runs:
        if (time := _time_of(run, times, schedule, late)) is not None:
            of_time.setdefault(time, []).append(run)
    return [_found(time, of_time.get(time, []), pending=schedule.enabled and now < time + late) for time in times]


def _time_of(run: Run, times: Sequence[datetime], schedule: Schedule, late: timedelta) -> datetime | None:
    if run.for_time is not None:
        return run.for_time
    if run.by != records.SCHEDULE or run.started is None or run.schedule not in ("", schedule.name):
        return None
    position = bisect_right(times, run.started)
    return times[position - 1] if position and run.started < times[position - 1] + late else None


def _found(time: datetime, runs: Sequence[Run], *, pending: bool) -> ScheduledTime:
    for outcome in (SUCCEEDED, records.RUNNING):
        if run := next((run for run in runs if run.outcome == outcome), None):
            return ScheduledTime(time, outcome, run)
    if pending:
        return ScheduledTime(time, PENDING, runs[0] if runs else None)
    return ScheduledTime(time, runs[0].outcome, runs[0]) if runs else ScheduledTime(time, MISSED)
