"""Sizes in single requests that the sandbox refuses, same as AWS: the largest that AWS accepts, and one more."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sandbox.sizes import size_problems

Params = Mapping[str, Any]
Make = Callable[[int], Params]


def role(member: str) -> Make:
    return lambda size: {"RoleName": "a", member: json.dumps({"Statement": []}) + " " * 99 + "x" * (size - 16)}


def task_definition(size: int) -> Params:
    container = {"name": "main", "image": "x" * (size - 83), "essential": True}
    return {"family": "a", "containerDefinitions": [container]}


def containers(count: int) -> Params:
    return {"family": "a", "containerDefinitions": [{"name": f"c{number}"} for number in range(count)]}


def overrides(size: int) -> Params:
    return {"overrides": {"containerOverrides": [{"name": "main", "command": ["x" * (size - 55)]}]}}


def schedule(size: int) -> Params:
    return {"Target": {"EcsParameters": {}, "Input": "x" * size}}


def schedule_with_keyword(size: int) -> Params:
    """Scheduler replaces the keyword by an ARN of up to 194 characters."""
    keyword = "<aws.scheduler.schedule-arn>"
    arn = f"arn:aws-us-gov:scheduler:us-gov-west-1:123456789012:schedule/{'g' * 64}/{'s' * 64}"
    return {"Target": {"EcsParameters": {}, "Input": keyword + "x" * (size - len(arn))}}


def dashboard(widgets: int) -> Params:
    return {"DashboardBody": json.dumps({"widgets": [{"properties": {}}] * widgets})}


def dashboard_with_metrics(metrics: int) -> Params:
    return {"DashboardBody": json.dumps({"widgets": [{"properties": {"metrics": [["AWS/SQS", "a"]] * metrics}}]})}


def dashboard_with_search(size: int) -> Params:
    metrics = [[{"expression": "x" * size}]]
    return {"DashboardBody": json.dumps({"widgets": [{"properties": {"metrics": metrics}}]})}


def statements(count: int) -> str:
    return json.dumps({"Statement": [{"Principal": {"Service": "a"}, "Action": "b"}] * count})


def principals(count: int) -> str:
    return json.dumps({"Statement": [{"Principal": {"AWS": [str(number) for number in range(count)]}, "Action": "b"}]})


def conditions(count: int) -> str:
    condition = {"StringEquals": {f"aws:k{number}": "a" for number in range(count)}}
    return json.dumps({"Statement": [{"Principal": "*", "Action": "b", "Condition": condition}]})


def actions(count: int) -> str:
    return json.dumps({"Statement": [{"Principal": "*", "Action": ["sqs:SendMessage"] * count}]})


def policy_of(size: int) -> str:
    empty = json.dumps({"Statement": [{"Principal": "*", "Sid": ""}]})
    return json.dumps({"Statement": [{"Principal": "*", "Sid": "x" * (size - len(empty))}]})


def queue(policy: Callable[[int], str]) -> Make:
    return lambda count: {"QueueName": "a", "Attributes": {"Policy": policy(count)}}


def topic(policy: Callable[[int], str]) -> Make:
    return lambda count: {"AttributeName": "Policy", "AttributeValue": policy(count)}


def transformation(**more: Any) -> Params:
    return {"metricTransformations": [{"metricName": "a", **more}]}


LIMITS: dict[str, tuple[str, str, int, Make]] = {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    "trust policy": ("iam", "CreateRole", 2048, role("AssumeRolePolicyDocument")),
    "changed trust policy": ("iam", "UpdateAssumeRolePolicy", 2048, role("PolicyDocument")),
    "managed policy": ("iam", "CreatePolicy", 6144, role("PolicyDocument")),
    "version of a managed policy": ("iam", "CreatePolicyVersion", 6144, role("PolicyDocument")),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
    "task definition": ("ecs", "RegisterTaskDefinition", 65_536, task_definition),
    "containers": ("ecs", "RegisterTaskDefinition", 10, containers),
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    "overrides": ("ecs", "RunTask", 8192, overrides),
    "overrides of a schedule": ("scheduler", "CreateSchedule", 8192, schedule),
    "overrides of a schedule with a keyword": ("scheduler", "UpdateSchedule", 8192, schedule_with_keyword),
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html
    "input": ("scheduler", "CreateSchedule", 262_144, lambda size: {"Target": {"Input": "x" * size}}),
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
    "standard parameter": ("ssm", "PutParameter", 4096, lambda size: {"Value": "x" * size}),
    "advanced parameter": ("ssm", "PutParameter", 8192, lambda size: {"Value": "x" * size, "Tier": "Advanced"}),
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
    "dimensions": ("logs", "PutMetricFilter", 3, lambda count: transformation(dimensions={str(n): "$.a" for n in range(count)})),
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
    "log policy of the account": ("logs", "PutResourcePolicy", 5120, lambda size: {"policyName": "a", "policyDocument": "x" * size}),
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    "event pattern": ("events", "PutRule", 2048, lambda size: {"EventPattern": "x" * size}),
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
    "input paths": ("events", "PutTargets", 100, lambda count: {"Targets": [{"InputTransformer": {"InputPathsMap": {str(n): "$.a" for n in range(count)}}}]}),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    "queue policy": ("sqs", "CreateQueue", 8192, queue(policy_of)),
    "statements of a queue policy": ("sqs", "SetQueueAttributes", 20, queue(statements)),
    "principals of a queue policy": ("sqs", "CreateQueue", 50, queue(principals)),
    "conditions of a queue policy": ("sqs", "CreateQueue", 10, queue(conditions)),
    "actions of a queue policy": ("sqs", "CreateQueue", 7, queue(actions)),
    # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
    "topic policy": ("sns", "SetTopicAttributes", 30_720, topic(policy_of)),
    "statements of a topic policy": ("sns", "SetTopicAttributes", 100, topic(statements)),
    "principals of a topic policy": ("sns", "SetTopicAttributes", 200, topic(principals)),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    "widgets": ("cloudwatch", "PutDashboard", 500, dashboard),
    "metrics of a widget": ("cloudwatch", "PutDashboard", 500, dashboard_with_metrics),
    "search expression": ("cloudwatch", "PutDashboard", 1024, dashboard_with_search),
    # https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
    "tags": ("events", "PutRule", 50, lambda count: {"Tags": [{"Key": f"t{number}", "Value": ""} for number in range(count)]}),
    "tags of a log group": ("logs", "CreateLogGroup", 50, lambda count: {"tags": {f"t{number}": "" for number in range(count)}}),
}  # fmt: skip


@pytest.mark.parametrize("case", LIMITS.values(), ids=LIMITS)
def test_the_sandbox_accepts_the_largest_size_and_no_more(case: tuple[str, str, int, Make]):
    service, operation, most, make = case
    assert size_problems(service, operation, make(most)) == []
    [problem] = size_problems(service, operation, make(most + 1))
    assert any(f"{number}" in problem for number in (most, f"{most:,}"))


def test_a_parameter_is_not_empty():
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    [problem] = size_problems("ssm", "PutParameter", {"Value": ""})
    assert "at least 1" in problem


def test_characters_of_several_bytes_count_as_their_bytes():
    assert size_problems("ssm", "PutParameter", {"Value": "ü" * 2049}) != []
    assert size_problems("ecs", "RegisterTaskDefinition", task_definition(65_536 - 40_000)) == []
    umlauts = {"family": "a", "containerDefinitions": [{"name": "ü" * 40_000}]}
    assert size_problems("ecs", "RegisterTaskDefinition", umlauts) != []


def test_dimensions_exclude_a_default_value():
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
    [problem] = size_problems("logs", "PutMetricFilter", transformation(dimensions={"a": "$.a"}, defaultValue=0))
    assert "defaultValue" in problem


def test_a_log_groups_own_policy_can_be_longer():
    params = {"resourceArn": "arn:aws:logs:eu-west-1:123456789012:log-group:a", "policyDocument": "x" * 5121}
    assert size_problems("logs", "PutResourcePolicy", params) == []


def test_tags_of_aws_do_not_count():
    tags = [{"Key": f"t{number}", "Value": ""} for number in range(50)]
    assert size_problems("events", "PutRule", {"Tags": [*tags, {"Key": "aws:a", "Value": ""}]}) == []
