"""The schedules of a deployment, as they are in AWS."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from components.aws import names
from components.aws.arn import Arn
from components.aws.names import CALL_MACHINE_ENDS
from components.json_values import Data, mapping, read_json
from components.problems import listed, nearest
from components.resolved import CatchUp
from components.schedules import AFTER_TASK, WITHOUT_TIMES, Expression, ExpressionError, Rate, next_runs, parse
from components.supervised.settings import AFTER
from components.task.catch_up import catch_up_in

from ..errors import OpsError
from .answers import AnswerError
from .call_targets import UNIVERSAL, operation_of
from .deployment import STATES, Deployment
from .left_out import DeployedExceptions, deployed_exceptions

if TYPE_CHECKING:
    from mypy_boto3_scheduler.type_defs import ListSchedulesInputPaginateTypeDef


ONCE = "run-"
"""The start of a schedule's own name if somebody made a call once. The name continues with 8 hexadecimal digits."""
_MADE_ONCE = re.compile(rf".*__{ONCE}[0-9a-f]{{8}}")
_CATCH_UP = re.compile(r".*__catchup-[0-9a-f]{8}([0-9a-f]{8})")


DEFAULT_RETRY = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400}
"""Retries of a target without a retry policy. AWS: EventBridge Scheduler API reference, RetryPolicy."""


class NoScheduleError(OpsError):
    """A task has no schedule: there is no such task, or its schedules have ended and were deleted."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A schedule as AWS lists it: 100 per call, without the expression and most of the target."""

    name: str
    enabled: bool
    target_arn: str
    """The cluster, the state machine of a supervised task, or the target of a call."""
    modified: datetime
    machine_prefix: str = ""
    """The start of the names of the deployment's state machines."""

    @property
    def task(self) -> str:
        """Name of the task. If the schedule's name was truncated, it is the schedule's name."""
        return names.task_of_schedule(self.name)

    @property
    def supervised(self) -> bool:
        """Whether a state machine of the deployment runs the task."""
        return is_supervised(self.target_arn, self.machine_prefix)

    @property
    def is_call(self) -> bool:
        """Whether the task makes an API call instead of running a container."""
        return is_call(self.target_arn, self.machine_prefix)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule with all its settings."""

    name: str
    arn: str
    expression: str
    timezone: str
    enabled: bool
    target: Data
    """The target in AWS's spelling."""
    start: datetime | None = None
    end: datetime | None = None
    window_minutes: int | None = None
    modified: datetime | None = field(default=None, compare=False)
    description: str = field(default="", compare=False)
    kms_key_arn: str = field(default="", compare=False)
    """The key that encrypts what it sends to its target. Empty for AWS's own."""
    machine_prefix: str = field(default="", compare=False)
    """The start of the names of the deployment's state machines."""

    @property
    def target_arn(self) -> str:
        """The cluster, or the state machine of a supervised task."""
        return self.target["Arn"]

    @property
    def role_arn(self) -> str:
        """The role that EventBridge Scheduler assumes. Empty if there is none."""
        return self.target.get("RoleArn", "")

    @property
    def retry(self) -> Mapping[str, int]:
        """The retry policy, with AWS's defaults."""
        return {**DEFAULT_RETRY, **self.target.get("RetryPolicy", {})}

    @property
    def dead_letter_queue_arn(self) -> str:
        """The dead-letter queue. Empty if there is none."""
        return self.target.get("DeadLetterConfig", {}).get("Arn", "")

    @property
    def input(self) -> str:
        """The input of the target. Empty if there is none."""
        return self.target.get("Input", "")

    @property
    def supervised(self) -> bool:
        """Whether a state machine of the deployment runs the task."""
        return is_supervised(self.target_arn, self.machine_prefix)

    @property
    def is_call(self) -> bool:
        """Whether the task makes an API call instead of running a container."""
        return is_call(self.target_arn, self.machine_prefix)

    @property
    def has_call_machine(self) -> bool:
        """Whether it starts a state machine that does the work of a call, such as office hours."""
        return has_call_machine(self.target_arn)

    @property
    def parameters(self) -> Data:
        """The parameters of RunTask, in AWS's spelling. Empty for a supervised task."""
        return self.target.get("EcsParameters", {})

    @property
    def task_count(self) -> int:
        """The number of ECS tasks per run."""
        return int(self.parameters.get("TaskCount", 1))

    @property
    def task_definition_arn(self) -> str:
        """The task definition and its revision. Empty for a supervised task, whose state machine names it."""
        return self.parameters.get("TaskDefinitionArn", "")

    @property
    def on_demand(self) -> bool:
        """Whether it never starts a run by itself."""
        return self.expression in WITHOUT_TIMES

    @property
    def after(self) -> str:
        """The task after whose successes a rule starts its task. Empty for none."""
        if self.expression != AFTER_TASK:
            return ""
        try:
            name = mapping(read_json(self.input or "{}")).get(AFTER)
        except ValueError:
            return ""
        return name if isinstance(name, str) else ""

    @property
    def exceptions(self) -> DeployedExceptions:
        """The times that it leaves out."""
        return deployed_exceptions(self.input) if self.supervised or self.has_call_machine else DeployedExceptions()

    @property
    def catch_up(self) -> CatchUp | None:
        """The times that run after a pause by hand that skipped them. None for none."""
        return catch_up_in(self.description)

    def left_out(self, time: datetime) -> str:
        """Return why it leaves out a scheduled time. Empty if it doesn't."""
        return self.exceptions.reason(time)

    def runs(self, after: datetime) -> Iterator[datetime]:
        """Yield the runs after a time, without those that are left out. See `due`."""
        exceptions = self.exceptions
        return (run for run in self.due(after) if not exceptions.reason(run)) if exceptions else self.due(after)

    def due(self, after: datetime) -> Iterator[datetime]:
        """Yield the scheduled times after a time, in the schedule's timezone.

        Yields nothing if the schedule is disabled or its expression can't be parsed. For an `unanchored` interval, the
        times are estimates.
        """
        if not self.enabled:
            return iter(())
        expression = understood(self.expression)
        if expression is None:
            return iter(())
        return next_runs(expression, self.timezone, after, start=self.start, end=self.end)


def understood(expression: str) -> Expression | None:
    """Parse a schedule expression from AWS. Returns None if it can't be parsed."""
    try:
        return parse(expression)
    except ExpressionError:
        return None


def unanchored(expression: str, start: datetime | None) -> timedelta | None:
    """Return the interval of a rate without a start, or None for any other schedule.

    Such a rate runs when the schedule is created, and AWS counts from then. AWS doesn't document if an update restarts
    the count. So only the interval is known. AWS: EventBridge Scheduler user guide, "Schedule types".
    """
    parsed = understood(expression)
    return timedelta(minutes=parsed.minutes) if isinstance(parsed, Rate) and start is None else None


def is_supervised(target_arn: str, machine_prefix: str = "") -> bool:
    """Tell if the target of a schedule is a state machine of a deployment, whose names start with a prefix."""
    target = Arn.parse_if_arn(target_arn)
    if target is None or target.service != STATES:
        return False
    # The state machine of a call runs no task, so its schedules are calls.
    return target.resource_id.startswith(machine_prefix) and not has_call_machine(target_arn)


def has_call_machine(target_arn: str) -> bool:
    """Tell if the target of a schedule is a state machine that does the work of a call."""
    return target_arn.endswith(CALL_MACHINE_ENDS)


def is_call(target_arn: str, machine_prefix: str = "") -> bool:
    """Tell if a schedule makes an API call: its target is neither a cluster nor a state machine of the deployment."""
    target = Arn.parse_if_arn(target_arn)
    return target is not None and target.service != "ecs" and not is_supervised(target_arn, machine_prefix)


def call_in_words(target_arn: str) -> str:
    """Return the operation of a call, or the service and the name of its target: `rds:stopDBInstance`."""
    target = Arn.parse(target_arn)
    operation = operation_of(target_arn)
    return operation if target.service == UNIVERSAL else f"{operation} {target.resource_id}"


def catch_up_name(schedule: str, time: datetime) -> str:
    """The name of the one-time schedule that catches up a scheduled time: always the same, so that none runs twice."""
    digest = hashlib.sha256(schedule.encode()).hexdigest()[:8]
    return names.named_schedule(names.task_of_schedule(schedule), f"catchup-{digest}{int(time.timestamp()):08x}")


def caught_up_time(name: str) -> datetime | None:
    """The scheduled time that a one-time schedule catches up, from its name. None for other schedules."""
    found = _CATCH_UP.fullmatch(name)
    return datetime.fromtimestamp(int(found[1], 16), UTC) if found else None


def list_schedules(deployment: Deployment, name_prefix: str | None = None) -> list[Listed]:
    """List the schedules of the deployment by name. Makes one call per 100 schedules."""
    return [item for item in list_all(deployment, name_prefix) if caught_up_time(item.name) is None]


def list_all(deployment: Deployment, name_prefix: str | None = None) -> list[Listed]:
    """List the schedules of the deployment by name, also those that catch up times after a pause.

    Makes one call per 100 schedules.
    """
    request: ListSchedulesInputPaginateTypeDef = {
        "GroupName": deployment.name,
        "PaginationConfig": {"PageSize": 100},
    }
    if name_prefix:
        request["NamePrefix"] = name_prefix
    pages = deployment.client("scheduler").get_paginator("list_schedules").paginate(**request)
    prefix = deployment.names.state_machine_prefix
    found = [
        Listed(item["Name"], item["State"] == "ENABLED", item["Target"]["Arn"], item["LastModificationDate"], prefix)
        for page in pages
        for item in page["Schedules"]
        # AWS deletes it soon.
        if not _MADE_ONCE.fullmatch(item["Name"])
    ]
    return sorted(found, key=lambda item: item.name)


def get_schedule(deployment: Deployment, name: str) -> Schedule:
    """Read a schedule. Makes one call."""
    found = deployment.client("scheduler").get_schedule(GroupName=deployment.name, Name=name)
    return schedule_of(found, deployment.names.state_machine_prefix)


def schedule_of(found: Mapping[str, Any], machine_prefix: str = "") -> Schedule:
    """The schedule in an answer of GetSchedule. The deployment's state machines have names with `machine_prefix`."""
    return Schedule(
        name=found["Name"],
        arn=found["Arn"],
        expression=found["ScheduleExpression"],
        timezone=found.get("ScheduleExpressionTimezone") or "UTC",
        enabled=found["State"] == "ENABLED",
        target=found["Target"],
        start=found.get("StartDate"),
        end=found.get("EndDate"),
        window_minutes=found["FlexibleTimeWindow"].get("MaximumWindowInMinutes"),
        modified=found.get("LastModificationDate"),
        machine_prefix=machine_prefix,
        description=found.get("Description", ""),
        kms_key_arn=found.get("KmsKeyArn", ""),
    )


def _tasks_with_definitions(deployment: Deployment) -> set[str]:
    """Return the tasks of the deployment that have a task definition, also those whose schedules are gone.

    Empty if the call fails: the names are only suggestions.
    """
    ecs, prefix = deployment.client("ecs"), deployment.names.family_prefix
    pages = ecs.get_paginator("list_task_definition_families").paginate(familyPrefix=prefix, status="ACTIVE")
    try:
        return {family.removeprefix(prefix) for page in pages for family in page["families"]}
    except (ecs.exceptions.ClientError, AnswerError):
        return set()


def schedules_of(deployment: Deployment, task: str) -> list[Listed]:
    """List the schedules of a task: those that are named by position, then the others by name.

    Raises OpsError, with a suggestion, if there are none.
    """
    by_position = {names.schedule(task, position): position for position in range(names.MOST_SCHEDULES)}
    candidates = list_schedules(deployment, task[: names.SCHEDULE_PREFIX_LENGTH])
    if found := [item for item in candidates if names.is_schedule_of(item.name, task)]:
        return sorted(found, key=lambda item: (by_position.get(item.name, len(by_position)), item.name))
    known = {item.task for item in list_schedules(deployment)} | _tasks_with_definitions(deployment)
    raise NoScheduleError(f'{deployment.name} has no task "{task}".{nearest(task, known)}')


def chosen_schedule(deployment: Deployment, task: str, name: str | None = None) -> Schedule:
    """Read the named schedule of a task, or its only schedule. Raises OpsError if the choice isn't clear."""
    return get_schedule(deployment, chosen_name(task, [item.name for item in schedules_of(deployment, task)], name))


def chosen_name(task: str, existing: Sequence[str], name: str | None) -> str:
    """Return the full name of the chosen schedule of a task, or of its only schedule.

    Args:
        task: Name of the task.
        existing: The full names of its schedules.
        name: A full name, or a schedule's own name; None for the only schedule.

    Raises OpsError if the choice isn't clear.
    """
    if name is None and len(existing) > 1:
        raise OpsError(f"{task} has several schedules. Choose one: --schedule {listed(existing)}.")
    if name is None:
        return existing[0]
    for full in (name, names.named_schedule(task, name)):
        if full in existing:
            return full
    raise OpsError(
        f'{task} has no schedule "{name}". Its schedules: {listed(existing, "and")}.{nearest(name, existing)}'
    )
