"""Redriving the launch of a supervised task: an execution that was started is not yet a run.

It may end as skipped, because another has the lease, or fail before its run. So a message is done with when its
execution has started an ECS task; until then it is kept. The name of the execution is made from the message's id, so a
later redrive finds it, and starts another, with the next name, only where the one before has ended and ran nothing.

Where runs may not overlap, nothing is started while one goes on: a second execution would be skipped, or, with
`overlap: replace`, stop the first.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count

from components.supervised.exclusion import DELIVERED_TWICE

from ..aws.deployment import Deployment
from ..aws.machines import (
    RUNNING,
    Machine,
    Progress,
    execution_arn,
    execution_progress,
    execution_status,
    read_machine,
    running_executions,
)
from ..errors import OpsError
from ..runs.request import MANUAL, Occasion

WAIT_SECONDS = 120
"""For the first ECS task of an execution; the message is held for longer."""
POLL_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Executions:
    """The executions that a redrive starts, one message after the other."""

    deployment: Deployment
    _started: dict[str, str] = field(default_factory=dict[str, str])
    """The execution that was started last, by state machine: no list may have it yet."""

    def run(self, machine_arn: str, occasion: Occasion, start: Callable[[Occasion], object]) -> tuple[str, bool]:
        """See to it that a message's run is started: the name of its execution, and whether an earlier redrive had
        started it. Raises OpsError where none was, or none yet: the message is to be kept then."""
        machine = read_machine(self.deployment, machine_arn)
        for number in count(1):
            own = occasion if number == 1 else _next(occasion, number)
            name = f"{MANUAL}{own.execution_id}"
            before = execution_status(self.deployment, machine.arn, name) is not None
            if not before:
                self._refuse_beside_others(machine)
                start(own)
                self._started[machine.arn] = name
            progress = self._await_task(execution_arn(machine.arn, name))
            if progress.ran:
                return name, before
            _refuse_unless_over(name, progress, own)
            if not before:
                raise OpsError(f"its execution {name} ended without a run: {_end(progress)}")
        raise AssertionError("names do not end")

    def _refuse_beside_others(self, machine: Machine) -> None:
        if not machine.exclusive:
            return
        going = running_executions(self.deployment, machine.arn)
        mine = self._started.get(machine.arn)
        if mine and execution_status(self.deployment, machine.arn, mine) == RUNNING:
            going = [mine, *going]
        if going:
            raise OpsError(
                f"an earlier run is still going ({going[0]}), and one at a time is allowed. Redrive it when that has "
                "ended."
            )

    def _await_task(self, arn: str) -> Progress:
        progress = execution_progress(self.deployment, arn)
        for _ in range(WAIT_SECONDS // POLL_SECONDS):
            if progress.ran or progress.status != RUNNING:
                break
            time.sleep(POLL_SECONDS)
            progress = execution_progress(self.deployment, arn)
        return progress


def _next(occasion: Occasion, number: int) -> Occasion:
    # The time was claimed by the execution that ran nothing, and which nobody else can be.
    return replace(occasion, execution_id=f"{occasion.execution_id}-{number}", delivered=False)


def _refuse_unless_over(name: str, progress: Progress, occasion: Occasion) -> None:
    if progress.status == RUNNING:
        raise OpsError(
            f"its execution {name} goes on, and has not started its run yet: it waits for capacity, or for its turn. "
            "Redrive it again later: it is this execution that is looked at then."
        )
    if progress.cause == DELIVERED_TWICE:
        raise OpsError(
            f"a run was started already for {occasion.scheduled_time}: by EventBridge Scheduler, which was not "
            "answered, or for another message. See ops history, and delete it; to start another all the same: --anew."
        )


def _end(progress: Progress) -> str:
    return ": ".join(part for part in (progress.error or progress.status, progress.cause) if part)
