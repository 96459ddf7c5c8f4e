"""Executions of state machines in the live sandbox: events about them, and Step Functions' metrics."""

import json

from components.monitoring import events as rules
from sandbox.live.events import execution_status_change

from .world import ACCOUNT, NAMES, REGION, World, client

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev__job"
DEFINITION = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})


def started(stack: World, name: str) -> str:
    states = client("stepfunctions")
    role = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
    states.create_state_machine(name="shop-dev__job", definition=DEFINITION, roleArn=role)
    stack.run(3)
    return states.start_execution(stateMachineArn=MACHINE, name=name, input='{"time": "now"}')["executionArn"]


def test_an_execution_that_was_stopped_reaches_the_rule_on_broken_executions(stack: World):
    pattern = rules.broken_pattern([MACHINE])
    group = NAMES.outcome_log_group("failed")
    target = {"Id": "log", "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"}
    client("events").put_rule(Name="broken", EventPattern=pattern)
    client("events").put_targets(Rule="broken", Targets=[target])
    arn = started(stack, "first")
    stack.run(3)
    assert stack.outcomes("failed") == []
    client("stepfunctions").stop_execution(executionArn=arn)
    stack.run(3)
    [detail] = stack.outcomes("failed")
    assert (detail["executionArn"], detail["status"], detail["name"]) == (arn, "ABORTED", "first")
    assert detail["stopDate"] >= detail["startDate"] > 10**12, "milliseconds"
    now = stack.clock.now
    dimensions = {"StateMachineArn": MACHINE}
    assert stack.live.metrics.values("AWS/States", "ExecutionsAborted", dimensions, now - 60, now + 1) == [1.0]
    stack.run(10)
    assert len(stack.outcomes("failed")) == 1, "each change is reported once"


def test_executions_that_ended_before_are_no_news(stack: World):
    arn = started(stack, "first")
    client("stepfunctions").stop_execution(executionArn=arn)
    stack.live.executions._known = None
    stack.run(10)
    assert not [line for line in stack.lines if "ABORTED" in line]


def test_the_event_has_the_members_of_awss_sample(stack: World):
    """AWS: Step Functions developer guide, "Execution starts and ends event examples". The sample also has versions,
    aliases and details of input and output."""
    arn = started(stack, "first")
    found = client("stepfunctions").describe_execution(executionArn=arn)
    event = execution_status_change(found, 0)
    assert (event.source, event.detail_type, event.resources) == (
        "aws.states",
        "Step Functions Execution Status Change",
        (arn,),
    )
    assert set(event.detail) == {
        *("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate"),
        *("input", "output", "error", "cause"),
    }
    assert event.detail["stopDate"] is None
