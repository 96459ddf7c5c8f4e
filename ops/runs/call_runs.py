"""The work that calls start, from the outcome logs: executions, jobs, builds and pipelines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from components.aws.arn import Arn
from components.calls.any_call import OUTCOMES
from components.calls.kinds import call_of
from components.calls.model import Call
from components.json_values import Data, Json, mapping, value_at
from components.monitoring.call_events import WORK, watched
from components.resolved import CallTask

from ..aws.call_targets import UNIVERSAL, operation_of, parameters_of
from ..aws.deployment import Deployment
from ..aws.schedules import Schedule
from . import outcome_logs
from .ecs_tasks import known_instant
from .outcome_logs import EndOfWork
from .records import Run

_EXECUTE = "sfn:startExecution"


@dataclass(frozen=True, slots=True)
class Work:
    """The work that a call starts.

    Args:
        source: The source of the events about it.
        members: The members of an event's detail that identify it.
    """

    source: str
    members: Mapping[str, str]

    def is_in(self, event: Mapping[str, Json]) -> bool:
        """Whether an event is about this work."""
        detail = mapping(event.get("detail"))
        return event.get("source") == self.source and all(
            detail.get(name) == value for name, value in self.members.items()
        )


def work_of(schedule: Schedule) -> Work | None:
    """The work that a schedule's call starts. None if no event reports its end."""
    return work_of_target(schedule.target_arn, schedule.input)


def work_of_target(target_arn: str, text: str) -> Work | None:
    """The same, from the target's ARN and the text of its input."""
    operation = operation_of(target_arn)
    templated = "" if Arn.parse(target_arn).service == UNIVERSAL else target_arn
    reference = _EXECUTE if operation == "states" else operation
    if reference not in OUTCOMES:
        return None
    service, _, action = reference.partition(":")
    given = parameters_of(target_arn, text)
    return _work(Call(service, action, given, (), templated=templated, outcome=OUTCOMES[reference]))


def work_of_task(task: CallTask, deployment: Deployment) -> Work | None:
    """The same, from the configuration of a call."""
    return _work(call_of(cast("Data", task.args), deployment.account, deployment.names.family(task.name)))


def reports_end(target_arn: str) -> bool:
    """Whether a service reports the end of the work that a call with this target starts."""
    operation = operation_of(target_arn)
    return operation in OUTCOMES or operation == "states"


def _work(call: Call) -> Work | None:
    members = watched(call)
    return Work(WORK[call.outcome].source, members) if members else None


def runs_of_work(ends: Iterable[EndOfWork], work: Mapping[str, Work]) -> Iterator[Run]:
    """Yield the runs of calls, in the order of the events. Several calls can start the same work.

    Args:
        ends: Events about work.
        work: The work of each call, by name.
    """
    seen: set[tuple[str, str]] = set()
    for end in ends:
        for task in (task for task, own in work.items() if own.is_in(end.event)):
            run = run_of(end.event, task, end.outcome)
            if (task, run.id) not in seen:
                # Events can be duplicated.
                seen.add((task, run.id))
                yield run


def call_runs(
    deployment: Deployment, task: str, schedule: Schedule, since: datetime, until: datetime, most: int
) -> tuple[list[Run], list[str]] | None:
    """The newest ended work of a call, and messages about missing logs. None if no event reports its end.

    Makes one query. Includes work that others started on the same resource.
    """
    found = work_of(schedule)
    if found is None:
        return None
    # A member with a hyphen needs backticks. AWS: CloudWatch Logs user guide, "Supported logs and discovered fields".
    conditions = [f'source = "{found.source}"']
    conditions += [f'`detail.{name}` = "{value}"' for name, value in found.members.items()]
    rows, lost = outcome_logs.matching(deployment, " and ".join(conditions), since, until, most)
    return list(runs_of_work(outcome_logs.ends_of_work(deployment, rows), {task: found})), lost


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
