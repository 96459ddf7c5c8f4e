"""Executions of Step Functions: events about them, and Step Functions' metrics.

AWS: Step Functions developer guide, "EventBridge events for Step Functions execution status changes", "Monitoring Step
Functions metrics".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ops.simulation.clock import Clock

from ..calls import Client
from .events import Event, execution_status_change
from .metrics import Metrics

LOOK_SECONDS = 2
RUNNING = "RUNNING"
_METRICS: Mapping[str, str] = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


@dataclass(slots=True)
class Executions:
    """Looks for executions that change their status."""

    clock: Clock
    client: Client
    metrics: Metrics
    publish: Callable[[Event], None]
    tell: Callable[[str, str], None]
    is_on: Callable[[], bool] = lambda: True
    _known: dict[str, str] | None = None
    """The last status of each execution, by its ARN. None until it is known what has ended before."""

    def begin(self) -> None:
        """Look from now on. Executions that ended before, or while it isn't on, are no news."""
        self.clock.at(self.clock.now, self._tick)

    def _tick(self) -> None:
        self.clock.at(self.clock.now + LOOK_SECONDS, self._tick)
        if not self.is_on():
            self._known = None
            return
        if self._known is None:
            self._known = {arn: status for arn, status in self._read().items() if status != RUNNING}
        for arn, status in self._read().items():
            if self._known.get(arn) != status:
                self._known[arn] = status
                self._changed(arn, status)

    def _read(self) -> dict[str, str]:
        states = self.client("stepfunctions")
        return {
            execution["executionArn"]: execution["status"]
            for machines in states.get_paginator("list_state_machines").paginate()
            for machine in machines["stateMachines"]
            for page in states.get_paginator("list_executions").paginate(stateMachineArn=machine["stateMachineArn"])
            for execution in page["executions"]
        }

    def _changed(self, arn: str, status: str) -> None:
        found = self.client("stepfunctions").describe_execution(executionArn=arn)
        machine = found["stateMachineArn"]
        self.publish(execution_status_change(found, self.clock.now))
        task = machine.rsplit(":", 1)[-1].rsplit("__", 1)[-1]
        error = ": ".join(part for part in (found.get("error"), found.get("cause")) if part)
        self.tell(task, f"Execution {found['name'][:8]} is {status}{f': {error}' if error else ''}.")
        if metric := _METRICS.get(status):
            dimensions = {"StateMachineArn": machine}
            self.metrics.put("AWS/States", metric, dimensions, 1)
            lasted = (found["stopDate"] - found["startDate"]).total_seconds()
            self.metrics.put("AWS/States", "ExecutionTime", dimensions, lasted * 1000)
