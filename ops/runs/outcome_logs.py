"""The runs in the outcome logs, read with queries of CloudWatch Logs Insights."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from components.json_values import Json, mapping, read_json
from components.monitoring.call_events import WORK
from components.monitoring.events import FAILED, SUCCEEDED
from components.supervised.settings import SUPERVISED_GROUP

from ..aws.deployment import Deployment
from ..aws.logs import insights
from . import records
from .records import Run

_FIELDS = "fields @timestamp, @message, @log"
_LAST = (
    f"{_FIELDS}, coalesce(detail.group, detail.stateMachineArn, `detail.project-name`, detail.pipeline, detail.jobName)"
    " as owner, coalesce(detail.jobQueue, source) as place"
    " | sort @timestamp desc | dedup owner, place | limit 10000"
)
"""The newest event of each task, and of the work of each call. A job and a task can have the same name. The maximum is
10,000 rows. AWS: CloudWatch Logs user guide, "dedup"."""
MOST_FAILED, MOST_SUCCEEDED = 10_000, 50_000
"""The most events that `all_outcomes` reads. The maximum is 100,000 rows. AWS: CloudWatch Logs user guide, "limit"."""
_ALL_FAILED = f"{_FIELDS} | sort @timestamp desc | limit {MOST_FAILED}"
_OF_WORK = (
    "time",
    "detail.stateMachineArn",
    "detail.startDate",
    "detail.stopDate",
    "detail.jobName",
    "detail.jobQueue",
    "detail.jobId",
    "detail.jobRunId",
    "`detail.project-name`",
    "`detail.build-id`",
    "detail.pipeline",
    "`detail.execution-id`",
)
"""The fields of events about work that calls start. AWS: CloudWatch Logs user guide, "Supported logs and discovered
fields", for the backticks."""
_ALL_SUCCEEDED = (
    "fields @timestamp, source, detail.taskArn, detail.group, detail.startedBy, detail.createdAt, detail.startedAt,"
    " detail.stoppedAt, detail.executionArn, detail.attempts, "
    + ", ".join(_OF_WORK)
    + f" | sort @timestamp desc | limit {MOST_SUCCEEDED}"
)
"""Without the whole event, which has several kilobytes."""
_DETAILS = 20
"""Events that `last_details` reads: enough to find a scheduled run among manual ones."""


def outcomes_of(
    deployment: Deployment, task: str, since: datetime, until: datetime, most: int
) -> tuple[list[Run], list[str]]:
    """The newest ended runs of a task in the outcome logs, and messages about missing logs."""
    rows, lost = _outcomes(deployment, _newest(_is_of(task), _with_duplicates(most)), since, until)
    return [run for run in _runs(deployment, rows) if run.task == task], lost


def matching(
    deployment: Deployment, condition: str, since: datetime, until: datetime, most: int
) -> tuple[list[dict[str, str]], list[str]]:
    """The newest events that meet a condition, with their logs, and messages about missing logs."""
    rows, lost = _outcomes(deployment, _newest(condition, _with_duplicates(most)), since, until)
    return rows[:most], lost


def _is_of(task: str) -> str:
    """The condition for the events of a task. The name of a task never contains quotes."""
    return f'detail.group = "{task}"'


def _newest(condition: str, limit: int) -> str:
    """The query for the newest events that meet a condition."""
    return f"{_FIELDS} | filter {condition} | sort @timestamp desc | limit {limit}"


def _with_duplicates(most: int) -> int:
    """The number of events to read for a number of runs, because events can be duplicated."""
    return min(2 * most, 10_000)


def last_details(deployment: Deployment, task: str, since: datetime, until: datetime) -> list[Mapping[str, Json]]:
    """The details of a task's newest events, the newest first. Empty if there are none, or no outcome logs.

    They are those of ECS task state change events, also for supervised runs.
    """
    rows, _ = _outcomes(deployment, _newest(_is_of(task), _DETAILS), since, until)
    return [detail for row in rows if (detail := mapping(event_of(row.get("@message", "")).get("detail")))]


@dataclass(frozen=True, slots=True)
class EndOfWork:
    """An event about work that a call started. It doesn't contain the name of the call."""

    event: Mapping[str, Json]
    outcome: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The ended runs of all tasks.

    Args:
        runs: The runs, in no order.
        lost: Sentences about outcomes that are missing.
        complete: Whether the runs of both outcomes are here, back to the start of the period.
        work: The ended work of calls, the newest first per outcome.
    """

    runs: Sequence[Run]
    lost: Sequence[str] = ()
    complete: bool = True
    work: Sequence[EndOfWork] = ()


@dataclass(frozen=True, slots=True)
class LastOutcomes:
    """The last ended run of each task.

    Args:
        runs: The runs by task.
        lost: Sentences about outcomes that are missing.
        work: The last ended work of calls, the newest first.
    """

    runs: Mapping[str, Run] = field(default_factory=dict[str, Run])
    lost: Sequence[str] = ()
    work: Sequence[EndOfWork] = ()


def all_outcomes(deployment: Deployment, since: datetime, until: datetime, tasks: Iterable[str] = ()) -> Outcomes:
    """The ended runs of all tasks in the outcome logs, with one query per log, whatever the number of tasks.

    `tasks` is the same as in `last_outcomes`.
    """
    logs = deployment.client("logs")
    queries = ((FAILED, _ALL_FAILED, MOST_FAILED), (SUCCEEDED, _ALL_SUCCEEDED, MOST_SUCCEEDED))
    runs, lost, missing = dict[str, Run](), list[str](), list[str]()
    work: list[EndOfWork] = []
    for outcome, query, most in queries:
        group = deployment.names.outcome_log_group(outcome)
        try:
            rows = insights(deployment.aws, [group], query, since, until)
        except logs.exceptions.ResourceNotFoundException:
            missing.append(group)
            continue
        found = _runs(deployment, rows) if outcome == FAILED else _succeeded(rows)
        work += ends_of_work(deployment, rows if outcome == FAILED else map(_whole, rows))
        # Events can be duplicated, and the newest one comes first.
        for run in _named(deployment, found, tasks):
            runs.setdefault(run.id, run)
        if len(rows) >= most:
            lost.append(f"Only the {most:,} newest events about runs that {outcome} were read. Older runs are missing.")
    if missing:
        lost.insert(0, _missing_logs(missing, deployment.outcome_log_groups))
    return Outcomes(list(runs.values()), lost, not lost, work)


def last_outcomes(deployment: Deployment, since: datetime, until: datetime, tasks: Iterable[str] = ()) -> LastOutcomes:
    """The last ended run of each task in the outcome logs, and messages about missing logs.

    `tasks` are the names of all tasks. They are needed because an event about an execution contains only the name of
    the state machine, which can be truncated.
    """
    rows, lost = _outcomes(deployment, _LAST, since, until)
    runs: dict[str, Run] = {}
    for run in _named(deployment, _runs(deployment, rows), tasks):
        runs.setdefault(run.task, run)
    return LastOutcomes(runs, lost, list(ends_of_work(deployment, rows)))


def _named(deployment: Deployment, runs: Iterable[Run], tasks: Iterable[str]) -> Iterator[Run]:
    """Yield the runs with the full names of their tasks."""
    full_names = {records.task_of_machine(deployment.names.state_machine(task)): task for task in tasks}
    for run in runs:
        yield replace(run, task=full_names.get(run.task, run.task))


def _outcomes(
    deployment: Deployment, query: str, since: datetime, until: datetime
) -> tuple[list[dict[str, str]], list[str]]:
    """The results of a query of the outcome logs, the newest first, and messages about missing logs.

    If a log is missing, the others are still queried.
    """
    logs, groups = deployment.client("logs"), deployment.outcome_log_groups
    try:
        return insights(deployment.aws, groups, query, since, until), []
    except logs.exceptions.ResourceNotFoundException:
        rows, missing = list[dict[str, str]](), list[str]()
    for group in groups:
        try:
            rows += insights(deployment.aws, [group], query, since, until)
        except logs.exceptions.ResourceNotFoundException:
            missing.append(group)
    return sorted(rows, key=lambda row: row.get("@timestamp", ""), reverse=True), [_missing_logs(missing, groups)]


def _missing_logs(missing: Sequence[str], groups: Sequence[str]) -> str:
    if len(missing) < len(groups):
        outcomes = " or ".join(group.rsplit("/", 1)[-1] for group in missing)
        return f"It is not known which runs {outcomes}: the log group {', '.join(missing)} doesn't exist."
    return "The outcomes of runs are not known: the stack has no outcome logs (monitoring.outcomes)."


def _runs(deployment: Deployment, rows: Iterable[Mapping[str, str]]) -> Iterator[Run]:
    """Yield the runs of events. Rows that hold no event, for example because someone wrote to the log, are omitted, and
    so are events about work that calls start: see `ends_of_work`."""
    for row in rows:
        event = event_of(row.get("@message", ""))
        detail = mapping(event.get("detail"))
        if detail and _is_of_call(deployment, event):
            continue
        if detail and not str(detail.get("group", "")).startswith(SUPERVISED_GROUP):
            yield records.from_event(event, outcome_of(row.get("@log", "")))


def _succeeded(rows: Iterable[Mapping[str, str]]) -> Iterator[Run]:
    """Yield the runs of rows with the fields of their events. Same as `_runs`, for the log of runs that succeeded."""
    for row in rows:
        detail: dict[str, Json] = {
            name.removeprefix("detail."): value for name, value in row.items() if name.startswith("detail.")
        }
        attempts = str(detail.pop("attempts", ""))
        if (
            row.get("source") in _SOURCES_OF_CALLS
            or not detail
            or str(detail.get("group", "")).startswith(SUPERVISED_GROUP)
        ):
            continue
        if attempts.isdigit():
            detail["attempts"] = int(attempts)
        run = records.from_event({"source": row.get("source", ""), "detail": detail}, SUCCEEDED)
        # The rule of this log matches no other exit code (components.monitoring.events).
        yield replace(run, exit_code=0)


def ends_of_work(deployment: Deployment, rows: Iterable[Mapping[str, str]]) -> Iterator[EndOfWork]:
    """Yield the events about work that calls start."""
    for row in rows:
        event, outcome = event_of(row.get("@message", "")), outcome_of(row.get("@log", ""))
        if outcome and mapping(event.get("detail")) and _is_of_call(deployment, event):
            yield EndOfWork(event, outcome)


def _whole(row: Mapping[str, str]) -> dict[str, str]:
    """A row of `_ALL_SUCCEEDED` with the event about work in it."""
    named = {name.strip("`"): value for name, value in row.items()}
    detail = {name.removeprefix("detail."): value for name, value in named.items() if name.startswith("detail.")}
    event = {"source": named.get("source", ""), "time": named.get("time", ""), "detail": detail}
    return {"@message": json.dumps(event), "@log": f"/{SUCCEEDED}"}


_SOURCES_OF_CALLS = frozenset(kind.source for kind in WORK.values())
"""Sources of events about work that calls start. Supervised runs that succeed have another source."""


def _is_of_call(deployment: Deployment, event: Mapping[str, Json]) -> bool:
    """Whether an event is about work that a call starts, and not about a supervised run."""
    if event.get("source") == records.STEP_FUNCTIONS:
        machine = str(mapping(event.get("detail")).get("stateMachineArn", "")).rsplit(":", 1)[-1]
        return bool(machine) and not machine.startswith(deployment.names.state_machine_prefix)
    return event.get("source") in _SOURCES_OF_CALLS


def event_of(message: str) -> Mapping[str, Json]:
    """The event in a row of an outcome log. Empty for anything else."""
    try:
        return mapping(read_json(message))
    except ValueError:
        return {}


def outcome_of(log: str) -> str | None:
    """The outcome in the name of an outcome log; None if the query didn't return the name."""
    return next((outcome for outcome in (FAILED, SUCCEEDED) if log.endswith(f"/{outcome}")), None)
