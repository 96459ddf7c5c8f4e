"""Pausing and resuming schedules in AWS."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from components.schedules import At, Rate, next_runs

from ..aws import errors
from ..aws.deployment import Deployment, tags_of
from ..aws.parallel import side_by_side
from ..aws.schedules import Listed, list_schedules, schedules_of, understood
from .record import ALL, Pause, Record, changes, read_record

_DONE, _ALREADY, _MISSED, _OVER = "done", "already", "missed", "over"
"""What becomes of a schedule that is switched."""


@dataclass(slots=True)
class Switched:
    """What became of schedules, by name."""

    done: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """Those that could not be switched, and why."""
    missed: list[str] = field(default_factory=list[str])
    """One-time schedules whose time came while they were paused: AWS may run them at once when they are enabled."""
    over: list[str] = field(default_factory=list[str])
    """One-time schedules whose time had passed before they were paused: to enable them could run them again."""
    left: list[str] = field(default_factory=list[str])
    """Those that were not to be: they are paused, but not by hand, or by a pause of their own."""
    changed: list[str] = field(default_factory=list[str])
    """Those of `left` that were changed since they were paused by hand."""
    others: dict[str, Pause] = field(default_factory=dict[str, Pause])
    """Pauses that go on when what was asked for is resumed: those of single tasks, that of all."""
    recorded: bool = False
    """Whether a pause was put on record."""

    @property
    def complete(self) -> bool:
        """Whether all is as it was to be."""
        return not self.failed and not self.missed

    def as_data(self) -> dict[str, Any]:
        """As JSON has it, but for `done`, which each command calls by its name."""
        failed = [{"schedule": name, "why": why} for name, why in self.failed.items()]
        return {"failed": failed, "missed": self.missed, "over": self.over, "left": self.left}


def pause(deployment: Deployment, task: str, by: Pause, tell: Callable[[str], None]) -> Switched:
    """Pause the schedules of a task, or of all tasks, and put that on record, also where all of them are under another
    pause already: that may end before this one.

    The record comes first: whoever is interrupted can pause again, and resume what was paused. Raises OpsError, and
    what boto3 raises, before anything is paused.
    """
    schedules, record = _schedules(deployment, task), read_record(deployment.tags)
    enabled = [each.name for each in schedules if each.enabled]
    by_hand = {each.name for each in schedules if record.pause_of(each.name, each.modified)}
    before = [each.name for each in schedules if not each.enabled and each.name not in by_hand]
    found = Switched()

    def keep(paused: Iterable[str]) -> None:
        def with_pause(there: Record) -> Record:
            over = there.outdated(there.pauses if task == ALL else [task], schedules)
            rest = there.without(over, [each.name for each in schedules])
            return rest.with_pause(task, by, paused, [name for name in before if name not in paused])

        _keep(deployment, with_pause)
        found.recorded = True

    known = task in record.pauses and not record.outdated([task], schedules)
    if enabled or (by_hand and not known):
        keep(enabled)
    one = partial(_switch, deployment, enabled=False, tell=tell)
    found.left = _switch_each(deployment, [each.name for each in schedules], one, found)
    # A list can be behind: what is enabled although the list says otherwise was not paused before.
    if late := [name for name in found.done if name in before]:
        keep([*enabled, *late])
    return found


def resume(deployment: Deployment, task: str, now: datetime, tell: Callable[[str], None], *, force: bool) -> Switched:
    """Resume those schedules of a task, or of all tasks, that were paused by hand; with `force` all that are paused,
    also those that have missed their one time. What has a pause of its own is not resumed with all.

    The record ends last, and stays where a schedule could not be resumed.
    """
    schedules, record = _schedules(deployment, task), read_record(deployment.tags)
    every = task == ALL and not force
    pauses = {each.name: record.pause_of(each.name, each.modified) for each in schedules}
    own = {each.name for each in schedules if every and record.own_pause(each.name, each.modified)}
    # Not only those that are paused: the list can be behind, and each is looked at before it is switched.
    chosen = [
        each.name for each in schedules if each.name not in own and (pauses[each.name] or (force and not each.enabled))
    ]
    found = Switched(left=[each.name for each in schedules if not each.enabled and each.name not in chosen])
    found.changed = [name for name in found.left if record.pause_of(name) and not pauses[name]]

    def one(name: str) -> str:
        return _switch(deployment, name, enabled=True, tell=tell, pause=None if force else pauses[name], now=now)

    _switch_each(deployment, chosen, one, found)
    ended = _ended(record, task, schedules, force=force)
    found.others = {name: pause for name, pause in record.pauses.items() if name not in ended and ALL in (name, task)}
    if found.complete:
        _keep(deployment, lambda there: there.without(ended, [each.name for each in schedules]))
    return found


def _ended(record: Record, task: str, schedules: Sequence[Listed], *, force: bool) -> set[str]:
    """The tasks whose pauses are over when schedules were resumed."""
    if task != ALL:
        return {task}
    return set(record.pauses) if force else {ALL, *record.outdated(record.pauses, schedules)}


def _schedules(deployment: Deployment, task: str) -> Sequence[Listed]:
    return list_schedules(deployment) if task == ALL else schedules_of(deployment, task)


def _keep(deployment: Deployment, change: Callable[[Record], Record]) -> None:
    """Change the record as it is now: somebody else may have paused something meanwhile."""
    scheduler, tags = deployment.client("scheduler"), tags_of(deployment.aws, deployment.arn)
    put, remove = changes(tags, change(read_record(tags)))
    if put:
        tags = [{"Key": key, "Value": value} for key, value in put.items()]
        scheduler.tag_resource(ResourceArn=deployment.arn, Tags=tags)
    if remove:
        scheduler.untag_resource(ResourceArn=deployment.arn, TagKeys=remove)


def _switch_each(deployment: Deployment, names: Iterable[str], one: Callable[[str], str], found: Switched) -> list[str]:
    """Switch schedules, and note what became of them; those that were so already."""
    deployment.client("scheduler")  # made before there are several who would make it
    noted = {_DONE: found.done, _MISSED: found.missed, _OVER: found.over, _ALREADY: list[str]()}
    for name, future in side_by_side(one, names):
        try:
            noted[future.result()].append(name)
        except Exception as error:
            if (line := errors.explained(error)) is None:
                raise
            found.failed[name] = line
    return noted[_ALREADY]


def _switch(
    deployment: Deployment,
    name: str,
    *,
    enabled: bool,
    tell: Callable[[str], None],
    pause: Pause | None = None,
    now: datetime | None = None,
) -> str:
    """Change the state of a schedule, and nothing else. One whose one time came by `now` since its `pause`, or before,
    is not enabled."""
    scheduler = deployment.client("scheduler")
    there = scheduler.get_schedule(GroupName=deployment.name, Name=name)
    state = "ENABLED" if enabled else "DISABLED"
    if there["State"] == state:
        return _ALREADY
    if pause and now and (passed := _passed(there, pause, now)):
        return passed
    # An update replaces the whole schedule: what is left out gets a default (AWS: EventBridge Scheduler API reference,
    # UpdateSchedule). So all that both calls know is given back.
    known = scheduler.meta.service_model.operation_model("UpdateSchedule").input_shape.members
    given = {key: value for key, value in there.items() if key in known and value is not None}
    given["State"] = state
    start = given.pop("StartDate", None)
    for begin in _starts(given, start, datetime.now(UTC)):
        try:
            scheduler.update_schedule(**given, **({"StartDate": begin} if begin else {}))
        except scheduler.exceptions.ValidationException as error:
            # A new schedule may not begin in the past. Whether that holds for one that is there already, AWS does not
            # say.
            if begin is None or "startdate" not in str(error).lower():
                raise
        else:
            if start and begin != start:
                became = f"{begin.isoformat()} now, which keeps its times" if begin else "left out now"
                tell(f"{name}: its start {start.isoformat()} is {became}, as AWS takes none that has passed.")
            break
    return _DONE


def _starts(schedule: Mapping[str, Any], start: datetime | None, now: datetime) -> Iterator[datetime | None]:
    """The starts to give a schedule, the next one where AWS refuses one: its own; for a rate, which counts from its
    start, the next of its times; none."""
    if start:
        yield start
        expression = understood(schedule["ScheduleExpression"])
        if isinstance(expression, Rate):
            yield from islice(next_runs(expression, "UTC", now, start=start, end=schedule.get("EndDate")), 1)
    yield None


def _passed(schedule: Mapping[str, Any], pause: Pause, now: datetime) -> str | None:
    """Whether a one-time schedule's time came while it was paused, or had passed before that."""
    expression = understood(schedule["ScheduleExpression"])
    if not isinstance(expression, At):
        return None
    time = expression.at.replace(tzinfo=_zone(schedule))
    last = time + timedelta(minutes=schedule["FlexibleTimeWindow"].get("MaximumWindowInMinutes") or 0)
    if pause.at and last <= pause.at:
        return _OVER
    return _MISSED if time <= now else None


def _zone(schedule: Mapping[str, Any]) -> ZoneInfo:
    return ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
