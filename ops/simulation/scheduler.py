"""EventBridge Scheduler: when it invokes targets, its retries, and its dead-letter queue. EventBridge does the same for
tasks that start after others.

AWS: EventBridge Scheduler user guide, "Schedule types", "Configuring flexible time windows", "Configuring a dead-letter
queue"; botocore scheduler, RetryPolicy: retries with exponential backoff end at whichever limit is reached first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from .clock import Clock
from .executor import EcsRun, Executor, Refusal, reason_of
from .faults import Fault, Outages, Service, TaskFaults
from .monitor import Monitor
from .record import FAILED, SKIPPED, STATUS, SUCCEEDED, Record, ScheduledRun
from .supervisor import Supervisor
from .tasks import SimulatedTask

PRECISION = 60
"""Seconds within which a schedule without a window invokes its target. AWS: EventBridge Scheduler user guide, "Schedule
types"."""
LONGEST_BACKOFF = 512
"""Seconds. An assumption, as is the first pause of 1 second that doubles: AWS publishes no pauses. With these, 185
retries take about a day, which are AWS's defaults for both limits."""
SECOND_DELIVERY = 5
"""Seconds until a second delivery of a scheduled time. An assumption."""
OUTAGE = "AWS.Scheduler.InternalServerError"
"""AWS: EventBridge Scheduler user guide, "Configuring a dead-letter queue"."""


def backoff(retry: int) -> int:
    """Seconds before a retry. The first is 1."""
    return min(2 ** min(retry - 1, 9), LONGEST_BACKOFF)


@dataclass(slots=True, eq=False)
class _Delivery:
    """One delivery of a scheduled time."""

    task: SimulatedTask
    run: ScheduledRun
    begun: float
    retries: int = 0
    service: Service = "scheduler"
    """The service that delivers it: `scheduler`, or `events` for a task that starts after another one."""


def end_of_pause(faults: Iterable[Fault], time: float) -> float:
    """The end of the pause at a time. Pauses that overlap or follow each other are one."""
    end = time
    for fault in sorted((each for each in faults if each.kind == "paused"), key=lambda each: each.begin):
        if fault.begin <= end < fault.end:
            end = fault.end
    return end


def _end_as_paused(run: ScheduledRun, now: float) -> None:
    run.end(SKIPPED, "Paused", now)
    run.tell(STATUS, now)


@dataclass(slots=True)
class Scheduler:
    """Invokes the targets of the schedules."""

    clock: Clock
    record: Record
    executor: Executor
    supervisor: Supervisor
    monitor: Monitor
    outages: Outages
    faults: Mapping[str, TaskFaults]
    _skipped: dict[tuple[str, int, float], list[ScheduledRun]] = field(
        default_factory=dict[tuple[str, int, float], list[ScheduledRun]]
    )
    """The times that run at the end of a pause if `catchUp` says so, by task, schedule and end."""

    def begin(self, task: SimulatedTask, begin: datetime, end: datetime) -> None:
        """Start the schedules of a task. `begin` is inclusive, and `end` is exclusive."""
        for number, plan in enumerate(task.plans):
            # A rate without a start counts from the time that is passed.
            after = begin if plan.is_estimate else begin - timedelta(microseconds=1)
            self._next(task, number, plan.due(after), end.timestamp())

    def _next(self, task: SimulatedTask, number: int, times: Iterator[datetime], end: float) -> None:
        time = next(times, None)
        if time is None or (due := time.timestamp()) >= end:
            return
        run = ScheduledRun(task.name, number, due, left_out=task.plans[number].left_out(time))
        self.clock.at(due, lambda: self._due(task, run, times, end))

    def _due(self, task: SimulatedTask, run: ScheduledRun, times: Iterator[datetime], end: float) -> None:
        self._next(task, run.schedule, times, end)
        faults, due = self.faults[task.name], run.time
        self.record.runs.append(run)
        window = task.plans[run.schedule].flexible_window
        offset = faults.random.uniform(0, PRECISION if window is None else window.total_seconds())
        if faults.faults and faults.hit(due, ("paused",)):
            self._skip(task, run)
            return
        self._deliver(task, run, due + offset)
        if faults.faults and faults.hit(due, ("doubleDelivery",)):
            self.record.add(due + offset, "duplicate", task.name, "EventBridge Scheduler delivers the time twice.")
            self._deliver(task, run, due + offset + SECOND_DELIVERY)

    def _skip(self, task: SimulatedTask, run: ScheduledRun) -> None:
        """Skip a time of a pause, unless `catchUp` runs it at the end of the pause."""
        if task.plans[run.schedule].catch_up is None or run.left_out:
            _end_as_paused(run, run.time)
            return
        end = end_of_pause(self.faults[task.name].faults, run.time)
        skipped = self._skipped.setdefault((task.name, run.schedule, end), [])
        if not skipped:
            self.clock.at(end, lambda: self._catch_up(task, run.schedule, skipped))
        run.open += 1
        skipped.append(run)

    def _catch_up(self, task: SimulatedTask, schedule: int, skipped: Sequence[ScheduledRun]) -> None:
        now, catch_up = self.clock.now, task.plans[schedule].catch_up
        by_time = {datetime.fromtimestamp(run.time, UTC): run for run in skipped}
        chosen = catch_up.chosen(by_time, datetime.fromtimestamp(now, UTC)) if catch_up else []
        for time, run in by_time.items():
            run.open -= 1
            if time not in chosen:
                _end_as_paused(run, now)
        for number, time in enumerate(chosen):
            offset = self.faults[task.name].random.uniform(0, PRECISION)
            self._deliver(task, by_time[time], now + number * PRECISION + offset)

    def start_after(self, tasks: Iterable[SimulatedTask], upstream: str) -> None:
        """Start the tasks that start after a task. EventBridge delivers its success now."""
        now = self.clock.now
        for task in tasks:
            if task.after != upstream:
                continue
            run = ScheduledRun(task.name, 0, now)
            self.record.runs.append(run)
            self._deliver(task, run, now, "events")
            faults = self.faults[task.name]
            if faults.faults and faults.hit(now, ("doubleDelivery",)):
                self.record.add(now, "duplicate", task.name, "EventBridge delivers the success twice.")
                self._deliver(task, run, now + SECOND_DELIVERY, "events")

    def _deliver(self, task: SimulatedTask, run: ScheduledRun, time: float, service: Service = "scheduler") -> None:
        run.open += 1
        delivery = _Delivery(task, run, time, service=service)
        self.clock.at(time, lambda: self._attempt(delivery))

    def _attempt(self, delivery: _Delivery) -> None:
        now, age = self.clock.now, delivery.task.retry.max_age
        if (end := self.outages.until(delivery.service, now)) is not None:
            # An assumption: what is due in an outage is delivered afterward, unless it is too old by then.
            if end - delivery.begun > age:
                self._drop(delivery, f"{OUTAGE} (MaximumEventAgeInSeconds)")
            else:
                self.clock.at(end, lambda: self._attempt(delivery))
            return
        if refusal := self._invoke(delivery):
            self._refused(delivery, refusal)

    def _invoke(self, delivery: _Delivery) -> Refusal | None:
        """Invoke the target. Returns the error that Scheduler gets."""
        task, run = delivery.task, delivery.run
        if task.supervision is not None:
            if self.outages.until("states", self.clock.now) is not None:
                return Refusal("ServiceUnavailableException", "Step Functions doesn't answer.", retryable=True)
            self.supervisor.start(task, run)
            return None
        if task.is_call:
            return self._call(delivery)
        started = self.executor.run_task(task, run)
        if isinstance(started, Refusal):
            if started.is_error:
                return started
            run.open -= 1
            self.monitor.lost(run, started)
            return None
        run.open += len(started) - 1
        for made in started:
            made.ended.call(partial(self._ended, made))
        return None

    def _call(self, delivery: _Delivery) -> Refusal | None:
        run, now = delivery.run, self.clock.now
        if refusal := self.executor.call(delivery.task):
            return refusal
        run.open -= 1
        run.started = run.started or now
        run.end(SUCCEEDED, "", now)
        # An assumption: the work that the call starts succeeds at once.
        self.monitor.reported(run)
        return None

    def _ended(self, made: EcsRun) -> None:
        run, now = made.of, self.clock.now
        run.open -= 1
        if made.succeeded:
            run.end(SUCCEEDED, "", now)
            self.monitor.succeeded(run)
            self.monitor.reported(run)
        else:
            reason = reason_of(made)
            run.end(FAILED, reason, now)
            self.monitor.failed(run, reason)

    def _refused(self, delivery: _Delivery, refusal: Refusal) -> None:
        now, retry, run = self.clock.now, delivery.task.retry, delivery.run
        self.monitor.refused(refusal)
        error = f"{refusal.code}: {refusal.reason}"
        if not refusal.retryable:
            self._drop(delivery, error)
            return
        if delivery.retries >= retry.attempts:
            self._drop(delivery, f"{error} (MaximumRetryAttempts)")
            return
        delivery.retries += 1
        pause = backoff(delivery.retries)
        if now + pause - delivery.begun > retry.max_age:
            self._drop(delivery, f"{error} (MaximumEventAgeInSeconds)")
            return
        run.launch_retries += 1
        self.record.add(now, "launch retry", run.task, f"{error}; retry {delivery.retries} in {pause} s.")
        self.clock.at(now + pause, lambda: self._attempt(delivery))

    def _drop(self, delivery: _Delivery, reason: str) -> None:
        delivery.run.open -= 1
        self.monitor.dropped(delivery.run, reason)
