"""What a supervised task asks for: how long a run may take, what happens to a second one, and what is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..schedules import durations
from ..task.schedule_target import DEFAULT_RETRY_AGE, DEFAULT_RETRY_ATTEMPTS

Args = Mapping[str, Any]

SUPERVISED_KEYS = ("timeout", "overlap", "retry_run")
"""A task with one of these is run through a state machine of its own; one without is started by its schedule."""
ALLOW, FORBID, REPLACE = "allow", "forbid", "replace"
REPLACED_BY = "Replaced by "
"""What the reason begins with that a run is stopped for by a newer one."""
DEFAULT_TIMEOUT = "24h"
"""Of a supervised task that sets none: a run that hangs would keep its lease, and cost money, for ever."""
DEFAULT_DELAY = "1m"
DEFAULT_BACKOFF = 2
LONGEST_PAUSE = 24 * 3600
"""Seconds: no pause between two attempts is longer, whatever the backoff makes of it."""
FIRST_LAUNCH_PAUSE, LONGEST_LAUNCH_PAUSE = 10, 640
"""Seconds between the tries of a launch: each pause is twice as long as the one before, up to the longest."""
STOP_SECONDS = 15 * 60
"""What finding and stopping a run past its timeout may take, the container's own stop timeout of at most 120 s
included."""
SUPERVISED_GROUP = "supervised:"
"""What the ECS group of supervised runs starts with: their ends are told by their state machine, and not by ECS."""
RUN_VARIABLE = "SCHEDULED_TASKS_RUN"
"""Environment variable of supervised runs that holds the name of their execution: it is how a run is found again, and
a key by which a container can tell a second attempt from another run."""


@dataclass(frozen=True, slots=True)
class Supervision:
    """Settings of one supervised task, defaults filled in. Times are in seconds."""

    timeout: int
    overlap: str
    attempts: int
    """Further attempts after a run that failed."""
    delay: int
    backoff: int
    exit_codes: tuple[int, ...]
    """Those that are tried again; empty for all."""
    launch_attempts: int
    launch_age: int

    @property
    def longest_pause(self) -> int:
        """The pause before the last attempt; 0 where there is but one."""
        return self.pause(self.attempts + 1) if self.attempts else 0

    def pause(self, attempt: int) -> int:
        """The pause before an attempt; the second is the first that has one."""
        return min(self.delay * self.backoff ** (attempt - 2), LONGEST_PAUSE)

    @property
    def exclusive(self) -> bool:
        """Whether one run at a time is allowed."""
        return self.overlap != ALLOW

    @property
    def launch_pauses(self) -> tuple[int, ...]:
        """The pauses before the further tries of a launch, which together take no longer than `launch_age`."""
        pauses: list[int] = []
        while len(pauses) < self.launch_attempts:
            longer = min(FIRST_LAUNCH_PAUSE * 2 ** len(pauses), LONGEST_LAUNCH_PAUSE)
            if sum(pauses) + longer > self.launch_age:
                break
            pauses.append(longer)
        return tuple(pauses)

    @property
    def lease(self) -> int:
        """How long a lease is taken for: an attempt, its launch and its stop, and the pause after it, when it is taken
        again."""
        return self.launch_age + self.timeout + STOP_SECONDS + self.longest_pause

    @property
    def longest(self) -> int:
        """How long an execution can take. Beyond that Step Functions ends it."""
        waiting = self.lease if self.overlap == REPLACE else 0
        return waiting + (self.attempts + 1) * self.lease + STOP_SECONDS


def is_supervised(args: Args) -> bool:
    """Whether a task is run through a state machine."""
    return any(key in args for key in SUPERVISED_KEYS)


def supervision(args: Args) -> Supervision:
    """The settings of a supervised task, from its arguments, which are valid."""
    retry_run: Args = args.get("retry_run", {})
    retry: Args = args.get("retry", {})
    return Supervision(
        timeout=durations.seconds(args.get("timeout", DEFAULT_TIMEOUT)),
        overlap=args.get("overlap", ALLOW),
        attempts=retry_run.get("attempts", 0),
        delay=durations.seconds(retry_run.get("delay", DEFAULT_DELAY)),
        backoff=retry_run.get("backoff", DEFAULT_BACKOFF),
        exit_codes=tuple(retry_run.get("exit_codes", ())),
        launch_attempts=retry.get("attempts", DEFAULT_RETRY_ATTEMPTS),
        launch_age=durations.seconds(retry.get("max_age", DEFAULT_RETRY_AGE)),
    )
