"""Executions of state machines that are stopped. AWS: Step Functions API reference, StopExecution."""

import json

from tests.interpreter import client, interpreter

ENDLESS = json.dumps(
    {
        "QueryLanguage": "JSONata",
        "StartAt": "Wait",
        "States": {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Again"}, "Again": {"Type": "Pass", "Next": "Wait"}},
    }
)


def test_an_execution_that_has_just_begun_is_stopped():
    with interpreter() as states:
        states.create(ENDLESS)
        for number in range(20):
            execution = states.start(f"e{number}")
            client("stepfunctions").stop_execution(executionArn=execution)
            assert states.end(execution).status == "ABORTED"
