"""The scheduled times that a pause skipped and that run after it (`catchUp`).

For each of them, a command creates a one-time schedule with the target and the role of the schedule. A pause that ends
by itself has them from its start, because none of our programs runs at its end. The name of such a schedule follows
from the schedule and the scheduled time, so a repeated command doesn't start a run twice. The input has the scheduled
time, so a supervised task runs once for it, whatever starts it.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

from ..aws.deployment import Deployment
from ..aws.schedules import Schedule, catch_up_name, caught_up_time, list_all, unanchored
from ..errors import OpsError
from ..runs.one_time import one_time_schedule
from ..runs.request import LaunchContext
from .deferral import earlier_start

MOST = 100
"""The most times of a schedule that run after a pause. Each starts a minute after the one before."""
SPACE = timedelta(minutes=1)
"""The time between two runs, so that they start in order. EventBridge Scheduler is precise to a minute. AWS:
EventBridge Scheduler user guide, "Schedule types"."""
_TICK = timedelta(microseconds=1)
_SPANS = (timedelta(hours=1), timedelta(days=1), timedelta(days=31), timedelta(days=366))
"""The ends of a pause in which the last time is searched, one after the other. A long pause has too many times."""


@dataclass(frozen=True, slots=True)
class CatchUpRun:
    """A run that catches up a scheduled time."""

    schedule: str
    """Name of the schedule."""
    time: datetime
    """The scheduled time that the pause skipped."""
    at: datetime
    """When it starts."""

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {"schedule": self.schedule, "time": self.time, "at": self.at}


def before_pause(schedule: Schedule, since: datetime, *, moved: bool) -> Schedule:
    """Return a schedule as it was before a pause that began at `since`.

    Args:
        schedule: The schedule.
        since: The beginning of the pause.
        moved: Whether a pause has moved its start.
    """
    start = schedule.start
    if moved and start is not None:
        start = earlier_start(schedule.expression, start, since)
    return replace(schedule, start=start, enabled=True)


def times_to_catch_up(schedule: Schedule, since: datetime, until: datetime) -> list[datetime]:
    """Return the scheduled times of a pause that run at its end, the oldest first. Empty without `catchUp`.

    Times that the schedule leaves out are not among them.

    Args:
        schedule: The schedule as before the pause, see `before_pause`.
        since: The beginning of the pause, inclusive.
        until: Its end, exclusive.

    Raises OpsError for more than `MOST` times, and for a schedule whose times are not known.
    """
    catch_up = schedule.catch_up
    if catch_up is None or schedule.on_demand:
        return []
    if unanchored(schedule.expression, schedule.start):
        raise OpsError(
            f"AWS doesn't report the times of {schedule.expression} without a start, so none can be caught up. Pass "
            "--no-catch-up."
        )
    if catch_up.max_age is not None:
        since = max(since, until - timedelta(seconds=catch_up.max_age))
    if catch_up.runs == "last":
        return _last(schedule, since, until)
    found = list(islice(_between(schedule, since, until), MOST + 1))
    if len(found) > MOST:
        raise OpsError(
            f"The pause skips more than {MOST} scheduled times since {since:%Y-%m-%d %H:%MZ}, and `catchUp: all` would "
            "run all of them. Pass --no-catch-up, and start the missed runs with scheduled-tasks backfill."
        )
    return found


def _between(schedule: Schedule, since: datetime, until: datetime) -> Iterator[datetime]:
    times = (time.astimezone(UTC) for time in schedule.runs(since - _TICK))
    return takewhile(lambda time: time < until, times)


def _last(schedule: Schedule, since: datetime, until: datetime) -> list[datetime]:
    for span in _SPANS:
        begin = max(since, until - span)
        if (found := deque(_between(schedule, begin, until), maxlen=1)) or begin == since:
            return [*found]
    return [*deque(_between(schedule, since, until), maxlen=1)]


def set_catch_ups(
    deployment: Deployment, schedule: Schedule, times: Sequence[datetime], *, since: datetime, first: datetime
) -> list[CatchUpRun]:
    """Create the one-time schedules that catch up times of a schedule, and delete the others of the same pause.

    Makes one call to list them, and one per time.

    Args:
        deployment: The deployment.
        schedule: The schedule.
        times: The scheduled times. Empty to delete all.
        since: The beginning of the pause. Schedules that catch up earlier times stay.
        first: When the first of them starts. Each of the others starts a minute after the one before.
    """
    scheduler = deployment.client("scheduler")
    wanted = {
        catch_up_name(schedule.name, time): CatchUpRun(schedule.name, time, first + number * SPACE)
        for number, time in enumerate(times)
    }
    existing = _existing(deployment, schedule.name)
    for name in existing - wanted.keys():
        if (time := caught_up_time(name)) and time >= since:
            _delete(deployment, name)
    for name, run in wanted.items():
        context = LaunchContext(schedule.arn, run.time, name)
        description = f"Catches up {context.scheduled_time} of {schedule.name} after a pause"
        request = one_time_schedule(deployment, schedule, context, name=name, at=run.at, description=description)
        if name in existing:
            try:
                scheduler.update_schedule(**request)
            except scheduler.exceptions.ResourceNotFoundException:
                # It started meanwhile.
                continue
        else:
            try:
                scheduler.create_schedule(**request)
            except scheduler.exceptions.ConflictException:
                # Another command created it.
                continue
    return [*wanted.values()]


def cancel_catch_ups(
    deployment: Deployment, schedules: Collection[str], *, since: datetime, keep: Collection[str]
) -> None:
    """Delete the one-time schedules that catch up times of a pause. Makes a call per 100 schedules of the deployment.

    Args:
        deployment: The deployment.
        schedules: The names of the schedules of the pause.
        since: The beginning of the pause.
        keep: Names of one-time schedules that stay.
    """
    for item in list_all(deployment):
        time = caught_up_time(item.name)
        if time is None or time < since or item.name in keep:
            continue
        if any(catch_up_name(name, time) == item.name for name in schedules):
            _delete(deployment, item.name)


def _existing(deployment: Deployment, schedule: str) -> set[str]:
    """The names of the one-time schedules that catch up times of a schedule."""
    # All their names have this start.
    prefix = catch_up_name(schedule, datetime(1970, 1, 1, tzinfo=UTC))[:-8]
    return {item.name for item in list_all(deployment, prefix)}


def _delete(deployment: Deployment, name: str) -> None:
    scheduler = deployment.client("scheduler")
    try:
        scheduler.delete_schedule(GroupName=deployment.name, Name=name)
    except scheduler.exceptions.ResourceNotFoundException:
        # It started meanwhile, or another command deleted it.
        return


def next_start(now: datetime) -> datetime:
    """The earliest start of a run that catches up a time: the next full minute, at least half a minute away."""
    return (now + timedelta(seconds=90)).astimezone(UTC).replace(second=0, microsecond=0)
