"""How each task of a deployment stands, in as few calls as it can be known."""

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from components.aws.names import family_of

from ..aws.deployment import Deployment
from ..aws.schedules import Listed, Schedule, get_schedule, list_schedules, unanchored
from ..pauses.record import ALL, Pause, read_record
from ..planning.plans import Plan
from ..runs import records
from ..runs.history import last_outcomes
from .comparison import Comparison
from .rows import Planned, Row
from .surroundings import dead_letters, firing, running

CALLS = 40
"""Calls that `status` makes at most, unless it is told to compare everything, has to find the stack among others, or
waits for a slow query."""
_OTHER_CALLS = 15
"""Those that do not grow with the stack: the group, the queues, the alarms, the outcomes, running tasks."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a deployment stands."""

    deployment: Deployment
    rows: Sequence[Row]
    dead_letters: Mapping[str, int | None]
    """Waiting messages by queue; None where the queue is not there."""
    alarms: Sequence[str]
    """The alarms of the group that are firing."""
    schedules: int
    compared: int | None
    """Schedules that were compared with the configuration; None where there is none."""
    pauses: Mapping[str, Pause]
    """The pauses by hand, by task; `ALL` for that of all tasks."""
    over: Collection[str]
    """Those of them that hold nothing any more: what they paused was enabled or changed since."""
    unknown: Sequence[str]
    """What could not be looked at, or not wholly."""

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "group": self.deployment.name,
            "region": self.deployment.region,
            "account": self.deployment.account_id,
            "deadLetters": dict(self.dead_letters),
            "alarms": list(self.alarms),
            "schedules": self.schedules,
            "compared": self.compared,
            "pauses": [
                {"task": None if task == ALL else task, **asdict(pause), "over": task in self.over}
                for task, pause in self.pauses.items()
            ],
            "unknown": list(self.unknown),
            "tasks": [row.as_data() for row in self.rows],
        }


def status(deployment: Deployment, planned: Planned | None, *, since: datetime, now: datetime, full: bool) -> Status:
    """How a deployment stands; `full` reads every schedule, which takes up to three calls for each."""
    listed = list_schedules(deployment)
    record = read_record(deployment.tags)
    budget = CALLS - _OTHER_CALLS - (len(listed) + 99) // 100
    chosen = _chosen(listed, planned, sys.maxsize if full else budget)
    read = {item.name: get_schedule(deployment, item.name) for item in chosen}
    last, lost = last_outcomes(deployment, since, now, {item.task for item in listed})
    runs, unseen = running(deployment, listed, _families(planned, read.values()))
    alarms, hidden = firing(deployment)
    rows = _rows(listed, planned, read, now)
    for row in rows.values():
        row.last = runs.get(row.task) or last.get(row.task)
        if row.task in runs:
            row.state = records.RUNNING
        row.alarms = [what for what in alarms if what.startswith(f"{row.task}/")]
    if planned:
        comparison = Comparison(deployment, planned, record, now)
        comparison.add(rows, listed, read)
    return Status(
        deployment=deployment,
        rows=[rows[task] for task in sorted(rows)],
        dead_letters=dead_letters(deployment),
        alarms=[what for what in alarms if "/" not in what],
        schedules=len(listed),
        compared=len(read) if planned else None,
        pauses=record.pauses,
        over=record.outdated(record.pauses, listed),
        unknown=[*lost, *hidden, *unseen],
    )


def _chosen(listed: Sequence[Listed], planned: Planned | None, calls: int) -> list[Listed]:
    """The schedules to read: those that were changed last, as what is changed by hand comes after a deployment. To
    compare one takes a call for it, and one for its task definition and its state machine each."""
    wanted = planned.schedules() if planned else {}
    known = [item for item in listed if item.name in wanted] if wanted else list(listed)
    found: list[Listed] = []
    for item in sorted(known, key=lambda item: item.modified, reverse=True):
        calls -= 1 if planned is None else 3 if item.supervised else 2
        if calls < 0:
            break
        found.append(item)
    return found


def _families(planned: Planned | None, read: Iterable[Schedule]) -> set[str]:
    """The families of task definitions made elsewhere, as far as they are known."""
    referred = (
        [args["task_definition"] for args in planned.tasks.values() if "task_definition" in args] if planned else []
    )
    arns = [schedule.task_definition_arn for schedule in read if schedule.task_definition_arn]
    return {family_of(each) for each in [*referred, *arns]}


def _rows(
    listed: Iterable[Listed], planned: Planned | None, read: Mapping[str, Schedule], now: datetime
) -> dict[str, Row]:
    task_of = {name: task for name, (task, _) in planned.schedules().items()} if planned else {}
    plans = planned.by_schedule() if planned else {}
    by_task = sorted(((task_of.get(item.name, item.task), item) for item in listed), key=lambda pair: pair[0])
    rows: dict[str, Row] = {}
    for task, pairs in groupby(by_task, key=lambda pair: pair[0]):
        items = [item for _, item in pairs]
        enabled = [item for item in items if item.enabled]
        state = "enabled" if len(enabled) == len(items) else "partly paused" if enabled else "paused"
        sources = [source for item in enabled if (source := read.get(item.name) or plans.get(item.name))]
        rows[task] = Row(task, state, *_coming(sources, now))
    return rows


def _coming(sources: Iterable[Schedule | Plan], now: datetime) -> tuple[datetime | None, timedelta | None]:
    """When the next run of schedules that are enabled in AWS comes, or how soon it does at the latest where a rate has
    no start. As AWS has them where they were read, else as they are configured."""
    coming: list[datetime] = []
    intervals: list[timedelta] = []
    for source in sources:
        if (next_run := next(iter(source.runs(now)), None)) is None:
            continue
        if interval := unanchored(source.expression, source.start):
            intervals.append(interval)
        else:
            coming.append(next_run)
    run, within = min(coming, default=None), min(intervals, default=None)
    if run and within:
        return (run, None) if run <= now + within else (None, within)
    return run, within
