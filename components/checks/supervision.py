"""Rules for supervised tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ..aws.limits import HISTORY_EVENTS
from ..problems import Name, Path, Problem, key, listed
from ..resolved import Scheduled, Task
from ..schedules.durations import in_words
from ..supervised.confirming import history_events, replaces_tasks
from ..supervised.settings import (
    FORBID,
    LONGEST_EXECUTION,
    QUEUE,
    REPLACE,
    SUPERVISED_KEYS,
    TASK_COUNT,
    TASK_INDEX,
)
from ..task import overrides
from .check import reads

DAY = 24 * 3600
EXCEPTIONS_BYTES = 240_000
"""The rest is for the overrides of the run."""


@reads("count", *SUPERVISED_KEYS)
def count(task: Task) -> Iterator[Problem]:
    """Step Functions starts one ECS task at a time."""
    if task.is_supervised and task.count > 1:
        with_keys = listed([key(name) for name in SUPERVISED_KEYS])
        yield Problem(
            ("count",),
            f"{task.count} is not possible with {with_keys}: Step Functions starts one ECS task at a time. Remove "
            f"{key('count')}, or remove these keys.",
        )


@reads("parallel", "overlap", "timeout", "retry_run", "retry")
def replaced_tasks(task: Task) -> Iterator[Problem]:
    """The execution of a task that checks again and again if its run is replaced has room in its history."""
    if not task.supervision or not replaces_tasks(task.supervision):
        return
    events = history_events(task.supervision.index)
    if events > HISTORY_EVENTS:
        yield Problem(
            ("overlap",),
            f"{REPLACE} with {key('parallel')} could take {events:,} events per task with the most retries, and Step "
            f"Functions ends an execution after {HISTORY_EVENTS:,}. Set fewer {key('retry_run')}.attempts or "
            f"{key('retry')}.attempts, or use {FORBID} or {QUEUE}.",
        )


@reads("parallel", *SUPERVISED_KEYS, "retry")
def longest_run(task: Task) -> Iterator[Problem]:
    """A run with all its tasks ends before Step Functions ends its execution."""
    settings = task.supervision
    if settings and task.parallel and settings.whole.longest > LONGEST_EXECUTION:
        yield Problem(
            ("parallel",),
            f"could take {in_words(settings.whole.longest // DAY * DAY)} if each task takes until its "
            f"{key('timeout')} of {in_words(settings.timeout)}, and Step Functions ends executions after one year. "
            f"Set a shorter {key('timeout')}, or more tasks {key('at_once')}.",
        )


@reads("parallel", "environment", "secrets", "schedule", "schedules")
def task_variables(task: Task) -> Iterator[Problem]:
    """The state machine sets the variables that identify a task of a run."""
    if not task.parallel:
        return
    places: list[tuple[Path, Iterable[str]]] = [
        (("environment",), task.environment),
        (("secrets",), {*task.secrets, *task.secret_values}),
        *(
            (schedule.path_of("environment"), schedule.environment.keys() - task.environment.keys())
            for schedule in task.schedules
        ),
    ]
    for path, variables in places:
        for name in (TASK_INDEX, TASK_COUNT):
            if name in variables:
                yield Problem((*path, Name(name)), f"is set by {key('parallel')}. Choose another name.")


@reads("except_", "only", "schedule", "schedules")
def exceptions_size(task: Scheduled) -> Iterator[Problem]:
    """The times that are left out fit into the input of an execution. AWS: botocore stepfunctions, SensitiveData."""
    year = datetime.now(UTC).year
    for schedule in task.schedules:
        length = len(overrides.canonical(overrides.exceptions(task, schedule, year)).encode())
        if length > EXCEPTIONS_BYTES:
            yield Problem(
                ("except_",),
                f"leaves out so many times that they take {length:,} bytes of an execution's input. AWS accepts "
                f"262,144, of which {EXCEPTIONS_BYTES:,} are for them. Use events of whole days, or fewer calendars.",
            )
            return


@reads("schedule", "schedules", "exec", *SUPERVISED_KEYS)
def exec_of_schedules(task: Task) -> Iterator[Problem]:
    """The state machine of a task starts the runs of all its schedules with the same request."""
    for schedule in task.schedules:
        if task.is_supervised and schedule.exec != task.exec:
            yield Problem(
                schedule.path_of("exec"),
                f"is one setting for all runs of a supervised task. Remove it, or write {key('exec')}: "
                f"{str(schedule.exec).lower()} for the task instead.",
            )
