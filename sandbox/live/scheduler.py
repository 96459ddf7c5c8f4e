"""EventBridge Scheduler: due schedules invoke their targets, with retries and dead letters.

AWS: EventBridge Scheduler user guide, "Schedule types", "Configuring a dead-letter queue"; botocore scheduler,
RetryPolicy.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from botocore.exceptions import ClientError

from components.aws.account import Account
from components.aws.arn import Arn
from ops.output import counted
from ops.simulation.clock import Clock
from ops.simulation.executor import REFUSALS
from ops.simulation.faults import OfLaunch
from ops.simulation.scheduler import SECOND_DELIVERY, backoff

from ..calls import Client, Played, TargetError, play
from ..errors import SandboxError
from ..iam_policies import may_assume
from .dead_letters import AGE, ATTEMPTS, Refused, send
from .faults import Faults
from .metrics import Metrics
from .permissions import needs
from .schedules import READ_SECONDS, DeployedSchedule, DeployedSchedules

TICK_SECONDS = 1
"""How often the clock looks for schedules that are due."""
NAMESPACE = "AWS/Scheduler"
_RETRIED = ("Throttl", "TooManyRequests", "ServerException", "ServiceUnavailable", "InternalServer", "InternalError")
"""Parts of the codes of errors that are retried. An assumption: AWS publishes no list."""


@dataclass(slots=True, eq=False)
class Delivery:
    """One delivery of a scheduled time."""

    of: DeployedSchedule
    time: datetime
    begun: float
    retries: int = 0


@dataclass(slots=True)
class Scheduler:
    """Fires the deployed schedules.

    Args:
        clock: The clock.
        client: Makes clients of the emulator.
        faults: The faults of the next runs.
        metrics: Gets Scheduler's metrics.
        tell: Gets a line about a task.
        is_on: Whether schedules fire now. Times that pass meanwhile are left out.
    """

    clock: Clock
    client: Client
    faults: Faults
    metrics: Metrics
    tell: Callable[[str, str], None]
    is_on: Callable[[], bool] = lambda: True
    ahead: float = 0
    """Seconds that the schedules are ahead of the clock, after jumps."""
    _checked: float = 0
    _ticks: int = 0
    _schedules: Sequence[DeployedSchedule] = ()
    _known: Set[tuple[str, datetime]] | None = None
    """The ARNs and creations of the schedules that fired before. None if the clock was just turned on."""
    _deployed: DeployedSchedules | None = None

    def begin(self) -> None:
        """Fire schedules from now on."""
        self._checked = self._now
        self._tick()

    def fire(self, group: str, name: str) -> None:
        """Invoke the target of a schedule now, also if it is disabled.

        Raises:
            SandboxError: There is no such schedule.
        """
        found = [it for it in self._read() if (it.group, it.schedule.name) == (group, name)]
        if not found:
            raise SandboxError(f"There is no schedule {name} in {group}.")
        self._deliver(found[0], datetime.fromtimestamp(int(self._now), UTC), self.clock.now)

    def jump(self, seconds: float) -> None:
        """Let the clock of the schedules jump ahead. Scheduled times in between are delivered now.

        EventBridge Scheduler would do that after an outage: an assumption, as in simulations.
        """
        self._read()
        self.ahead += seconds
        self._fire_due()

    @property
    def _now(self) -> float:
        return self.clock.now + self.ahead

    def _tick(self) -> None:
        self.clock.at(self.clock.now + TICK_SECONDS, self._tick)
        if not self.is_on():
            self._checked, self._ticks, self._known = self._now, 0, None
            return
        if self._ticks % READ_SECONDS == 0:
            self._read()
        self._ticks += 1
        self._fire_due()

    def _read(self) -> Sequence[DeployedSchedule]:
        if self._deployed is None:
            self._deployed = DeployedSchedules(self.client("scheduler"))
        self._schedules = self._deployed.read(timedelta(seconds=self.ahead))
        return self._schedules

    def _fire_due(self) -> None:
        after, until = (datetime.fromtimestamp(time, UTC) for time in (self._checked, self._now))
        now_known = {it.identity for it in self._schedules}
        new = set[tuple[str, datetime]]() if self._known is None else now_known - self._known
        self._checked, self._known = self._now, now_known
        due = [
            (time, each)
            for each in self._schedules
            for time in (each.due_since_creation(until) if each.identity in new else each.due(after, until))
        ]
        for time, each in sorted(due, key=lambda pair: pair[0]):
            self._deliver(each, time, time.timestamp() - self.ahead + each.delay(time))

    def _deliver(self, each: DeployedSchedule, time: datetime, at: float) -> None:
        self.clock.at(at, lambda: self._attempt(Delivery(each, time, at)))
        if self.faults.take(each.task, ("doubleDelivery",)):
            self.tell(each.task, "EventBridge Scheduler delivers this time twice (fault double-delivery).")
            again = at + SECOND_DELIVERY
            self.clock.at(again, lambda: self._attempt(Delivery(each, time, again)))

    def _attempt(self, this: Delivery) -> None:
        age = self.clock.now - this.begun
        attempt = uuid4().hex[:16]
        if age > this.of.schedule.retry["MaximumEventAgeInSeconds"]:
            late = Refused("AWS.Scheduler.InternalServerError", "The scheduled time is too old.", retryable=True)
            self._drop(this, late, AGE, attempt)
            return
        self._count(this, "InvocationAttemptCount")
        if fault := self._fault(this):
            self._refused(this, fault, attempt)
            return
        try:
            played = self._play(this, attempt)
        except TargetError as error:
            self._refused(this, Refused(error.code, str(error)), attempt)
        except ClientError as error:
            self._refused(this, refused_by(error), attempt)
        except SandboxError as error:
            self.tell(this.of.task, f"The sandbox can't make this call: {error}")
            self._drop(this, Refused("AWS.Scheduler.InternalServerError", str(error)), "", attempt)
        else:
            self._invoked(this, played)

    def _fault(self, this: Delivery) -> Refused | None:
        """The fault of a call. Those of tasks happen when RunTask is called, also by a state machine."""
        if "EcsParameters" in this.of.schedule.target or ":states:" in this.of.schedule.target_arn:
            return None
        fault = self.faults.take(this.of.task, ("throttled", "accessDenied"))
        if fault is None:
            return None
        found = REFUSALS[cast("OfLaunch", fault.kind)]
        return Refused(found.code, found.reason, retryable=found.retryable)

    def _play(self, this: Delivery, attempt: str) -> Played:
        schedule = this.of.schedule
        self._assume(schedule.role_arn, schedule.arn, this.of.group)
        own = Arn.parse(schedule.arn)
        account = Account(own.partition, own.region, own.account_id)
        return play(
            self.client,
            schedule.target,
            schedule_arn=schedule.arn,
            due=this.time,
            needs=list(needs(schedule.target, self._definition(schedule.task_definition_arn), account)),
            attempt=attempt,
            number=this.retries + 1,
        )

    def _assume(self, role_arn: str, schedule_arn: str, group: str) -> None:
        """Assume the role of a schedule. Raises TargetError if its trust policy doesn't allow that."""
        iam = self.client("iam")
        try:
            trust = iam.get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]["AssumeRolePolicyDocument"]
        except iam.exceptions.NoSuchEntityException:
            trust = {"Statement": []}
        prefix, _ = schedule_arn.split(":schedule/")
        context = {"aws:SourceAccount": prefix.rsplit(":", 1)[-1], "aws:SourceArn": f"{prefix}:schedule-group/{group}"}
        if not may_assume(trust, "scheduler.amazonaws.com", context):
            raise TargetError(f"Unable to assume role {role_arn}", "AccessDeniedException")

    def _definition(self, arn: str) -> Any:
        if not arn:
            return None
        ecs = self.client("ecs")
        try:
            return ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        except ClientError:
            return None

    def _invoked(self, this: Delivery, played: Played) -> None:
        failures = played.answer.get("failures")
        if failures:
            # RunTask answered, so EventBridge Scheduler counts the launch as a success.
            reasons = [": ".join(part for part in (it.get("reason"), it.get("detail")) if part) for it in failures]
            found, tasks = "; ".join(dict.fromkeys(reasons)), len(played.answer.get("tasks", []))
            started = f"only {counted(tasks, 'ECS task')}" if tasks else "nothing"
            self.tell(this.of.task, f"RunTask started {started}, and EventBridge Scheduler doesn't notice: {found}")
        else:
            self.tell(this.of.task, f"{played.service}:{played.operation} for {this.time:%H:%M:%S} UTC was accepted.")
        self._completed(this)

    def _refused(self, this: Delivery, refused: Refused, attempt: str) -> None:
        now, retry = self.clock.now, this.of.schedule.retry
        self._count(this, "TargetErrorCount")
        if refused.is_throttling:
            self._count(this, "TargetErrorThrottledCount")
        if not refused.retryable:
            self._drop(this, refused, "", attempt)
            return
        if this.retries >= retry["MaximumRetryAttempts"]:
            self._drop(this, refused, ATTEMPTS, attempt)
            return
        pause = backoff(this.retries + 1)
        if now + pause - this.begun > retry["MaximumEventAgeInSeconds"]:
            self._drop(this, refused, AGE, attempt)
            return
        this.retries += 1
        self.tell(this.of.task, f"{refused.code}: {refused.message} Retry {this.retries} in {pause} s.")
        self.clock.at(now + pause, lambda: self._attempt(this))

    def _drop(self, this: Delivery, refused: Refused, exhausted: str, attempt: str) -> None:
        self._count(this, "InvocationDroppedCount")
        self.tell(this.of.task, f"The launch failed: {refused.code}: {refused.message}")
        schedule = this.of.schedule
        if schedule.dead_letter_queue_arn:
            sent = send(
                self.client, schedule, this.time, refused, exhausted=exhausted, attempt=attempt, retries=this.retries
            )
            name = "InvocationsSentToDeadLetterCount" if sent else "InvocationsFailedToBeSentToDeadLetterCount"
            self._count(this, name)
            self.tell(this.of.task, "Its message is in the dead-letter queue." if sent else "Its message is lost.")
        self._completed(this)

    def _completed(self, this: Delivery) -> None:
        """Delete a schedule after its last time, if it says so."""
        if this.of.is_deleted_after and this.of.is_over(datetime.fromtimestamp(self._now, UTC)):
            scheduler = self.client("scheduler")
            scheduler.delete_schedule(GroupName=this.of.group, Name=this.of.schedule.name)
            self.tell(this.of.task, "The schedule was deleted after its last run (deleteAfterCompletion).")

    def _count(self, this: Delivery, metric: str) -> None:
        self.metrics.put(NAMESPACE, metric, {"ScheduleGroup": this.of.group}, 1)


def refused_by(error: ClientError) -> Refused:
    """The refusal in an error of a service."""
    details = error.response["Error"]
    code, status = str(details.get("Code", "")), error.response["ResponseMetadata"]["HTTPStatusCode"]
    retryable = status >= 500 or any(part in code for part in _RETRIED)
    return Refused(code, str(details.get("Message", "")), retryable=retryable)
