"""Follows the execution of a supervised task, and stops it in a way that doesn't block the next run."""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import ceil

from components.supervised import lease
from components.supervised.language import LIST_SECONDS

from ..aws.deployment import Deployment
from ..aws.errors import explained
from ..aws.machines import RUNNING, Machine
from ..aws.tasks import family_tasks
from . import records
from .ecs_tasks import STOPPED, EcsTask, last_part
from .following import POLL_SECONDS, RunState
from .records import Run

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
    def _table(self) -> str:
        return self._deployment.names.lease_table

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
        """Release the lease of a stopped execution, which can't do that itself.

        Until the lease is released or expires, no other run starts.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        if self._stop_reason is None or not self._machine.exclusive:
            return
        dynamodb = self._deployment.client("dynamodb")
        try:
            dynamodb.delete_item(**lease.release(self._table, self._task, holder=self._name))
            tell(f"Released the lease of {self._task}.")
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return
        except (BotoCoreError, ClientError) as error:
            tell(f"The lease of {self._task} is still held. {explained(error)} {self._release_hint()}")

    def manual_clean_up(self) -> str:
        """How to release the lease of a stopped execution by hand; empty if there is nothing to do."""
        return self._release_hint() if self._stop_reason is not None and self._machine.exclusive else ""

    def _release_hint(self) -> str:
        request = lease.release(self._table, self._task, holder=self._name)
        options = {
            "--table-name": request["TableName"],
            "--key": json.dumps(request["Key"]),
            "--condition-expression": request["ConditionExpression"],
            "--expression-attribute-values": json.dumps(request["ExpressionAttributeValues"]),
        }
        words = [word for option in options.items() for word in option]
        return (
            "No run starts until the lease expires. To release it earlier, wait until no ECS task of this run is "
            f"running, then run: {shlex.join(['aws', 'dynamodb', 'delete-item', *words])}"
        )

    def _running_tasks(self) -> list[EcsTask]:
        return [task for task in self._tasks.values() if task.status != STOPPED]

    def _stop_tasks(self, tasks: Sequence[EcsTask], reason: str) -> None:
        for task in tasks:
            if task.desired_status != STOPPED:
                ecs = self._deployment.client("ecs")
                ecs.stop_task(cluster=self._machine.cluster_arn, task=task.arn, reason=reason)

    def _tasks_have_stopped(self, reason: str) -> bool:
        """Whether no ECS task of a stopped execution is running. Step Functions tries to stop the task too."""
        from botocore.exceptions import ClientError

        running = self._running_tasks()
        self._quiet_polls = 0 if running else self._quiet_polls + 1
        with suppress(ClientError):
            self._stop_tasks(running, reason)
        return self._quiet_polls >= (_QUIET_POLLS if self._tasks else _QUIET_POLLS_UNSEEN)

    def run(self) -> Run:
        """The run, with the exit code of its last attempt."""
        run = records.from_execution({**self._execution, "name": self._name}, self._task)
        return records.with_attempts(run, list(self._tasks.values()), self._container)
