"""Requests that the sandbox refuses, same as AWS, because there are too many resources already."""

import functools
import json
from typing import Any

import boto3
import pytest

from sandbox.plugin.aws import InvalidRequestError, Session
from sandbox.quotas import startable

REGION = "eu-west-1"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture
def iam(session: Session) -> Any:
    client = session.client("iam", REGION)
    client.create_role(RoleName="jobs", AssumeRolePolicyDocument=TRUST)
    return client


@functools.cache
def unchecked(session: Session, service: str) -> Any:
    """A client that creates resources without the sandbox's checks, which would count all of them each time."""
    connect: Any = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION).client
    return connect(service, endpoint_url=session.endpoint)


def policy(size: int) -> str:
    """A policy that IAM counts as this many characters. White space does not count."""
    statement = {"Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    statement["Sid"] = "x" * (size - len(json.dumps(document, separators=(",", ":"))))
    return json.dumps(document, indent=2)


def test_the_inline_policies_of_a_role_have_a_size_together(iam: Any):
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    iam.put_role_policy(RoleName="jobs", PolicyName="a", PolicyDocument=policy(5000))
    iam.put_role_policy(RoleName="jobs", PolicyName="b", PolicyDocument=policy(5240))
    iam.put_role_policy(RoleName="jobs", PolicyName="b", PolicyDocument=policy(5240))
    with pytest.raises(InvalidRequestError, match="Maximum policy size of 10240 bytes exceeded for role jobs"):
        iam.put_role_policy(RoleName="jobs", PolicyName="b", PolicyDocument=policy(5241))


def test_a_role_has_at_most_ten_managed_policies(iam: Any):
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    arns = [
        iam.create_policy(PolicyName=f"p{number}", PolicyDocument=policy(200))["Policy"]["Arn"] for number in range(11)
    ]
    for arn in (*arns[:10], arns[0]):
        iam.attach_role_policy(RoleName="jobs", PolicyArn=arn)
    with pytest.raises(InvalidRequestError, match="Cannot exceed quota for PoliciesPerRole: 10"):
        iam.attach_role_policy(RoleName="jobs", PolicyArn=arns[10])


def test_a_role_has_at_most_50_tags(iam: Any):
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    iam.tag_role(RoleName="jobs", Tags=[{"Key": f"t{number}", "Value": ""} for number in range(50)])
    iam.tag_role(RoleName="jobs", Tags=[{"Key": "t0", "Value": "changed"}])
    with pytest.raises(InvalidRequestError, match="50"):
        iam.tag_role(RoleName="jobs", Tags=[{"Key": "one more", "Value": ""}])


@pytest.mark.thorough
def test_a_log_group_has_at_most_100_metric_filters(session: Session):
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
    logs = session.client("logs", REGION)
    logs.create_log_group(logGroupName="outcomes")

    def put(number: int) -> None:
        transformation = {"metricName": "a", "metricNamespace": "b", "metricValue": "1"}
        logs.put_metric_filter(
            logGroupName="outcomes",
            filterName=f"f{number}",
            filterPattern="x",
            metricTransformations=[transformation],
        )

    for number in (*range(100), 0):
        put(number)
    with pytest.raises(InvalidRequestError, match="100"):
        put(100)


@pytest.mark.thorough
def test_an_event_bus_has_at_most_300_rules(session: Session):
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    events = session.client("events", REGION)
    pattern = json.dumps({"source": ["aws.ecs"]})
    for number in range(299):
        unchecked(session, "events").put_rule(Name=f"r{number}", EventPattern=pattern)
    for number in (299, 0):
        events.put_rule(Name=f"r{number}", EventPattern=pattern)
    with pytest.raises(InvalidRequestError, match="300"):
        events.put_rule(Name="r300", EventPattern=pattern)


def test_a_rule_has_at_most_five_targets(session: Session):
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    events = session.client("events", REGION)
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["aws.ecs"]}))
    targets = [{"Id": str(number), "Arn": f"arn:aws:sqs:{REGION}:123456789012:q"} for number in range(6)]
    events.put_targets(Rule="r", Targets=targets[:5])
    events.put_targets(Rule="r", Targets=targets[:1])
    with pytest.raises(InvalidRequestError, match="5"):
        events.put_targets(Rule="r", Targets=targets[5:])


@pytest.mark.parametrize(
    ("count", "vcpus", "used", "started"),
    [(1, 6, 0, 1), (1, 8, 0, 0), (10, 1, 0, 6), (10, 1, 5.75, 0), (10, 0.25, 5.5, 2), (5, 0, 99, 5), (1, 1, 7, 0)],
)
def test_the_quota_of_vcpus(count: int, vcpus: float, used: float, started: int):
    """AWS General Reference, "Amazon ECS endpoints and quotas": `Fargate On-Demand vCPU resource count` and
    `Fargate Spot vCPU resource count`, each 6 in each supported Region."""
    assert startable(count, vcpus, used) == started
