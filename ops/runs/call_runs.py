"""The work that calls start, from the outcome logs: executions, jobs, builds and pipelines."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from components.aws.arn import Arn
from components.calls.any_call import OUTCOMES
from components.calls.model import Call
from components.json_values import Json, mapping, value_at
from components.monitoring.call_events import WORK, watched

from ..aws.call_targets import UNIVERSAL, operation_of, parameters_of
from ..aws.deployment import Deployment
from ..aws.schedules import Schedule
from . import outcome_logs
from .ecs_tasks import known_instant
from .records import Run

_EXECUTE = "sfn:startExecution"


def work_of(schedule: Schedule) -> tuple[str, dict[str, str]] | None:
    """The source of the events about the work that a schedule's call starts, and the members that identify it. None if
    no event reports its end."""
    operation = operation_of(schedule.target_arn)
    templated = "" if Arn.parse(schedule.target_arn).service == UNIVERSAL else schedule.target_arn
    reference = _EXECUTE if operation == "states" else operation
    if reference not in OUTCOMES:
        return None
    service, _, action = reference.partition(":")
    given = parameters_of(schedule.target_arn, schedule.input)
    call = Call(service, action, given, (), templated=templated, outcome=OUTCOMES[reference])
    members = watched(call)
    return (WORK[call.outcome].source, members) if members else None


def call_runs(
    deployment: Deployment, task: str, schedule: Schedule, since: datetime, until: datetime, most: int
) -> tuple[list[Run], list[str]] | None:
    """The newest ended work of a call, and messages about missing logs. None if no event reports its end.

    Makes one query. Includes work that others started on the same resource.
    """
    found = work_of(schedule)
    if found is None:
        return None
    source, members = found
    # A member with a hyphen needs backticks. AWS: CloudWatch Logs user guide, "Supported logs and discovered fields".
    conditions = [f'source = "{source}"', *(f'`detail.{name}` = "{value}"' for name, value in members.items())]
    rows, lost = outcome_logs.matching(deployment, " and ".join(conditions), since, until, most)
    return list(_runs(rows, task)), lost


def _runs(rows: list[dict[str, str]], task: str) -> Iterator[Run]:
    seen: set[str] = set()
    for row in rows:
        event = outcome_logs.event_of(row.get("@message", ""))
        outcome = outcome_logs.outcome_of(row.get("@log", ""))
        if event and outcome and (run := run_of(event, task, outcome)).id not in seen:
            # Events can be duplicated.
            seen.add(run.id)
            yield run


def run_of(event: Mapping[str, Json], task: str, outcome: str) -> Run:
    """The run of an event about work that a call started."""
    detail = mapping(event.get("detail"))
    kind = next(kind for kind in WORK.values() if kind.source == event.get("source"))
    work = str(_at(event, kind.work) or "")
    failed = outcome == outcome_logs.FAILED
    reason = str((_at(event, kind.reason) if kind.reason else "") or detail.get(kind.status) or "")
    return Run(
        id=work.rsplit("/", 1)[-1].rsplit(":", 1)[-1],
        task=task,
        outcome=outcome,
        started=known_instant(detail.get("startDate") or detail.get("startedAt")),
        stopped=known_instant(detail.get("stopDate") or detail.get("stoppedAt") or event.get("time")),
        reason=reason if failed else "",
    )


def _at(event: Mapping[str, Json], path: str) -> Json:
    """The value at a JSON path, `$.detail.jobId`."""
    return value_at(event, *path.removeprefix("$.").split("."))
