"""The schedules that are deployed in the emulator, as EventBridge Scheduler's API returns them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, cast

from components.aws.names import task_of_schedule
from ops.aws.schedules import Schedule, schedule_of, unanchored

if TYPE_CHECKING:
    from mypy_boto3_scheduler.type_defs import GetScheduleOutputTypeDef

_TICK = timedelta(microseconds=1)
DELETE = "DELETE"
"""The value of ActionAfterCompletion that deletes a schedule. AWS: botocore scheduler, ActionAfterCompletion."""
READ_SECONDS = 5
"""How often the schedules are listed. In AWS, a change takes effect within about a minute."""


@dataclass(frozen=True, slots=True)
class DeployedSchedule:
    """A schedule, and what `ops.aws.schedules.Schedule` leaves out."""

    group: str
    schedule: Schedule
    created: datetime
    """On the clock of the schedules."""
    is_deleted_after: bool

    @property
    def task(self) -> str:
        """The task that it starts, as its name tells."""
        return task_of_schedule(self.schedule.name)

    @property
    def identity(self) -> tuple[str, datetime]:
        """Its ARN and its creation. A schedule with the name of a deleted one is another one."""
        return self.schedule.arn, self.created

    def due(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The scheduled times after a time, up to another one inclusive."""
        for time in self.schedule.due(after):
            if time > until:
                return
            yield time.astimezone(UTC)

    def due_since_creation(self, until: datetime) -> Iterator[datetime]:
        """The scheduled times of a new schedule up to a time inclusive. A rate can be due when it is created."""
        is_due_at_once = self.schedule.start == self.created
        return self.due(self.created - _TICK if is_due_at_once else self.created, until)

    def is_over(self, after: datetime) -> bool:
        """Whether it has no scheduled time after a time."""
        return self.schedule.enabled and next(self.schedule.due(after), None) is None

    def delay(self, time: datetime) -> float:
        """Seconds after a scheduled time until it invokes its target: at random in its flexible window.

        Without a window, the target is invoked within a minute in AWS, and at once here. The same time has the same
        delay each time. AWS: EventBridge Scheduler user guide, "Configuring flexible time windows".
        """
        minutes = self.schedule.window_minutes
        if minutes is None:
            return 0
        return Random(f"{self.schedule.arn} {time.isoformat()}").uniform(0, 60 * minutes)  # noqa: S311 - no secret


def deployed(found: Mapping[str, Any], ahead: timedelta = timedelta()) -> DeployedSchedule:
    """The schedule in an answer of GetSchedule. `ahead` is how far the clock of the schedules is ahead.

    A rate without a start counts from its creation, when it runs for the first time. AWS: EventBridge Scheduler user
    guide, "Schedule types": "your schedule starts invoking the target immediately".
    """
    # moto keeps no state if an update omits it. AWS: the default is ENABLED.
    schedule = schedule_of(cast("GetScheduleOutputTypeDef", {"State": "ENABLED", **found}))
    created = found["CreationDate"] + ahead
    if unanchored(schedule.expression, schedule.start):
        schedule = replace(schedule, start=created)
    return DeployedSchedule(found["GroupName"], schedule, created, found.get("ActionAfterCompletion") == DELETE)


class DeployedSchedules:
    """All schedules in the emulator. Only those that have changed are read again."""

    def __init__(self, scheduler: Any):
        self._scheduler = scheduler
        self._known: dict[tuple[str, str], tuple[datetime, DeployedSchedule]] = {}

    def read(self, ahead: timedelta) -> list[DeployedSchedule]:
        """Read the schedules. One call per 100 schedules, and one per changed schedule.

        Args:
            ahead: How far the clock of the schedules is ahead now.
        """
        pages = self._scheduler.get_paginator("list_schedules").paginate()
        listed = [item for page in pages for item in page["Schedules"]]
        found: dict[tuple[str, str], tuple[datetime, DeployedSchedule]] = {}
        for item in listed:
            key, modified = (item["GroupName"], item["Name"]), item["LastModificationDate"]
            known = self._known.get(key)
            if known is None or known[0] != modified:
                answer = self._scheduler.get_schedule(GroupName=item["GroupName"], Name=item["Name"])
                known = modified, deployed(answer, ahead)
            found[key] = known
        self._known = found
        return [schedule for _, schedule in found.values()]
