"""Starts the run of a dead-letter message again, and deletes the message only after the run started.

No transaction spans the two services: someone interrupted between the two steps has started the run and kept the
message. So the launch takes its client token from the message, and a second redrive of the message is the same launch
while AWS remembers the token. RunTask remembers it for 24 hours, and at most an hour after the end of the run. The name
of an execution is taken for 90 days, longer than a message is kept. AWS: Amazon ECS API reference, "Ensuring
idempotency"; AWS Step Functions API reference, StartExecution.

AWS doesn't document if ECS remembers an answer that it had no capacity, and a launch that waits for capacity retries
with other tokens. So ECS tasks also carry the message's id (`startedBy`). A redrive first looks for such tasks, which
ECS shows until about an hour after their end.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from components.aws.names import family_of
from components.aws.names import schedule as schedule_name
from components.json_values import Object

from ..aws.deployment import Deployment
from ..aws.machines import machine_facts
from ..aws.schedules import NoScheduleError, Schedule, get_schedule
from ..aws.tasks import family_tasks
from ..errors import OpsError
from ..runs.calling import call_once
from ..runs.home import group_clusters, usable_revision
from ..runs.past_launch import made_up, past_launch
from ..runs.records import last_part
from ..runs.request import LaunchContext, RunChanges, redriven_for
from ..runs.starting import Started, start
from .executions import Executions
from .message import DeadLetter
from .queue import Queue, Received
from .request import malformed, refusal, target_in

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


@dataclass(frozen=True, slots=True)
class Redriven:
    """A message whose run has started, and which is deleted."""

    message: DeadLetter
    ids: list[str]
    """The ids of the run's ECS tasks, or the name of its execution."""
    started_before: bool
    """Whether an earlier redrive started the run."""

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {
            "message": self.message.id,
            "task": self.message.task,
            "ids": self.ids,
            "startedBefore": self.started_before,
        }


@dataclass(frozen=True, slots=True)
class Redrive:
    """Redrives messages."""

    deployment: Deployment
    queue: Queue
    executions: Executions
    who: str
    tell: Callable[[str], None]
    again: bool = False
    """Whether each launch gets a new token, so that AWS doesn't take it for an earlier one."""

    def one(self, received: Received) -> Redriven:
        """Start the run of a message and delete the message.

        Raises OpsError, or boto3's errors. Then the message is kept.
        """
        message = received.message
        schedule = self._schedule(message)
        # Receiving all messages takes time. If this message's visibility timeout is over, another operator may be
        # starting the same run.
        self.queue.hold(received)
        ids, started_before = self._start(message, schedule)
        if len(ids) < schedule.task_count:
            raise OpsError(f"Only {len(ids)} of {schedule.task_count} ECS tasks started ({', '.join(ids)}).")
        try:
            self.queue.delete(received)
        except Exception:
            self.tell(
                f"Started {', '.join(ids)}, but the message could not be deleted. Redrive it again within an hour, "
                f"which starts nothing else, or delete it: scheduled-tasks dead-letters delete {message.id}"
            )
            raise
        return Redriven(message, ids, started_before)

    def _schedule(self, message: DeadLetter) -> Schedule:
        deployment = self.deployment
        if message.unreadable:
            raise OpsError(
                f"The message is unreadable. {message.unreadable} To see it, run: "
                f"scheduled-tasks dead-letters show {message.id}"
            )
        if message.machine_arn:
            return self._schedule_of(message)
        if message.schedule_arn != deployment.resource("scheduler", f"schedule/{deployment.name}/{message.schedule}"):
            raise OpsError(f"The message is from {message.schedule_arn}, not from a schedule of {deployment.name}.")
        scheduler = self.deployment.client("scheduler")
        try:
            return get_schedule(self.deployment, message.schedule)
        except scheduler.exceptions.ResourceNotFoundException:
            return self._past_schedule(message)

    def _schedule_of(self, message: DeadLetter) -> Schedule:
        """Return the schedule of a task that a rule could not start after another one. It is disabled, and starts the
        same state machine."""
        deployment, arn = self.deployment, message.machine_arn
        show = f"To see the event, run: scheduled-tasks dead-letters show {message.id}"
        if not arn.startswith(deployment.resource("states", f"stateMachine:{deployment.names.state_machine_prefix}")):
            raise OpsError(f"The message is for {arn}, which is not a state machine of this stack. {show}")
        states, scheduler = deployment.client("stepfunctions"), deployment.client("scheduler")
        try:
            # A long name of a task is truncated in the name of the state machine.
            found = get_schedule(deployment, schedule_name(machine_facts(deployment, arn).task, 0))
        except (states.exceptions.StateMachineDoesNotExist, scheduler.exceptions.ResourceNotFoundException):
            raise OpsError(f"The task {message.task} doesn't exist any more. {show}") from None
        if found.target_arn != arn:
            raise OpsError(f"The task {message.task} doesn't start after another one any more. {show}")
        return found

    def _past_schedule(self, message: DeadLetter) -> Schedule:
        """Return a schedule that is gone: from the request in the message, or else from what AWS still knows."""
        run_task = self.deployment.client("ecs").meta.service_model.operation_model("RunTask").input_shape
        if why := malformed(message, run_task):
            raise OpsError(f"{why} To see the request, run: scheduled-tasks dead-letters show {message.id}")
        if target := target_in(message):
            return self._requested(message, target)
        try:
            past = past_launch(self.deployment, message.task)
        except NoScheduleError:
            raise OpsError(
                f"The schedule {message.schedule} doesn't exist any more. If the task was renamed, run: "
                f"scheduled-tasks run TASK. "
                f"To see what the schedule started, run: scheduled-tasks dead-letters show {message.id}"
            ) from None
        if past.problem:
            raise OpsError(past.problem)
        self.tell(past.sources)
        return past.schedule

    def _requested(self, message: DeadLetter, target: Object) -> Schedule:
        """Return the schedule that sends the request of a message, with an active revision."""
        deployment = self.deployment
        if why := refusal(target, deployment.names, group_clusters(deployment), deployment.arn):
            raise OpsError(f"{why} To see the request, run: scheduled-tasks dead-letters show {message.id}")
        origin = "the request in the message"
        if parameters := target.get("EcsParameters"):
            wanted = str(parameters["TaskDefinitionArn"])
            revision = usable_revision(deployment, wanted)
            origin += f" and the task definition {last_part(revision)}"
            target = {**target, "EcsParameters": {**parameters, "TaskDefinitionArn": revision}}
        self.tell(f"The schedule {message.schedule} doesn't exist any more. Its run uses {origin}.")
        return made_up(deployment, message.schedule, target)

    def _start(self, message: DeadLetter, schedule: Schedule) -> tuple[list[str], bool]:
        token = f"{message.id}-{uuid.uuid4().hex[:8]}" if self.again else message.id
        time = message.time or message.sent or datetime.now(UTC)
        delivered = message.time is not None and not self.again
        context = LaunchContext(schedule.arn, time, token, message.id, delivered, message.upstream)
        if schedule.is_call:
            made = call_once(self.deployment, message.task, schedule, context, who=self.who, now=datetime.now(UTC))
            return [made.schedule], made.existed

        def begin(context: LaunchContext, count: int | None = None) -> Started:
            changes = RunChanges(count=count)
            return start(self.deployment, message.task, schedule, context, changes, who=self.who, tell=self.tell)

        if schedule.supervised:
            name, started_before = self.executions.run(schedule.target_arn, context, begin)
            return [name], started_before
        return self._start_tasks(message, schedule, context, begin)

    def _start_tasks(
        self,
        message: DeadLetter,
        schedule: Schedule,
        context: LaunchContext,
        begin: Callable[[LaunchContext, int], Started],
    ) -> tuple[list[str], bool]:
        """Start the ECS tasks of the run that don't exist yet."""
        existing = [] if self.again else self._existing_tasks(message, schedule)
        if len(existing) >= schedule.task_count:
            return existing, True
        if existing:
            # A smaller request than the first, so it needs another token.
            context = replace(context, execution_id=f"{context.execution_id}-{len(existing)}")
        ecs = self.deployment.client("ecs")
        try:
            started = begin(context, schedule.task_count - len(existing))
        except ecs.exceptions.ConflictException as error:
            # The token was used with another request: by another operator, or with an earlier revision.
            return [*existing, *_started_before(error)], True
        return [*existing, *started.ids], False

    def _existing_tasks(self, message: DeadLetter, schedule: Schedule) -> list[str]:
        """Return the ids of the ECS tasks that an earlier redrive of the message started."""
        tasks = family_tasks(self.deployment, schedule.target_arn, family_of(schedule.task_definition_arn))
        return [last_part(task["taskArn"]) for task in tasks if redriven_for(task) == message.id]


def _started_before(error: "ClientError") -> list[str]:
    arns: list[str] = error.response.get("resourceIds", [])
    if not arns:
        raise OpsError(
            "An earlier redrive sent another request, and AWS doesn't tell if that started anything. Check the runs of "
            "the task with scheduled-tasks history. To start a run anyway, pass --again."
        ) from error
    return [last_part(arn) for arn in arns]
