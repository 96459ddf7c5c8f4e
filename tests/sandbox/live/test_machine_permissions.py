"""The IAM requests of the calls of state machines. AWS: Service Authorization Reference, the page of each service."""

from typing import Any

import pytest

from components.aws.account import Account
from sandbox.live.machine_calls import knows
from sandbox.live.machine_permissions import Request, refused, requests, run_task
from sandbox.moto_sdk_names import operation

ACCOUNT = Account("aws", "eu-west-1", "123456789012")
END = "eu-west-1:123456789012"
CLUSTER = f"arn:aws:ecs:{END}:cluster/main"
ON_CLUSTER = {"ecs:cluster": CLUSTER}
TASK = f"arn:aws:ecs:{END}:task/main/0123"
MACHINE = f"arn:aws:states:{END}:stateMachine:job"
EXECUTION = f"arn:aws:states:{END}:execution:job:first"


@pytest.mark.parametrize(
    ("service", "action", "arguments", "expected"),
    [
        (
            "dynamodb",
            "putItem",
            {"TableName": "leases", "Item": {"id": {"S": "job"}}},
            Request("dynamodb:PutItem", f"arn:aws:dynamodb:{END}:table/leases", {"dynamodb:LeadingKeys": ["job"]}),
        ),
        ("ecs", "listTasks", {"Cluster": CLUSTER}, Request("ecs:ListTasks", "*", ON_CLUSTER)),
        (
            "ecs",
            "describeTasks",
            {"Cluster": "main", "Tasks": ["0123"]},
            Request("ecs:DescribeTasks", TASK, ON_CLUSTER),
        ),
        ("ecs", "stopTask", {"Cluster": CLUSTER, "Task": TASK}, Request("ecs:StopTask", TASK, ON_CLUSTER)),
        (
            "events",
            "putEvents",
            {"Entries": [{"Source": "s", "DetailType": "d"}]},
            Request(
                "events:PutEvents",
                f"arn:aws:events:{END}:event-bus/default",
                {"events:source": ["s"], "events:detail-type": ["d"]},
            ),
        ),
        ("states", "startExecution", {"StateMachineArn": MACHINE}, Request("states:StartExecution", MACHINE)),
        ("sfn", "stopExecution", {"ExecutionArn": EXECUTION}, Request("states:StopExecution", EXECUTION)),
        (
            "rds",
            "stopDBInstance",
            {"DbInstanceIdentifier": "orders"},
            Request("rds:StopDBInstance", f"arn:aws:rds:{END}:db:orders"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_request_of_a_call(service: str, action: str, arguments: dict[str, Any], expected: Request):
    assert list(requests(operation(service, action), arguments, ACCOUNT)) == [expected]


def test_a_launch_needs_the_roles_and_tags_that_it_passes_on():
    definition = {"executionRoleArn": "arn:aws:iam::123456789012:role/execution"}
    revision = f"arn:aws:ecs:{END}:task-definition/job:1"
    arguments = {"Cluster": CLUSTER, "TaskDefinition": revision, "PropagateTags": "TASK_DEFINITION"}
    found = list(run_task(arguments, definition, ACCOUNT))
    assert [(each.action, each.resource) for each in found] == [
        ("ecs:RunTask", revision),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/execution"),
        ("ecs:TagResource", f"arn:aws:ecs:{END}:task/main/any"),
    ]
    statement = {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}
    denied = refused([{"Statement": [statement]}], iter(found))
    assert denied
    assert denied.action == "iam:PassRole"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("ecs:runTask.sync", True),
        ("states:startExecution.sync:2", True),
        ("dynamodb:putItem", True),
        ("aws-sdk:rds:describeDBSnapshots", True),
        ("ecs:runTask.waitForTaskToken", False),
        ("lambda:invoke", False),
        ("aws-sdk:rds:noSuchAction", False),
        ("aws-sdk:noSuchService:describe", False),
    ],
)
def test_the_resources_that_the_sandbox_calls(resource: str, *, expected: bool):
    assert knows(f"arn:aws:states:::{resource}") is expected
