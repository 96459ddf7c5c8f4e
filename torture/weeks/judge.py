"""The rules for the end of a week. The judge reads the record, and uses no rule of the simulation itself."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from components.schedules import Rate, next_runs, parse
from ops.simulation.record import FAILED, HISTORY, REPLACED, SKIPPED, STATUS, SUCCEEDED, Record, ScheduledRun

from .world import Week, window_of


def problems(week: Week, record: Record) -> Iterator[str]:
    """The problems of a week, one sentence each."""
    yield from _times(week, record)
    for run in record.runs:
        if problem := _ending(week, record, run):
            yield f"{run.task} at {run.time}: {problem}"
    yield from _messages(week, record)
    yield from _catch_ups(week, record)
    yield from _overlaps(week, record)
    for name, task in week.tasks.items():
        if task.expect_success_within is not None:
            yield from _success_alarms(week, record, name)


def _times(week: Week, record: Record) -> Iterator[str]:
    """Each scheduled time occurs exactly once."""
    begin, end = week.simulation.begin, week.simulation.end
    wanted: Counter[tuple[str, float]] = Counter()
    for name, task in week.tasks.items():
        for schedule in task.schedules:
            expression = parse(schedule.expression)
            inclusive = timedelta(microseconds=0 if isinstance(expression, Rate) else 1)
            for time in next_runs(expression, schedule.timezone, begin - inclusive):
                if time >= end:
                    break
                wanted[name, time.timestamp()] += 1
    found = Counter((run.task, run.time) for run in record.runs)
    if wanted != found:
        yield f"scheduled times differ: {wanted - found} are missing, {found - wanted} are too many"


def _ending(week: Week, record: Record, run: ScheduledRun) -> str:
    """The reason why a scheduled time does not end as succeeded, as failed and shown, or as skipped and shown."""
    if run.open:
        return "it never ends"
    if run.outcome == SUCCEEDED:
        return ""
    if run.outcome in (SKIPPED, REPLACED):
        return "" if run.told in (HISTORY, STATUS) else "it was skipped, and no command shows it"
    if run.outcome != FAILED:
        return f"it ends as {run.outcome}"
    if run.told_at is not None:
        return "" if run.told_at >= run.time else "it is shown before its time"
    return "" if _may_be_unnoticed(week, record, run) else f"nothing tells that it failed: {run.reason}"


def _may_be_unnoticed(week: Week, record: Record, run: ScheduledRun) -> bool:
    """Whether docs/monitoring.md says that nothing detects the failure.

    RunTask answered that it started nothing. Without `expectSuccessWithin`, nothing detects that. With it, a success
    before the alarm fires hides it.
    """
    task = week.tasks[run.task]
    if task.is_supervised or not run.reason.startswith("RunTask started nothing"):
        return False
    if task.expect_success_within is None:
        return True
    period, seconds = window_of(task)
    latest = run.time + seconds + (week.simulation.more_periods + 3) * period + 3600
    later = any(time > run.time for time in _successes(record, run.task) if time <= latest)
    return later or latest > week.simulation.end.timestamp()


def _catch_ups(week: Week, record: Record) -> Iterator[str]:
    """The last time that a pause skips runs after it, or each of them, unless it is too old."""
    for name, task in week.tasks.items():
        catch_up = task.schedules[0].catch_up
        if catch_up is None:
            continue
        pauses = [it for it in week.simulation.faults if it.kind == "paused" and (it.tasks is None or name in it.tasks)]
        runs = [run for run in record.runs if run.task == name]
        for run in runs:
            if run.reason != "Paused" or run.left_out:
                continue
            covering = [pause.end for pause in pauses if pause.begin <= run.time < pause.end]
            if not covering:
                yield f"{name} at {run.time} is skipped without a pause"
            elif catch_up.max_age is None and len(pauses) == 1:
                later = [it for it in runs if run.time < it.time < covering[0] and it.reason != "Paused"]
                if catch_up.runs == "all" or not later:
                    yield f"{name} at {run.time} is not caught up"


def _messages(week: Week, record: Record) -> Iterator[str]:
    """A run that succeeded sends no message; each failure of a container sends one."""
    told = Counter(event.task for event in record.events if event.what == "message")
    failed = Counter(run.task for run in record.runs if run.outcome == FAILED and run.runs)
    for name in week.tasks:
        if told[name] and not any(run.task == name and run.outcome == FAILED for run in record.runs):
            yield f"{name} sends {told[name]} messages, and nothing failed"
        if told[name] < failed[name]:
            yield f"{name} sends {told[name]} messages for {failed[name]} runs that failed"


def _overlaps(week: Week, record: Record) -> Iterator[str]:
    for event in record.events:
        task = week.tasks.get(event.task)
        if event.what == "overlap" and task and task.supervision and task.supervision.exclusive:
            yield f"runs of {event.task} overlap at {event.time}"


def _successes(record: Record, name: str) -> list[float]:
    """The times of the successes of a task, in ascending order. An outage of EventBridge counts them later."""
    found = [run.stopped for run in record.runs if run.task == name and run.outcome == SUCCEEDED and run.stopped]
    return sorted(found)


def _success_alarms(week: Week, record: Record, name: str) -> Iterator[str]:
    """No false alarm, and no missed alarm within the documented time."""
    if any(fault.service == "events" for fault in week.simulation.faults):
        return
    period, seconds = window_of(week.tasks[name])
    begin, end = week.simulation.begin.timestamp(), week.simulation.end.timestamp()
    # A scheduled time with one failed run of several can have successes that the record does not show.
    if week.tasks[name].count > 1 or any(fault.kind == "doubleDelivery" for fault in week.simulation.faults):
        return
    successes = [begin, *(time for time in _successes(record, name) if time < end)]
    fired = [event.time for event in record.events if event.what == "alarm" and event.task == name]
    for time in fired:
        last = successes[bisect_left(successes, time) - 1]
        if time - last < seconds:
            yield f"false alarm of {name} at {time}: the last success was {time - last} s before"
    latest = seconds + (week.simulation.more_periods + 1) * period
    for earlier, later in pairwise([*successes, end]):
        if later - earlier > latest and not any(earlier < time <= earlier + latest for time in fired):
            yield f"missed alarm of {name}: no success from {earlier} to {later}, and no alarm within {latest} s"
