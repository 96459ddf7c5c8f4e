"""Follows the execution of a supervised task, and stops it in a way that doesn't block the next run."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import ceil

from components.supervised.language import LIST_SECONDS
from components.supervised.parallel import is_execution_of

from ..aws.deployment import Deployment
from ..aws.machines import RUNNING, Machine, execution_arn, running_executions
from ..aws.tasks import family_tasks
from . import records
from .ecs_tasks import STOPPED, EcsTask, last_part
from .following import POLL_SECONDS, RunState
from .records import Run
from .releasing import Held, held_by, release, release_later

_QUIET_POLLS = 4
"""Consecutive polls without a running ECS task after which a stopped execution counts as ended, if its task has been
seen."""
_QUIET_POLLS_UNSEEN = ceil(LIST_SECONDS / POLL_SECONDS)
"""The same, if no ECS task has been seen. Step Functions may have started a task just before the stop, and ECS lists it
late."""


class ExecutionRun:
    """The execution of a supervised task, with the ECS tasks that it starts one after the other."""

    def __init__(self, deployment: Deployment, task: str, execution_arn: str, machine: Machine, container: str | None):
        """`container` is the one whose exit code counts, if it is known."""
        self._deployment, self._task, self._arn = deployment, task, execution_arn
        self._sfn, self._machine, self._container = deployment.client("stepfunctions"), machine, container
        self._execution: Mapping[str, object] = {}
        self._tasks: dict[str, EcsTask] = {}
        self._stop_reason: str | None = None
        """The reason if the execution itself was stopped."""
        self._quiet_polls = 0

    @property
    def _name(self) -> str:
        return last_part(self._arn, ":")

    @property
    def ids(self) -> list[str]:
        """The name of the execution."""
        return [self._name]

    def poll(self) -> RunState:
        """Get the current state from Step Functions and ECS."""
        self._execution = self._sfn.describe_execution(executionArn=self._arn)
        found = family_tasks(self._deployment, self._machine.cluster_arn, self._machine.family)
        own = [task for task in map(EcsTask.read, found) if task.execution == self._name]
        self._tasks |= {task.arn: task for task in own}
        tasks = list(self._tasks.values())
        status = str(self._execution["status"])
        task_status = tasks[-1].status if tasks else "no ECS task yet"
        if tasks and self._machine.tasks > 1:
            ended_tasks = sum(task.status == STOPPED for task in tasks)
            task_status = f"{len(tasks)} ECS tasks started, {ended_tasks} ended"
        ended = status != RUNNING
        if ended and self._stop_reason is not None:
            ended = self._tasks_have_stopped(self._stop_reason)
        return RunState(status if ended else f"{status} ({task_status})", tasks, ended)

    def stop(self, reason: str) -> None:
        """Stop the ECS task. The state machine then ends by itself, releases the lease and reports the outcome.

        If there is no ECS task, or it can't be stopped, stop the execution, which does neither. The same for a run
        with several tasks, which would start the next one.
        """
        from botocore.exceptions import ClientError

        self.poll()
        if self._machine.tasks == 1 and (running := self._running_tasks()):
            with suppress(ClientError):
                self._stop_tasks(running, reason)
                return
        self._sfn.stop_execution(executionArn=self._arn, error="Stopped", cause=reason)
        self._stop_reason = reason

    def clean_up(self, tell: Callable[[str], None]) -> None:
        """Release the lease and the lock of a stopped execution, which can't do that itself.

        Until both are released or expire, no other run starts.
        """
        release(self._deployment, self._held, tell)

    def manual_clean_up(self) -> str:
        """How to release the lease and the lock of a stopped execution by hand; empty if there is nothing to do."""
        return release_later(self._held)

    @property
    def _held(self) -> list[Held]:
        """The lease and the lock that the execution can hold, if it was stopped."""
        if self._stop_reason is None:
            return []
        table = self._deployment.names.lease_table
        return held_by(self._name, task=self._task, machine=self._machine, table=table)

    def _running_tasks(self) -> list[EcsTask]:
        return [task for task in self._tasks.values() if task.status != STOPPED]

    def _stop_tasks(self, tasks: Sequence[EcsTask], reason: str) -> None:
        for task in tasks:
            if task.desired_status != STOPPED:
                ecs = self._deployment.client("ecs")
                ecs.stop_task(cluster=self._machine.cluster_arn, task=task.arn, reason=reason)

    def _stop_executions_of_tasks(self, reason: str) -> bool:
        """Stop the executions of the run's tasks, and return whether any was running.

        Step Functions stops them on a best-effort basis. One that continues starts the next attempt of its task. AWS:
        Step Functions developer guide, "Discover service integration patterns in Step Functions", Run a Job (.sync).
        """
        from botocore.exceptions import ClientError

        arn = self._machine.index_machine_arn
        names = running_executions(self._deployment, arn) if arn else []
        own = [name for name in names if is_execution_of(self._name, name)]
        for name in own:
            with suppress(ClientError):
                self._sfn.stop_execution(executionArn=execution_arn(arn, name), error="Stopped", cause=reason)
        return bool(own)

    def _tasks_have_stopped(self, reason: str) -> bool:
        """Whether no ECS task of a stopped execution is running. Step Functions tries to stop the task too."""
        from botocore.exceptions import ClientError

        running = self._running_tasks()
        active = self._stop_executions_of_tasks(reason) or bool(running)
        self._quiet_polls = 0 if active else self._quiet_polls + 1
        with suppress(ClientError):
            self._stop_tasks(running, reason)
        return self._quiet_polls >= (_QUIET_POLLS if self._tasks else _QUIET_POLLS_UNSEEN)

    def run(self) -> Run:
        """The run, with the exit code of its last attempt."""
        run = records.from_execution({**self._execution, "name": self._name}, self._task)
        return records.with_attempts(run, list(self._tasks.values()), self._container)
