"""Starting the run of a dead letter again, and deleting the message when, and only when, it was started.

Nothing ties the two together, as they are of two services: whoever is interrupted between them has started the run and
kept the message. So the launch takes its token from the message. A second redrive of the same message is the same
launch, as far as AWS's memory of tokens goes: RunTask's lasts 24 hours, and no longer than an hour after the end of the
run; the name of an execution is taken for 90 days, which is longer than a message is kept. AWS: Amazon ECS API
reference, "Ensuring idempotency"; AWS Step Functions API reference, StartExecution.

Whether ECS remembers the answer that it had no capacity is not documented, and whoever waits for capacity asks again
with another token. So ECS tasks carry the message's id as well (`startedBy`), and those that are there are looked for
first: for about an hour after their end, and whoever started them.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from components.aws.names import family_of

from ..aws.deployment import Deployment
from ..aws.schedules import Schedule, get_schedule
from ..aws.tasks import family_tasks
from ..errors import OpsError
from ..runs.records import last_part
from ..runs.request import Occasion, Variation, redriven_for
from ..runs.starting import Started, start
from .executions import Executions
from .message import Letter
from .queue import Held, Queue


@dataclass(frozen=True, slots=True)
class Redriven:
    """A message whose run was started, and which is deleted."""

    letter: Letter
    ids: list[str]
    """The run's id: of each ECS task, or of the execution."""
    before: bool
    """Whether an earlier redrive had started it."""

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"message": self.letter.id, "task": self.letter.task, "ids": self.ids, "startedBefore": self.before}


@dataclass(frozen=True, slots=True)
class Redrive:
    """How messages are run again."""

    deployment: Deployment
    queue: Queue
    executions: Executions
    who: str
    tell: Callable[[str], None]
    anew: bool = False
    """Whether each launch has a token of its own, so that AWS does not take it for an earlier one."""

    def one(self, held: Held) -> Redriven:
        """Start the run of a message and delete it.

        Raises OpsError, and what boto3 raises; the message is kept then.
        """
        letter = held.letter
        schedule = self._schedule(letter)
        # What was received a while ago can have been handed to somebody else since.
        self.queue.hold(held)
        ids, before = self._start(letter, schedule)
        wanted = int(schedule.parameters.get("TaskCount", 1))
        if len(ids) < wanted:
            raise OpsError(f"{len(ids)} of {wanted} were started ({', '.join(ids)}).")
        try:
            self.queue.delete(held)
        except Exception:
            self.tell(
                f"started {', '.join(ids)}, and the message is still there: redrive it again within the hour, which "
                f"starts nothing else, or delete it: ops dead-letters delete {letter.id}"
            )
            raise
        return Redriven(letter, ids, before)

    def _schedule(self, letter: Letter) -> Schedule:
        name = self.deployment.name
        if letter.schedule_group != name:
            given = letter.schedule_arn or "no schedule"
            raise OpsError(f"it is of {given}, and not of a schedule of {name}.")
        scheduler = self.deployment.client("scheduler")
        try:
            return get_schedule(self.deployment, letter.schedule)
        except scheduler.exceptions.ResourceNotFoundException:
            raise OpsError(
                f"the schedule {letter.schedule} is gone, so what it would start is not known. Is the task under "
                "another name now? Then: ops run TASK. The message shows what was asked for: "
                f"ops dead-letters show {letter.id}"
            ) from None

    def _start(self, letter: Letter, schedule: Schedule) -> tuple[list[str], bool]:
        token = f"{letter.id}-{uuid.uuid4().hex[:8]}" if self.anew else letter.id
        time = letter.time or letter.sent or datetime.now(UTC)
        delivered = letter.time is not None and not self.anew
        occasion = Occasion(schedule.arn, time, token, letter.id, delivered)

        def begin(occasion: Occasion, count: int | None = None) -> Started:
            given = Variation(count=count)
            return start(self.deployment, letter.task, schedule, occasion, given, who=self.who, tell=self.tell)

        if schedule.supervised:
            name, before = self.executions.run(schedule.target["Arn"], occasion, begin)
            return [name], before
        return self._start_tasks(letter, schedule, occasion, begin)

    def _start_tasks(
        self, letter: Letter, schedule: Schedule, occasion: Occasion, begin: Callable[[Occasion, int], Started]
    ) -> tuple[list[str], bool]:
        """Start those that are not there yet."""
        wanted = int(schedule.parameters.get("TaskCount", 1))
        there = [] if self.anew else self._there(letter, schedule)
        if len(there) >= wanted:
            return there, True
        if there:
            # Another request than the first, so with a token of its own.
            occasion = replace(occasion, execution_id=f"{occasion.execution_id}-{len(there)}")
        ecs = self.deployment.client("ecs")
        try:
            started = begin(occasion, wanted - len(there))
        except ecs.exceptions.ConflictException as error:
            # The token is known with another request: another person's, or that of an earlier revision.
            return [*there, *_started_before(error)], True
        return [*there, *started.ids], False

    def _there(self, letter: Letter, schedule: Schedule) -> list[str]:
        """The ids of the ECS tasks that an earlier redrive of the message has started."""
        tasks = family_tasks(self.deployment, schedule.target["Arn"], family_of(schedule.task_definition_arn))
        return [last_part(task["taskArn"]) for task in tasks if redriven_for(task) == letter.id]


def _started_before(error: Any) -> list[str]:
    ids = [last_part(arn) for arn in error.response.get("resourceIds", ())]
    if not ids:
        raise OpsError(
            "an earlier redrive asked for it otherwise, and AWS does not say that anything was started. Look at the "
            "task's runs (ops history); to start one all the same: --anew."
        ) from error
    return ids
