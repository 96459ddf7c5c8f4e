"""How each task of a deployment stands, in as few calls as it can be known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from components import names
from components.advice import ended_schedules
from components.when import TaskSchedule, task_schedules

from ..aws.deployment import Deployment
from ..aws.machines import read_machine
from ..aws.schedules import Listed, Schedule, get_schedule, list_schedules
from ..aws.tasks import running_tasks
from ..plans import Plan
from ..runs import records
from ..runs.definition import definition_of
from ..runs.history import last_outcomes
from ..runs.records import Run
from .drift import definition_differences, schedule_differences, state_difference

Args = Mapping[str, Any]

CALLS = 40
"""Calls that `status` makes at most, unless it is told to compare everything."""
NOT_DEPLOYED = "not deployed"
_OTHER_CALLS = 15
"""Those that do not grow with the stack: the group, the queues, the alarms, the outcomes, running tasks."""
_RUNNING = 200
"""Running ECS tasks of the cluster that are looked through."""
_FIRING = 100
"""Firing alarms that are looked at: one call. Where there are more, that is bad enough."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the configuration says of a stack's tasks: the arguments and the plans."""

    tasks: Mapping[str, Args]
    plans: Sequence[Plan]
    enabled: bool

    def schedules(self) -> dict[str, tuple[str, TaskSchedule]]:
        """The schedules by name, each with its task."""
        return {
            names.schedule(task, position): (task, schedule)
            for task, args in self.tasks.items()
            for position, schedule in enumerate(task_schedules(args))
        }

    def has_ended(self, schedule: TaskSchedule, now: datetime) -> bool:
        """Whether it never runs again: a deployment leaves it out, and one that was there before may still be."""
        return schedule.path in [ended.path for ended in ended_schedules(schedule.task, now)]


@dataclass(slots=True)
class Row:
    """How one task stands."""

    task: str
    state: str
    """`enabled`, `paused`, `partly paused`, `running`; `not deployed`."""
    next_run: datetime | None = None
    last: Run | None = None
    drift: list[str] = field(default_factory=list[str])
    alarms: list[str] = field(default_factory=list[str])

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "task": self.task,
            "state": self.state,
            "nextRun": self.next_run,
            "lastRun": self.last.as_data() if self.last else None,
            "drift": self.drift,
            "alarms": self.alarms,
        }


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
    all_alarms: bool
    """Whether these are all that are firing, of the group and of its tasks."""
    all_running: bool
    """Whether all running ECS tasks of the cluster were looked through."""

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
            "tasks": [row.as_data() for row in self.rows],
        }


def status(deployment: Deployment, planned: Planned | None, *, since: datetime, now: datetime, full: bool) -> Status:
    """How a deployment stands; `full` reads every schedule, which takes two calls for each."""
    listed = list_schedules(deployment)
    wanted = planned.schedules() if planned else {}
    budget = CALLS - _OTHER_CALLS - (len(listed) + 99) // 100
    chosen = _chosen(listed, wanted, len(listed) if full else budget // 2 if planned else budget)
    read = {item.name: get_schedule(deployment, item.name) for item in chosen}
    last = last_outcomes(deployment, since, now, {item.task for item in listed})
    running, all_running = _running(deployment, listed)
    firing = _firing(deployment)
    rows = _rows(listed, planned, read, now)
    for row in rows.values():
        row.last = running.get(row.task) or last.get(row.task)
        if row.task in running:
            row.state = records.RUNNING
        row.alarms = [what for what in firing if what.startswith(f"{row.task}/")]
    if planned:
        _compare(deployment, planned, rows, listed, read, now)
    return Status(
        deployment=deployment,
        rows=[rows[task] for task in sorted(rows)],
        dead_letters=_dead_letters(deployment),
        alarms=[what for what in firing if "/" not in what],
        schedules=len(listed),
        compared=len(read) if planned else None,
        all_alarms=len(firing) < _FIRING,
        all_running=all_running,
    )


def _chosen(listed: Sequence[Listed], wanted: Mapping[str, tuple[str, TaskSchedule]], most: int) -> list[Listed]:
    """The schedules to read: those that were changed last, as what is changed by hand comes after a deployment."""
    known = [item for item in listed if item.name in wanted] if wanted else list(listed)
    return sorted(known, key=lambda item: item.modified, reverse=True)[: max(0, most)]


def _rows(
    listed: Iterable[Listed], planned: Planned | None, read: Mapping[str, Schedule], now: datetime
) -> dict[str, Row]:
    task_of = {name: task for name, (task, _) in planned.schedules().items()} if planned else {}
    plans: dict[str, list[Plan]] = {}
    for plan in planned.plans if planned else ():
        plans.setdefault(plan.task, []).append(plan)
    by_task = sorted(((task_of.get(item.name, item.task), item) for item in listed), key=lambda pair: pair[0])
    rows: dict[str, Row] = {}
    for task, pairs in groupby(by_task, key=lambda pair: pair[0]):
        items = [item for _, item in pairs]
        enabled = [item for item in items if item.enabled]
        state = "enabled" if len(enabled) == len(items) else "partly paused" if enabled else "paused"
        rows[task] = Row(task, state, _next_run(enabled, read, plans.get(task, ()), now))
    return rows


def _next_run(
    enabled: Sequence[Listed], read: Mapping[str, Schedule], plans: Sequence[Plan], now: datetime
) -> datetime | None:
    """The next run of schedules that are enabled in AWS: from AWS where all of them were read, else as configured."""
    if not enabled:
        return None
    sources = [read[item.name] for item in enabled] if all(item.name in read for item in enabled) else plans
    coming = (next(iter(source.runs(now)), None) for source in sources)
    return min((run for run in coming if run), default=None)


def _compare(
    deployment: Deployment,
    planned: Planned,
    rows: dict[str, Row],
    listed: Sequence[Listed],
    read: Mapping[str, Schedule],
    now: datetime,
) -> None:
    """Add what differs to the rows, and a row for each task that is configured and not deployed."""
    wanted = planned.schedules()
    there = {item.name: item for item in listed}
    for name, (task, schedule) in wanted.items():
        if planned.has_ended(schedule, now):
            continue
        row = rows.setdefault(task, Row(task, NOT_DEPLOYED))
        if name not in there:
            row.drift += [f"{name} is not deployed"] if row.state != NOT_DEPLOYED else []
            continue
        enabled = planned.enabled and schedule.args.get("enabled", True)
        if words := state_difference(expected=enabled, there=there[name].enabled):
            row.drift.append(words)
        if name in read:
            row.drift += schedule_differences(read[name], schedule)
            row.drift += _definition_drift(deployment, task, schedule.task, read[name])
    for name, item in there.items():
        if name not in wanted:
            own = "" if item.task not in planned.tasks else f"{name} is "
            rows[item.task].drift.append(f"{own}not in the configuration")


def _definition_drift(deployment: Deployment, task: str, args: Args, schedule: Schedule) -> list[str]:
    if schedule.supervised or "task_definition" in args:
        return []
    arn = schedule.task_definition_arn
    there = deployment.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    stored = {
        name: deployment.resource("ssm", f"parameter{deployment.names.parameter(task, name)}")
        for name in args.get("secret_values", {})
    }
    expected = definition_of({"image": None, **args}, secrets={**args.get("secrets", {}), **stored})
    return definition_differences(arn, there, expected, family=deployment.names.family(task))


def _running(deployment: Deployment, listed: Sequence[Listed]) -> tuple[dict[str, Run], bool]:
    """The runs that go on, by task."""
    if not listed:
        return {}, True
    # A group has one cluster.
    first = next((item for item in listed if not item.supervised), listed[0])
    cluster_arn = read_machine(deployment, first.target_arn).cluster_arn if first.supervised else first.target_arn
    tasks, are_all = running_tasks(deployment, cluster_arn, _RUNNING)
    known = {item.task for item in listed}
    runs = [records.from_task(task) for task in tasks]
    return {run.task: run for run in runs if run.task in known and run.outcome == records.RUNNING}, are_all


def _firing(deployment: Deployment) -> list[str]:
    """The alarms of the group that are firing, without the group's prefix: `dropped`, `backup/no-success`."""
    prefix = deployment.names.alarm("")
    pages = deployment.aws.pages(
        "cloudwatch",
        "describe_alarms",
        "MetricAlarms",
        AlarmNamePrefix=prefix,
        StateValue="ALARM",
        PaginationConfig={"PageSize": _FIRING, "MaxItems": _FIRING},
    )
    found = (str(alarm["AlarmName"]) for alarm in pages if alarm["StateValue"] == "ALARM")
    return sorted(name.removeprefix(prefix) for name in found if name.startswith(prefix))


def _dead_letters(deployment: Deployment) -> dict[str, int | None]:
    group = deployment.names
    queues = {"launches": group.dead_letter_queue, "events": group.event_dead_letter_queue}
    return {what: _waiting(deployment, name) for what, name in queues.items()}


def _waiting(deployment: Deployment, queue: str) -> int | None:
    sqs = deployment.client("sqs")
    counted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    try:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        return None
    attributes = cast("Mapping[str, str]", sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counted)["Attributes"])
    return sum(int(attributes[name]) for name in counted)
