"""Following the execution of a supervised task, and stopping it so that the next one is not kept from running."""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from components.supervised import lease

from ..aws.deployment import Deployment
from ..aws.errors import explained
from ..aws.machines import RUNNING, Machine
from ..aws.tasks import family_tasks
from . import records
from .following import RunState
from .records import Run

Data = Mapping[str, Any]

_QUIET_LOOKS = 4
"""Looks in a row that find no ECS task of an execution that was stopped, before it is taken to have none: one may have
been started just then."""


class ExecutionRun:
    """The execution of a supervised task's state machine, with the ECS tasks that it starts one after the other."""

    def __init__(self, deployment: Deployment, task: str, execution_arn: str, machine: Machine, container: str | None):
        """`container` is the one whose exit code counts, where that is known."""
        self._deployment, self._task, self._arn = deployment, task, execution_arn
        self._sfn, self._machine, self._container = deployment.client("stepfunctions"), machine, container
        self._execution: Data = {}
        self._tasks: dict[str, Data] = {}
        self._aborted: str | None = None
        """The reason, where the execution itself was stopped."""
        self._quiet = 0

    @property
    def ids(self) -> list[str]:
        """The name of the execution."""
        return [records.last_part(self._arn, ":")]

    def look(self) -> RunState:
        """Ask Step Functions, then ECS for the tasks."""
        self._execution = self._sfn.describe_execution(executionArn=self._arn)
        [name] = self.ids
        for task in family_tasks(self._deployment, self._machine.cluster_arn, self._machine.family):
            if records.execution_of(task) == name:
                self._tasks[str(task["taskArn"])] = task
        tasks = list(self._tasks.values())
        status = str(self._execution["status"])
        inner = str(tasks[-1]["lastStatus"]) if tasks else "no ECS task yet"
        ended = status != RUNNING
        if ended and self._aborted is not None:
            ended = self._have_stopped(self._aborted)
        return RunState(status if ended else f"{status} ({inner})", tasks, ended)

    def stop(self, reason: str) -> None:
        """Stop its ECS task: then the state machine goes on to its end, gives the lease back and reports the outcome.

        Where there is no task, or it is not to be stopped, the execution is stopped, which does neither."""
        from botocore.exceptions import ClientError

        self.look()
        if going := self._going():
            with suppress(ClientError):
                self._stop_tasks(going, reason)
                return
        self._sfn.stop_execution(executionArn=self._arn, error="Stopped", cause=reason)
        self._aborted = reason

    def clean_up(self, tell: Callable[[str], None]) -> None:
        """Give back the lease of an execution that was stopped, as it cannot do that itself: without it, no run starts
        until the lease expires."""
        from botocore.exceptions import BotoCoreError, ClientError

        if self._aborted is None or not self._machine.exclusive:
            return
        dynamodb = self._deployment.client("dynamodb")
        request = lease.release(self._deployment.names.lease_table, self._task, holder=self.ids[0])
        try:
            dynamodb.delete_item(**request)
            tell(f"the lease of {self._task} is given back")
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return
        except (BotoCoreError, ClientError) as error:
            tell(f"the lease of {self._task} is still held: {explained(error)} {self._lease_hint()}")

    def left_behind(self) -> str:
        """What is left to do where nobody waits for the end of an execution that was stopped; empty for nothing."""
        return self._lease_hint() if self._aborted is not None and self._machine.exclusive else ""

    def _lease_hint(self) -> str:
        request = lease.release(self._deployment.names.lease_table, self._task, holder=self.ids[0])
        options = {
            "--table-name": request["TableName"],
            "--key": json.dumps(request["Key"]),
            "--condition-expression": request["ConditionExpression"],
            "--expression-attribute-values": json.dumps(request["ExpressionAttributeValues"]),
        }
        words = [word for option in options.items() for word in option]
        return "No run starts until it expires. When no ECS task of it is going any more: " + shlex.join(
            ["aws", "dynamodb", "delete-item", *words]
        )

    def _going(self) -> list[Data]:
        return [task for task in self._tasks.values() if task["lastStatus"] != records.STOPPED]

    def _stop_tasks(self, tasks: Sequence[Data], reason: str) -> None:
        for task in tasks:
            if task.get("desiredStatus") == records.STOPPED:
                continue
            self._deployment.client("ecs").stop_task(
                cluster=self._machine.cluster_arn, task=task["taskArn"], reason=reason
            )

    def _have_stopped(self, reason: str) -> bool:
        """Whether no ECS task of an execution that was stopped goes on. Step Functions stops its task, if it can."""
        from botocore.exceptions import ClientError

        going = self._going()
        self._quiet = 0 if going else self._quiet + 1
        with suppress(ClientError):
            self._stop_tasks(going, reason)
        return self._quiet >= _QUIET_LOOKS

    def run(self) -> Run:
        """The run, with the exit code of its last attempt."""
        run = records.from_execution({**self._execution, "name": self.ids[0]}, self._task)
        return records.with_attempts(run, list(self._tasks.values()), self._container)
