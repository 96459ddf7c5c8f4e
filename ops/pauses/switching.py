"""Pausing and resuming schedules in AWS."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from components.schedules import At, ExpressionError, parse

from ..aws import errors
from ..aws.deployment import Deployment
from ..aws.parallel import side_by_side
from ..aws.schedules import Listed, list_schedules, schedules_of
from .record import ALL, Pause, Record, changes, read_record


@dataclass(slots=True)
class Switched:
    """What became of schedules, by name."""

    done: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """Those that could not be switched, and why."""
    missed: list[str] = field(default_factory=list[str])
    """One-time schedules whose time has passed: AWS may run them at once when they are enabled."""
    left: list[str] = field(default_factory=list[str])
    """Those that were not to be: they are paused, but not by hand."""

    @property
    def complete(self) -> bool:
        """Whether all is as it was to be."""
        return not self.failed and not self.missed

    def as_data(self) -> dict[str, Any]:
        """As JSON has it, but for `done`, which each command calls by its name."""
        failed = [{"schedule": name, "why": why} for name, why in self.failed.items()]
        return {"failed": failed, "missed": self.missed, "left": self.left}


def pause(deployment: Deployment, task: str, by: Pause, tell: Callable[[str], None]) -> Switched:
    """Pause the schedules of a task, or of all tasks, and put that on record.

    The record comes first: whoever is interrupted can pause again, and resume what was paused. Raises OpsError, and
    what boto3 raises, before anything is paused.
    """
    schedules, record = _schedules(deployment, task), read_record(deployment.tags)
    enabled = [schedule.name for schedule in schedules if schedule.enabled]
    before = [schedule.name for schedule in schedules if not schedule.enabled]
    by_hand = [name for name in before if record.pause_of(name)]
    found = Switched(left=before)
    if enabled:
        others = [name for name in before if name not in by_hand]
        _keep(deployment, record.with_pause(task, by, others))
        _switch_each(deployment, enabled, partial(_switch, deployment, enabled=False, tell=tell), found)
    return found


def resume(deployment: Deployment, task: str, now: datetime, tell: Callable[[str], None], *, force: bool) -> Switched:
    """Resume those schedules of a task, or of all tasks, that were paused by hand; with `force` all that are paused,
    also those that have missed their one time.

    The record ends last, and stays where a schedule could not be resumed.
    """
    schedules, record = _schedules(deployment, task), read_record(deployment.tags)
    paused = [schedule.name for schedule in schedules if not schedule.enabled]
    chosen = [name for name in paused if force or record.pause_of(name)]
    found = Switched(left=[name for name in paused if name not in chosen])

    def one(name: str) -> None:
        _switch(deployment, name, enabled=True, tell=tell, missed=None if force else now)

    _switch_each(deployment, chosen, one, found)
    if not found.failed:
        _keep(deployment, record.without(task))
    return found


def _schedules(deployment: Deployment, task: str) -> Sequence[Listed]:
    return list_schedules(deployment) if task == ALL else schedules_of(deployment, task)


def _keep(deployment: Deployment, record: Record) -> None:
    scheduler = deployment.client("scheduler")
    put, remove = changes(deployment.tags, record)
    if put:
        tags = [{"Key": key, "Value": value} for key, value in put.items()]
        scheduler.tag_resource(ResourceArn=deployment.arn, Tags=tags)
    if remove:
        scheduler.untag_resource(ResourceArn=deployment.arn, TagKeys=remove)


def _switch_each(deployment: Deployment, names: Iterable[str], one: Callable[[str], None], found: Switched) -> None:
    deployment.client("scheduler")  # made before there are several who would make it
    for name, future in side_by_side(one, names):
        _note_end(found, name, future)


def _note_end(found: Switched, name: str, future: Future[None]) -> None:
    try:
        future.result()
    except _MissedError:
        found.missed.append(name)
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        found.failed[name] = line
    else:
        found.done.append(name)


class _MissedError(Exception):
    """A one-time schedule has missed its time."""


def _switch(
    deployment: Deployment, name: str, *, enabled: bool, tell: Callable[[str], None], missed: datetime | None = None
) -> None:
    """Change the state of a schedule, and nothing else; `missed` is the instant before which a one-time schedule has
    missed its time."""
    scheduler = deployment.client("scheduler")
    there = scheduler.get_schedule(GroupName=deployment.name, Name=name)
    if enabled and missed and _has_passed(there, missed):
        raise _MissedError
    # An update replaces the whole schedule: what is left out gets a default (AWS: EventBridge Scheduler API reference,
    # UpdateSchedule). So all that both calls know is given back.
    known = scheduler.meta.service_model.operation_model("UpdateSchedule").input_shape.members
    given = {key: value for key, value in there.items() if key in known and value is not None}
    given["State"] = "ENABLED" if enabled else "DISABLED"
    try:
        scheduler.update_schedule(**given)
    except scheduler.exceptions.ValidationException as error:
        # A new schedule may not begin in the past. Whether that holds for one that is there already, AWS does not say.
        if "StartDate" not in given or "startdate" not in str(error).lower():
            raise
        start = given.pop("StartDate")
        scheduler.update_schedule(**given)
        tell(f"{name}: its start {start.isoformat()} is left out now, as AWS takes none that has passed.")


def _has_passed(schedule: Mapping[str, Any], now: datetime) -> bool:
    try:
        expression = parse(schedule["ScheduleExpression"])
    except ExpressionError:
        return False
    zone = ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
    return isinstance(expression, At) and expression.at.replace(tzinfo=zone) <= now
