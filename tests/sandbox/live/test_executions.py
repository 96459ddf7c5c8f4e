"""Executions of state machines in the live sandbox: answers, history, events, metrics, and what it refuses."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from components.infrastructure.trust import supervisor_trust
from components.monitoring import events as rules
from sandbox.live.events import execution_status_change
from sandbox.validation import service_model

from .supervised import MACHINE, OWN, ROLE, described, history
from .world import ACCOUNT, NAMES, REGION, TOPIC, World, client


def states_of(**states: Any) -> dict[str, Any]:
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}


WAITS = states_of(Wait={"Type": "Wait", "Seconds": 3600, "Next": "End"}, End={"Type": "Succeed", "Output": {"a": 1}})
PUBLISH = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sns:publish",
    "Arguments": {"TopicArn": TOPIC, "Message": {"text": "{% $states.input.text %}"}},
    "End": True,
}


def started(machine: dict[str, Any], name: str = "first", given: str = '{"text": "hello"}', **policy: Any) -> str:
    """Start an execution of a new state machine. `policy` is a statement of its role, besides Allow and any resource."""
    if not client("stepfunctions").list_state_machines()["stateMachines"]:
        client("iam").create_role(RoleName="supervisor", AssumeRolePolicyDocument=supervisor_trust(NAMES, OWN))
        name_of = MACHINE.rsplit(":", 1)[-1]
        client("stepfunctions").create_state_machine(name=name_of, definition=json.dumps(machine), roleArn=ROLE)
    if policy:
        statement = {"Effect": "Allow", "Resource": "*", **policy}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        client("iam").put_role_policy(RoleName="supervisor", PolicyName="own", PolicyDocument=document)
    answer = client("stepfunctions").start_execution(stateMachineArn=MACHINE, name=name, input=given)
    return answer["executionArn"]


def watch_broken_executions() -> None:
    """Deploy the rule on executions that end without reporting an outcome."""
    target = {"Id": "log", "Arn": OWN.arn("logs", f"log-group:{NAMES.outcome_log_group('failed')}")}
    client("events").put_rule(Name="broken", EventPattern=rules.broken_pattern([MACHINE]))
    client("events").put_targets(Rule="broken", Targets=[target])


def test_waits_take_virtual_time(unscheduled: World):
    begin = unscheduled.clock.now
    arn = started(WAITS)
    unscheduled.run(3599)
    assert described(arn)["status"] == "RUNNING"
    unscheduled.run(2)
    found = described(arn)
    assert (found["status"], found["output"]) == ("SUCCEEDED", '{"a": 1}')
    assert (found["startDate"].timestamp(), found["stopDate"].timestamp()) == (begin, begin + 3600)


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT"])
def test_an_execution_that_did_not_end_by_itself_reaches_the_rule_on_broken_executions(stack: World, status: str):
    watch_broken_executions()
    arn = started({**WAITS, "TimeoutSeconds": 60})
    stack.run(3)
    assert stack.outcomes("failed") == []
    if status == "ABORTED":
        client("stepfunctions").stop_execution(executionArn=arn)
    stack.run(60)
    [detail] = stack.outcomes("failed")
    assert (detail["executionArn"], detail["status"], detail["name"]) == (arn, status, "first")
    assert detail["stopDate"] >= detail["startDate"] > 10**12, "milliseconds"
    metric = {"ABORTED": "ExecutionsAborted", "TIMED_OUT": "ExecutionsTimedOut"}[status]
    now = stack.clock.now
    assert stack.live.metrics.values("AWS/States", metric, {"StateMachineArn": MACHINE}, now - 65, now + 1) == [1.0]
    stack.run(10)
    assert len(stack.outcomes("failed")) == 1, "each change is reported once"
    [listed] = client("stepfunctions").list_executions(stateMachineArn=MACHINE, statusFilter=status)["executions"]
    assert listed["stopDate"] == described(arn)["stopDate"]


def test_the_event_has_the_members_of_awss_sample(stack: World):
    """AWS: Step Functions developer guide, "Execution starts and ends event examples". The sample also has versions,
    aliases and details of input and output."""
    event = execution_status_change(described(started(WAITS)), 0)
    assert (event.source, event.detail_type, event.resources) == (
        "aws.states",
        "Step Functions Execution Status Change",
        (MACHINE.replace(":stateMachine:", ":execution:") + ":first",),
    )
    assert set(event.detail) == {
        *("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate"),
        *("input", "output", "error", "cause"),
    }
    assert event.detail["stopDate"] is None
    stack.run(1)
    assert "job: Execution first is RUNNING." in stack.lines


def test_the_same_name_is_the_same_execution_while_it_runs(unscheduled: World):
    """AWS: Step Functions API reference, StartExecution: it is idempotent for a running execution with the same input,
    and else ExecutionAlreadyExists."""
    arn = started(WAITS)
    assert started(WAITS) == arn
    for given in ("{}", '{"text": "hello"}'):
        if given != "{}":
            unscheduled.run(3601)
        with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
            started(WAITS, given=given)


def test_input_that_is_no_json_is_refused(unscheduled: World):
    with pytest.raises(ClientError, match="InvalidExecutionInput"):
        started(WAITS, given="{")
    assert client("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"] == []
    assert unscheduled.lines == []


def _checked(shape: Shape, value: Any, path: str) -> None:
    if isinstance(shape, StructureShape):
        assert isinstance(value, dict), path
        assert value.keys() <= shape.members.keys(), path
        assert set(shape.required_members) <= value.keys(), path
        for name, item in value.items():
            _checked(shape.members[name], item, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            _checked(shape.member, item, path)
    elif isinstance(shape, MapShape):
        for item in value.values():
            _checked(shape.value, item, path)
    elif isinstance(shape, StringShape) and shape.enum:
        assert value in shape.enum, path


def test_the_history_is_one_of_awss(unscheduled: World):
    """AWS: botocore stepfunctions, GetExecutionHistoryOutput: the types of events, and the members of each."""
    told = {"TopicArn": TOPIC, "Message": {"number": "{% $states.input %}"}}
    work = {**PUBLISH, "Arguments": told, "Output": "{% $states.result.MessageId != '' %}", "Assign": {"sent": True}}
    each = {"Type": "Map", "Items": [1, 2], "ItemProcessor": {"StartAt": "Tell", "States": {"Tell": work}}}
    failed = {"Type": "Pass", "Output": "{% $states.input.missing %}", "End": True}
    arn = started(states_of(All={**each, "Next": "Bad"}, Bad=failed), Action="sns:Publish")
    unscheduled.run(1)
    backend: Any = stepfunctions_parser_backends[ACCOUNT][REGION]
    events = backend.describe_execution(arn).to_history_output()
    shape = service_model("stepfunctions").operation_model("GetExecutionHistory").output_shape
    assert shape
    _checked(shape, events, "history")
    kinds = [event["type"] for event in events["events"]]
    assert kinds == [event["type"] for event in history(arn)]
    assert kinds[:3] == ["ExecutionStarted", "MapStateEntered", "MapStateStarted"]
    assert kinds[-3:] == ["PassStateEntered", "EvaluationFailed", "ExecutionFailed"]
    newest = client("stepfunctions").get_execution_history(executionArn=arn, reverseOrder=True)["events"]
    assert newest[0]["executionFailedEventDetails"]["error"] == "States.QueryEvaluationError"
    scheduled = next(event["taskScheduledEventDetails"] for event in history(arn) if event["type"] == "TaskScheduled")
    assert (scheduled["resourceType"], scheduled["resource"], scheduled["region"]) == ("sns", "publish", "eu-west-1")
    assert json.loads(scheduled["parameters"]) == {"TopicArn": TOPIC, "Message": {"number": 1}}


def test_a_state_machine_that_the_sandbox_does_not_know_fails_with_all_reasons(unscheduled: World):
    watch_broken_executions()
    foreign = {**PUBLISH, "Resource": "arn:aws:states:::lambda:invoke", "HeartbeatSeconds": 5}
    arn = started(states_of(Call=foreign))
    unscheduled.run(1)
    found = described(arn)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert found["cause"] == (
        "The live sandbox can't run this state machine. "
        'State "Call" has the field HeartbeatSeconds. State "Call" calls arn:aws:states:::lambda:invoke.'
    )
    assert [event["type"] for event in history(arn)] == ["ExecutionStarted", "ExecutionFailed"]
    assert any("The live sandbox can't run this state machine." in line for line in unscheduled.lines)
    assert [detail["error"] for detail in unscheduled.outcomes("failed")] == ["States.Runtime"]


def test_a_call_that_is_not_emulated_fails_the_execution(unscheduled: World):
    call = {
        **PUBLISH,
        "Resource": "arn:aws:states:::aws-sdk:ecs:describeServiceRevisions",
        "Arguments": {"ServiceRevisionArns": ["x"]},
    }
    arn = started(
        states_of(Call={**call, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "End"}]}, End={"Type": "Succeed"}),
        Action="ecs:*",
    )
    unscheduled.run(1)
    found = described(arn)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime"), "no state catches it"
    assert "The emulator doesn't emulate ecs:describeServiceRevisions" in found["cause"]
    assert history(arn)[-1]["executionFailedEventDetails"]["cause"] == found["cause"]


@pytest.mark.parametrize(
    ("policy", "trusted", "status"),
    [
        ({"Action": "sns:Publish"}, True, "SUCCEEDED"),
        ({"Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:other"}, True, "FAILED"),
        ({"Action": "sns:Publish"}, False, "FAILED"),
    ],
)
def test_the_role_decides(unscheduled: World, policy: dict[str, Any], trusted: bool, status: str):
    machine = states_of(Tell=PUBLISH)
    started(machine, "before")
    unscheduled.run(1)
    if not trusted:
        other = supervisor_trust(NAMES, OWN).replace("states.amazonaws.com", "ecs-tasks.amazonaws.com")
        client("iam").update_assume_role_policy(RoleName="supervisor", PolicyDocument=other)
    arn = started(machine, **policy)
    unscheduled.run(1)
    found = described(arn)
    assert found["status"] == status
    if status == "FAILED":
        assert found["error"] == "SNS.AccessDeniedException"
        assert f"is not authorized to perform: sns:Publish on resource: {TOPIC}" in found["cause"]
    else:
        assert [mail.text for mail in unscheduled.live.mailbox.read()] == ['{"text": "hello"}']
