"""Targets other than ECS become calls that do the same: the target and the input equal those of the source."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from components.args import CallArgs
from components.aws.account import Account
from components.calls.any_call import any_call_problems
from components.calls.kinds import call_keys, call_of
from components.calls.model import Call
from components.json_values import Data
from components.keys.validation import validated
from ops.importing.aws.mapping import reading_of
from ops.importing.aws.model import Found, Rule, Schedule, Target
from ops.importing.aws.values import Unresolved, value_of
from ops.importing.model import Answers, Draft, Reading
from ops.importing.record import read_record
from ops.project import project_at
from tests.ops.cloud import ACCOUNT, REGION, Cloud
from tests.ops.conftest import Ops
from tests.ops.importing.test_aws import ROLE, put_rule, put_schedule, written


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


FUNCTION, MACHINE = arn("lambda", "function:reports:live"), arn("states", "stateMachine:nightly")
QUEUE, TOPIC, BUS = arn("sqs", "orders"), arn("sns", "orders"), arn("events", "event-bus/shop")
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
STOP = {"Arn": f"{UNIVERSAL}rds:stopDBInstance", "Input": '{"DbInstanceIdentifier": "orders"}'}
SAME: dict[str, dict[str, Any]] = {
    "function": {"Arn": FUNCTION, "Input": '{"day": "<aws.scheduler.scheduled-time>", "n": [1, 2.5, null]}'},
    "machine": {"Arn": MACHINE, "Input": '{"full": true}'},
    "queue": {"Arn": QUEUE, "Input": '{"tick": {"n": 1}}', "SqsParameters": {"MessageGroupId": "a"}},
    "text": {"Arn": QUEUE, "Input": "tick"},
    "topic": {"Arn": TOPIC, "Input": "[1, 2]"},
    "event": {
        "Arn": BUS,
        "Input": '{"a": 1}',
        "EventBridgeParameters": {"Source": "shop.orders", "DetailType": "Tick"},
    },
    "universal": STOP,
    "glue": {"Arn": f"{UNIVERSAL}glue:startJobRun", "Input": '{"JobName": "nightly", "Arguments": {"--day": "1"}}'},
}
"""Targets of EventBridge Scheduler that stay the same. AWS: EventBridge Scheduler user guide, "Using templated targets" and
"Using universal targets"."""


def of_schedule(target: dict[str, Any]) -> Reading:
    members = {"Name": "x", "ScheduleExpression": "rate(1 day)", "Target": {"RoleArn": ROLE, **target}}
    found, _ = reading_of(Found(schedules=[Schedule("account", "schedule/x", value_of(members))]), Answers())
    assert found.uncounted == 0
    return found


def of_rule(*targets: dict[str, Any]) -> Reading:
    rule = Rule("account", "rule/x", value_of({"Name": "x", "ScheduleExpression": "rate(1 day)"}))
    rule.targets += [Target(value_of({"Id": f"t{number}", **target})) for number, target in enumerate(targets)]
    found, _ = reading_of(Found([rule]), Answers())
    assert found.uncounted == 0
    return found


def notes(found: Reading, outcome: str) -> list[str]:
    return [each.note for each in found.every if each.outcome == outcome]


def blocks(draft: Draft) -> str:
    return " ".join(each.note for each in draft.decisions if each.blocks)


@pytest.mark.parametrize("name", SAME)
def test_a_schedule_becomes_a_call_with_the_same_target_and_input(project: Path, cloud: Cloud, ops: Ops, name: str):
    put_schedule(cloud, "job", SAME[name])
    result = ops("import", "aws")
    assert result.exit_code == 0, result.output
    stack = project / "Pulumi.test.yaml"
    stack.write_text(stack.read_text().replace("catalogue: false", "catalogue: [job]"))
    config = project_at(project).load("test")
    account = Account("aws", REGION, ACCOUNT)
    call = call_of(cast("Data", config.calls["job"].args), account, "unique")
    assert call.target_arn("aws") == SAME[name]["Arn"]
    assert _data(call.target_input) == _data(SAME[name]["Input"])
    for member in ("SqsParameters", "EventBridgeParameters"):
        assert call.target_parameters.get(member, {}) == SAME[name].get(member, {})
    assert "The call makes its own role, which may make this call only." in result.stdout
    assert read_record(project / "config/imported.json")["job"].kind == "schedule"


def _data(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def test_the_targets_of_a_rule_become_calls(project: Path, cloud: Cloud, ops: Ops):
    put_rule(cloud, "nightly", {"Arn": FUNCTION, "Input": '{"a": 1}'})
    log = {"Id": "log", "Arn": arn("logs", "log-group:x")}
    cloud.client("events").put_targets(Rule="nightly", Targets=[{"Id": "q", "Arn": QUEUE}, log])
    result = ops("import", "aws")
    assert result.exit_code == 1
    assert "The target is logs, which no call can reach." in result.stdout
    assert written(project, "nightly-job")["invoke"] == {"function": FUNCTION, "payload": {"a": 1}}
    assert written(project, "nightly-q") == {
        "schedule": "cron(0 3 * * ? *)", "timezone": "UTC", "send": {"queue": QUEUE},
        "retry": {"attempts": 5, "maxAge": "1h"},
    }  # fmt: skip
    assert "Its source is aws.scheduler, not aws.events" in result.stdout
    record = read_record(project / "config/imported.json")
    assert {name: each.target for name, each in record.items()} == {"nightly-job": "job", "nightly-q": "q"}


def test_a_job_and_a_build_of_a_rule_are_submitted():
    """AWS: EventBridge API reference, BatchParameters. The ARN of the target is that of the job queue."""
    parameters = {"JobDefinition": "load:3", "JobName": "load"}
    job = {"Arn": arn("batch", "job-queue/default"), "BatchParameters": parameters}
    build = {"Arn": arn("codebuild", "project/nightly"), "RoleArn": ROLE}
    pipeline = {"Arn": arn("codepipeline", "release"), "RoleArn": ROLE}
    found = of_rule(job, build, pipeline)
    assert [draft.keys["submit"] for draft in found.drafts] == [
        {"batch": {"queue": job["Arn"], "definition": "load:3", "name": "load"}},
        {"build": {"project": "nightly"}},
        {"pipeline": "release"},
    ]
    assert all(not draft.blocked for draft in found.drafts)
    array = {**job, "BatchParameters": {**parameters, "ArrayProperties": {"Size": 4}}}
    assert "No key of a job is ArrayProperties." in blocks(of_rule(array).drafts[0])
    assert "changes parameters of the work" in blocks(of_rule({**build, "Input": "{}"}).drafts[0])


def test_an_input_that_reads_the_event_blocks_the_task():
    """A schedule has no event. AWS: EventBridge API reference, Target: InputPath and InputTransformer."""
    path = of_rule({"Arn": FUNCTION, "InputPath": "$.detail"}).drafts[0]
    transformer = {"InputPathsMap": {"time": "$.time"}, "InputTemplate": '"<time>"'}
    for draft in (path, of_rule({"Arn": QUEUE, "InputTransformer": transformer}).drafts[0]):
        assert "A schedule has no event to read from." in blocks(draft)


def test_an_execution_that_gets_the_event_of_a_rule_blocks_the_task():
    assert "The execution gets the event of the rule" in blocks(of_rule({"Arn": MACHINE, "RoleArn": ROLE}).drafts[0])
    assert of_schedule({"Arn": MACHINE}).drafts[0].keys["execute"] == {"stateMachine": MACHINE}


def test_an_input_that_no_key_can_have_blocks_the_task():
    for target in ({"Arn": FUNCTION}, {"Arn": MACHINE}, {"Arn": f"{UNIVERSAL}rds:stopDBInstance"}):
        assert "It isn't a JSON object." in blocks(of_schedule({**target, "Input": "[1]"}).drafts[0])


PIPELINE, TEMPLATE = arn("sagemaker", "pipeline/nightly"), arn("inspector", "target/0-x/template/0-y")
PARAMETERS = {"PipelineParameterList": [{"Name": "Day", "Value": "<aws.scheduler.scheduled-time>"}]}


@pytest.mark.parametrize("read", [of_schedule, of_rule])
def test_pipelines_and_assessments_become_the_calls_that_the_templates_make(read: Callable[[dict[str, Any]], Reading]):
    """AWS: EventBridge Scheduler user guide, "Using templated targets": StartPipelineExecution, StartAssessmentRun."""
    calls: list[Call] = []
    for target in (
        {"Arn": PIPELINE, "RoleArn": ROLE, "SageMakerPipelineParameters": PARAMETERS},
        {"Arn": TEMPLATE, "RoleArn": ROLE},
    ):
        [draft] = read(target).drafts
        assert not draft.blocked
        given = {"call": draft.keys["call"], "with": draft.keys["with"]}
        found = validated(CallArgs, given, from_yaml=True)
        assert (found.problems, list(any_call_problems(call_keys(found.values)))) == ([], [])
        calls.append(call_of(found.values, Account("aws", REGION, ACCOUNT), "shop-dev__nightly"))
    [pipeline, assessment] = calls
    assert pipeline.target_arn("aws") == f"{UNIVERSAL}sagemaker:startPipelineExecution"
    assert json.loads(pipeline.target_input) == {
        "PipelineName": "nightly",
        "PipelineParameters": PARAMETERS["PipelineParameterList"],
        "ClientRequestToken": "shop-dev__nightly-<aws.scheduler.scheduled-time>",
    }
    assert pipeline.statements[0]["Resource"] == [PIPELINE]
    assert (assessment.target_arn("aws"), json.loads(assessment.target_input)) == (
        f"{UNIVERSAL}inspector:startAssessmentRun",
        {"AssessmentTemplateArn": TEMPLATE},
    )


def test_parameters_of_a_pipeline_that_read_the_event_block_the_task():
    """AWS: EventBridge user guide, "Dynamic path parameters": SageMakerPipelineParameters."""
    parameters = {"PipelineParameterList": [{"Name": "Key", "Value": "$.detail.key"}]}
    [draft] = of_rule({"Arn": PIPELINE, "RoleArn": ROLE, "SageMakerPipelineParameters": parameters}).drafts
    assert "A schedule has no event to read from." in blocks(draft)
    assert "changes parameters of the work" in blocks(of_schedule({"Arn": TEMPLATE, "Input": "{}"}).drafts[0])


@pytest.mark.parametrize(
    ("target", "note"),
    [
        (arn("kinesis", "stream/x"), "The target is kinesis. Write it as `call: kinesis:putRecord`, and try it."),
        (arn("firehose", "deliverystream/x"), "The target is firehose. Write it as `call: firehose:putRecord`, and"),
        (arn("batch", "job-queue/x"), "The target is batch, which no call can reach."),
        ("x", "The target isn't known."),
    ],
)
def test_other_targets_are_refused_by_name(target: str, note: str):
    found = of_schedule({"Arn": target, "Input": '{"a": 1}'})
    assert found.drafts == []
    assert note in notes(found, "not possible")[0]


def test_a_bus_of_a_rule_is_refused():
    assert notes(of_rule({"Arn": BUS}), "not possible")[1].startswith("A rule forwards its own event to an event bus")


def test_a_target_that_a_template_does_not_contain_names_the_answer():
    value = value_of({"Name": "x", "ScheduleExpression": "rate(1 day)"})
    target = value_of({"Id": "a", "Arn": ""})
    target.entries["Arn"].data = Unresolved("Function.Arn", "Pass --parameter Function.Arn=...")
    found, _ = reading_of(Found([Rule("t", "R", value, [Target(target)])]), Answers())
    assert found.drafts == []
    assert "The source doesn't contain the ARN of its target. Pass --parameter" in notes(found, "not possible")[1]


def test_a_call_that_aws_refuses_is_not_written(project: Path, cloud: Cloud, ops: Ops):
    """EventBridge Scheduler accepts any input. Only a run shows that it is wrong."""
    put_schedule(cloud, "job", {**STOP, "Input": '{"DBInstance": "orders"}'})
    result = ops("import", "aws")
    assert result.exit_code == 1
    assert not (project / "config/tasks/job.yaml").exists()
    assert "DBInstance" in result.stdout
