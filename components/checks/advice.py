"""What AWS takes, and what may still not be what was meant.

Pure: arguments in, warnings out, each a Problem with the path of the argument to change. For arguments that
`checks` has found nothing wrong with.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile

from ..aws.fargate import LAUNCH_BUCKET, LAUNCH_REFILL
from ..aws.images import registry_account
from ..problems import Problem, listed
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
from ..schedules.of_task import Args, Path, TaskSchedule, task_schedules
from ..task.schedule_target import DEFAULT_RETRY_AGE

YEAR, FIVE_WEEKS, WEEK = timedelta(days=365), timedelta(days=35), timedelta(days=7)
_MANY_RUNS = 2000
_SHOWN = 5


def task_warnings(args: Args, now: datetime) -> list[Problem]:
    """What to think about again in one task: `now` is where the year begins whose clock changes are looked at."""
    found: list[Problem] = []
    for schedule in task_schedules(args):
        expression = parse(schedule.expression)
        found += _clock(schedule.expression_path, expression, schedule.timezone, now)
        found += _interval(schedule, expression)
        found += _one_time(schedule, expression)
    found += _expected_success(args, now)
    return list(dict.fromkeys(found))


def _expected_success(args: Args, now: datetime) -> Iterator[Problem]:
    """A success that is expected more often than there are runs alarms although all is well."""
    if "expect_success_within" not in args or not args.get("enabled", True):
        return
    within = durations.delta(args["expect_success_within"])
    schedules = [schedule for schedule in task_schedules(args) if schedule.args.get("enabled", True)]
    runs = islice(heapq.merge(*(_runs(schedule, now) for schedule in schedules)), _MANY_RUNS)
    soon = list(takewhile(lambda run: run <= now + FIVE_WEEKS, runs))
    gaps = [(later - earlier, earlier) for earlier, later in pairwise(soon)]
    longest, after = max(gaps, default=(None, now))
    if longest and longest > within:
        yield Problem(
            ("expect_success_within",),
            f"{args['expect_success_within']} is less than the {durations.in_words(int(longest.total_seconds()))} "
            f"without a run after {after:%a %Y-%m-%d %H:%M}: it alarms then although all is well.",
        )


def ended_schedules(args: Args, now: datetime) -> list[TaskSchedule]:
    """The schedules that will never run again, which a deployment leaves out. In its flexible window, a run may still
    be to come."""
    return [
        schedule
        for schedule in task_schedules(args)
        if next(_runs(schedule, now - durations.delta(schedule.args.get("flexible_window", "0s"))), None) is None
    ]


def _runs(schedule: TaskSchedule, after: datetime) -> Iterator[datetime]:
    start, end = schedule.limits
    return next_runs(parse(schedule.expression), schedule.timezone, after, start=start, end=end)


def launch_warnings(tasks: Mapping[str, Args], now: datetime) -> list[Problem]:
    """Minutes of the coming week in which more runs start than Fargate starts at once."""
    if sum(args.get("count", 1) * len(task_schedules(args)) for args in tasks.values()) <= LAUNCH_BUCKET:
        return []
    starts: Counter[datetime] = Counter()
    names: dict[datetime, list[str]] = {}
    for name, args in tasks.items():
        for schedule in task_schedules(args):
            if schedule.args.get("enabled", True) and not schedule.args.get("flexible_window"):
                for minute in _starts(schedule, now):
                    starts[minute] += args.get("count", 1)
                    names.setdefault(minute, []).append(name)
    crowded = sorted(minute for minute, count in starts.items() if count > LAUNCH_BUCKET)
    if not crowded:
        return []
    worst = max(crowded, key=lambda minute: starts[minute])
    more = f" So it is in {len(crowded)} minutes of the coming week." if len(crowded) > 1 else ""
    return [
        Problem(
            ("tasks",),
            f"{starts[worst]} runs start at {worst:%Y-%m-%d %H:%M} UTC ({listed(names[worst][:_SHOWN], 'and')}, ...). "
            f"Fargate starts {LAUNCH_BUCKET} at once and {LAUNCH_REFILL} a second then: give them a flexibleWindow "
            f"(python -m ops load).{more}",
        )
    ]


def reach_warnings(group: Args, tasks: Mapping[str, Args]) -> dict[str, Problem]:
    """The tasks whose image cannot be reached from a VPC that is created without NAT gateways."""
    network = group.get("network", {})
    created = network.get("create_vpc", {})
    if created.get("nat_gateways") != "none" or network.get("subnets") == "public":
        return {}
    return {
        name: Problem(
            ("image",),
            "is not in ECR, and runs reach nothing else: the new VPC has no NAT gateway. Copy the image to ECR, or "
            "write natGateways: single.",
        )
        for name, args in tasks.items()
        if isinstance(image := args.get("image"), str) and registry_account(image) is None
    }


def nobody_is_told(group: Args) -> list[Problem]:
    """Failures that reach nobody."""
    if "notify" in group:
        return []
    return [Problem(("notify",), "is not set: failures and alarms reach nobody. Write notify: {emails: [...]}.")]


def _starts(schedule: TaskSchedule, now: datetime) -> Iterator[datetime]:
    for run in takewhile(lambda run: run <= now + WEEK, _runs(schedule, now)):
        yield run.astimezone(UTC).replace(second=0, microsecond=0)


def _clock(path: Path, expression: Expression, timezone: str, now: datetime) -> Iterator[Problem]:
    changes = clock_changes(timezone, now.replace(hour=0, minute=0, second=0, microsecond=0), now + YEAR)
    if isinstance(expression, Rate) and expression.unit == "day" and changes:
        yield Problem(
            path,
            f"a day is 24 hours: the local time of the runs moves when {timezone} sets its clock. "
            "Write cron(...) for a fixed local time.",
        )
    # A schedule of every hour goes on around the change.
    if isinstance(expression, Cron) and len(expression.hours) < 24:
        for skips in (True, False):
            yield from _first_hit(path, expression, timezone, [change for change in changes if change.skips is skips])


def _first_hit(path: Path, cron: Cron, timezone: str, changes: list[ClockChange]) -> Iterator[Problem]:
    for change in changes:
        if times := local_times(cron, *change.local_span):
            what, then = (
                ("does not exist", "that run is skipped")
                if change.skips
                else ("comes twice", "the run is at the first")
            )
            shown = listed([f"{time:%H:%M}" for time in times[:_SHOWN]], "and")
            yield Problem(path, f"{shown} {what} in {timezone} on {times[0]:%Y-%m-%d}, when the clock is set: {then}.")
            return


def _interval(schedule: TaskSchedule, expression: Expression) -> Iterator[Problem]:
    interval = shortest_interval(expression)
    if interval is None:
        return
    apart = durations.in_words(int(interval.total_seconds()))
    retry = schedule.task.get("retry", {})
    age = retry.get("max_age", DEFAULT_RETRY_AGE)
    if retry.get("attempts") != 0 and durations.delta(age) > interval:
        yield Problem(
            ("retry", "max_age"),
            f"{age}{'' if 'max_age' in retry else ' (the default)'} is longer than the {apart} between "
            f"runs: a launch that is retried so long meets the next one. Write {apart} or less.",
        )
    timeout = schedule.task.get("timeout")
    if timeout and "overlap" not in schedule.task and durations.delta(timeout) > interval:
        yield Problem(
            ("timeout",),
            f"{timeout} is longer than the {apart} between runs, so two can run at the same time. Write overlap: "
            "forbid or replace, or overlap: allow where that is meant.",
        )
    if (window := schedule.args.get("flexible_window")) and durations.delta(window) > interval:
        yield Problem(
            schedule.path_of("flexible_window"),
            f"{window} is longer than the {apart} between runs: a run can start after the next one.",
        )


def _one_time(schedule: TaskSchedule, expression: Expression) -> Iterator[Problem]:
    if isinstance(expression, At) and "delete_after_completion" not in schedule.args:
        yield Problem(
            ("delete_after_completion",),
            "is not set, and a one-time schedule stays after its run, where it counts against AWS's quota. "
            "Write true, or false to keep it.",
        )
