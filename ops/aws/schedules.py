"""The schedules of a deployment, as they are in AWS."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from components.aws import names
from components.problems import listed, nearest
from components.schedules import Expression, ExpressionError, Rate, next_runs, parse

from ..errors import OpsError
from .deployment import STATES, Deployment

_NAME_PREFIX = 50
"""Characters that the names of a task's schedules have in common, even where they are cut (`names.fit`)."""
_POSITIONS = 200
"""Schedules of one task that are looked for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A schedule as a list has it: a hundred in one call, and without expression and target."""

    name: str
    enabled: bool
    target_arn: str
    """The cluster; the state machine of a supervised task."""
    modified: datetime

    @property
    def task(self) -> str:
        """The task's name; for a name that was cut, the schedule's."""
        return task_of(self.name)

    @property
    def supervised(self) -> bool:
        """Whether a state machine runs the task."""
        return is_supervised(self.target_arn)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as AWS has it, whole."""

    name: str
    arn: str
    expression: str
    timezone: str
    enabled: bool
    target: Mapping[str, Any]
    start: datetime | None = None
    end: datetime | None = None
    window_minutes: int | None = None
    modified: datetime | None = field(default=None, compare=False)

    @property
    def supervised(self) -> bool:
        """Whether a state machine runs the task."""
        return is_supervised(self.target["Arn"])

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What RunTask is given; nothing for a supervised task."""
        return self.target.get("EcsParameters", {})

    @property
    def task_definition_arn(self) -> str:
        """The task definition with its revision; empty for a supervised task, whose state machine has it."""
        return self.parameters.get("TaskDefinitionArn", "")

    def runs(self, after: datetime) -> Iterator[datetime]:
        """The runs after an instant, in the schedule's zone; none where it is paused, or not to be understood. Where
        it has an `unanchored` interval, they are a guess."""
        if not self.enabled:
            return iter(())
        expression = understood(self.expression)
        if expression is None:
            return iter(())
        return next_runs(expression, self.timezone, after, start=self.start, end=self.end)


def understood(expression: str) -> Expression | None:
    """What an expression that AWS has stands for; None where it is not to be understood here."""
    try:
        return parse(expression)
    except ExpressionError:
        return None


def unanchored(expression: str, start: datetime | None) -> timedelta | None:
    """The interval of a rate without a start, of which no more is known than that a run comes within it: it counts from
    the schedule's creation, and whether a change lets it count anew is not documented. None for any other schedule.

    AWS: EventBridge Scheduler user guide, "Schedule types".
    """
    parsed = understood(expression)
    return timedelta(minutes=parsed.minutes) if isinstance(parsed, Rate) and start is None else None


def task_of(schedule: str) -> str:
    """The name of the task that a schedule is of, from the schedule's name; for a name that was cut, that name."""
    return re.sub(r"__\d+$", "", schedule)


def is_supervised(target_arn: str) -> bool:
    """Whether a schedule's target is a state machine."""
    return target_arn.split(":")[2:3] == [STATES]


def list_schedules(deployment: Deployment, name_prefix: str | None = None) -> list[Listed]:
    """The schedules of the deployment by name; one call for each hundred."""
    given = {"NamePrefix": name_prefix} if name_prefix else {}
    pages = deployment.aws.pages(
        "scheduler",
        "list_schedules",
        "Schedules",
        GroupName=deployment.name,
        PaginationConfig={"PageSize": 100},
        **given,
    )
    found = [
        Listed(item["Name"], item["State"] == "ENABLED", item["Target"]["Arn"], item["LastModificationDate"])
        for item in pages
    ]
    return sorted(found, key=lambda item: item.name)


def get_schedule(deployment: Deployment, name: str) -> Schedule:
    """One schedule; one call."""
    found = deployment.client("scheduler").get_schedule(GroupName=deployment.name, Name=name)
    return Schedule(
        name=found["Name"],
        arn=found["Arn"],
        expression=found["ScheduleExpression"],
        timezone=found.get("ScheduleExpressionTimezone") or "UTC",
        enabled=found["State"] == "ENABLED",
        target=found["Target"],
        start=found.get("StartDate"),
        end=found.get("EndDate"),
        window_minutes=found["FlexibleTimeWindow"].get("MaximumWindowInMinutes"),
        modified=found.get("LastModificationDate"),
    )


def schedules_of(deployment: Deployment, task: str) -> list[Listed]:
    """The schedules of a task, in order. Raises OpsError, with what is meant probably, where there are none."""
    order = {names.schedule(task, position): position for position in range(_POSITIONS)}
    there = list_schedules(deployment, task[:_NAME_PREFIX])
    if found := sorted((item for item in there if item.name in order), key=lambda item: order[item.name]):
        return found
    known = {item.task for item in list_schedules(deployment)}
    raise OpsError(f'{deployment.name} has no task "{task}".{nearest(task, known)}')


def chosen_schedule(deployment: Deployment, task: str, name: str | None = None) -> Schedule:
    """The schedule of a task: the one that is named, or the only one. Raises OpsError otherwise."""
    there = [item.name for item in schedules_of(deployment, task)]
    if name and name not in there:
        raise OpsError(f'{task} has no schedule "{name}". There are: {listed(there, "and")}.{nearest(name, there)}')
    if not name and len(there) > 1:
        raise OpsError(f"{task} has several schedules. Name one: --schedule {listed(there)}.")
    return get_schedule(deployment, name or there[0])
