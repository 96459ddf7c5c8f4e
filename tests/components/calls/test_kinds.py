"""The API call of each kind, and the permissions of its role, judged by AWS's reference and the IAM simulator."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.args import CallArgs
from components.aws.account import Account
from components.calls.kinds import CALL_KEYS, KINDS, NoCallError, call_of
from components.calls.model import Call
from components.calls.parameters import parameters
from components.calls.references import Operation, operation
from components.keys.reference import keys_of
from components.keys.validation import validated
from tests.components.policies.authorization import problems as authorization_problems
from tests.components.policies.simulation import decisions, simulation

REGION, ID = "eu-west-1", "123456789012"
ACCOUNT = Account("aws", REGION, ID)
EXECUTION, TIME = "<aws.scheduler.execution-id>", "<aws.scheduler.scheduled-time>"


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ID}:{resource}"


def made(given: dict[str, Any]) -> Call:
    found = validated(CallArgs, given, from_yaml=True)
    assert found.problems == []
    return call_of(found.values, ACCOUNT, "shop-dev__nightly")


INSTANCE = "i-0123456789abcdef0"
BATCH = {"queue": "default", "definition": "nightly:3", "name": "nightly"}
CALLS: dict[str, tuple[dict[str, Any], str, Any]] = {
    "stop a database": ({"stop": {"database": "Orders"}}, "rds:stopDBInstance", {"DbInstanceIdentifier": "orders"}),
    "start a database": (
        {"startUp": {"database": arn("rds", "db:orders")}},
        "rds:startDBInstance",
        {"DbInstanceIdentifier": "orders"},
    ),
    "stop a cluster": ({"stop": {"cluster": "orders"}}, "rds:stopDBCluster", {"DbClusterIdentifier": "orders"}),
    "start a cluster": ({"startUp": {"cluster": "orders"}}, "rds:startDBCluster", {"DbClusterIdentifier": "orders"}),
    "stop instances": ({"stop": {"instances": [INSTANCE]}}, "ec2:stopInstances", {"InstanceIds": [INSTANCE]}),
    "start instances": ({"startUp": {"instances": [INSTANCE]}}, "ec2:startInstances", {"InstanceIds": [INSTANCE]}),
    "pause a warehouse": ({"stop": {"redshift": "dw"}}, "redshift:pauseCluster", {"ClusterIdentifier": "dw"}),
    "resume a warehouse": ({"startUp": {"redshift": "dw"}}, "redshift:resumeCluster", {"ClusterIdentifier": "dw"}),
    "copy a database": (
        {"snapshot": {"database": "orders"}},
        "rds:createDBSnapshot",
        {"DbInstanceIdentifier": "orders", "DbSnapshotIdentifier": f"orders-{EXECUTION}"},
    ),
    "copy a cluster": (
        {"snapshot": {"cluster": "orders", "name": "Nightly"}},
        "rds:createDBClusterSnapshot",
        {"DbClusterIdentifier": "orders", "DbClusterSnapshotIdentifier": f"nightly-{EXECUTION}"},
    ),
    "scale a service": (
        {"scale": {"service": "main/web", "to": 0}},
        "ecs:updateService",
        {"Cluster": "main", "Service": "web", "DesiredCount": 0},
    ),
    "scale the bounds of a service": (
        {"scale": {"service": arn("ecs", "service/main/web"), "min": 0, "max": 0}},
        "applicationautoscaling:registerScalableTarget",
        {
            "ServiceNamespace": "ecs",
            "ResourceId": "service/main/web",
            "ScalableDimension": "ecs:service:DesiredCount",
            "MinCapacity": 0,
            "MaxCapacity": 0,
        },
    ),
    "scale a group": (
        {"scale": {"group": "workers", "to": 1, "min": 0, "max": 2}},
        "autoscaling:updateAutoScalingGroup",
        {"AutoScalingGroupName": "workers", "DesiredCapacity": 1, "MinSize": 0, "MaxSize": 2},
    ),
    "submit a job": (
        {"submit": {"batch": {**BATCH, "parameters": {"scope": "all"}, "command": ["load", "--all"]}}},
        "batch:submitJob",
        {
            "JobName": "nightly",
            "JobQueue": "default",
            "JobDefinition": "nightly:3",
            "Parameters": {"scope": "all"},
            "ContainerOverrides": {"Command": ["load", "--all"]},
        },
    ),
    "run a Glue job": (
        {"submit": {"glue": {"job": "nightly", "arguments": {"--day": TIME}}}},
        "glue:startJobRun",
        {"JobName": "nightly", "Arguments": {"--day": TIME}},
    ),
    "build": (
        {"submit": {"build": {"project": "nightly", "sourceVersion": "main", "environment": {"SCOPE": "all"}}}},
        "codebuild:startBuild",
        {
            "ProjectName": "nightly",
            "SourceVersion": "main",
            "EnvironmentVariablesOverride": [{"Name": "SCOPE", "Value": "all", "Type": "PLAINTEXT"}],
            "IdempotencyToken": f"shop-dev__nightly-{TIME}",
        },
    ),
    "start a pipeline": (
        {"submit": {"pipeline": "release"}},
        "codepipeline:startPipelineExecution",
        {"Name": "release"},
    ),
    "send to a FIFO queue": (
        {"send": {"queue": "orders.fifo", "body": {"tick": 1}, "messageGroup": "ticks"}},
        "sqs:sendMessage",
        {
            "QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ID}/orders.fifo",
            "MessageBody": '{"tick": 1}',
            "MessageGroupId": "ticks",
            "MessageDeduplicationId": f"shop-dev__nightly-{TIME}",
        },
    ),
    "send to a FIFO topic": (
        {"send": {"topic": "orders.fifo", "body": "tick", "messageGroup": "ticks"}},
        "sns:publish",
        {
            "TopicArn": arn("sns", "orders.fifo"),
            "Message": "tick",
            "MessageGroupId": "ticks",
            "MessageDeduplicationId": f"shop-dev__nightly-{TIME}",
        },
    ),
}
"""Calls with universal targets: keys, operation and parameters."""
TEMPLATED: dict[str, tuple[dict[str, Any], str, str, dict[str, Any]]] = {
    "invoke": (
        {"invoke": {"function": "reports:live", "payload": {"day": TIME}}},
        arn("lambda", "function:reports:live"),
        json.dumps({"day": TIME}),
        {},
    ),
    "invoke without a payload": ({"invoke": {"function": "reports"}}, arn("lambda", "function:reports"), "", {}),
    "execute": ({"execute": {"stateMachine": "nightly"}}, arn("states", "stateMachine:nightly"), "{}", {}),
    "execute an alias": (
        {"execute": {"stateMachine": "nightly:PROD", "input": {"full": True}}},
        arn("states", "stateMachine:nightly:PROD"),
        '{"full": true}',
        {},
    ),
    "send to a queue": (
        {"send": {"queue": "orders", "body": {"tick": 1}}},
        arn("sqs", "orders"),
        '{"tick": 1}',
        {},
    ),
    "send to a fair queue": (
        {"send": {"queue": "orders", "body": "tick", "messageGroup": "a"}},
        arn("sqs", "orders"),
        "tick",
        {"SqsParameters": {"MessageGroupId": "a"}},
    ),
    "send to a topic": ({"send": {"topic": "orders", "body": "tick"}}, arn("sns", "orders"), "tick", {}),
    "send to a bus": (
        {"send": {"bus": "default", "source": "shop.orders", "detailType": "Tick", "body": {"tick": 1}}},
        arn("events", "event-bus/default"),
        '{"tick": 1}',
        {"EventBridgeParameters": {"Source": "shop.orders", "DetailType": "Tick"}},
    ),
}
"""Calls with templated targets: keys, target, input and parameters of the target."""
EVERY = {**{name: found[0] for name, found in CALLS.items()}, **{name: found[0] for name, found in TEMPLATED.items()}}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_an_operation_with_parameters(name: str):
    given, reference, expected = CALLS[name]
    call = made(given)
    assert f"{call.service}:{call.action}" == reference
    assert call.input == expected
    assert call.templated == ""
    # botocore's model judges the parameters.
    found = operation(reference)
    assert isinstance(found, Operation)
    assert parameters(found, expected) == parameters(found, call.input)  # pyright: ignore[reportArgumentType]
    assert list(parameters(found, expected).problems) == []
    assert parameters(found, expected).input == call.input


@pytest.mark.parametrize("name", TEMPLATED)
def test_a_templated_target_gets_the_payload(name: str):
    given, target, text, settings = TEMPLATED[name]
    call = made(given)
    assert call.target_arn("aws") == target
    assert call.target_input == text
    assert call.target_parameters == settings


@pytest.mark.parametrize("name", EVERY)
def test_awss_reference_knows_the_permissions(name: str):
    assert list(authorization_problems(made(EVERY[name]).statements)) == []


QUALIFIED = {"states:StateMachineQualifier": ["PROD"]}
OTHER_QUALIFIER = {"states:StateMachineQualifier": ["TEST"]}
ECS_DIMENSION = {
    "application-autoscaling:service-namespace": "ecs",
    "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
}
TABLES = {
    "application-autoscaling:service-namespace": "dynamodb",
    "application-autoscaling:scalable-dimension": "dynamodb:table:ReadCapacityUnits",
}
TARGET = arn("application-autoscaling", "scalable-target/0ec5a1b2")
WORKERS = "autoScalingGroup:0d1c:autoScalingGroupName/workers"
CASES: list[tuple[str, str, str, str, Any, Any]] = [
    # The name, the action, the resource that is allowed, the neighbor that is denied, and their conditions.
    ("stop a database", "rds:StopDBInstance", arn("rds", "db:orders"), arn("rds", "db:orders2"), {}, {}),
    ("start a database", "rds:StartDBInstance", arn("rds", "db:orders"), arn("rds", "db:order"), {}, {}),
    ("stop a cluster", "rds:StopDBCluster", arn("rds", "cluster:orders"), arn("rds", "cluster:orders2"), {}, {}),
    ("start a cluster", "rds:StartDBCluster", arn("rds", "cluster:orders"), arn("rds", "cluster:orders2"), {}, {}),
    (
        "stop instances",
        "ec2:StopInstances",
        arn("ec2", f"instance/{INSTANCE}"),
        arn("ec2", "instance/i-0123456789abcdef1"),
        {},
        {},
    ),
    (
        "start instances",
        "ec2:StartInstances",
        arn("ec2", f"instance/{INSTANCE}"),
        arn("ec2", "instance/i-0123456789abcdef1"),
        {},
        {},
    ),
    (
        "pause a warehouse",
        "redshift:PauseCluster",
        arn("redshift", "cluster:dw"),
        arn("redshift", "cluster:dw2"),
        {},
        {},
    ),
    (
        "resume a warehouse",
        "redshift:ResumeCluster",
        arn("redshift", "cluster:dw"),
        arn("redshift", "cluster:dw2"),
        {},
        {},
    ),
    ("copy a database", "rds:CreateDBSnapshot", arn("rds", "db:orders"), arn("rds", "db:users"), {}, {}),
    (
        "copy a database",
        "rds:CreateDBSnapshot",
        arn("rds", "snapshot:orders-d32c5kddcf5bb8c3"),
        arn("rds", "snapshot:users-d32c5kddcf5bb8c3"),
        {},
        {},
    ),
    (
        "copy a cluster",
        "rds:CreateDBClusterSnapshot",
        arn("rds", "cluster-snapshot:nightly-d32c5kddcf5bb8c3"),
        arn("rds", "cluster-snapshot:orders-d32c5kddcf5bb8c3"),
        {},
        {},
    ),
    (
        "scale a service",
        "ecs:UpdateService",
        arn("ecs", "service/main/web"),
        arn("ecs", "service/main/web2"),
        {},
        {},
    ),
    (
        "scale the bounds of a service",
        "application-autoscaling:RegisterScalableTarget",
        TARGET,
        TARGET,
        ECS_DIMENSION,
        TABLES,
    ),
    (
        "scale the bounds of a service",
        "ecs:UpdateService",
        arn("ecs", "service/main/web"),
        arn("ecs", "service/main/api"),
        {},
        {},
    ),
    (
        "scale a group",
        "autoscaling:UpdateAutoScalingGroup",
        arn("autoscaling", WORKERS),
        arn("autoscaling", f"{WORKERS}2"),
        {},
        {},
    ),
    ("submit a job", "batch:SubmitJob", arn("batch", "job-queue/default"), arn("batch", "job-queue/other"), {}, {}),
    (
        "submit a job",
        "batch:SubmitJob",
        arn("batch", "job-definition/nightly:3"),
        arn("batch", "job-definition/nightly:4"),
        {},
        {},
    ),
    ("run a Glue job", "glue:StartJobRun", arn("glue", "job/nightly"), arn("glue", "job/nightly2"), {}, {}),
    ("build", "codebuild:StartBuild", arn("codebuild", "project/nightly"), arn("codebuild", "project/other"), {}, {}),
    (
        "start a pipeline",
        "codepipeline:StartPipelineExecution",
        arn("codepipeline", "release"),
        arn("codepipeline", "release2"),
        {},
        {},
    ),
    ("send to a FIFO queue", "sqs:SendMessage", arn("sqs", "orders.fifo"), arn("sqs", "orders"), {}, {}),
    ("send to a FIFO topic", "sns:Publish", arn("sns", "orders.fifo"), arn("sns", "orders"), {}, {}),
    (
        "invoke",
        "lambda:InvokeFunction",
        arn("lambda", "function:reports:live"),
        arn("lambda", "function:reports:test"),
        {},
        {},
    ),
    (
        "invoke without a payload",
        "lambda:InvokeFunction",
        arn("lambda", "function:reports"),
        arn("lambda", "function:reports2"),
        {},
        {},
    ),
    (
        "execute",
        "states:StartExecution",
        arn("states", "stateMachine:nightly"),
        arn("states", "stateMachine:nightly2"),
        {},
        {},
    ),
    (
        "execute an alias",
        "states:StartExecution",
        arn("states", "stateMachine:nightly"),
        arn("states", "stateMachine:nightly"),
        QUALIFIED,
        OTHER_QUALIFIER,
    ),
    ("send to a queue", "sqs:SendMessage", arn("sqs", "orders"), arn("sqs", "orders2"), {}, {}),
    ("send to a topic", "sns:Publish", arn("sns", "orders"), arn("sns", "orders2"), {}, {}),
    (
        "send to a bus",
        "events:PutEvents",
        arn("events", "event-bus/default"),
        arn("events", "event-bus/default"),
        {"events:source": ["shop.orders"]},
        {"events:source": ["shop.users"]},
    ),
]


def test_the_role_of_a_call_may_do_exactly_that():
    asked: list[Any] = []
    for name, action, allowed, denied, with_, without in CASES:
        policy = {"Version": "2012-10-17", "Statement": list(made(EVERY[name]).statements)}
        asked += [
            simulation(action, allowed, with_, identity_policies=[policy]),
            simulation(action, denied, without, identity_policies=[policy]),
        ]
    answers = decisions(asked)
    wrong = [
        (case[0], case[1], *pair)
        for case, pair in zip(CASES, zip(answers[::2], answers[1::2], strict=True), strict=True)
        if pair != ("Allowed", "ImplicitlyDenied")
    ]
    assert wrong == []


def test_the_permissions_of_every_call_are_simulated():
    assert {name for name, *_ in CASES} == EVERY.keys() - {"send to a fair queue"}


@pytest.mark.parametrize(
    ("name", "idempotent", "token"),
    [
        ("stop a database", True, False),
        ("start instances", True, False),
        ("copy a database", True, False),
        ("scale a service", True, False),
        ("scale a group", True, False),
        ("build", False, True),
        ("send to a FIFO queue", False, True),
        ("invoke", False, False),
        ("execute", False, False),
        ("submit a job", False, False),
        ("run a Glue job", False, False),
        ("start a pipeline", False, False),
        ("send to a queue", False, False),
        ("send to a bus", False, False),
    ],
)
def test_calls_that_a_retry_may_repeat(name: str, idempotent: bool, token: bool):
    call = made(EVERY[name])
    assert (call.idempotent, call.token) == (idempotent, token)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("submit a job", "batch"),
        ("run a Glue job", "glue"),
        ("build", "codebuild"),
        ("start a pipeline", "codepipeline"),
        ("execute", "states"),
        ("invoke", "none"),
        ("stop a database", "none"),
    ],
)
def test_services_report_outcomes(name: str, outcome: str):
    assert made(EVERY[name]).outcome == outcome


def test_a_function_without_a_qualifier_may_be_invoked_in_any_version():
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
    call = made({"invoke": {"function": "reports"}})
    assert call.resources == (arn("lambda", "function:reports"), arn("lambda", "function:reports:*"))


def test_a_definition_without_a_revision_is_any_revision():
    call = made({"submit": {"batch": {**BATCH, "definition": "nightly"}}})
    assert call.resources == (
        arn("batch", "job-definition/nightly"),
        arn("batch", "job-definition/nightly:*"),
        arn("batch", "job-queue/default"),
    )


def test_queues_in_china_have_another_domain():
    call = call_of(
        {"send": {"queue": "a.fifo", "body": "b", "message_group": "c"}}, Account("aws-cn", "cn-north-1", ID), "u"
    )
    assert isinstance(call.input, dict)
    assert call.input["QueueUrl"] == f"https://sqs.cn-north-1.amazonaws.com.cn/{ID}/a.fifo"


@pytest.mark.parametrize("target", ["queue", "topic"])
def test_the_key_of_a_message_is_allowed(target: str):
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    key, other = arn("kms", "key/11111111-1111-1111-1111-111111111111"), arn("kms", "key/2")
    policy = {
        "Version": "2012-10-17",
        "Statement": list(made({"send": {target: "orders", "body": "a", "kmsKey": key}}).statements),
    }
    actions = ("kms:GenerateDataKey", "kms:Decrypt", "kms:Encrypt")
    asked = [(action, each) for each in (key, other) for action in actions]
    answers = decisions([simulation(action, each, {}, identity_policies=[policy]) for action, each in asked])
    assert [answer == "Allowed" for answer in answers] == [True, True, False, False, False, False]
    without = made({"send": {target: "orders", "body": "a"}})
    assert "kms" not in str(without.statements)


def test_keys_without_a_kind_describe_no_call():
    with pytest.raises(NoCallError):
        call_of({}, ACCOUNT, "u")


def test_every_kind_is_a_key():
    assert set(KINDS) <= keys_of(CallArgs).keys()
    assert set(CALL_KEYS) - set(KINDS) == {"with_", "resources", "because"}
