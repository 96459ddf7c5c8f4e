"""Targets that CreateSchedule refuses, and those that it accepts."""

from typing import Any

import pytest

from sandbox.rules import rule_problems

CALL = "arn:aws:scheduler:::aws-sdk:"
SCHEDULE = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}}


def problems(arn: str, **target: Any) -> list[str]:
    return rule_problems("scheduler", "CreateSchedule", {**SCHEDULE, "Target": {"Arn": arn, **target}})


@pytest.mark.parametrize(
    "call",
    [
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
        "sqs:sendMessage",
        "rds:stopDBInstance",
        "sfn:startExecution",
        "ecs:updateService",
        "applicationautoscaling:registerScalableTarget",
        "databasemigration:startReplicationTask",
        "cloudwatchlogs:createExportTask",
        "redshiftdata:executeStatement",
        "eventbridge:putEvents",
    ],
)
def test_an_api_call_is_a_target_whatever_its_input(call: str):
    assert problems(CALL + call, Input='{"NoSuchMember": 1}') == []
    assert problems(CALL + call) == []


@pytest.mark.parametrize(
    ("service", "action"),
    [
        # https://repost.aws/knowledge-center/eventbridge-scheduler-troubleshooting: the id of the AWS SDK for Java 2.x.
        ("states", "startExecution"),
        ("redshift-data", "batchExecuteStatement"),
        ("RDS", "stopDBInstance"),
        ("rds", "StopDBInstance"),
        ("rds", "stopDbInstance"),
        ("rds", "explodeDBInstance"),
        ("nothing", "stop"),
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html#unsupported-api-actions
        ("rds", "describeDBInstances"),
        ("dynamodb", "query"),
        ("s3", "getObject"),
        ("bedrockruntime", "invokeModel"),
    ],
)
def test_an_unknown_or_reading_call_is_no_target(service: str, action: str):
    assert problems(f"{CALL}{service}:{action}") == [f"The api {action} is not valid for the service aws-sdk:{service}"]


def test_another_service_is_no_target():
    # https://github.com/boto/boto3/issues/3558
    [problem] = problems("arn:aws:scheduler:eu-west-1:123456789012:schedule/default/a")
    assert problem == "scheduler is not a supported service for a target."
    [problem] = problems("arn:aws:rds:eu-west-1:123456789012:db:orders")
    assert problem == "rds is not a supported service for a target."


BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
EVENT = {"EventBridgeParameters": {"DetailType": "a", "Source": "b"}}


def test_the_parameters_of_a_target_are_those_of_its_service():
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html
    assert problems(BUS, Input="{}", **EVENT) == []
    assert problems(BUS, Input="{}") == ["Target.EventBridgeParameters: is required for a target of events"]
    [problem] = problems(f"{CALL}sqs:sendMessage", SqsParameters={"MessageGroupId": "a"})
    assert problem == "Target.SqsParameters: is only for targets of sqs"


@pytest.mark.parametrize(
    "service", ["lambda:eu-west-1:123456789012:function:a", "states:eu-west-1:123456789012:stateMachine:a"]
)
def test_the_input_of_functions_and_state_machines_is_json(service: str):
    # botocore scheduler, Target.Input
    assert problems(f"arn:aws:{service}", Input='{"a": 1}') == []
    assert problems(f"arn:aws:{service}") == []
    [problem] = problems(f"arn:aws:{service}", Input="not JSON")
    assert problem.startswith("Target.Input: must be well-formed JSON")
    assert problems("arn:aws:sqs:eu-west-1:123456789012:a", Input="not JSON") == []
