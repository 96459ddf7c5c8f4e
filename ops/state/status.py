"""Reads the status of each task of a deployment with few calls."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from components.aws.names import HOURS_END, family_of, task_of_schedule
from components.resolved import CallTask, Task
from components.schedules.durations import in_words

from ..aws.deployment import Deployment
from ..aws.errors import Found, read_part
from ..aws.left_closed import LeftClosed, left_closed
from ..aws.schedules import (
    Listed,
    Schedule,
    caught_up_time,
    get_schedule,
    has_call_machine,
    list_all,
    unanchored,
    understood,
)
from ..output import counted
from ..pauses.record import ALL, Pause, Record, read_record
from ..pauses.skipped import Skipped, skipped
from ..planning.plans import Plan
from ..runs.call_runs import Work, reports_end, runs_of_work, work_of, work_of_target, work_of_task
from ..runs.executions import WAITS, last_executions
from ..runs.outcome_logs import LastOutcomes, last_outcomes
from ..runs.records import Run
from .comparison import Comparison
from .deployed_names import task_by_schedule
from .live import RUNNING, firing, running, waiting, waiting_messages
from .rows import AFTER, ENDED, ON_DEMAND, Planned, Row, Source

CALLS = 40
"""The most calls of `status`, unless it compares all schedules, has to find the stack, or waits for a slow query.

The calls for runs that wait come on top: up to `WAITS` for the executions of supervised tasks, and for their histories.
"""
_MACHINES = 4
"""The most supervised tasks whose last execution is read, unless it compares all schedules. Two calls each."""
_OTHER_CALLS = 15
"""Calls for the group, the queues, the alarms, the outcomes and running tasks, whatever the size of the stack."""


@dataclass(frozen=True, slots=True)
class Status:
    """The status of a deployment."""

    deployment: Deployment
    rows: Sequence[Row]
    dead_letters: Mapping[str, int | None] | None
    """Number of messages by dead-letter queue. None if the queue doesn't exist, or for all if they can't be read."""
    alarms: Sequence[str] | None
    """The firing alarms of the group. None if they can't be read."""
    schedules: int
    compared: int | None
    """Number of schedules that were completely compared with the configuration. None without a configuration."""
    pauses: Mapping[str, Pause]
    """The pauses by hand by task. The key of a pause of all tasks is `ALL`."""
    over: Collection[str]
    """Tasks whose pause has no effect any more, because its schedules were enabled or changed since."""
    left_closed: Sequence[LeftClosed]
    """The resources that office hours have closed, and that no opening restores."""
    skipped: Mapping[str, Skipped]
    """The runs that each pause by hand has skipped so far, by the same keys."""
    catch_ups: Mapping[str, datetime]
    """The times of pauses that one-time schedules still catch up, by the names of these."""
    unknown: Sequence[str]
    """Sentences about what could not be read, or not completely."""
    failed: bool = False
    """Whether AWS failed to return a part."""
    last_runs_known: bool = True
    """Whether a task without a last run has none."""
    full: bool = False
    """Whether all schedules were to be compared."""
    work: Mapping[str, Work] = field(default_factory=dict[str, Work])
    """The work that calls start, by call, if its end is reported."""

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {
            "group": self.deployment.name,
            "region": self.deployment.region,
            "account": self.deployment.account_id,
            "deadLetters": None if self.dead_letters is None else dict(self.dead_letters),
            "alarms": None if self.alarms is None else list(self.alarms),
            "schedules": self.schedules,
            "compared": self.compared,
            "pauses": [
                {
                    "task": None if task == ALL else task,
                    **asdict(pause),
                    "over": task in self.over,
                    "skipped": self.skipped[task].count,
                }
                for task, pause in self.pauses.items()
            ],
            "catchUps": [
                {"schedule": name, "task": task_of_schedule(name), "time": time}
                for name, time in self.catch_ups.items()
            ],
            "leftClosed": [{"task": each.task, "resource": each.resource} for each in self.left_closed],
            "unknown": list(self.unknown),
            "tasks": [row.as_data() for row in self.rows],
        }


def status(deployment: Deployment, planned: Planned | None, *, since: datetime, now: datetime, full: bool) -> Status:
    """Read the status of a deployment. With `full`, read every schedule: up to three calls each.

    If AWS fails to return a part, the others are read, except the list of the schedules.
    """
    failed: list[str] = []

    def part(what: str, default: Found, read: Callable[[], Found]) -> Found:
        return read_part(what, default, read, failed)

    every = list_all(deployment)
    catch_ups = {item.name: time for item in every if (time := caught_up_time(item.name))}
    listed = [item for item in every if item.name not in catch_ups]
    record = read_record(deployment.tags)
    names = {item.task for item in listed} | set(planned.tasks if planned else ())
    no_runs: tuple[dict[str, Run], list[str]] = ({}, [])
    no_outcomes = LastOutcomes()
    outcomes = part("The last outcomes", no_outcomes, lambda: last_outcomes(deployment, since, now, names))
    last = dict(outcomes.runs)
    machines = {item.task: item.target_arn for item in listed if item.supervised and item.task not in last}
    executed = part(
        "The last executions",
        no_runs,
        lambda: _last_executions(deployment, machines, since, sys.maxsize if full else _MACHINES),
    )
    executions, unknown_executions = executed
    budget = CALLS - _OTHER_CALLS - (len(listed) + 99) // 100 - 2 * min(len(machines), _MACHINES)
    chosen = _chosen(listed, planned, sys.maxsize if full else budget)
    read: dict[str, Schedule] = {}
    part("Some schedules", None, lambda: _read_schedules(deployment, chosen, read))
    work, unknown_work = _work(deployment, listed, planned, read)
    last = {**_newest(runs_of_work(outcomes.work, work)), **last}
    families = _families(planned, read.values())
    most = sys.maxsize if full else RUNNING
    running_now: tuple[dict[str, Run], list[str]] = ({}, [])
    if not _has_only_calls(planned):
        running_now = part("Running tasks", no_runs, lambda: running(deployment, listed, families, most))
    runs, unknown_runs = running_now
    no_waits: tuple[dict[str, list[Run]], list[str]] = ({}, [])
    waits, unknown_waits = part(
        "The reasons why runs wait",
        no_waits,
        lambda: waiting(deployment, listed, planned, sys.maxsize if full else WAITS),
    )
    no_alarms: tuple[list[str] | None, list[str]] = (None, [])
    alarms, unknown_alarms = part("Firing alarms", no_alarms, lambda: firing(deployment, full=full))
    rows = _rows(listed, planned, read, record, now)
    comparison = Comparison(deployment, planned, record, now) if planned else None
    if comparison:
        part("Some differences", None, lambda: comparison.add(rows, listed, read))
    for task in (runs.keys() | last.keys()) - rows.keys():
        rows[task] = Row(task, ENDED)
    expected = _expected_durations(planned)
    for row in rows.values():
        row.add_runs(runs.get(row.task), waits.get(row.task, ()), last.get(row.task) or executions.get(row.task))
        if row.last and (longest := expected.get(row.task)) and (row.last.lasting(now) or timedelta()) > longest:
            row.notes.append(f"longer than {in_words(int(longest.total_seconds()))}")
        row.alarms = [alarm for alarm in alarms or () if alarm.startswith(f"{row.task}/")]
    # An operator without the permission loses this part only.
    unread: list[str] = []
    closed = read_part(
        "The resources that stay closed", list[LeftClosed](), partial(_closed, deployment, listed), unread
    )
    return Status(
        deployment=deployment,
        left_closed=closed,
        rows=[rows[task] for task in sorted(rows)],
        dead_letters=part("The dead-letter queues", None, lambda: waiting_messages(deployment)),
        alarms=None if alarms is None else [alarm for alarm in alarms if "/" not in alarm],
        schedules=len(listed),
        compared=len(comparison.compared) if comparison else None,
        full=full,
        pauses=record.pauses,
        over=record.outdated(record.pauses, listed, now),
        skipped=skipped(record, listed, {each.name: each for row in rows.values() for each in row.sources}, now),
        catch_ups=catch_ups,
        unknown=[
            *outcomes.lost,
            *unknown_work,
            *unknown_executions,
            *unknown_alarms,
            *unknown_runs,
            *unknown_waits,
            *unread,
            *failed,
        ],
        failed=bool(failed),
        last_runs_known=outcomes is not no_outcomes and all(found is not no_runs for found in (executed, running_now)),
        work=work,
    )


def _closed(deployment: Deployment, listed: Iterable[Listed]) -> list[LeftClosed]:
    """Read the resources that stay closed. Makes a call per task with office hours, and one for the lease table."""
    machines = {item.target_arn for item in listed if item.target_arn.endswith(HOURS_END)}
    if not machines:
        return []
    states = deployment.client("stepfunctions")
    definitions = [states.describe_state_machine(stateMachineArn=arn)["definition"] for arn in sorted(machines)]
    return left_closed(deployment, definitions)


def _work(
    deployment: Deployment, listed: Iterable[Listed], planned: Planned | None, read: Mapping[str, Schedule]
) -> tuple[dict[str, Work], list[str]]:
    """The work of each call whose end a service reports, and what is unknown about it.

    The schedule in AWS tells the work if it was read, or else the configuration does.
    """
    calls = [item for item in listed if _is_call(item) and reports_end(item.target_arn)]
    task_of = task_by_schedule(planned.tasks, (item.name for item in listed)) if planned else {}
    found: dict[str, Work] = {}
    unknown: set[str] = set()
    for item in calls:
        name = task_of.get(item.name, item.task)
        task = planned.tasks.get(name) if planned else None
        own: Work | None = None
        if item.name in read:
            own = work_of(read[item.name])
        elif isinstance(task, CallTask):
            own = work_of_task(task, deployment)
        elif (own := work_of_target(item.target_arn, "")) is None:
            unknown.add(name)
        if own is not None:
            found[name] = own
    if not (left := len(unknown - found.keys())):
        return found, []
    how = "To read it, pass --full." if planned is None else "The configuration doesn't have them."
    return found, [f"The last work of {counted(left, 'call')} was not read. {how}"]


def _is_call(item: Listed) -> bool:
    """Tell if a schedule makes an API call. Some calls have a state machine, which reports outcomes like runs."""
    return item.is_call and not has_call_machine(item.target_arn)


def _newest(runs: Iterable[Run]) -> dict[str, Run]:
    """Return the first run of each task. The newest come first."""
    found: dict[str, Run] = {}
    for run in runs:
        found.setdefault(run.task, run)
    return found


def _expected_durations(planned: Planned | None) -> dict[str, timedelta]:
    """Return the longest expected duration of runs by task."""
    tasks = planned.tasks.values() if planned else ()
    return {
        task.name: timedelta(seconds=task.expect_duration_under)
        for task in tasks
        if isinstance(task, Task) and task.expect_duration_under
    }


def _has_only_calls(planned: Planned | None) -> bool:
    """Tell if no task of the configuration runs containers."""
    return (
        planned is not None and bool(planned.tasks) and not any(isinstance(it, Task) for it in planned.tasks.values())
    )


def _read_schedules(deployment: Deployment, chosen: Iterable[Listed], read: dict[str, Schedule]) -> None:
    for item in chosen:
        read[item.name] = get_schedule(deployment, item.name)


def _last_executions(
    deployment: Deployment, machines: Mapping[str, str], since: datetime, most: int
) -> tuple[dict[str, Run], list[str]]:
    """The last executions of supervised tasks without an outcome, and what is unknown about them.

    No outcome log has runs that were skipped or replaced. A task whose runs all end like that would seem idle.

    Args:
        deployment: The deployment.
        machines: The state machines by task.
        since: Older executions are omitted.
        most: The most tasks to read, with two calls each.
    """
    read = dict(list(machines.items())[:most])
    found = last_executions(deployment, read)
    left = len(machines) - len(read)
    more = f"Skipped and replaced runs of {counted(left, 'supervised task')} were not read. To read them, pass --full."
    recent = {task: run for task, run in found.items() if run.started is None or run.started >= since}
    return recent, [more] if left else []


def _chosen(listed: Sequence[Listed], planned: Planned | None, calls: int) -> list[Listed]:
    """Return the schedules to read: the last changed ones, because manual changes come after a deployment.

    A comparison takes a call each for the schedule, its task definition and its state machine.
    """
    configured = task_by_schedule(planned.tasks, (item.name for item in listed)) if planned else {}
    # A schedule that isn't in the configuration differs anyway.
    known = [item for item in listed if item.name in configured] if planned and planned.tasks else list(listed)
    found: list[Listed] = []
    for item in sorted(known, key=lambda item: item.modified, reverse=True):
        calls -= 1 if planned is None else 3 if item.supervised else 2
        if calls < 0:
            break
        found.append(item)
    return found


def _families(planned: Planned | None, read: Iterable[Schedule]) -> set[str]:
    """Return the known families of existing task definitions."""
    tasks = planned.tasks.values() if planned else ()
    referred = [task.task_definition for task in tasks if isinstance(task, Task) and task.task_definition is not None]
    arns = [schedule.task_definition_arn for schedule in read if schedule.task_definition_arn]
    return {family_of(each) for each in [*referred, *arns]}


def _rows(
    listed: Sequence[Listed],
    planned: Planned | None,
    read: Mapping[str, Schedule],
    record: Record,
    now: datetime,
) -> dict[str, Row]:
    names = [item.name for item in listed]
    task_of = task_by_schedule(planned.tasks, names) if planned else {}
    plans = planned.plans_by_schedule(planned.schedules(names, read)) if planned else {}
    by_task = sorted(((task_of.get(item.name, item.task), item) for item in listed), key=lambda pair: pair[0])
    rows: dict[str, Row] = {}
    for task, pairs in groupby(by_task, key=lambda pair: pair[0]):
        items = [item for _, item in pairs]
        deferred = {item.name: until for item in items if (until := record.deferred_until(item, now))}
        enabled = [item for item in items if item.enabled and item.name not in deferred]
        state = "enabled" if len(enabled) == len(items) else "partly paused" if enabled else "paused"
        found = [
            Source(
                item.name, item.enabled, _deferred(read.get(item.name) or plans.get(item.name), deferred.get(item.name))
            )
            for item in items
        ]
        sources = [source.times for source in found if source.enabled and source.times]
        if not enabled and all(source.times and source.times.on_demand for source in found):
            upstream = next((it for source in found if (it := source.times and source.times.after)), "")
            state = f"{AFTER} {upstream}" if upstream else ON_DEMAND
        if enabled and all(_is_over(read.get(item.name), now) for item in items):
            state = ENDED
        row = rows[task] = Row(task, state, *_next_run(sources, now), sources=found)
        row.left_out = min((each for source in found if (each := source.next_left_out(now))), default=None)
        row.is_call = all(map(_is_call, items))
        row.reports_end = not row.is_call or any(reports_end(item.target_arn) for item in items)
        deployed = (read[item.name].exceptions for item in items if item.name in read)
        row.notes += dict.fromkeys(note for each in deployed if (note := each.ending(now)))
    return rows


def _deferred(times: Schedule | Plan | None, until: datetime | None) -> Schedule | Plan | None:
    """Return the times of a schedule whose start a pause has moved. The configuration doesn't know the pause."""
    if not isinstance(times, Plan) or until is None:
        return times
    return replace(times, start=max(times.start or until, until))


def _is_over(schedule: Schedule | None, now: datetime) -> bool:
    """Tell if a schedule will not run again. A schedule that wasn't read may run again."""
    if schedule is None or understood(schedule.expression) is None:
        return False
    # A run can still start in the flexible window of its time.
    after = now - timedelta(minutes=schedule.window_minutes or 0)
    return schedule.enabled and next(schedule.runs(after), None) is None


def _next_run(sources: Iterable[Schedule | Plan], now: datetime) -> tuple[datetime | None, timedelta | None]:
    """Return the next run of enabled schedules, or the latest time until it if that is a rate without a start.

    Each source is the schedule in AWS if it was read, and else its configuration.
    """
    times: list[datetime] = []
    intervals: list[timedelta] = []
    for source in sources:
        if (next_run := next(iter(source.runs(now)), None)) is None:
            continue
        if interval := unanchored(source.expression, source.start):
            # With exceptions, the next run can be later than the next scheduled time.
            intervals.append(max(interval, next_run - now))
        else:
            times.append(next_run)
    run, within = min(times, default=None), min(intervals, default=None)
    if run and within:
        return (run, None) if run <= now + within else (None, within)
    return run, within
