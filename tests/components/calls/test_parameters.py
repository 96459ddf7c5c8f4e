"""Parameters of operations: messages, bounds and keywords."""

from typing import Any

import pytest

from components.calls.operations import service, service_ids
from components.calls.parameters import Parameters, compiled, parameters
from components.calls.references import Operation, operation


def read(reference: str, given: dict[str, Any]) -> Parameters:
    found = operation(reference)
    assert isinstance(found, Operation)
    return parameters(found, given)


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("rds", '"rds" is not an operation. Write service:action, such as redshift:pauseCluster.'),
        (
            "rds:describeDBInstances",
            (
                "EventBridge Scheduler can't call rds:describeDBInstances, because it only reads. Call an operation "
                "that changes something, or start a container or a function that reads."
            ),
        ),
        ("rds:stopInstance", 'rds has no operation stopInstance. Did you mean "rds:stopDBInstance"?'),
        (
            "redsift:pauseCluster",
            '"redsift" is not a service that EventBridge Scheduler can call. Did you mean "redshift"?',
        ),
        (
            "shop:buy",
            (
                '"shop" is not a service that EventBridge Scheduler can call. Use a service ID of the AWS SDK for Java '
                "2.x."
            ),
        ),
    ],
)
def test_operations_that_cannot_be_called(reference: str, problem: str):
    assert str(operation(reference)) == problem


@pytest.mark.parametrize(
    "written",
    [
        "rds:stopDBInstance",
        "rds:StopDBInstance",
        "rds:stop_db_instance",
        "RDS:stopDbInstance",
        "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
    ],
)
def test_an_operation_is_found_in_any_usual_spelling(written: str):
    found = operation(written)
    assert isinstance(found, Operation)
    assert found.reference == "rds:stopDBInstance"


@pytest.mark.parametrize(
    ("reference", "given", "problems"),
    [
        ("rds:stopDBInstance", {}, ["dbInstanceIdentifier: is missing. AWS requires it in rds:stopDBInstance."]),
        (
            "rds:stopDBInstance",
            {"dbInstanceIdentifer": "orders"},
            ['dbInstanceIdentifer: is not a parameter of rds:stopDBInstance. Did you mean "dbInstanceIdentifier"?'],
        ),
        (
            "rds:stopDBInstance",
            {"DBInstanceIdentifier": "a", "db_instance_identifier": "a"},
            ["db_instance_identifier: is the same parameter as DBInstanceIdentifier. Set only one of them."],
        ),
        (
            "ecs:updateService",
            {"service": "web", "desiredCount": "0"},
            ["desiredCount: must be an integer, not a string. Remove the quotes."],
        ),
        (
            "ecs:runTask",
            {"taskDefinition": "a", "launchType": "FARGAT"},
            ['launchType: "FARGAT" is not one of EC2, FARGATE, EXTERNAL or MANAGED_INSTANCES. Did you mean "FARGATE"?'],
        ),
        # AWS: botocore codebuild, NonEmptyString and BuildTimeOut (5 to 2160).
        (
            "codebuild:startBuild",
            {"projectName": "p", "timeoutInMinutesOverride": 2161, "unknown": 1, "imageOverride": ""},
            [
                "imageOverride: has 0 characters. AWS accepts at least 1.",
                "timeoutInMinutesOverride: 2161 is not allowed. Use 5 to 2160.",
                "unknown: is not a parameter of codebuild:startBuild.",
            ],
        ),
        (
            "eks:updateNodegroupConfig",
            {"clusterName": "main", "nodegroupName": "n", "scalingConfig": {"minSize": -1, "maxsize": 1}},
            [
                'scalingConfig.maxsize: is not a parameter of NodegroupScalingConfig. Did you mean "maxSize"?',
                "scalingConfig.minSize: -1 is not allowed. Use at least 0.",
            ],
        ),
        (
            "glue:startJobRun",
            {"jobName": "a", "arguments": {"--day": "<aws.scheduler.schedule-time>"}},
            [
                'arguments.--day: "<aws.scheduler.schedule-time>" is not a keyword of EventBridge Scheduler.',
            ],
        ),
    ],
)
def test_every_problem_has_its_path(reference: str, given: dict[str, Any], problems: list[str]):
    found = sorted(str(problem) for problem in read(reference, given).problems)
    assert len(found) == len(problems)
    for expected, actual in zip(sorted(problems), found, strict=True):
        assert actual.startswith(expected)


def test_parameters_are_spelled_at_every_depth():
    given = {
        "cluster_name": "main",
        "nodegroupName": "demo",
        "ScalingConfig": {"min_size": 0, "maxSize": 2, "DesiredSize": 0},
        "labels": {"addOrUpdateLabels": {"free-Name": "a"}},
    }
    # A deployed schedule: EKS, updateNodegroupConfig with ClusterName, NodegroupName and ScalingConfig.
    assert read("eks:updateNodegroupConfig", given) == Parameters(
        {
            "ClusterName": "main",
            "NodegroupName": "demo",
            "ScalingConfig": {"MinSize": 0, "MaxSize": 2, "DesiredSize": 0},
            "Labels": {"AddOrUpdateLabels": {"free-Name": "a"}},
        },
        [],
    )


def test_lengths_apply_to_the_values_of_keywords():
    token = "<aws.scheduler.scheduled-time>"
    # AWS: botocore athena, IdempotencyToken: 32 to 128 characters. A scheduled time has 20.
    given = {"queryString": "select 1", "clientRequestToken": token}
    [problem] = read("athena:startQueryExecution", given).problems
    assert str(problem) == "clientRequestToken: has 20 characters. AWS accepts 32 to 128."
    assert read("athena:startQueryExecution", {**given, "clientRequestToken": f"nightly-load-{token}"}).problems == []


def test_a_message_repeats_no_value():
    found = read("secretsmanager:putSecretValue", {"secretId": "s" * 3000, "secretString": "hidden" * 20000})
    assert len(found.problems) == 2
    assert "hidden" not in str(found.problems)
    assert "ssss" not in str(found.problems)


def test_most_patterns_are_checked():
    """Python can't read 343 of 7,584 patterns, which have sets of characters that only Java knows."""
    patterns = [
        shape["pattern"] for name in service_ids() for shape in service(name).shapes.values() if "pattern" in shape
    ]
    assert len(patterns) == 7584
    assert sum(compiled(pattern) is None for pattern in patterns) == 343


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Größe 1", "a!"),
        (r"^arn:.*:sns:.*|NONE", "arn:aws:sns:a", "a"),
        (r"[\p{Print}]+", "a b", "\n"),
        (r"\A\S+\z", "ab", "a b"),
    ],
)
def test_patterns_for_java(pattern: str, accepted: str, refused: str):
    found = compiled(pattern)
    assert found
    assert found.fullmatch(accepted)
    assert not found.fullmatch(refused)
