"""Checks for settings that AWS accepts, but that are likely mistakes.

Pure: resolved values in, warnings out, each a Problem with the path of the argument to change. For tasks and groups in
which the other checks found nothing wrong.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile

from ..aws import limits
from ..aws.fargate import LAUNCH_BUCKET, LAUNCH_REFILL
from ..aws.images import registry_account
from ..problems import Path, Problem, key, listed
from ..resolved import CallTask, Group, Scheduled, ScheduleTimes, Task
from ..schedules import (
    At,
    ClockChange,
    Cron,
    Expression,
    Rate,
    clock_changes,
    durations,
    local_times,
    next_runs,
    parse,
    shortest_interval,
)
from ..task.schedule_names import same_unnamed
from .aws_member_advice import member_warnings
from .container_advice import container_warnings
from .exception_advice import exception_warnings
from .expression_advice import expression_warnings
from .shell_advice import shell_warnings

YEAR, FIVE_WEEKS, WEEK = timedelta(days=365), timedelta(days=35), timedelta(days=7)
_MANY_RUNS, _RUNS_OF_A_YEAR = 2000, 20_000
_SHOWN = 5


def task_warnings(task: Task, now: datetime) -> list[Problem]:
    """Likely mistakes in one task, in the year from `now` on."""
    found = schedule_warnings(task, now)
    found += _timeout(task)
    found += _duration(task)
    found += container_warnings(task)
    found += shell_warnings(task)
    found += member_warnings(task)
    found += success_warnings(task, now)
    found += exception_warnings(task, now)
    found += _managed_policies(task)
    return list(dict.fromkeys(found))


def schedule_warnings(task: Scheduled, now: datetime) -> list[Problem]:
    """Likely mistakes in the schedules of one task or call, in the year from `now` on."""
    found: list[Problem] = []
    for schedule in task.schedules:
        expression = parse(schedule.expression)
        found += _clock(schedule.expression_path, expression, schedule.timezone, now)
        found += _interval(task, schedule, expression)
        found += _one_time(schedule, expression)
        if isinstance(expression, Cron):
            found += (Problem(schedule.expression_path, message) for message in expression_warnings(expression))
    found += _alike(task)
    return list(dict.fromkeys(found))


def _alike(task: Scheduled) -> Iterator[Problem]:
    for schedule in same_unnamed(task.schedules):
        yield Problem(
            schedule.expression_path,
            f'"{schedule.expression}" occurs twice, and only the order distinguishes the two schedules. Give each a '
            f"{key('name')}, so that you can add and remove schedules.",
        )


def _managed_policies(task: Task) -> Iterator[Problem]:
    """More than a role can have by default. AWS: IAM user guide, "IAM and AWS STS quotas"."""
    count = len(task.managed_policies)
    if count > limits.MANAGED_POLICIES:
        yield Problem(
            ("managed_policies",),
            f"has {count} entries, and a role has at most {limits.MANAGED_POLICIES} without a quota increase. Combine "
            "some of them, or request an increase in Service Quotas.",
        )


def success_warnings(task: Task | CallTask, now: datetime) -> Iterator[Problem]:
    """Success that is expected more often than there are runs raises alarms although nothing is wrong."""
    if task.expect_success_within is None or not task.enabled:
        return
    within = timedelta(seconds=task.expect_success_within)
    # Public holidays make the longest gap once per year.
    period, most = (YEAR, _RUNS_OF_A_YEAR) if task.exceptions else (FIVE_WEEKS, _MANY_RUNS)
    runs = islice(heapq.merge(*(kept_runs(task, it, now) for it in task.schedules if it.enabled)), most)
    soon = list(takewhile(lambda run: run <= now + period, runs))
    gaps = [(later - earlier, earlier) for earlier, later in pairwise(soon)]
    longest, after = max(gaps, default=(None, now))
    if longest and longest > within:
        gap = durations.in_words(int(longest.total_seconds()))
        yield Problem(
            ("expect_success_within",),
            f"{durations.in_words(task.expect_success_within)} is less than the {gap} without a run after "
            f"{after:%a %Y-%m-%d %H:%M}, so the alarm is raised then although nothing is wrong.",
        )


def ended_schedules(task: Scheduled, now: datetime) -> list[ScheduleTimes]:
    """The schedules that will never run again, which a deployment omits.

    A run may still start in its flexible window.
    """
    return [
        schedule
        for schedule in task.schedules
        if next(runs_of(schedule, now - timedelta(seconds=schedule.flexible_window)), None) is None
    ]


def runs_of(schedule: ScheduleTimes, after: datetime) -> Iterator[datetime]:
    """The scheduled times of a schedule after a time, also those that are left out."""
    expression = parse(schedule.expression)
    return next_runs(expression, schedule.timezone, after, start=schedule.start, end=schedule.end)


def kept_runs(task: Scheduled, schedule: ScheduleTimes, after: datetime) -> Iterator[datetime]:
    """The scheduled times of a schedule of a task after a time, without those that are left out."""
    times, exceptions = runs_of(schedule, after), task.exceptions_in(schedule)
    return (run for run in times if not exceptions.reason(run, schedule.timezone)) if exceptions else times


def launch_warnings(tasks: Mapping[str, Task], now: datetime) -> list[Problem]:
    """Minutes of the coming week in which more runs start than Fargate starts at once."""
    if sum(task.count * len(task.schedules) for task in tasks.values()) <= LAUNCH_BUCKET:
        return []
    starts: Counter[datetime] = Counter()
    names: dict[datetime, list[str]] = {}
    for name, task in tasks.items():
        for schedule in task.schedules:
            if schedule.enabled and not schedule.flexible_window:
                for minute in _starts(schedule, now):
                    starts[minute] += task.count
                    names.setdefault(minute, []).append(name)
    crowded = sorted(minute for minute, count in starts.items() if count > LAUNCH_BUCKET)
    if not crowded:
        return []
    worst = max(crowded, key=lambda minute: starts[minute])
    more = f" This happens in {len(crowded)} minutes of the coming week." if len(crowded) > 1 else ""
    return [
        Problem(
            ("tasks",),
            f"{starts[worst]} runs start at {worst:%Y-%m-%d %H:%M} UTC ({listed(names[worst][:_SHOWN], 'and')}, ...). "
            f"Fargate starts {LAUNCH_BUCKET} at once, then {LAUNCH_REFILL} per second. Give these tasks a "
            f"{key('flexible_window')}.{more}",
        )
    ]


def reach_warnings(group: Group, tasks: Mapping[str, Task]) -> dict[str, Problem]:
    """The tasks whose image is not reachable from a new VPC without NAT gateways."""
    created = group.network.create_vpc
    if created is None or created.nat_gateways != "none" or group.network.subnets == "public":
        return {}
    return {
        name: Problem(
            ("image",),
            "is not in ECR, and runs reach nothing else, because the new VPC has no NAT gateway. Copy the "
            f"image to ECR, or write {key('nat_gateways')}: single.",
        )
        for name, task in tasks.items()
        if isinstance(task.image, str) and registry_account(task.image) is None
    }


def missing_recipients(group: Group) -> list[Problem]:
    """A group without recipients for failures and alarms."""
    if group.notify:
        return []
    return [
        Problem(
            ("notify",),
            f"is not set, so nobody receives failures and alarms. Write {key('notify')}: {{{key('emails')}: [...]}}.",
        )
    ]


def _starts(schedule: ScheduleTimes, now: datetime) -> Iterator[datetime]:
    for run in takewhile(lambda run: run <= now + WEEK, runs_of(schedule, now)):
        yield run.astimezone(UTC).replace(second=0, microsecond=0)


def _clock(path: Path, expression: Expression, timezone: str, now: datetime) -> Iterator[Problem]:
    changes = clock_changes(timezone, now.replace(hour=0, minute=0, second=0, microsecond=0), now + YEAR)
    if isinstance(expression, Rate) and expression.unit == "day" and changes:
        yield Problem(
            path,
            f"a day is 24 hours, so the local time of runs shifts when the clock changes in {timezone}. Write "
            "cron(...) for a fixed local time.",
        )
    # A schedule that runs every hour also runs around the change.
    if isinstance(expression, Cron) and len(expression.hours) < 24:
        for skips in (True, False):
            yield from _first_affected(path, expression, timezone, [it for it in changes if it.skips is skips])


def _first_affected(path: Path, cron: Cron, timezone: str, changes: list[ClockChange]) -> Iterator[Problem]:
    for change in changes:
        if times := local_times(cron, *change.local_span):
            occurs, then = (
                ("does not exist", "that run is skipped")
                if change.skips
                else ("occurs twice", "the run starts at the first")
            )
            shown = listed([f"{time:%H:%M}" for time in times[:_SHOWN]], "and")
            yield Problem(
                path, f"{shown} {occurs} in {timezone} on {times[0]:%Y-%m-%d}, when the clock changes: {then}."
            )
            return


def _timeout(task: Task) -> Iterator[Problem]:
    for schedule in task.schedules:
        interval = shortest_interval(parse(schedule.expression))
        if interval and task.timeout and task.overlap is None and task.timeout > interval.total_seconds():
            apart = durations.in_words(int(interval.total_seconds()))
            yield Problem(
                ("timeout",),
                f"{durations.in_words(task.timeout)} is longer than the {apart} between runs, so two runs can "
                "overlap. Write "
                f"{key('overlap')}: forbid or replace, or {key('overlap')}: allow if you intend that.",
            )


def _duration(task: Task) -> Iterator[Problem]:
    """An expected duration that a run cannot exceed, because it is stopped before."""
    longest = task.expect_duration_under
    stopped = task.supervision.timeout if task.supervision else 0
    if longest and stopped <= longest and not task.retry_run:
        default = "" if task.timeout else " (the default)"
        yield Problem(
            ("expect_duration_under",),
            f"{durations.in_words(longest)} is not less than {key('timeout')}: {durations.in_words(stopped)}{default}, "
            f"which stops a run before. Write a shorter duration, or a longer {key('timeout')}.",
        )


def _interval(task: Scheduled, schedule: ScheduleTimes, expression: Expression) -> Iterator[Problem]:
    interval = shortest_interval(expression)
    if interval is None:
        return
    seconds = int(interval.total_seconds())
    apart = durations.in_words(seconds)
    age = durations.in_words(task.retry.max_age)
    if task.retry.attempts and task.retry.max_age > seconds:
        written = task.args.get("retry")
        given = "" if isinstance(written, Mapping) and "max_age" in written else " (the default)"
        yield Problem(
            ("retry", "max_age"),
            f"{age}{given} is longer than the {apart} between runs, so a retried launch can overlap the next "
            f"run. Write {apart} or less.",
        )
    if schedule.flexible_window > seconds:
        yield Problem(
            schedule.path_of("flexible_window"),
            f"{durations.in_words(schedule.flexible_window)} is longer than the {apart} between runs, so a run "
            "can start after the next one.",
        )


def _one_time(schedule: ScheduleTimes, expression: Expression) -> Iterator[Problem]:
    if isinstance(expression, At) and schedule.delete_after_completion is None:
        yield Problem(
            ("delete_after_completion",),
            "is not set, so a one-time schedule stays after its run and counts against AWS's quota. Write "
            "true, or false to keep it.",
        )
