"""Everything that a group and its tasks send, with the longest names that they can have, fits AWS's limits.

The values are AWS's; tests/docs/limits.py has them with their sources.
"""

import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from components import ScheduledTask, ScheduledTaskGroup
from components.checks.errors import InvalidArgumentsError
from sandbox.plugin.fields import to_api
from sandbox.plugin.provider import TYPES
from sandbox.sizes import size_problems
from sandbox.validation import problems as model_problems
from tests.mocks import ACCOUNT, REGION, Recorded, Resource, run
from tests.refusals.refused import assert_one, in_group_arguments

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
PREFIX = "p" * 256
STEP_FUNCTIONS_ARN = 256
"""Characters of a role's ARN (botocore stepfunctions, Arn)."""
NAME = "t" * 100
TASKS: dict[str, dict[str, Any]] = {
    NAME: {"expect_success_within": "7d", "permissions": [{"actions": ["s3:GetObject"], "resources": ["*"]}]},
    NAME[1:]: {"expect_success_within": "7d", "timeout": "30d", "overlap": "replace", "retry_run": {"attempts": 10}},
    "existing": {"image": None, "task_definition": "f" * 255, "container": "main"},
}


def program(families: list[str], **group: Any) -> Callable[[], None]:
    def deploy() -> None:
        settings: Any = {
            "prefix": PREFIX, "cluster": "c" * 255, "iam_path": "/i/", "supervised": True,
            "notify": {"emails": ["ops@example.com"]}, "task_definitions": ["f" * 255, *families],
            "monitoring": {"dashboard": True, "tracing": True}, "encryption": {"dead_letters": KEY, "schedules": KEY},
            **group,
        }  # fmt: skip
        shared = ScheduledTaskGroup("g" * 80, settings)
        for name, args in TASKS.items():
            task = {"image": "a:1", "schedule": "rate(1 day)", **args, "group": shared.reference}
            ScheduledTask(name, cast("Any", {key: value for key, value in task.items() if value is not None}))

    return deploy


REQUESTS = {
    "aws:iam/role:Role": ("iam", "CreateRole"),
    "aws:iam/rolePolicy:RolePolicy": ("iam", "PutRolePolicy"),
    "aws:iam/policy:Policy": ("iam", "CreatePolicy"),
    "aws:ecs/taskDefinition:TaskDefinition": ("ecs", "RegisterTaskDefinition"),
    "aws:scheduler/schedule:Schedule": ("scheduler", "CreateSchedule"),
    "aws:scheduler/scheduleGroup:ScheduleGroup": ("scheduler", "CreateScheduleGroup"),
    "aws:cloudwatch/eventRule:EventRule": ("events", "PutRule"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("cloudwatch", "PutMetricAlarm"),
    "aws:cloudwatch/dashboard:Dashboard": ("cloudwatch", "PutDashboard"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": ("logs", "PutMetricFilter"),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ("logs", "PutResourcePolicy"),
    "aws:sfn/stateMachine:StateMachine": ("stepfunctions", "CreateStateMachine"),
}
"""The request that creates a resource."""


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    found = run(program([f"family-{number:03}-{'x' * 40}" for number in range(60)]), preview=False)
    assert found.error is None, found.error
    return found


def request(resource: Resource) -> dict[str, Any]:
    """The request that the sandbox's provider makes from a resource, without its tags."""
    return to_api(TYPES[resource.type].fields, resource.inputs)


def of_type(recorded: Recorded, kind: str) -> list[dict[str, Any]]:
    return [found.inputs for found in recorded.of_aws if found.type.endswith(f":{kind}")]


def test_the_longest_names_fit_into_every_request(recorded: Recorded):
    checked: set[str] = set()
    for resource in recorded.of_aws:
        if resource.type in REQUESTS:
            service, operation = REQUESTS[resource.type]
            params = request(resource)
            found = [*model_problems(service, operation, params), *size_problems(service, operation, params)]
            assert found == [], resource.name
            checked.add(resource.type)
    assert checked == set(REQUESTS)
    for queue in of_type(recorded, "Queue"):
        assert size_problems("sqs", "CreateQueue", {"Attributes": {"Policy": queue.get("policy", "")}}) == []
        assert len(queue["name"]) <= 80
    for topic in of_type(recorded, "TopicPolicy"):
        params = {"AttributeName": "Policy", "AttributeValue": topic["policy"]}
        assert size_problems("sns", "SetTopicAttributes", params) == []
    assert all(len(topic["name"]) <= 256 for topic in of_type(recorded, "Topic"))
    targets = of_type(recorded, "EventTarget")
    assert all(len(target["targetId"]) <= 64 for target in targets)
    rules = [target["rule"] for target in targets]
    assert max(map(rules.count, rules)) <= 5
    for target in targets:
        if transformer := target.get("inputTransformer"):
            assert len(transformer["inputTemplate"]) <= 8192
            assert len(transformer["inputPaths"]) <= 100
    # 300 rules per bus, for all stacks of an account.
    assert len(of_type(recorded, "EventRule")) <= 30
    assert all(len(path["path"]) <= 512 for path in of_type(recorded, "Role"))


LONG: dict[str, tuple[str, str, dict[str, Any]]] = {
    "iam roleNameType": ("iam", "CreateRole", {"RoleName": "x" * 65, "AssumeRolePolicyDocument": "{}"}),
    "iam pathType": ("iam", "CreateRole", {"RoleName": "x", "Path": f"/{'x' * 511}/", "AssumeRolePolicyDocument": "{}"}),
    "scheduler Name": ("scheduler", "GetSchedule", {"Name": "x" * 65}),
    "scheduler Description": ("scheduler", "CreateSchedule", {"Description": "x" * 513}),
    "scheduler Subnets": (
        "scheduler",
        "CreateSchedule",
        {"Target": {"EcsParameters": {"NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["subnet-0a"] * 17}}}}},
    ),
    "scheduler TagValue": ("scheduler", "CreateScheduleGroup", {"Tags": [{"Key": "a", "Value": "x" * 257}]}),
    "events TargetId": ("events", "RemoveTargets", {"Ids": ["x" * 65]}),
    "events RuleName": ("events", "PutRule", {"Name": "x" * 65}),
    "events RuleDescription": ("events", "PutRule", {"Description": "x" * 513}),
    "events TransformerInput": ("events", "PutTargets", {"Targets": [{"InputTransformer": {"InputTemplate": "x" * 8193}}]}),
    "stepfunctions Definition": ("stepfunctions", "CreateStateMachine", {"definition": "x" * 1_048_577}),
    "stepfunctions Name": ("stepfunctions", "CreateStateMachine", {"name": "x" * 81}),
    "logs FilterPattern": ("logs", "PutMetricFilter", {"filterPattern": "x" * 1025}),
    "logs MetricName": ("logs", "PutMetricFilter", {"metricTransformations": [{"metricName": "x" * 256}]}),
    "logs LogGroupName": ("logs", "CreateLogGroup", {"logGroupName": "x" * 513}),
    "logs PolicyDocument": ("logs", "PutResourcePolicy", {"policyDocument": "x" * 51_201}),
    "cloudwatch AlarmName": ("cloudwatch", "PutMetricAlarm", {"AlarmName": "x" * 256}),
    "cloudwatch AlarmDescription": ("cloudwatch", "PutMetricAlarm", {"AlarmDescription": "x" * 1025}),
    "ssm ParameterDescription": ("ssm", "PutParameter", {"Description": "x" * 1025}),
}  # fmt: skip
"""Values that are one longer than a model allows, by the shape of the model."""


@pytest.mark.parametrize("case", LONG.values(), ids=LONG)
def test_the_sandbox_knows_the_limit_of_the_model(case: tuple[str, str, dict[str, Any]]):
    service, operation, params = case
    assert any("the maximum is" in problem for problem in model_problems(service, operation, params))


def test_more_rules_than_the_policy_of_a_queue_can_name():
    """8,192 bytes (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html)."""
    families = [f"{number:04}-{'x' * 240}" for number in range(200)]
    problems = in_group_arguments({"prefix": PREFIX, "task_definitions": families})
    assert_one(problems, "task_definitions", "8192")


def test_as_many_rules_as_the_policy_of_a_queue_can_name():
    """60 long families, or 300 usual ones."""
    found = run(program([f"service-{number:03}" for number in range(300)]), preview=False)
    if found.error is not None:
        assert isinstance(found.error, InvalidArgumentsError)
        raise AssertionError(found.error.problems)
    policies = [queue["policy"] for queue in of_type(found, "Queue") if "policy" in queue]
    assert all(len(json.dumps(json.loads(policy)).encode()) <= 8192 for policy in policies)


def test_the_path_of_roles_is_limited_by_step_functions():
    """IAM itself accepts 512 characters (botocore iam, pathType)."""

    def roles(path: str, *, supervised: bool) -> Recorded:
        settings: Any = {"cluster": "main", "iam_path": path, "supervised": supervised, "prefix": "shop-dev"}
        return run(lambda: ScheduledTaskGroup("tasks", settings), preview=False)

    longest = STEP_FUNCTIONS_ARN - len(f"arn:aws:iam::{ACCOUNT}:role//shop-dev/shop-dev-supervisor")
    accepted = roles(f"/{'i' * longest}/", supervised=True)
    assert accepted.error is None
    assert isinstance(roles(f"/{'i' * (longest + 1)}/", supervised=True).error, InvalidArgumentsError)
    assert roles(f"/{'i' * 248}/", supervised=False).error is None
    assert_one(in_group_arguments({"iam_path": f"/{'i' * 248}/", "supervised": True}), "iam_path", "256")
