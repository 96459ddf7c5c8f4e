"""Runs as commands show them: start, duration, outcome and reason. Pure.

The data comes from ECS, EventBridge and Step Functions.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from components.json_values import Json, as_json, mapping
from components.monitoring.events import FAILED, SUCCEEDED
from components.supervised import language
from components.supervised.ending import OUTCOME_SOURCE
from components.supervised.settings import SUPERVISED_GROUP

from .containers import deciding_container
from .ecs_tasks import STOPPED, EcsTask, instant, known_instant, last_part
from .marks import marked_revision, marked_time
from .request import MANUAL, SCHEDULED_BY, STARTED_BY
from .waits import Waiting

__all__ = ["STOPPED", "instant", "last_part"]

RUNNING = "running"
SKIPPED, REPLACED = "skipped", "replaced"
"""The outcomes of supervised runs that didn't start, or were stopped, because of another run."""
SCHEDULE, HAND = "schedule", "hand"
ID_LENGTH = 8
"""Characters of a run's ID that tables show. The commands accept such a prefix."""
STEP_FUNCTIONS = "aws.states"
"""The source of events about executions."""
_CLEAN_STOP = "EssentialContainerExited"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a task."""

    id: str
    """The last part of the ECS task's ARN, or the name of the execution of a supervised run."""
    task: str
    outcome: str
    """`running`, `succeeded` or `failed`; of a supervised run also `skipped` or `replaced`."""
    started: datetime | None
    """The time when its container started. If no container started, the time of the launch."""
    stopped: datetime | None = None
    exit_code: int | None = None
    reason: str = ""
    by: str = ""
    """Who started it: `schedule`, the name of a person, or `hand` if the name isn't known."""
    attempts: int = 1
    tasks: tuple[str, ...] = ()
    """The IDs of its ECS tasks, which are part of the names of its log streams."""
    schedule: str = ""
    """The schedule that started it. Empty if that isn't known, or for a run by hand."""
    for_time: datetime | None = None
    """The scheduled time that `backfill` started it for."""
    for_revision: int | None = None
    """The revision of the task definition that `run-deployed` started it for."""
    waiting: Waiting | None = None
    """The wait of a supervised run, if it waits and its history was read."""

    @property
    def short_id(self) -> str:
        """The first characters of the ID, enough to tell it from others. The commands accept such a prefix."""
        return self.id[: ID_LENGTH + (len(MANUAL) if self.id.startswith(MANUAL) else 0)]

    @property
    def duration(self) -> timedelta | None:
        """The duration of the run; None if it hasn't ended."""
        return self.stopped - self.started if self.started and self.stopped else None

    def lasting(self, now: datetime) -> timedelta | None:
        """The duration of the run, or the time since its start if it is running; None if that isn't known."""
        return now - self.started if self.outcome == RUNNING and self.started else self.duration

    def as_data(self) -> dict[str, object]:
        """The run for JSON output, with the duration in seconds."""
        return {
            "id": self.id,
            "task": self.task,
            "outcome": self.outcome,
            "started": self.started,
            "stopped": self.stopped,
            "seconds": None if self.duration is None else round(self.duration.total_seconds()),
            "exitCode": self.exit_code,
            "reason": self.reason,
            "waiting": self.waiting.as_data() if self.waiting else None,
            "by": self.by,
            "attempts": self.attempts,
            "tasks": list(self.tasks),
            "schedule": self.schedule,
            "forTime": self.for_time,
            "forRevision": self.for_revision,
        }


def from_task(data: Mapping[str, object], outcome: str | None = None, container: str | None = None) -> Run:
    """A run from an answer of DescribeTasks or the detail of an event.

    `outcome` is the outcome of the log that the event is from. `container` is the one whose exit code counts, if its
    task definition tells.
    """
    return from_ecs_task(EcsTask.read(data), outcome, container)


def from_ecs_task(task: EcsTask, outcome: str | None = None, container: str | None = None) -> Run:
    """A run from an ECS task. The parameters are the same as those of `from_task`."""
    code = exit_code(task, container)
    by_hand = task.started_by if task.started_by.startswith(STARTED_BY) else ""
    if outcome is None:
        outcome = RUNNING if task.status != STOPPED else SUCCEEDED if _succeeded(task, code) else FAILED
    return Run(
        id=task.id,
        task=task.group.removeprefix(SUPERVISED_GROUP),
        outcome=outcome,
        started=task.started or task.created,
        stopped=task.stopped,
        exit_code=code,
        reason="" if outcome in (SUCCEEDED, RUNNING) else reason(task, container),
        by=_starter(task.started_by),
        tasks=(task.id,) if task.arn else (),
        schedule=task.started_by.removeprefix(SCHEDULED_BY) if task.started_by.startswith(SCHEDULED_BY) else "",
        for_time=marked_time(by_hand),
        for_revision=marked_revision(by_hand),
    )


def from_event(event: Mapping[str, object], outcome: str | None) -> Run:
    """A run from an event in the outcome log of an outcome. If the log isn't known, the event tells the outcome."""
    detail = mapping(as_json(event.get("detail")))
    if event.get("source") == OUTCOME_SOURCE:
        return _from_supervised_event(detail, outcome)
    if event.get("source") == STEP_FUNCTIONS:
        # The execution was stopped, so it couldn't report an outcome itself.
        return from_execution(detail, task_of_machine(last_part(str(detail.get("stateMachineArn", "")), ":")))
    return from_task(detail, outcome)


def _from_supervised_event(detail: Mapping[str, Json], outcome: str | None) -> Run:
    """A run from the final outcome of a supervised run. The run is the execution, with all its attempts."""
    name = last_part(str(detail.get("executionArn", "")), ":")
    own = SUCCEEDED if detail.get("outcome") == SUCCEEDED else FAILED
    attempts = detail.get("attempts")
    run = from_task(detail, outcome or own)
    count = attempts if isinstance(attempts, int) else 1
    return replace(
        run,
        id=name,
        by=_starter_of_execution(name),
        for_time=marked_time(name),
        for_revision=marked_revision(name),
        attempts=count,
    )


def from_execution(execution: Mapping[str, object], task: str) -> Run:
    """A run from an answer of ListExecutions, which has no error, or of DescribeExecution."""
    name, status, error, cause = (str(execution.get(key) or "") for key in ("name", "status", "error", "cause"))
    outcome = _OUTCOMES.get(status) or _OUTCOMES_OF_ERRORS.get(error, FAILED)
    why = cause if outcome != FAILED and cause else ": ".join(part for part in (error, cause) if part)
    return Run(
        id=name,
        task=task,
        outcome=outcome,
        started=known_instant(execution.get("startDate")),
        stopped=known_instant(execution.get("stopDate")),
        reason="" if outcome in _OUTCOMES.values() else why or status or "AWS didn't report the status",
        by=_starter_of_execution(name),
        for_time=marked_time(name),
        for_revision=marked_revision(name),
    )


_OUTCOMES = {"RUNNING": RUNNING, "SUCCEEDED": SUCCEEDED}
_OUTCOMES_OF_ERRORS = {language.SKIPPED: SKIPPED, language.REPLACED: REPLACED}


def task_of_machine(name: str) -> str:
    """The task of a state machine, which is named `<prefix>__<task>`. A long task name is truncated in it."""
    return name.split("__", 1)[-1]


def exit_code(task: EcsTask, container: str | None = None) -> int | None:
    """The exit code of the container that decides. If the ECS task doesn't tell which one does, it is `container`.

    None if there is no exit code, or if several containers can decide and their exit codes differ.
    """
    codes = task.exit_codes
    name = deciding_container(task.containers, task.overridden) or container
    if name is None:
        return next(iter(codes.values())) if len(set(codes.values())) == 1 else None
    return codes.get(name)


def reason(task: EcsTask, container: str | None = None) -> str:
    """Why a task stopped, in the words of ECS. `container` is the same as in `exit_code`."""
    decides = deciding_container(task.containers, task.overridden) or container
    if not decides and len(set(task.exit_codes.values())) > 1:
        codes = ", ".join(f"{name} {code}" for name, code in task.exit_codes.items())
        return f"{_stated_reason(task)}; can't tell which exit code counts: {codes}".removeprefix("; ")
    return _stated_reason(task)


def _stated_reason(task: EcsTask) -> str:
    own = [state.reason for state in task.states if state.reason]
    if task.stop_code in ("", _CLEAN_STOP):
        return "; ".join(own) or task.stopped_reason
    stopped = f"{task.stop_code}: {task.stopped_reason}" if task.stopped_reason else task.stop_code
    # A container that can't start has the reason of the task.
    return "; ".join(dict.fromkeys([stopped, *(each for each in own if each not in stopped)]))


def execution_of(data: Mapping[str, object]) -> str:
    """The name of the execution that an ECS task belongs to; empty if no state machine started it."""
    return EcsTask.read(data).execution


def _succeeded(task: EcsTask, code: int | None) -> bool:
    return code == 0 and task.stop_code in ("", _CLEAN_STOP)


def _starter_of_execution(name: str) -> str:
    return HAND if name.startswith(MANUAL) else SCHEDULE


def _starter(started_by: str) -> str:
    if started_by.startswith(SCHEDULED_BY):
        return SCHEDULE
    return started_by.removeprefix(STARTED_BY).split("/")[0]


def with_attempts(run: Run, tasks: Sequence[EcsTask], container: str | None = None) -> Run:
    """A supervised run with the data of its ECS tasks: the exit code and reason of the last one, and their number.

    `container` is the same as in `exit_code`.
    """
    if not tasks:
        return run
    # The tasks of a run with `parallel` have their own attempts.
    last_attempts = {task.index: task for task in tasks}
    attempts = max(Counter(task.index for task in tasks).values())
    last = next((each for each in last_attempts.values() if exit_code(each, container)), tasks[-1])
    code = exit_code(last, container)
    return replace(
        run,
        exit_code=run.exit_code if code is None else code,
        reason=run.reason or (reason(last, container) if run.outcome == FAILED else ""),
        attempts=max(run.attempts, attempts),
        tasks=tuple(task.id for task in tasks),
    )


def merged(*sources: Iterable[Run]) -> list[Run]:
    """The runs of all sources without duplicates, the newest first. Later sources only add what isn't known yet."""
    runs: dict[str, Run] = {}
    for source in sources:
        for run in source:
            known = runs.get(run.id)
            runs[run.id] = _completed(known, run) if known else run
    earliest = datetime.min.replace(tzinfo=UTC)
    return sorted(runs.values(), key=lambda run: (run.started or run.stopped or earliest, run.id), reverse=True)


def _completed(run: Run, other: Run) -> Run:
    return replace(
        run,
        started=run.started or other.started,
        stopped=run.stopped or other.stopped,
        exit_code=other.exit_code if run.exit_code is None else run.exit_code,
        reason=run.reason or other.reason,
        by=run.by or other.by,
        attempts=max(run.attempts, other.attempts),
        schedule=run.schedule or other.schedule,
        for_time=run.for_time or other.for_time,
        for_revision=run.for_revision or other.for_revision,
        tasks=run.tasks if len(run.tasks) >= len(other.tasks) else other.tasks,
        waiting=run.waiting or other.waiting,
    )
