"""The state machines of supervised tasks: one run per scheduled time, leases, timeouts, and retries of runs.

This is what the generated definitions do (`components.supervised`), without their individual states. A test compares
both in random worlds. docs/supervised.md describes them.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from itertools import count

from components.schedules.durations import in_words
from components.supervised.confirming import REASON as REPLACED_BY_NEWER
from components.supervised.exceptions import CAUSE as LEFT_OUT
from components.supervised.language import LIST_SECONDS, POLL_SECONDS
from components.supervised.once import DELIVERED_TWICE
from components.supervised.parallel import STATED
from components.supervised.settings import LONGEST_UNCHECKED_PAUSE, REPLACE, REPLACED_BY

from .clock import Clock, Signal, Until, start
from .exclusion import Exclusion
from .execution import Calls, End, Execution, Steps
from .executor import STOPPED_BY_USER, EcsRun, Executor, Refusal, reason_of
from .faults import TaskFaults
from .monitor import Monitor
from .record import FAILED, HISTORY, REPLACED, SKIPPED, SUCCEEDED, Record, ScheduledRun
from .tasks import SimulatedTask


@dataclass(slots=True)
class Supervisor:
    """Runs the executions of supervised tasks."""

    clock: Clock
    record: Record
    executor: Executor
    monitor: Monitor
    faults: dict[str, TaskFaults]
    exclusion: Exclusion
    calls: Calls
    _claimed: set[int] = field(default_factory=set[int])
    """The scheduled runs that an execution has claimed, by identity."""
    _numbers: count[int] = field(default_factory=count)
    _failures: dict[str, int] = field(default_factory=dict[str, int])
    """The failed runs of each task since its last success."""

    def start(self, task: SimulatedTask, run: ScheduledRun) -> None:
        """Start an execution for a scheduled time."""
        assert task.supervision is not None
        random = self.faults[task.name].random
        execution = Execution(next(self._numbers), task, task.supervision, run, self.clock.now, random)
        start(self.clock, self._execute(execution))

    def _execute(self, this: Execution) -> Generator[float | Until, None, None]:
        outcome, reason = yield from self._outcome(this)
        run, now = this.run, self.clock.now
        run.open -= 1
        if outcome in (SKIPPED, REPLACED):
            self._pass_over(run, outcome, reason)
            return
        reported = yield from self.calls.call(this, "events")
        run.end(outcome, reason, now)
        failures = self._failures[run.task] = 0 if outcome == SUCCEEDED else self._failures.get(run.task, 0) + 1
        if outcome == SUCCEEDED:
            self.monitor.counted(run.task)
            if reported:
                self.monitor.reported(run)
        elif reported and failures < (this.settings.notify_after or 1):
            run.tell(HISTORY, now)
        else:
            # Another rule watches Step Functions' own events for executions that could not report their outcome.
            self.monitor.failed(run, reason if reported else f"Unreported: {reason}")

    def _pass_over(self, run: ScheduledRun, outcome: str, reason: str) -> None:
        if reason == DELIVERED_TWICE:
            self.record.add(self.clock.now, "duplicate", run.task, "The second execution ends as Skipped.")
            return
        run.end(outcome, reason, self.clock.now)
        run.tell(HISTORY, self.clock.now)

    def _outcome(self, this: Execution) -> Generator[float | Until, None, End]:
        if this.run.left_out:
            return SKIPPED, f"{LEFT_OUT}{this.run.left_out}"
        if not (yield from self.calls.call(this, "dynamodb")):
            return FAILED, "Not started, because the scheduled time could not be recorded."
        if id(this.run) in self._claimed:
            return SKIPPED, DELIVERED_TWICE
        self._claimed.add(id(this.run))
        while True:
            if this.settings.exclusive and (ended := (yield from self.exclusion.acquire(this))):
                return ended
            ended = yield from self._tasks(this) if this.settings.parallel else self._attempt(this)
            if ended:
                self.exclusion.release(this)
                return ended

    def _tasks(self, this: Execution) -> Steps:
        """All tasks of a run with `parallel`. Each has its own attempts, and the next starts when one has ended."""
        parallel = this.settings.parallel
        assert parallel is not None
        left, ends, all_ended = iter(range(parallel.tasks)), list[tuple[int, End]](), Signal()

        def one_by_one() -> Generator[float | Until, None, None]:
            for index in left:
                one = replace(this, settings=this.settings.index, attempt=1, launch=1)
                ended = (yield from self._replaced(one)) if one.settings.replaceable else None
                while ended is None:
                    ended = yield from self._attempt(one)
                ends.append((index, ended))
            if len(ends) == parallel.tasks:
                all_ended.set()

        for _ in range(min(parallel.at_once, parallel.tasks)):
            start(self.clock, one_by_one())
        yield Until(all_ended, this.settings.whole.longest)
        failed = [f"Task {index}: {reason}." for index, (which, reason) in sorted(ends) if which == FAILED]
        if failed:
            return FAILED, f"{len(failed)} of {parallel.tasks} tasks failed. {' '.join(failed[:STATED])}"
        replaced = sum(which == REPLACED for _, (which, _) in ends)
        if replaced:
            return REPLACED, f"{REPLACED_BY_NEWER}. Tasks that had not ended: {replaced} of {parallel.tasks}."
        return SUCCEEDED, ""

    def _replaced(self, this: Execution) -> Steps:
        """The end of a task whose run a newer run replaces; None if none does, or DynamoDB doesn't answer."""
        answered = yield from self.calls.call(this, "dynamodb")
        return (REPLACED, REPLACED_BY_NEWER) if answered and not self.exclusion.confirmed(this) else None

    def _pause(self, this: Execution, seconds: int, longest: int) -> Steps:
        """Wait before an attempt or a launch, for no longer than `longest` until the next check of the lease."""
        if not this.settings.replaceable:
            yield seconds
            return None
        while True:
            yield min(seconds, longest)
            seconds -= longest
            if ended := (yield from self._replaced(this)):
                return ended
            if seconds <= 0:
                return None

    def _attempt(self, this: Execution) -> Steps:
        """One launch, and its run. Returns None if there is another."""
        answer = self.executor.run_task(this.task, this.run)
        if isinstance(answer, Refusal):
            return (yield from self._refused(this, answer))
        [made] = answer
        yield Until(made.ended, this.settings.timeout)
        if not made.ended.happened:
            return (yield from self._timed_out(this, made))
        if made.succeeded:
            return SUCCEEDED, ""
        if made.stop_code == STOPPED_BY_USER:
            return (REPLACED if made.reason.startswith(REPLACED_BY) else FAILED), made.reason
        reason = reason_of(made, this.attempt)
        codes = this.settings.exit_codes
        retried = not codes or made.exit_code is None or made.exit_code in codes
        if this.attempt > this.settings.attempts or not retried:
            return FAILED, reason
        this.attempt += 1
        this.launch = 1
        pause = this.settings.pause(this.attempt)
        self.record.add(self.clock.now, "run retry", this.task.name, f"{reason}; attempt {this.attempt} in {pause} s.")
        if this.settings.overlap == REPLACE:
            self.exclusion.release(this)
        return (yield from self._pause(this, pause, LONGEST_UNCHECKED_PAUSE))

    def _refused(self, this: Execution, refusal: Refusal) -> Steps:
        error = f"Not started: {refusal.code}: {refusal.reason}"
        pauses = this.settings.launch_pauses
        if refusal.retryable and this.launch <= len(pauses):
            pause = pauses[this.launch - 1]
            this.run.launch_retries += 1
            self.record.add(
                self.clock.now, "launch retry", this.task.name, f"{error}; retry {this.launch} in {pause} s."
            )
            this.launch += 1
            ended = yield from self._pause(this, pause, pause)
            if ended and refusal.is_error:
                yield POLL_SECONDS + LIST_SECONDS
            return ended
        if refusal.is_error:
            # The execution looks twice for a run that started in spite of the error.
            yield POLL_SECONDS + LIST_SECONDS
        return FAILED, error

    def _timed_out(self, this: Execution, made: EcsRun) -> Steps:
        reason = f"Timed out: still running after {in_words(this.settings.timeout)}."
        stopped = yield from self.calls.stop(this, [made], reason)
        warning = "" if stopped else " It could not be stopped and might still be running."
        return FAILED, reason + warning
