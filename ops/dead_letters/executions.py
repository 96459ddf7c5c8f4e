"""Redrives launches of supervised tasks. A started execution isn't a run yet.

An execution may end as skipped because another holds the lease, or fail before its run. So a message is deleted only
when its execution has started an ECS task. The execution's name comes from the message's id, so a later redrive finds
it. It starts another execution, with the next name, only if the previous one ended without a run.

If runs must not overlap, nothing starts before the previous run has ended. A second execution would be skipped or, with
`overlap: replace`, would stop the first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from components.supervised.once import DELIVERED_TWICE, STARTED_TWICE

from .. import waiting
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
from ..runs.request import MANUAL, LaunchContext

WAIT_SECONDS = 120
"""The longest wait for the first ECS task of an execution. The message is held for longer."""
POLL_SECONDS = 3
MOST_EXECUTIONS = 100
"""The most executions of one message. Each redrive starts at most one."""


@dataclass(frozen=True, slots=True)
class Executions:
    """The executions that a redrive starts, one message after the other."""

    deployment: Deployment
    _started: dict[str, str] = field(default_factory=dict[str, str])
    """The last started execution by state machine, because AWS may not list it yet."""

    def run(
        self, machine_arn: str, context: LaunchContext, start: Callable[[LaunchContext], object]
    ) -> tuple[str, bool]:
        """Ensure that the run of a message has started.

        Returns the name of its execution, and whether an earlier redrive started it. Raises OpsError if no run has
        started, or not yet: then the message must be kept.
        """
        machine = read_machine(self.deployment, machine_arn)
        for number in range(1, MOST_EXECUTIONS + 1):
            own = context if number == 1 else _next(context, number)
            name = f"{MANUAL}{own.execution_id}"
            started_before = execution_status(self.deployment, machine.arn, name) is not None
            if not started_before:
                self._refuse_if_running(machine)
                start(own)
                self._started[machine.arn] = name
            progress = self._await_task(execution_arn(machine.arn, name))
            if progress.ran:
                return name, started_before
            _refuse_unless_ended(name, progress, own)
            if not started_before:
                raise OpsError(f"Its execution {name} ended without a run: {_end(progress)}")
        raise OpsError(
            f"{MOST_EXECUTIONS} executions of the message ended without a run. Fix their cause, which "
            "scheduled-tasks history shows, or start a run with scheduled-tasks run and delete the message."
        )

    def _refuse_if_running(self, machine: Machine) -> None:
        if not machine.exclusive:
            return
        running = running_executions(self.deployment, machine.arn)
        mine = self._started.get(machine.arn)
        if mine and execution_status(self.deployment, machine.arn, mine) == RUNNING:
            running = [mine, *running]
        if running:
            raise OpsError(
                f"Another run has not ended yet ({running[0]}), and runs must not overlap. Redrive the message when "
                "that run has ended."
            )

    def _await_task(self, arn: str) -> Progress:
        progress = execution_progress(self.deployment, arn)
        for _ in range(WAIT_SECONDS // POLL_SECONDS):
            if progress.ran or progress.status != RUNNING:
                break
            waiting.wait(POLL_SECONDS)
            progress = execution_progress(self.deployment, arn)
        return progress


def _next(context: LaunchContext, number: int) -> LaunchContext:
    # The previous execution has recorded the scheduled time, so this one must not record it again.
    return replace(context, execution_id=f"{context.execution_id}-{number}", delivered=False)


def _refuse_unless_ended(name: str, progress: Progress, context: LaunchContext) -> None:
    if progress.status == RUNNING:
        raise OpsError(
            f"Its execution {name} is running but has not started its run yet: it waits for capacity or for another "
            "run. Redrive the message later: that checks the same execution."
        )
    if progress.cause in (DELIVERED_TWICE, STARTED_TWICE):
        raise OpsError(
            f"A run for {context.scheduled_time} has already started, either by EventBridge Scheduler or for another "
            "message. Check it with scheduled-tasks history and delete the message. To start another run anyway, "
            "pass --again."
        )


def _end(progress: Progress) -> str:
    return ": ".join(part for part in (progress.error or progress.status, progress.cause) if part)
