"""The places where moto's Step Functions hands over to the live sandbox."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.stepfunctions.exceptions import InvalidExecutionInput
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from .executions import LiveExecution


class LiveExecutions(Protocol):
    """The executions of the live sandbox, as moto sees them."""

    def start_execution(self, machine: Any, name: str, text: str) -> LiveExecution:
        """StartExecution was called for a state machine."""
        ...

    def stop_execution(self, execution: LiveExecution, error: str | None, cause: str | None) -> datetime:
        """StopExecution was called for a live execution."""
        ...


def hook_executions(on: Callable[[], LiveExecutions | None], attached: Sequence[LiveExecutions]) -> None:
    """Change moto, once.

    Args:
        on: Returns the live sandbox that runs new executions. None if there is none.
        attached: The live sandbox that runs executions that have begun.
    """
    _hook_start(on)
    _hook_answers(attached)


def _hook_start(on: Callable[[], LiveExecutions | None]) -> None:
    backend: Any = StepFunctionsParserBackend
    start = backend.start_execution

    def start_execution(
        self: Any, state_machine_arn: str, name: str | None = None, execution_input: str | None = None, *more: Any
    ) -> Any:
        live = on()
        if live is None:
            return start(self, state_machine_arn, name, execution_input, *more)
        machine, text = self.describe_state_machine(state_machine_arn), execution_input or "{}"
        # AWS: Step Functions API reference, StartExecution, name: by default, a UUID.
        name = name or str(uuid4())
        if known := machine._handle_name_input_idempotency(name, text):
            return known
        try:
            json.loads(text)
        except ValueError as error:
            raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from None
        execution = live.start_execution(machine, name, text)
        machine.executions.append(execution)
        return execution

    backend.start_execution = start_execution


def _hook_answers(attached: Sequence[LiveExecutions]) -> None:
    """Answer calls about live executions. moto leaves out the end of those that time out, and the cause of a stop."""
    response: Any = StepFunctionResponse
    describe, stop, listed = response.describe_execution, response.stop_execution, response.list_executions

    def found(self: Any) -> Any:
        return self.stepfunction_backend.describe_execution(self._get_param("executionArn"))

    def describe_execution(self: Any) -> Any:
        execution = found(self)
        return ActionResult(execution.described()) if isinstance(execution, LiveExecution) else describe(self)

    def stop_execution(self: Any) -> Any:
        execution = found(self)
        if not attached or not isinstance(execution, LiveExecution):
            return stop(self)
        stopped = attached[0].stop_execution(execution, self._get_param("error"), self._get_param("cause"))
        return ActionResult({"stopDate": stopped})

    def list_executions(self: Any) -> Any:
        answer = listed(self)
        machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
        live = {each.execution_arn: each for each in machine.executions if isinstance(each, LiveExecution)}
        for item in answer.result["executions"]:
            if (execution := live.get(item["executionArn"])) and execution.stop_date:
                item["stopDate"] = execution.stop_date
        return answer

    response.describe_execution, response.stop_execution = describe_execution, stop_execution
    response.list_executions = list_executions
