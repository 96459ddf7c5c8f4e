"""Schedules: expressions, limits, and what runs override."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ..aws import limits as aws_limits
from ..monitoring.alarms import success_window
from ..problems import Name, Path, Problem, key
from ..resolved import Schedule, Scheduled, ScheduleTimes, Task
from ..schedules import At, Cron, Rate, first_instant, next_runs, parse
from ..supervised.settings import SUPERVISED_KEYS
from ..task import overrides as task_overrides
from ..task.catch_up import described, mark_of
from .check import reads
from .containers import reserved, variable_names
from .sizes import size_problems

DESCRIPTION_LENGTH = 512
"""AWS: botocore scheduler, Description."""
EPOCH = datetime(1969, 1, 1, tzinfo=UTC)
"""Before every year that a cron expression can name."""
_SCHEDULES = ("schedule", "schedules")
_TIMING = ("timezone", "flexible_window", "start", "end", "description", "enabled", "delete_after_completion")


@reads(*_SCHEDULES, *_TIMING)
def schedules(task: Scheduled) -> Iterator[Problem]:
    """At least one expression that runs at some time, and none twice."""
    if "schedule" in task.args and "schedules" in task.args:
        yield Problem(("schedule",), f"a task has either {key('schedule')} or {key('schedules')}. Remove one.")
    elif not task.schedules:
        yield Problem(("schedule",), "is missing. Write rate(...), cron(...) or at(...), or none.")
    seen: list[tuple[object, ...]] = []
    for schedule in task.schedules:
        yield from _never_runs(schedule)
        if schedule.when in seen:
            yield Problem(
                schedule.expression_path,
                f'"{schedule.expression}" occurs twice: the task would start twice at the same time. Remove one.',
            )
        seen.append(schedule.when)


@reads(*_SCHEDULES)
def own_names(task: Scheduled) -> Iterator[Problem]:
    """Names that no other schedule of the task has."""
    seen: set[str] = set()
    for schedule in task.schedules:
        if schedule.name in seen:
            yield Problem(schedule.path_of("name"), f'"{schedule.name}" occurs twice. Choose another name.')
        seen.update(() if schedule.name is None else (schedule.name,))


_OF_RUNS = ("delete_after_completion", "end", "expect_success_within", "start")
"""Keys without a use in a task that has no schedule. The others of _TIMING can be defaults of all tasks."""


@reads(*_SCHEDULES, *_OF_RUNS, "after")
def on_demand(task: Scheduled) -> Iterator[Problem]:
    """A task without a schedule has no times."""
    if any(schedule.on_demand for schedule in task.schedules):
        after = "after" in task.args
        why = f"the task has {key('after')}" if after else f"{key('schedule')} is none"
        yield from (
            Problem((name,), f"has no effect, because {why}. Remove it.")
            for name in _OF_RUNS
            if name in task.args and not (after and name == "expect_success_within")
        )


@reads(*_SCHEDULES, "run_on", "gate", "after")
def at_deployments(task: Task) -> Iterator[Problem]:
    """Only a task without a schedule runs at deployments."""
    if task.run_on and not task.after and not any(schedule.on_demand for schedule in task.schedules):
        yield Problem(("run_on",), f"requires {key('schedule')}: none. Add it, or make a second task for deployments.")
    if task.gate and not task.run_on:
        yield Problem(("gate",), f"has no effect without {key('run_on')}: deploy. Add it, or remove this.")


@reads(*_SCHEDULES, "start", "description", "catch_up")
def catch_up(task: Scheduled) -> Iterator[Problem]:
    """The skipped times of a pause are known, and the mark fits into the description of each schedule."""
    for schedule in task.schedules:
        if schedule.catch_up is None:
            continue
        if isinstance(parse(schedule.expression), Rate) and schedule.start is None:
            yield Problem(
                ("catch_up",),
                f'needs known times, but AWS counts "{schedule.expression}" from its deployment. Set {key("start")}, '
                "or use cron.",
            )
        mark = mark_of(schedule.catch_up)
        if (length := len(described(schedule.description, schedule.catch_up) or "")) > DESCRIPTION_LENGTH:
            yield Problem(
                schedule.path_of("description"),
                f"has {length} characters with {mark}, which the deployment adds. AWS accepts at most "
                f"{DESCRIPTION_LENGTH}. Shorten it.",
            )


@reads(*_SCHEDULES, "catch_up", "overlap")
def catch_up_all(task: Task) -> Iterator[Problem]:
    """All skipped times run only if none of their runs is skipped or replaced."""
    runs = {schedule.catch_up.runs for schedule in task.schedules if schedule.catch_up}
    if "all" in runs and task.overlap not in (None, "allow"):
        yield Problem(
            ("catch_up",),
            f"all doesn't go with {key('overlap')}: {task.overlap}, because runs would be skipped or replaced. Use "
            "last, and start earlier times in order with scheduled-tasks backfill.",
        )


def _never_runs(schedule: ScheduleTimes) -> Iterator[Problem]:
    expression, zone = parse(schedule.expression), schedule.timezone
    path = schedule.expression_path
    if isinstance(expression, Cron) and next(next_runs(expression, "UTC", EPOCH), None) is None:
        yield Problem(path, f'"{schedule.expression}" never runs: no year has such a day.')
    if isinstance(expression, At) and first_instant(expression.at, ZoneInfo(zone)) is None:
        at_the_edge = expression.at.date() in (date.min, date.max)
        reason = "its year in UTC is not 1 to 9999" if at_the_edge else f"the clock in {zone} skips that time"
        yield Problem(path, f'"{schedule.expression}" never runs: {reason}.')


@reads(*_SCHEDULES, "start", "end")
def limits(task: Scheduled) -> Iterator[Problem]:
    """A schedule starts before it ends."""
    seen: set[object] = set()
    for schedule in task.schedules:
        start, end, path = schedule.start, schedule.end, schedule.path_of("start")
        if start and end and start >= end and path not in seen:
            seen.add(path)
            yield Problem(path, f"{_iso(start)} is not before {key('end')} ({_iso(end)}), so the task would never run.")


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


@reads(*_SCHEDULES, "end", "delete_after_completion")
def deletion(task: Scheduled) -> Iterator[Problem]:
    """AWS deletes a recurring schedule only after its end. AWS: EventBridge Scheduler user guide, "Deletion after
    schedule completion"."""
    seen: set[Path] = set()
    for schedule in task.schedules:
        path = schedule.path_of("delete_after_completion")
        recurs = not isinstance(parse(schedule.expression), At)
        if schedule.delete_after_completion and recurs and schedule.end is None and path not in seen:
            seen.add(path)
            yield Problem(
                path,
                f'"{schedule.expression}" has no {key("end")}, so AWS never deletes it. Set {key("end")}, or set this '
                "only for a one-time schedule.",
            )


@reads(*_SCHEDULES, "start", "end")
def one_time_limits(task: Scheduled) -> Iterator[Problem]:
    """AWS ignores start and end of one-time schedules."""
    one_time = [schedule for schedule in task.schedules if isinstance(parse(schedule.expression), At)]
    message = "AWS ignores it for a one-time schedule. Remove it."
    for name in ("end", "start"):
        if name in task.args and one_time and len(one_time) == len(task.schedules):
            yield Problem((name,), message)
        yield from (Problem((*it.path, name), message) for it in one_time if name in it.own_keys)


@reads(
    *_SCHEDULES, "cpu", "memory", "sidecars", "operating_system", "launch", "capacity_providers", "task_definition",
    "container", "command", "environment", "count", *SUPERVISED_KEYS,
    "secrets", "secret_values",
)  # fmt: skip
def overrides(task: Task) -> Iterator[Problem]:
    """Problems in the overrides of one of several schedules."""
    for schedule in task.schedules:
        for problem in (*_size(schedule, task), *_variables(schedule, task), *overrides_length(schedule, task)):
            yield problem.within(*schedule.path)


def _size(schedule: Schedule, task: Task) -> Iterator[Problem]:
    if not schedule.own_keys & {"cpu", "memory", "ephemeral_storage"}:
        return
    # The size of an existing task definition is checked when it has been looked up.
    if task.task_definition is not None:
        return
    cpu = task.cpu if schedule.cpu is None else schedule.cpu
    memory = task.memory if schedule.memory is None else schedule.memory
    yield from size_problems(task, cpu, memory, schedule.ephemeral_storage)
    yield from reserved(task, cpu, memory)


def _variables(schedule: Schedule, task: Task) -> Iterator[Problem]:
    """Variables that ECS lets a run set.

    RunTask refuses one that is a secret of the container: "The secret name must be unique and not shared with any new
    or existing environment variables set on the container".
    """
    yield from (found.within("environment") for found in variable_names(schedule.environment))
    for variable in sorted(schedule.environment.keys() & {*task.secrets, *task.secret_values}):
        yield Problem(
            ("environment", Name(variable)),
            f"is one of the task's {key('secrets')}, and ECS refuses runs that replace a secret. Choose another name, "
            "or remove the secret.",
        )


def overrides_length(schedule: Schedule, task: Task) -> Iterator[Problem]:
    """Overrides of one schedule that are longer than RunTask accepts."""
    length = task_overrides.longest(task, schedule)
    if length > aws_limits.OVERRIDES_LENGTH:
        added = ", including the variable that identifies supervised runs," if task.is_supervised else ""
        yield Problem(
            (),
            f"overrides{added} take up to {length} characters of JSON. AWS accepts at most "
            f"{aws_limits.OVERRIDES_LENGTH}. Put long text into the image or a parameter.",
        )


@reads("expect_success_within")
def expected_success(task: Task) -> Iterator[Problem]:
    """A time that CloudWatch can look back."""
    if task.expect_success_within is not None:
        try:
            success_window(task.expect_success_within)
        except ValueError as error:
            yield Problem(("expect_success_within",), str(error))
