"""The ends of executions of state machines. AWS: Step Functions API reference, StopExecution, DescribeExecution."""

import json
import threading
from typing import Any
from unittest import mock

import pytest
from moto.stepfunctions.parser.backend.execution import Execution
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


FAILS = {"Type": "Fail", "Error": "Skipped", "Cause": "Left out"}
SUCCEEDS = {"Type": "Succeed", "Output": {"done": True}}


@pytest.mark.parametrize(
    ("state", "status", "result"),
    [
        (FAILS, "FAILED", {"error": "Skipped", "cause": "Left out"}),
        (SUCCEEDS, "SUCCEEDED", {"output": '{"done":true}'}),
    ],
)
def test_an_execution_that_has_ended_has_its_result(state: dict[str, Any], status: str, result: dict[str, str]):
    described = list[dict[str, Any]]()

    class Described(Execution):
        """Describes itself as soon as it has a new status."""

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name == "exec_status" and value == status:
                described.append(dict(self.to_describe_output()))

    definition = {"QueryLanguage": "JSONata", "StartAt": "End", "States": {"End": state}}
    with interpreter() as states, mock.patch("moto.stepfunctions.parser.models.Execution", Described):
        states.create(json.dumps(definition))
        assert states.run().status == status
    assert [{name: value for name, value in each.items() if name in result} for each in described] == [result]


def test_an_execution_that_is_about_to_begin_is_listed_as_running():
    listed, worker = list[dict[str, Any]](), Execution._get_start_execution_worker

    def begin(self: Execution) -> Any:
        listed.extend(client("stepfunctions").list_executions(stateMachineArn=self.state_machine.arn)["executions"])
        return worker(self)

    with interpreter() as states, mock.patch.object(Execution, "_get_start_execution_worker", begin):
        states.create(json.dumps({"QueryLanguage": "JSONata", "StartAt": "End", "States": {"End": SUCCEEDS}}))
        states.run()
    assert [each["status"] for each in listed] == ["RUNNING"]
