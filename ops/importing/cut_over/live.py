"""Reads both sides of each task from AWS."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from components.aws.arn import Arn
from components.schedules import At, first_instant, next_runs

from ...aws.deployment import Deployment
from ...aws.parallel import call_in_parallel
from ...aws.schedules import get_schedule, list_schedules, unanchored, understood
from ...pauses.record import read_record
from ...planning.plans import Plan
from ...state.deployed_names import task_by_schedule
from ..proof import proof
from ..record import Origin
from ..times.rules import times_of
from ..times.scheduler import times_of as scheduler_times
from .gaps import Clockwork
from .planning import New, Old, Pair
from .undo import Change

if TYPE_CHECKING:
    from ...aws.schedules import Listed, Schedule

_SHOWN = 3
"""Differences of the times that a message shows."""
Source = tuple[str, str, str]
"""A rule with its bus, or a schedule with its group."""


def source_of(origin: Origin) -> Source:
    """The rule or schedule of a task."""
    return origin.kind, origin.place, origin.name


@dataclass(slots=True)
class Reader:
    """Reads both sides.

    Args:
        deployment: The stack.
        origins: The record of the import, by task.
    """

    deployment: Deployment
    origins: Mapping[str, Origin]
    _names: dict[str, list[str]] = field(default_factory=dict[str, list[str]], init=False)
    _tasks: dict[Source, list[str]] = field(default_factory=dict[Source, list[str]], init=False)

    def __post_init__(self) -> None:
        for task, origin in self.origins.items():
            self._tasks.setdefault(source_of(origin), []).append(task)

    def every(self, now: datetime) -> dict[Source, list[Pair]]:
        """Read all tasks, by their rule or schedule."""
        self._names = _by_task(list_schedules(self.deployment), self.origins)
        for service in ("events", "scheduler"):
            self.deployment.client(service)  # Threads must not create the same client at the same time.
        read = call_in_parallel(lambda each: self.pairs(each, now), list(self._tasks))
        return {source: future.result() for source, future in read}

    def pairs(self, source: Source, now: datetime) -> list[Pair]:
        """Read the tasks of a rule or schedule."""
        origins = {task: self.origins[task] for task in self._tasks[source]}
        old = self.old(next(iter(origins.values())), now)
        return [Pair(task, origin, old, self.new(task, old, now)) for task, origin in origins.items()]

    def old(self, origin: Origin, now: datetime) -> Old | None:
        """Read a rule or schedule. None if it doesn't exist any more."""
        at = Arn.parse(origin.arn)
        if (at.region, at.account_id) != (self.deployment.region, self.deployment.account_id):
            fixed = f"The {origin.kind} is in {at.region} of account {at.account_id}, but the stack isn't."
            return Old(origin.kind, True, {}, None, frozenset({origin.target}), fixed)
        return self._rule(origin) if origin.kind == "rule" else self._schedule(origin, now)

    def _rule(self, origin: Origin) -> Old | None:
        events = self.deployment.client("events")
        try:
            rule = events.describe_rule(Name=origin.name, EventBusName=origin.place)
        except events.exceptions.ResourceNotFoundException:
            return None
        targets = [
            target["Id"]
            for page in events.get_paginator("list_targets_by_rule").paginate(
                Rule=origin.name, EventBusName=origin.place
            )
            for target in page["Targets"]
        ]
        expression, fixed = rule.get("ScheduleExpression", ""), ""
        if rule.get("EventPattern"):
            fixed = "The rule also matches events. Move its schedule to a rule of its own first."
        elif rule.get("ManagedBy"):
            fixed = f"{rule.get('ManagedBy')} manages the rule, so it can't be changed here."
        try:
            clockwork = Clockwork(times_of(expression), anchored=not expression.startswith("rate"))
        except (ValueError, IndexError):
            clockwork = None
        settings = {"expression": expression, "timezone": "UTC"}
        return Old("rule", rule.get("State") != "DISABLED", settings, clockwork, frozenset(targets), fixed)

    def _schedule(self, origin: Origin, now: datetime) -> Old | None:
        scheduler = self.deployment.client("scheduler")
        try:
            found = scheduler.get_schedule(GroupName=origin.place, Name=origin.name)
        except scheduler.exceptions.ResourceNotFoundException:
            return None
        expression, zone = found["ScheduleExpression"], found.get("ScheduleExpressionTimezone") or "UTC"
        start, end = found.get("StartDate"), found.get("EndDate")
        window = timedelta(minutes=found["FlexibleTimeWindow"].get("MaximumWindowInMinutes") or 0)
        dates = {key: date.isoformat() for key, date in {"start": start, "end": end}.items() if date}
        return Old(
            "schedule",
            found["State"] == "ENABLED",
            {"expression": expression, "timezone": zone, **dates},
            _old_clockwork(expression, zone, start, end, window),
            over=_over(expression, zone, now - window),
        )

    def new(self, task: str, old: Old | None, now: datetime) -> New | None:
        """Read the schedules of a task in the stack. None if there are none."""
        schedules = [get_schedule(self.deployment, name) for name in self._names.get(task, [])]
        if not schedules:
            return None
        record = read_record(self.deployment.tags)
        pauses = (record.pause_of(each.name, each.modified) for each in schedules if not each.enabled)
        return New(
            names=[each.name for each in schedules],
            disabled=[each.name for each in schedules if not each.enabled],
            clockworks=[clockwork for each in schedules if (clockwork := _clockwork_of(each))],
            modified=max((each.modified for each in schedules if each.modified), default=now),
            paused=next((pause.words for pause in pauses if pause), ""),
            differences=_differences(old, schedules, now),
        )

    def origin(self, change: Change) -> Origin:
        """The rule or schedule of a change, in the form of the record."""
        kind = "schedule" if change.kind == "schedule" else "rule"
        arn = self.deployment.resource("scheduler" if kind == "schedule" else "events", change.name)
        target = str(change.target.get("Id", ""))
        return Origin(kind, arn, change.name, change.place, target, "ENABLED", "", "UTC", "")

    def clockworks(self, schedules: Sequence[str]) -> list[Clockwork]:
        """The times of schedules in the stack. Those that don't exist any more are left out."""
        read = (self._existing(name) for name in schedules)
        return [clockwork for each in read if each and (clockwork := _clockwork_of(each))]

    def _existing(self, name: str) -> "Schedule | None":
        scheduler = self.deployment.client("scheduler")
        try:
            return get_schedule(self.deployment, name)
        except scheduler.exceptions.ResourceNotFoundException:
            return None


def _by_task(listed: "Iterable[Listed]", tasks: Iterable[str]) -> dict[str, list[str]]:
    """The names of the schedules of each task."""
    found: dict[str, list[str]] = {task: [] for task in tasks}
    for name, task in task_by_schedule(found, (each.name for each in listed)).items():
        found[task].append(name)
    return found


def _old_clockwork(
    expression: str, zone: str, start: datetime | None, end: datetime | None, window: timedelta
) -> Clockwork | None:
    """The times of an old schedule, calculated independently of the new one."""
    try:
        times = scheduler_times(expression, zone, start, end)
    except (ValueError, KeyError):
        return None
    return Clockwork(times, window, unanchored(expression, start) is None)


def _clockwork(
    expression: str, zone: str, start: datetime | None, end: datetime | None, window: timedelta
) -> Clockwork | None:
    parsed = understood(expression)
    if parsed is None:
        return None

    def times(after: datetime, until: datetime) -> Iterator[datetime]:
        for run in next_runs(parsed, zone, after, start=start, end=end):
            if run > until:
                return
            yield run.astimezone(UTC)

    return Clockwork(times, window, unanchored(expression, start) is None)


def _clockwork_of(schedule: "Schedule") -> Clockwork | None:
    window = timedelta(minutes=schedule.window_minutes or 0)
    return _clockwork(schedule.expression, schedule.timezone, schedule.start, schedule.end, window)


def _over(expression: str, zone: str, now: datetime) -> bool:
    """Whether the time of a one-time schedule has passed."""
    parsed = understood(expression)
    instant = first_instant(parsed.at, ZoneInfo(zone)) if isinstance(parsed, At) else None
    return instant is not None and instant <= now


def _differences(old: Old | None, schedules: "Sequence[Schedule]", now: datetime) -> list[str]:
    """How the times of the next 366 days differ, as phrases."""
    if old is None or old.clockwork is None or old.over:
        return []
    if unknown := [each.name for each in schedules if understood(each.expression) is None]:
        return [f"the expression of {unknown[0]} isn't known to this version"]
    plans = [
        Plan("", each.name, each.expression, each.timezone, True, each.start, each.end, None) for each in schedules
    ]
    found = proof(old.clockwork.times, plans, now).differences
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return [difference.sentence for difference in islice(found, _SHOWN)] + more
