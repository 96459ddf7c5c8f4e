"""Names of a task's schedules, in AWS and in Pulumi.

A schedule keeps its names if others are added, removed or moved:

- A task's only schedule has the name of the task.
- One of several has its own `name`, or else a name that follows from its expression and its own time zone.

A new expression in a schedule without a name therefore makes another schedule, as a new file name makes another file.

Versions up to 0.1.0 named all schedules by their place in the list (`names.schedule`). Pulumi finds such a schedule by
an alias, and its name in AWS stays as it is, so an upgrade neither creates nor deletes one.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from ..aws import names
from ..resolved import Scheduled, ScheduleTimes
from ..schedules import Cron, Rate, parse

_HASH_LENGTH = 8


@dataclass(frozen=True, slots=True)
class ScheduleNames:
    """The names of one schedule."""

    own: str
    """Its name among the schedules of its task; empty for a task's only schedule."""
    in_aws: str
    """The name in AWS of a new schedule. One that an earlier version deployed keeps its name."""
    in_pulumi: str
    earlier: tuple[str, ...]
    """Names in Pulumi that the same schedule may have had."""


def schedule_names(task: Scheduled) -> tuple[ScheduleNames, ...]:
    """The names of each schedule, in the order of `task.schedules`."""
    own = _own_names(task.schedules)
    every = [_in_pulumi(task.name, name) for name in own]
    taken = set(every)
    found: list[ScheduleNames] = []
    for position, (schedule, name, in_pulumi) in enumerate(zip(task.schedules, own, every, strict=True)):
        by_content = _in_pulumi(task.name, _from_content(schedule))
        by_position = f"{task.name}-schedule" + (f"-{position + 1}" if position else "")
        # Two resources must not have the same alias. So one is claimed only once, by the first.
        earlier = tuple(each for each in (by_content, by_position) if each not in taken)
        taken.update(earlier)
        in_aws = names.named_schedule(task.name, name) if name else names.schedule(task.name, 0)
        found.append(ScheduleNames(name, in_aws, in_pulumi, earlier))
    return tuple(found)


def same_unnamed(schedules: Sequence[ScheduleTimes]) -> Iterator[ScheduleTimes]:
    """The schedules that only their order distinguishes from an earlier one: same expression, and no name."""
    seen: set[str] = set()
    for schedule in schedules:
        if schedule.name is None:
            content = _from_content(schedule)
            if content in seen:
                yield schedule
            seen.add(content)


def _in_pulumi(task: str, own: str) -> str:
    return f"{task}-schedule-{own}" if own else f"{task}-schedule"


def _own_names(schedules: Sequence[ScheduleTimes]) -> list[str]:
    if len(schedules) == 1 and schedules[0].name is None:
        return [""]
    taken = {schedule.name for schedule in schedules}
    found: list[str] = []
    for schedule in schedules:
        name = schedule.name
        if name is None:
            content = _from_content(schedule)
            numbered = (content if number == 1 else f"{content}-{number}" for number in count(1))
            name = next(each for each in numbered if each not in taken)
            taken.add(name)
        found.append(name)
    return found


def _from_content(schedule: ScheduleTimes) -> str:
    """A name that follows from when a schedule runs: `cron-3fa1b2c4`. Spelling and the task's time zone don't count."""
    expression = parse(schedule.expression)
    zone = schedule.timezone if "timezone" in schedule.own_keys else ""
    if isinstance(expression, Rate):
        kind, text = "rate", f"{expression.value} {expression.unit}"
    elif isinstance(expression, Cron):
        kind, text = "cron", f"{' '.join(expression.fields)} {zone}"
    else:
        kind, text = "at", f"{expression.at.isoformat()} {zone}"
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]}"
