"""When: expressions, zones, limits; and what the runs of one schedule do otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from ..aws import limits as bounds
from ..aws.fargate import EPHEMERAL_STORAGE_GIB
from ..monitoring.alarms import success_window
from ..problems import Problem, listed
from ..schedules import (
    At,
    Cron,
    Expression,
    ExpressionError,
    durations,
    known_timezone,
    nearest_timezones,
    next_runs,
    parse,
)
from ..schedules.of_task import TaskSchedule, instant, task_schedules
from ..task import overrides
from ..task.capacity import runs_on
from ..task.definition import deciding_container
from .containers import shares, variable_names
from .shared import description
from .sizes import capacity_size
from .values import Args, duration, mapping, within

EPOCH = datetime(1969, 1, 1, tzinfo=UTC)
"""Before every year that an expression can name."""


def schedules(args: Args) -> Iterator[Problem]:
    """Expressions that AWS takes, none of them twice."""
    if "schedule" in args and "schedules" in args:
        yield Problem(("schedule",), "a task has either one schedule or a list of them, not both.")
    elif "schedule" not in args and not args.get("schedules"):
        yield Problem(("schedule",), "is missing. Write rate(...), cron(...) or at(...).")
    seen: list[TaskSchedule] = []
    for schedule in task_schedules(args):
        yield from _expression(schedule)
        if any(schedule.expression == other.expression and schedule.args == other.args for other in seen):
            yield Problem(
                schedule.expression_path,
                f'"{schedule.expression}" is there twice: the task would start twice at the same time. Remove one.',
            )
        seen.append(schedule)
        if schedule.path[0] == "schedules":
            yield from _own_settings(schedule)


def _expression(schedule: TaskSchedule) -> Iterator[Problem]:
    path, text = schedule.expression_path, schedule.expression
    try:
        expression = parse(text)
    except ExpressionError as error:
        yield Problem(path, str(error))
        return
    if isinstance(expression, Cron) and next(next_runs(expression, "UTC", EPOCH), None) is None:
        yield Problem(path, f'"{text}" never runs: no year has such a day.')
    given = schedule.args.get("timezone")
    zone = given if isinstance(given, str) and known_timezone(given) else "UTC"
    if isinstance(expression, At) and next(next_runs(expression, zone, EPOCH), None) is None:
        yield Problem(path, f'"{text}" never runs: {zone} sets its clock forward over that time.')


def expected_success(args: Args) -> Iterator[Problem]:
    """A time that CloudWatch can look back."""
    if isinstance(text := args.get("expect_success_within"), str):
        try:
            success_window(durations.seconds(text))
        except ValueError as error:
            yield Problem(("expect_success_within",), str(error))


def timing(args: Args) -> Iterator[Problem]:
    """The timing that a task says for all of its schedules."""
    yield from _timing(args)
    expressions = [parsed for found in task_schedules(args) if (parsed := _parsed(found.expression))]
    if expressions and all(isinstance(expression, At) for expression in expressions):
        for key in sorted({"start", "end"} & args.keys()):
            yield Problem((key,), "AWS ignores it for a one-time schedule. Remove it; a lower layer's goes with null.")


def _timing(args: Args) -> Iterator[Problem]:
    timezone = args.get("timezone", "UTC")
    if isinstance(timezone, str) and not known_timezone(timezone):
        near = nearest_timezones(timezone)
        hint = f" Did you mean {listed(near)}?" if near else ""
        yield Problem(
            ("timezone",),
            f'"{timezone}" is not a time zone. Use a name of the IANA database, such as Europe/Berlin.{hint}',
        )
    yield from duration(args, "flexible_window", (bounds.WINDOW_MINUTES[0] * 60, bounds.WINDOW_MINUTES[1] * 60))
    window = args.get("flexible_window")
    if isinstance(window, str) and re.fullmatch(durations.PATTERN, window) and durations.seconds(window) % 60:
        yield Problem(("flexible_window",), f'"{window}" is not in whole minutes, which is all that AWS takes.')
    yield from _limits(args)


def _limits(args: Args) -> Iterator[Problem]:
    instants: dict[str, datetime] = {}
    for key in ("start", "end"):
        if isinstance(text := args.get(key), str):
            try:
                instants[key] = instant(text)
            except ValueError as error:
                yield Problem((key,), str(error))
    if len(instants) == 2 and instants["start"] >= instants["end"]:
        yield Problem(("start",), f'"{args["start"]}" is not before end ("{args["end"]}"): the task would never run.')


def _own_settings(schedule: TaskSchedule) -> Iterator[Problem]:
    """What one of several schedules says itself."""
    own: Args = {key: value for key, value in schedule.args.items() if schedule.path_of(key) != (key,)}
    for check in (_timing(own), description(own), _own_limits(own), _own_size(own, schedule.task), _variables(own)):
        for problem in check:
            yield problem.within(*schedule.path)
    overridden = overrides.document(schedule.args, container=deciding_container(schedule.task))
    if len(overridden) > bounds.OVERRIDES_LENGTH:
        yield Problem(
            schedule.path,
            f"what its runs do otherwise takes {len(overridden)} characters of JSON. AWS takes at most "
            f"{bounds.OVERRIDES_LENGTH}: put long text into the image or a parameter.",
        )


def _own_limits(own: Args) -> Iterator[Problem]:
    if isinstance(_parsed(str(own["expression"])), At):
        for key in sorted({"start", "end"} & own.keys()):
            yield Problem((key,), "AWS ignores it for a one-time schedule. Remove it.")


def _own_size(own: Args, task: Args) -> Iterator[Problem]:
    if not own.keys() & {"cpu", "memory", "ephemeral_storage"}:
        return
    whole_size: Args = {**{key: task[key] for key in ("cpu", "memory", "operating_system") if key in task}, **own}
    if runs_on(task) == "FARGATE" and "task_definition" in task:
        yield from within(own, "ephemeral_storage", EPHEMERAL_STORAGE_GIB, " GiB")
    else:
        yield from capacity_size(whole_size, runs_on(task))
        yield from shares(task, whole_size)


def _variables(own: Args) -> Iterator[Problem]:
    for problem in variable_names(mapping(own, "environment")):
        yield problem.within("environment")


def _parsed(text: str) -> Expression | None:
    try:
        return parse(text)
    except ExpressionError:
        return None
