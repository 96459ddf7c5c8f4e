"""Calls that the sandbox plays: with boto3, from the ARN and the input of a target, with the rights of its role."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sandbox.calls import Played, TargetError, java_name, play
from tests.mocks import ACCOUNT

REGION = "eu-west-1"
DUE = datetime(2026, 11, 27, 20, tzinfo=UTC)
ARN = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/shop-dev/stop-orders"
DATABASE = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"


def client(service: str) -> Any:
    connect: Any = boto3.client
    return connect(service, region_name=REGION)


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
    with mock_aws():
        yield


def role(action: str, resource: str) -> str:
    """A role that may do one thing."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    iam = client("iam")
    arn = iam.create_role(RoleName="a", Path="/p/", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="a", PolicyName="a", PolicyDocument=document)
    return arn


def played(target: dict[str, Any], needs: tuple[str, str]) -> Played:
    return play(client, target, schedule_arn=ARN, due=DUE, needs=[needs])


def stop(name: str = "DbInstanceIdentifier", database: str = DATABASE) -> dict[str, Any]:
    return {
        "Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
        "RoleArn": role("rds:StopDBInstance", database),
        "Input": json.dumps({name: "orders"}),
    }


NEEDS = ("rds:StopDBInstance", DATABASE)


def database() -> str:
    [found] = client("rds").describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"]
    return found["DBInstanceStatus"]


@pytest.fixture
def _database():
    client("rds").create_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.t4g.micro", Engine="postgres")


@pytest.mark.usefixtures("_database")
def test_a_database_is_stopped():
    assert database() == "available"
    made = played(stop(), NEEDS)
    assert (made.service, made.operation, made.params) == ("rds", "StopDBInstance", {"DBInstanceIdentifier": "orders"})
    assert database() == "stopped"


@pytest.mark.usefixtures("_database")
@pytest.mark.parametrize("name", ["DBInstanceIdentifier", "dbInstanceIdentifier", "DbInstance"])
def test_a_parameter_in_another_spelling_is_a_target_error(name: str):
    with pytest.raises(TargetError, match=f"Input has no member {name}"):
        played(stop(name), NEEDS)
    assert database() == "available"


@pytest.mark.usefixtures("_database")
def test_a_role_without_the_permission_is_a_target_error():
    with pytest.raises(TargetError, match="AccessDenied"):
        played(stop(database=f"{DATABASE}-other"), NEEDS)
    assert database() == "available"


def test_a_message_has_the_scheduled_time():
    url = client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
    text = '{"at": "<aws.scheduler.scheduled-time>", "of": "<aws.scheduler.schedule-arn>"}'
    played({"Arn": arn, "RoleArn": role("sqs:SendMessage", arn), "Input": text}, ("sqs:SendMessage", arn))
    [message] = client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {"at": "2026-11-27T20:00:00Z", "of": ARN}


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html, and public ARNs.
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("DBClusterIdentifier", "DbClusterIdentifier"),
        ("desiredCount", "DesiredCount"),
        ("InstanceIds", "InstanceIds"),
        ("projectName", "ProjectName"),
        ("AutoScalingGroupName", "AutoScalingGroupName"),
        # Deployed state machines with aws-sdk:rds:restoreDBInstanceToPointInTime and aws-sdk:kinesis:getRecords.
        ("SourceDBInstanceIdentifier", "SourceDBInstanceIdentifier"),
        ("DBSubnetGroupName", "DbSubnetGroupName"),
        ("MultiAZ", "MultiAZ"),
        ("StreamARN", "StreamARN"),
    ],
)
def test_members_are_named_as_in_the_sdk_for_java(member: str, expected: str):
    assert java_name(member) == expected


class Recorder:
    """The client of a service that moto does not play without Docker. It records the call."""

    meta = SimpleNamespace(method_to_api_mapping={"invoke": "Invoke"})

    def invoke(self, **params: Any) -> dict[str, Any]:
        return params


def test_a_function_is_invoked_asynchronously():
    """AWS: Lambda API reference, Invoke, InvocationType: `Event` invokes a function asynchronously."""
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reports:live"
    target = {
        "Arn": function,
        "RoleArn": role("lambda:InvokeFunction", function),
        "Input": '{"day": "<aws.scheduler.scheduled-time>"}',
    }
    found = play(
        lambda service: Recorder() if service == "lambda" else client(service),
        target,
        schedule_arn=ARN,
        due=DUE,
        needs=[("lambda:InvokeFunction", function)],
    )
    payload = b'{"day": "2026-11-27T20:00:00Z"}'
    assert found.params == {"FunctionName": function, "InvocationType": "Event", "Payload": payload}
