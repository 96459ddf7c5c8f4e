"""Executions of state machines that are stopped. AWS: Step Functions API reference, StopExecution."""

import json
import threading
from typing import Any
from unittest import mock

from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from tests.interpreter import client, interpreter

ENDLESS = json.dumps(
    {
        "QueryLanguage": "JSONata",
        "StartAt": "Wait",
        "States": {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Again"}, "Again": {"Type": "Pass", "Next": "Wait"}},
    }
)


def test_an_execution_is_stopped_before_its_first_state():
    asked = threading.Event()
    with interpreter() as states:
        stop, begin = ExecutionWorker.stop, ExecutionWorker._get_evaluation_entrypoint

        def stopping(self: ExecutionWorker, **given: Any) -> None:
            asked.set()
            stop(self, **given)

        def late(self: ExecutionWorker) -> Any:
            asked.wait()
            return begin(self)

        states.create(ENDLESS)
        with mock.patch.multiple(ExecutionWorker, stop=stopping, _get_evaluation_entrypoint=late):
            execution = states.start("first")
            client("stepfunctions").stop_execution(executionArn=execution)
            assert states.end(execution).status == "ABORTED"
