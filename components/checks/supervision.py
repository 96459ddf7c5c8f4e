"""Rules for supervised tasks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ..problems import Problem, key, listed
from ..resolved import Scheduled, Task
from ..supervised.settings import SUPERVISED_KEYS
from ..task import overrides
from .check import reads

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
