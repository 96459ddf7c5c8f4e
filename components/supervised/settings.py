"""The settings of a supervised task: how long a run may take, what happens on overlap, and what is retried."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..args import Overlap
    from ..resolved import Parallel, Retry, RetryRun

SUPERVISED_KEYS = (
    "timeout",
    "overlap",
    "lock",
    "retry_run",
    "parallel",
    "except_",
    "only",
    "expect_duration_under",
    "after",
    "notify_after",
)
"""A task with one of these runs through its own state machine. Otherwise EventBridge Scheduler starts its
runs directly."""
ALLOW, FORBID, QUEUE, REPLACE = "allow", "forbid", "queue", "replace"
REPLACED_BY = "Replaced by "
"""Start of the reason for which a newer run stops a run."""
LEFT_BEHIND = "Its lease had ended. Stopped by "
"""Start of the reason for which a run stops one whose execution has ended without stopping it."""
DEFAULT_TIMEOUT = 24 * 3600
"""Seconds. A run that hangs would otherwise keep its lease, and cost money, forever."""
LONGEST_PAUSE = 24 * 3600
"""Seconds: no pause between two attempts is longer, whatever the backoff."""
FIRST_LAUNCH_PAUSE, LONGEST_LAUNCH_PAUSE = 10, 640
"""Seconds between the attempts of a launch: each pause is twice as long as the one before, up to the longest."""
LOCK_WAIT = 24 * 3600
"""Seconds that an attempt waits for the lock of its task. Then it fails and is reported."""
STOP_SECONDS = 15 * 60
"""Time that finding and stopping a run past its timeout may take, including the container's stop timeout (at
most 120 s)."""
AFTER = "after"
"""Member of the input of an execution: the task whose successes start its task. For commands."""
UPSTREAM = "upstream"
"""Member of the input of an execution that a rule starts: the ARN of the other task's run that succeeded."""
SUPERVISED_GROUP = "supervised:"
"""Prefix of the ECS group of supervised runs. Their state machine reports how they ended, not ECS."""
RUN_VARIABLE = "SCHEDULED_TASKS_RUN"
"""Environment variable of supervised runs with the name of their execution. It identifies a run, and lets a container
tell a second attempt from another run."""
TASK_INDEX, TASK_COUNT = "TASK_INDEX", "TASK_COUNT"
"""Environment variables of the tasks of a run with `parallel`: the number of the task, from 0, and how many the run
has. AWS Batch and Kubernetes count from 0, too (AWS: AWS Batch user guide, "Array jobs", AWS_BATCH_JOB_ARRAY_INDEX;
Kubernetes: "Indexed Job for Parallel Processing with Static Work Assignment", JOB_COMPLETION_INDEX)."""
LONGEST_UNCHECKED_PAUSE = 10 * 60
"""Seconds. A task of a run with `parallel` that waits for its next attempt checks this often if its run is replaced."""
INDEX_START_SECONDS = 5 * 60
"""Seconds that an execution of one task can add: retries of its start, and the event about its end."""
LONGEST_EXECUTION = 365 * 24 * 3600
"""Seconds. AWS: Step Functions developer guide, "Step Functions service quotas": 1 year."""


@dataclass(frozen=True, slots=True)
class Supervision:
    """Settings of one supervised task. Times are in seconds."""

    timeout: int
    overlap: Overlap
    attempts: int
    """Further attempts after a failed run."""
    delay: int
    backoff: int
    exit_codes: tuple[int, ...]
    """Exit codes that are retried; empty for all."""
    launch_attempts: int
    launch_age: int
    exceptions: bool = False
    """Whether its schedules leave out times."""
    lock: str | None = None
    """Name of the lock that the task shares with other tasks of its stack."""
    after: bool = False
    """Whether successes of another task start its runs."""
    notify_after: int | None = None
    """Failed runs in a row before messages are sent; None for messages about each."""
    parallel: Parallel | None = None
    """The tasks of each run. None for one task per run."""
    replaceable: bool = False
    """Whether it is one task of a run with `parallel` that a newer run can replace."""

    def counting(self, default: int | None) -> Supervision:
        """The settings in a group whose tasks have this default of `notifyAfter`; None or 0 for none."""
        return replace(self, notify_after=self.notify_after or default or None)

    @property
    def index(self) -> Supervision:
        """The settings of the execution that runs one task of a run with `parallel`."""
        return replace(
            self,
            overlap=ALLOW,
            exceptions=False,
            lock=None,
            after=False,
            notify_after=None,
            parallel=None,
            replaceable=self.overlap == REPLACE,
        )

    @property
    def whole(self) -> Supervision:
        """The settings of the execution that claims the scheduled time, holds lease and lock, and ends a run.

        With `parallel`, its only attempt lasts until the last task has ended. Step Functions starts the next task when
        one ends, so all tasks together take no longer than rounds of the longest ones.
        """
        if self.parallel is None:
            return self
        rounds = math.ceil(self.parallel.tasks / self.parallel.at_once)
        timeout = rounds * (self.index.longest + INDEX_START_SECONDS)
        return replace(self, timeout=timeout, attempts=0, delay=0, launch_attempts=0, launch_age=0)

    @property
    def longest_pause(self) -> int:
        """The pause before the last attempt; 0 if there is only one attempt."""
        return self.pause(self.attempts + 1) if self.attempts else 0

    def pause(self, attempt: int) -> int:
        """The pause before an attempt. The second attempt is the first with a pause."""
        return min(self.delay * self.backoff ** (attempt - 2), LONGEST_PAUSE)

    @property
    def exclusive(self) -> bool:
        """Whether only one run at a time is allowed."""
        return self.overlap != ALLOW

    @property
    def launch_pauses(self) -> tuple[int, ...]:
        """The pauses before the further attempts of a launch, together no longer than `launch_age`."""
        pauses: list[int] = []
        while len(pauses) < self.launch_attempts:
            longer = min(FIRST_LAUNCH_PAUSE * 2 ** len(pauses), LONGEST_LAUNCH_PAUSE)
            if sum(pauses) + longer > self.launch_age:
                break
            pauses.append(longer)
        return tuple(pauses)

    @property
    def lease(self) -> int:
        """Duration of a lease: an attempt, its launch and its stop, and the pause after it, when it is taken again."""
        return self.launch_age + self.timeout + STOP_SECONDS + self.longest_pause

    @property
    def longest(self) -> int:
        """The longest that an execution can take. After that, Step Functions ends it."""
        waiting = {REPLACE: self.lease, QUEUE: self.longest_wait + self.longest_wait // 10}.get(self.overlap, 0)
        return waiting + (self.attempts + 1) * self._attempt + 2 * STOP_SECONDS

    @property
    def longest_wait(self) -> int:
        """The longest that a run in the queue waits. By then, the lease of every attempt of the earlier run has
        ended."""
        return (self.attempts + 1) * self._attempt + STOP_SECONDS

    @property
    def _attempt(self) -> int:
        """The longest that an attempt can take, with its wait for the lock and a margin for the pauses of the wait."""
        return self.lease + (LOCK_WAIT + LOCK_WAIT // 10 if self.lock else 0)


def supervision(
    timeout: int | None,
    overlap: Overlap | None,
    retry_run: RetryRun | None,
    retry: Retry,
    *,
    lock: str | None = None,
    exceptions: bool = False,
    watched: bool = False,
    after: bool = False,
    notify_after: int | None = None,
    parallel: Parallel | None = None,
) -> Supervision | None:
    """The settings of a task's state machine; None for a task whose runs EventBridge Scheduler starts directly.

    Args:
        timeout: Seconds after which a run is stopped.
        overlap: Handling of a run that is due while another is running.
        retry_run: Retries of a failed run.
        retry: Retries of a failed launch.
        lock: Name of the lock that the task shares with others.
        exceptions: Whether the task leaves out times.
        watched: Whether the task needs the duration of its executions.
        after: Whether successes of another task start its runs. EventBridge can deliver one twice.
        notify_after: Failed runs in a row before messages are sent.
        parallel: The tasks of each run.
    """
    keys = (timeout, overlap, lock, retry_run, parallel, notify_after)
    if all(key is None for key in keys) and not (exceptions or watched or after):
        return None
    return Supervision(
        timeout=timeout or DEFAULT_TIMEOUT,
        overlap=overlap or ALLOW,
        attempts=retry_run.attempts if retry_run else 0,
        delay=retry_run.delay if retry_run else 0,
        backoff=retry_run.backoff if retry_run else 1,
        exit_codes=retry_run.exit_codes if retry_run else (),
        launch_attempts=retry.attempts,
        launch_age=retry.max_age,
        exceptions=exceptions,
        lock=lock,
        after=after,
        notify_after=notify_after,
        parallel=parallel,
    )
