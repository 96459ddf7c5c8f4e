"""Runs as people ask of them: when, how long, with what end, and why. From what ECS, EventBridge and Step Functions
tell of them; data in, data out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from components.monitoring.events import FAILED, SUCCEEDED
from components.supervised.ending import OUTCOME_SOURCE
from components.supervised.settings import RUN_VARIABLE, SUPERVISED_GROUP

from .request import MANUAL, SCHEDULED_BY, STARTED_BY, deciding_container

Data = Mapping[str, Any]

RUNNING = "running"
SCHEDULE, HAND = "schedule", "hand"
STOPPED = "STOPPED"
STEP_FUNCTIONS = "aws.states"
"""The source of events about executions."""
_CLEAN_STOP = "EssentialContainerExited"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a scheduled task."""

    id: str
    """The last part of the ECS task's ARN; the name of the execution of a supervised run."""
    task: str
    outcome: str
    """`running`, `succeeded` or `failed`."""
    started: datetime | None
    """When its container started; where none did, when it was asked for."""
    stopped: datetime | None = None
    exit_code: int | None = None
    reason: str = ""
    by: str = ""
    """Who started it: `schedule`, a person's name, or `hand` where the person is not known."""
    attempts: int = 1
    tasks: tuple[str, ...] = ()
    """The ids of its ECS tasks, by which its log streams are named."""

    @property
    def duration(self) -> timedelta | None:
        """How long it ran, where it has ended."""
        return self.stopped - self.started if self.started and self.stopped else None

    def as_data(self) -> dict[str, Any]:
        """As JSON has it; the duration in seconds."""
        return {
            "id": self.id,
            "task": self.task,
            "outcome": self.outcome,
            "started": self.started,
            "stopped": self.stopped,
            "seconds": None if self.duration is None else round(self.duration.total_seconds()),
            "exitCode": self.exit_code,
            "reason": self.reason,
            "by": self.by,
            "attempts": self.attempts,
            "tasks": list(self.tasks),
        }


def from_task(task: Data, outcome: str | None = None, container: str | None = None) -> Run:
    """A run from an ECS task, as DescribeTasks has it or an event's detail; `outcome` is that of the log it is from,
    `container` the one whose exit code counts, where its task definition tells."""
    code = exit_code(task, container)
    if outcome is None:
        outcome = RUNNING if task.get("lastStatus") != STOPPED else SUCCEEDED if _clean(task, code) else FAILED
    return Run(
        id=last_part(task.get("taskArn", "")),
        task=str(task.get("group", "")).removeprefix(SUPERVISED_GROUP),
        outcome=outcome,
        started=instant(task.get("startedAt")) or instant(task.get("createdAt")),
        stopped=instant(task.get("stoppedAt")),
        exit_code=code,
        reason="" if outcome in (SUCCEEDED, RUNNING) else reason(task, container),
        by=_starter(str(task.get("startedBy", ""))),
        tasks=(last_part(task["taskArn"]),) if "taskArn" in task else (),
    )


def from_supervised_event(detail: Data, outcome: str) -> Run:
    """A run from the final outcome of a supervised one: the run is its execution, whatever its attempts."""
    name = last_part(str(detail["executionArn"]), ":")
    return replace(
        from_task(detail, outcome),
        id=name,
        by=_executed_by(name),
        attempts=int(detail.get("attempts", 1)),
    )


def from_event(event: Data, outcome: str) -> Run:
    """A run from an event in the log of an outcome."""
    detail = event["detail"]
    if event.get("source") == OUTCOME_SOURCE:
        return from_supervised_event(detail, outcome)
    if event.get("source") == STEP_FUNCTIONS:
        # The execution was stopped, so that it could not tell its outcome.
        return from_execution(detail, task_of_machine(last_part(detail["stateMachineArn"], ":")))
    return from_task(detail, outcome)


def from_execution(execution: Data, task: str) -> Run:
    """A run from an execution, as ListExecutions and DescribeExecution have it."""
    outcome = {"RUNNING": RUNNING, "SUCCEEDED": SUCCEEDED}.get(execution["status"], FAILED)
    why = ": ".join(str(execution[key]) for key in ("error", "cause") if execution.get(key))
    return Run(
        id=execution["name"],
        task=task,
        outcome=outcome,
        started=instant(execution.get("startDate")),
        stopped=instant(execution.get("stopDate")),
        reason="" if outcome != FAILED else why or execution["status"],
        by=_executed_by(execution["name"]),
    )


def task_of_machine(name: str) -> str:
    """The task of a state machine, which is named `<prefix>__<task>`; of a long name of a task, what stands for it."""
    return name.split("__", 1)[-1]


def exit_code(task: Data, container: str | None = None) -> int | None:
    """The exit code of the container that does the work: of `container`, where the task itself does not tell which.
    None where it has none, and where several may be it that did not end alike."""
    codes = _exit_codes(task)
    name = deciding_container(task.get("containers", ()), task.get("overrides", {})) or container
    if name is None:
        return next(iter(codes.values())) if len(set(codes.values())) == 1 else None
    return codes.get(name)


def _exit_codes(task: Data) -> dict[str, int | None]:
    return {each["name"]: each.get("exitCode") for each in task.get("containers", ()) if "name" in each}


def reason(task: Data, container: str | None = None) -> str:
    """Why a task ended, in ECS's words: of its containers where they say something, else of the task. `container` is as
    in `exit_code`."""
    counts = deciding_container(task.get("containers", ()), task.get("overrides", {})) or container
    if not counts and len(set(_exit_codes(task).values())) > 1:
        codes = ", ".join(f"{name} {code}" for name, code in _exit_codes(task).items())
        return f"{_said(task)}; which of its containers counts is not known: {codes}".removeprefix("; ")
    return _said(task)


def _said(task: Data) -> str:
    own = [str(container["reason"]) for container in task.get("containers", ()) if container.get("reason")]
    stopped = str(task.get("stoppedReason", ""))
    if task.get("stopCode", _CLEAN_STOP) == _CLEAN_STOP:
        return "; ".join(own) or stopped
    return "; ".join(dict.fromkeys([f"{task['stopCode']}: {stopped}" if stopped else task["stopCode"], *own]))


def execution_of(task: Data) -> str:
    """The name of the execution that an ECS task belongs to; empty for one that no state machine started."""
    for entry in task.get("overrides", {}).get("containerOverrides", ()):
        for pair in entry.get("environment", ()):
            if pair.get("name") == RUN_VARIABLE:
                return str(pair.get("value", ""))
    return ""


def last_part(arn: str, separator: str = "/") -> str:
    """What an ARN ends with."""
    return arn.rsplit(separator, 1)[-1]


def instant(value: object) -> datetime | None:
    """A time of AWS, from an answer or from an event: text, or milliseconds."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    if isinstance(value, str) and value:
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def _clean(task: Data, code: int | None) -> bool:
    return code == 0 and task.get("stopCode", _CLEAN_STOP) == _CLEAN_STOP


def _executed_by(name: str) -> str:
    return HAND if name.startswith(MANUAL) else SCHEDULE


def _starter(started_by: str) -> str:
    if started_by.startswith(SCHEDULED_BY):
        return SCHEDULE
    return started_by.removeprefix(STARTED_BY).split("/")[0]


def with_attempts(run: Run, tasks: Sequence[Data], container: str | None = None) -> Run:
    """A supervised run with what its ECS tasks tell: the exit code and reason of the last, and how many there were.
    `container` is as in `from_task`."""
    if not tasks:
        return run
    last = tasks[-1]
    code = exit_code(last, container)
    return replace(
        run,
        exit_code=run.exit_code if code is None else code,
        reason=run.reason or (reason(last, container) if run.outcome == FAILED else ""),
        attempts=max(run.attempts, len(tasks)),
        tasks=tuple(last_part(task["taskArn"]) for task in tasks),
    )


def merged(*sources: Iterable[Run]) -> list[Run]:
    """The runs of all sources, each once, the newest first. What an earlier source knows of a run counts; a later one
    fills in what is not known."""
    runs: dict[str, Run] = {}
    for source in sources:
        for run in source:
            known = runs.get(run.id)
            runs[run.id] = _filled(known, run) if known else run
    earliest = datetime.min.replace(tzinfo=UTC)
    return sorted(runs.values(), key=lambda run: (run.started or run.stopped or earliest, run.id), reverse=True)


def _filled(run: Run, other: Run) -> Run:
    return replace(
        run,
        started=run.started or other.started,
        stopped=run.stopped or other.stopped,
        exit_code=other.exit_code if run.exit_code is None else run.exit_code,
        reason=run.reason or other.reason,
        by=run.by or other.by,
        attempts=max(run.attempts, other.attempts),
        tasks=run.tasks if len(run.tasks) >= len(other.tasks) else other.tasks,
    )
