"""Executions of Step Functions on the clock: their states, events about them, and Step Functions' metrics.

AWS: Step Functions developer guide, "EventBridge events for Step Functions execution status changes", "Monitoring Step
Functions metrics"; Step Functions API reference, StartExecution, StopExecution, DescribeExecution.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from components.aws.account import Account
from components.aws.arn import Arn
from ops.simulation.clock import Clock, Signal

from ..calls import Client
from ..state_machines.features import unknown
from ..state_machines.interpreter import Ended, Execution
from ..state_machines.processes import Running
from .events import Event, execution_status_change
from .execution_history import ExecutionHistory
from .lifecycle import Lifecycle
from .machine_calls import MachineCalls, Parts, knows
from .machine_role import MachineRole
from .metrics import Metrics

RUNNING = "RUNNING"
ABORTED = "ABORTED"
_METRICS: Mapping[str, str] = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    ABORTED: "ExecutionsAborted",
}
_RUNTIME = "States.Runtime"


@dataclass(eq=False)
class LiveExecution:
    """An execution on the clock, with the attributes of moto's executions."""

    execution_arn: str
    name: str
    state_machine_arn: str
    execution_input: str
    start_date: datetime
    history: ExecutionHistory
    definition: str
    role_arn: str
    kind: str
    """The type of the state machine, such as STANDARD."""
    status: str = RUNNING
    stop_date: datetime | None = None
    output: str | None = None
    output_details: Mapping[str, Any] | None = None
    error: str | None = None
    cause: str | None = None
    ended: Signal = field(default_factory=Signal)
    running: Running[Ended] | None = None

    @property
    def task(self) -> str:
        """The task of the state machine: the part of its name after the prefix. Neither contains `__`."""
        name = self.state_machine_arn.rsplit(":", 1)[-1]
        return name.split("__")[1] if "__" in name else name

    def to_history_output(self) -> dict[str, Any]:
        """The answer of GetExecutionHistory."""
        return {"events": self.history.events}

    def described(self) -> dict[str, Any]:
        """The answer of DescribeExecution."""
        optional = {"stopDate": self.stop_date, "output": self.output, "error": self.error, "cause": self.cause}
        return {
            "executionArn": self.execution_arn,
            "stateMachineArn": self.state_machine_arn,
            "name": self.name,
            "status": self.status,
            "startDate": self.start_date,
            "input": self.execution_input,
            "inputDetails": {"included": True},
            **({"outputDetails": {"included": True}} if self.output is not None else {}),
            "redriveCount": 0,
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass(slots=True)
class Executions:
    """Runs the executions of state machines.

    Args:
        clock: All states are entered on it.
        client: Makes clients of the emulator.
        lifecycle: Tells when ECS tasks end.
        metrics: Gets Step Functions' metrics.
        publish: Puts an event on the event bus.
        tell: Gets a line about a task.
    """

    clock: Clock
    client: Client
    lifecycle: Lifecycle
    metrics: Metrics
    publish: Callable[[Event], None]
    tell: Callable[[str, str], None]
    _running: dict[str, LiveExecution] = field(default_factory=dict[str, LiveExecution])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, machine: Any, name: str, text: str) -> LiveExecution:
        """Start an execution of one of moto's state machines. It enters its first state on the clock.

        Args:
            machine: The state machine.
            name: The name of the execution.
            text: Its input as JSON.
        """
        arn = Arn.parse(str(machine.arn))
        history = ExecutionHistory(lambda: self.clock.now, arn.region, machine.roleArn)
        execution = LiveExecution(
            execution_arn=str(arn.execution(name)),
            name=name,
            state_machine_arn=str(machine.arn),
            execution_input=text,
            start_date=self._now(),
            history=history,
            definition=machine.definition,
            role_arn=machine.roleArn,
            kind=machine.type,
        )
        self._running[execution.execution_arn] = execution
        self.clock.at(self.clock.now, lambda: self._begin(execution))
        return execution

    def stop(self, execution: LiveExecution, error: str | None, cause: str | None) -> datetime:
        """StopExecution was called. The work of the current state is stopped on the clock.

        Returns the time of the stop.
        """
        if self._set(execution, Ended(ABORTED, error or "", cause or "")):
            self.clock.at(self.clock.now, lambda: self._abort(execution))
        assert execution.stop_date
        return execution.stop_date

    def end_of(self, arn: str) -> Signal | None:
        """The end of an execution. None if it has ended, or isn't live."""
        return self._running[arn].ended if arn in self._running else None

    def _begin(self, execution: LiveExecution) -> None:
        if execution.status != RUNNING:
            return
        self._changed(execution)
        machine = json.loads(execution.definition)
        refused = [*unknown(machine, knows)]
        if execution.kind != "STANDARD":
            refused.insert(0, f"The state machine has the type {execution.kind}")
        if refused:
            execution.history.record("ExecutionStarted", input=json.loads(execution.execution_input))
            self._fail(execution, f"The live sandbox can't run this state machine. {'. '.join(refused)}.")
            return
        arn = Arn.parse(execution.state_machine_arn)
        account = Account(arn.partition, arn.region, arn.account_id)
        parts = Parts(self.clock, self.client, self.lifecycle.end_of, self.end_of, self.tell)
        role = MachineRole(self.clock, self.client, execution.role_arn, execution.state_machine_arn, account)
        calls = MachineCalls(parts, account, execution.task, role, execution.state_machine_arn, execution.execution_arn)
        states = Execution(
            machine,
            execution.name,
            json.loads(execution.execution_input),
            calls,
            lambda: self.clock.now,
            # The same execution has the same pauses each time.
            Random(execution.execution_arn),  # noqa: S311 - no secret
            context=_context(execution),
            record=execution.history.record,
        )

        def failed(error: Exception) -> None:
            self._fail(execution, f"The live sandbox failed in the state {states.state}: {error}")

        execution.running = Running(self.clock, states.run(), lambda ended: self._end(execution, ended), failed)
        execution.running.start()

    def _fail(self, execution: LiveExecution, cause: str) -> None:
        """End an execution with an error that no state catches, because the sandbox can't continue."""
        execution.history.record("ExecutionFailed", error=_RUNTIME, cause=cause)
        self._end(execution, Ended("FAILED", _RUNTIME, cause))

    def _abort(self, execution: LiveExecution) -> None:
        try:
            if execution.running:
                execution.running.cancel()
        except Exception as error:
            self.tell(execution.task, f"The live sandbox failed to stop the work of {execution.name}: {error}")
        why = {"error": execution.error, "cause": execution.cause}
        execution.history.record("ExecutionAborted", **{name: value for name, value in why.items() if value})
        self._changed(execution)

    def _end(self, execution: LiveExecution, ended: Ended) -> None:
        if self._set(execution, ended):
            self._changed(execution)

    def _set(self, execution: LiveExecution, ended: Ended) -> bool:
        """End an execution. Returns False if it has ended: another thread can stop it at any time."""
        with self._lock:
            if execution.status != RUNNING:
                return False
            execution.stop_date = self._now()
            execution.error, execution.cause = ended.error or None, ended.cause or None
            if ended.status == "SUCCEEDED":
                execution.output = json.dumps(ended.output)
                execution.output_details = {"included": True}
            execution.status = ended.status
            return True

    def _changed(self, execution: LiveExecution) -> None:
        """Report a change of the status."""
        self.publish(execution_status_change(execution.described(), self.clock.now))
        error = ": ".join(part for part in (execution.error, execution.cause) if part)
        text = f"Execution {execution.name[:8]} is {execution.status}{f': {error}' if error else ''}".rstrip(".")
        self.tell(execution.task, f"{text}.")
        if metric := _METRICS.get(execution.status):
            assert execution.stop_date
            dimensions = {"StateMachineArn": execution.state_machine_arn}
            self.metrics.put("AWS/States", metric, dimensions, 1)
            lasted = (execution.stop_date - execution.start_date).total_seconds()
            self.metrics.put("AWS/States", "ExecutionTime", dimensions, lasted * 1000)
            self._running.pop(execution.execution_arn, None)
            execution.ended.set()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now, UTC)


def _context(execution: LiveExecution) -> Mapping[str, Any]:
    """The members of the context object that don't change. AWS: Step Functions developer guide, "Accessing execution
    data from the Context object in Step Functions"."""
    own = {"Id": execution.execution_arn, "RoleArn": execution.role_arn, "RedriveCount": 0}
    name = execution.state_machine_arn.rsplit(":", 1)[-1]
    return {"Execution": own, "StateMachine": {"Id": execution.state_machine_arn, "Name": name}}
