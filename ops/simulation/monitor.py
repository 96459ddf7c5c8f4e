"""The effects of the end of a run or a launch: events, messages, metrics, alarms and dead letters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from components.aws.limits import QUEUE_RETENTION_SECONDS

from .alarms import DEAD_LETTERS, DROPPED, LOST, TARGET_ERRORS, THROTTLED, Alarm
from .clock import Action, Clock
from .executor import Refusal
from .faults import Outages
from .record import FAILED, MESSAGE, Record, ScheduledRun
from .tasks import Channels


@dataclass(slots=True)
class Monitor:
    """The monitoring of a stack."""

    clock: Clock
    record: Record
    outages: Outages
    channels: Channels
    successes: Mapping[str, Alarm]
    """The alarms of tasks with `expectSuccessWithin`, by task."""
    group: Mapping[str, Alarm] = field(default_factory=dict[str, Alarm])
    """The alarms of the group, by name; empty if they are off."""
    started_by: Callable[[str], None] = field(default=lambda _: None)
    """Starts the tasks that start after a task."""

    def reported(self, run: ScheduledRun) -> None:
        """ECS or a state machine has reported that a run succeeded: rules start the tasks after it."""
        self._deliver(lambda: self.started_by(run.task))

    def succeeded(self, run: ScheduledRun) -> None:
        """A run has succeeded. Its event counts when EventBridge delivers it."""
        if alarm := self.successes.get(run.task):
            self._deliver(lambda: self._count(alarm))

    def counted(self, task: str) -> None:
        """Step Functions counts an execution that succeeded."""
        if alarm := self.successes.get(task):
            self._count(alarm)

    def failed(self, run: ScheduledRun, reason: str) -> None:
        """A run has failed: an event about it reaches the rules."""
        self._deliver(lambda: self._send(run, reason))

    def lost(self, run: ScheduledRun, refusal: Refusal) -> None:
        """RunTask has answered that it started nothing. Scheduler doesn't notice: only the missing success tells."""
        reason = f"RunTask started nothing: {refusal.code}: {refusal.reason}"
        run.end(FAILED, reason, self.clock.now, launched=False)
        if alarm := self.successes.get(run.task):
            alarm.tell(run)

    def refused(self, refusal: Refusal) -> None:
        """A target has refused a launch."""
        self._put(TARGET_ERRORS)
        if refusal.is_throttling:
            self._put(THROTTLED)

    def dropped(self, run: ScheduledRun, reason: str) -> None:
        """A launch goes to the dead-letter queue."""
        now = self.clock.now
        run.end(FAILED, reason, now, launched=False)
        self.record.add(now, "dead letter", run.task, reason)
        if self.outages.until("sqs", now) is None:
            self._put(DEAD_LETTERS, QUEUE_RETENTION_SECONDS)
        else:
            self._put(LOST)
        self._put(DROPPED)
        if alarm := self.group.get(DROPPED):
            alarm.tell(run)

    def _put(self, name: str, lasting: float = 0) -> None:
        if alarm := self.group.get(name):
            alarm.put(lasting)

    def _deliver(self, action: Action) -> None:
        """Deliver an event: now, or after an outage of EventBridge. AWS: events of ECS are delivered at least once
        (Amazon EventBridge events reference, "Amazon ECS events")."""
        end = self.outages.until("events", self.clock.now)
        if end is None:
            action()
        else:
            self.clock.at(end, action)

    def _count(self, alarm: Alarm) -> None:
        alarm.waiting.clear()
        alarm.put()

    def _send(self, run: ScheduledRun, reason: str) -> None:
        if self.channels.sends(run.task):
            self.record.add(self.clock.now, "message", run.task, reason)
            run.tell(MESSAGE, self.clock.now)
