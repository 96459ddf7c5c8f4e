"""Sizes that AWS limits in a single request, and that neither botocore's models nor the emulator check.

Each rule is a function of the request's parameters. Values come from AWS's documentation, not from the product.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Params = Mapping[str, Any]
Rule = Callable[[Params], Iterator[str]]

_SCHEDULE_ARN = f"arn:aws-us-gov:scheduler:us-gov-west-1:123456789012:schedule/{'g' * 64}/{'s' * 64}"
_KEYWORDS = {
    "<aws.scheduler.schedule-arn>": _SCHEDULE_ARN,
    "<aws.scheduler.scheduled-time>": "2022-03-22T18:59:43Z",
    "<aws.scheduler.execution-id>": "d32c5kddcf5bb8c3",
    "<aws.scheduler.attempt-number>": "186",
}
"""The longest values of the keywords that Scheduler replaces in a target's input. AWS: EventBridge Scheduler user
guide, "Adding context attributes"."""


def size_problems(service: str, operation: str, params: Params) -> list[str]:
    """Return the sizes in a request that AWS would refuse."""
    rules = (*_RULES.get((service, operation), ()), _tags)
    return [problem for rule in rules for problem in rule(params)]


def without_white_space(text: str) -> int:
    """Return the characters of a policy as IAM counts them."""
    return len(re.sub(r"\s", "", text))


def _policy(member: str, most: int) -> Rule:
    # AWS: IAM user guide, "IAM and AWS STS quotas": white space does not count.
    def rule(params: Params) -> Iterator[str]:
        if (size := without_white_space(params.get(member, ""))) > most:
            yield f"LimitExceeded: {member} has {size} characters without white space, the maximum is {most}"

    return rule


def _task_definition(params: Params) -> Iterator[str]:
    # AWS: Amazon ECS developer guide, "Amazon ECS service quotas": 64 KB per task definition, 10 containers.
    # Tags are not part of it.
    definition = {name: value for name, value in params.items() if name != "tags"}
    if (size := _bytes(json.dumps(definition, ensure_ascii=False, separators=(",", ":")))) > 65_536:
        yield f"ClientException: Actual length: '{size}'. Max allowed length is '65536' bytes."
    if (count := len(params.get("containerDefinitions", []))) > 10:
        yield f"ClientException: containerDefinitions has {count} items, the maximum is 10"


def _overrides(params: Params) -> Iterator[str]:
    # AWS: Amazon ECS API reference, RunTask, overrides: 8,192 characters with the JSON formatting.
    text = json.dumps(params.get("overrides", {}), ensure_ascii=False, separators=(",", ":"))
    if len(text) > 8192:
        yield "InvalidParameterException: Container Overrides length must be at most 8192"


def _schedule(params: Params) -> Iterator[str]:
    target: Params = params.get("Target", {})
    text = str(target.get("Input", ""))
    # AWS: EventBridge Scheduler API reference, Target, Input: 256 KB.
    if (size := _bytes(text)) > 262_144:
        yield f"Target.Input: has {size} bytes, the maximum is 262144"
    for keyword, longest in _KEYWORDS.items():
        text = text.replace(keyword, longest)
    if "EcsParameters" in target and len(text) > 8192:
        yield f"Target.Input: has {len(text)} characters with Scheduler's values, but RunTask allows 8192"


def _parameter(params: Params) -> Iterator[str]:
    # AWS: Systems Manager user guide, "Managing parameter tiers"; the first text is AWS's own.
    size, tier = _bytes(params.get("Value", "")), params.get("Tier", "Standard")
    if size == 0:
        yield "ValidationException: Value must have at least 1 character"
    if size > 8192:
        yield f"ValidationException: Value has {size} bytes, the maximum of all tiers is 8192"
    elif size > 4096 and tier == "Standard":
        yield "ValidationException: Standard tier parameters support a maximum parameter value of 4096 characters."


def _metric_filter(params: Params) -> Iterator[str]:
    # AWS: CloudWatch Logs API reference, MetricTransformation.
    for transformation in params.get("metricTransformations", []):
        dimensions = transformation.get("dimensions", {})
        if len(dimensions) > 3:
            yield f"metricTransformations: has {len(dimensions)} dimensions, the maximum is 3"
        if dimensions and "defaultValue" in transformation:
            yield "metricTransformations: dimensions and defaultValue can't be combined"


def _log_policy(params: Params) -> Iterator[str]:
    # AWS: CloudWatch Logs API reference, PutResourcePolicy: 5,120 characters for the account, 51,200 for a log group.
    size = len(params.get("policyDocument", ""))
    if not params.get("resourceArn") and size > 5120:
        yield f"LimitExceededException: policyDocument has {size} characters, the maximum is 5120"


def _event_pattern(params: Params) -> Iterator[str]:
    # AWS: EventBridge user guide, "Amazon EventBridge quotas", Event pattern size: 2,048 by default.
    if (size := len(params.get("EventPattern", ""))) > 2048:
        yield f"InvalidEventPatternException: EventPattern has {size} characters, the default quota is 2048"


def _targets(params: Params) -> Iterator[str]:
    # AWS: EventBridge API reference, InputTransformer: at most 100 entries.
    for target in params.get("Targets", []):
        count = len(target.get("InputTransformer", {}).get("InputPathsMap", {}))
        if count > 100:
            yield f"Targets: InputPathsMap has {count} entries, the maximum is 100"


def _queue_policy(params: Params) -> Iterator[str]:
    # AWS: Amazon SQS developer guide, "Amazon SQS policy quotas".
    text = params.get("Attributes", {}).get("Policy", "")
    if _bytes(text) > 8192:
        yield f"Attributes.Policy: has {_bytes(text)} bytes, the maximum is 8192"
    yield from _statements(text, statements=20, principals=50)
    for statement in _statements_of(text):
        conditions = sum(map(len, statement.get("Condition", {}).values()))
        actions = statement.get("Action", [])
        if conditions > 10:
            yield f"Attributes.Policy: has {conditions} conditions, the maximum is 10"
        if isinstance(actions, list) and len(actions) > 7:
            yield f"Attributes.Policy: has {len(actions)} actions in a statement, the maximum is 7"


def _topic_policy(params: Params) -> Iterator[str]:
    # AWS: Amazon SNS developer guide, "Amazon SNS API permissions", policy quotas.
    text = params.get("AttributeValue", "") if params.get("AttributeName") == "Policy" else ""
    if _bytes(text) > 30_720:
        yield f"AttributeValue: has {_bytes(text)} bytes, the maximum of a policy is 30720"
    yield from _statements(text, statements=100, principals=200)


def _statements(text: str, *, statements: int, principals: int) -> Iterator[str]:
    found = _statements_of(text)
    if len(found) > statements:
        yield f"Policy: has {len(found)} statements, the maximum is {statements}"
    count = sum(map(_principals, found))
    if count > principals:
        yield f"Policy: has {count} principals, the maximum is {principals}"


def _statements_of(text: str) -> list[dict[str, Any]]:
    statements = json.loads(text)["Statement"] if text else []
    return statements if isinstance(statements, list) else [statements]


def _principals(statement: Params) -> int:
    principal = statement.get("Principal", "*")
    values: Iterable[Any] = principal.values() if isinstance(principal, dict) else [principal]
    return sum(len(value) if isinstance(value, list) else 1 for value in values)


def _dashboard(params: Params) -> Iterator[str]:
    # AWS: CloudWatch user guide, "CloudWatch service quotas", and "Use search expressions in graphs".
    widgets = json.loads(params.get("DashboardBody", "{}")).get("widgets", [])
    metrics = [widget.get("properties", {}).get("metrics", []) for widget in widgets]
    if len(widgets) > 500:
        yield f"DashboardBody: has {len(widgets)} widgets, the maximum is 500"
    if any(len(one) > 500 for one in metrics) or sum(map(len, metrics)) > 2500:
        yield "DashboardBody: has more than 500 metrics in a widget, or more than 2500 altogether"
    for one in (item for items in metrics for metric in items for item in metric if isinstance(item, dict)):
        if len(one.get("expression", "")) > 1024:
            yield "DashboardBody: a search expression has more than 1024 characters"


def _tags(params: Params) -> Iterator[str]:
    # AWS: Tagging AWS resources user guide, "Tag usage limits and requirements": 50 per resource.
    for member in ("Tags", "tags"):
        tags = params.get(member) or ()
        user_tags = [tag for tag in map(_tag_key, tags) if not tag.startswith("aws:")]
        if len(user_tags) > 50:
            yield f"{member}: has {len(user_tags)} tags, the maximum is 50"


def _tag_key(tag: Any) -> str:
    if isinstance(tag, str):
        return tag
    return str(tag.get("Key", tag.get("key", "")))


def _bytes(text: str) -> int:
    return len(text.encode())


_RULES: Mapping[tuple[str, str], tuple[Rule, ...]] = {
    ("iam", "CreateRole"): (_policy("AssumeRolePolicyDocument", 2048),),
    ("iam", "UpdateAssumeRolePolicy"): (_policy("PolicyDocument", 2048),),
    ("iam", "CreatePolicy"): (_policy("PolicyDocument", 6144),),
    ("iam", "CreatePolicyVersion"): (_policy("PolicyDocument", 6144),),
    ("ecs", "RegisterTaskDefinition"): (_task_definition,),
    ("ecs", "RunTask"): (_overrides,),
    ("scheduler", "CreateSchedule"): (_schedule,),
    ("scheduler", "UpdateSchedule"): (_schedule,),
    ("ssm", "PutParameter"): (_parameter,),
    ("logs", "PutMetricFilter"): (_metric_filter,),
    ("logs", "PutResourcePolicy"): (_log_policy,),
    ("events", "PutRule"): (_event_pattern,),
    ("events", "PutTargets"): (_targets,),
    ("sqs", "CreateQueue"): (_queue_policy,),
    ("sqs", "SetQueueAttributes"): (_queue_policy,),
    ("sns", "SetTopicAttributes"): (_topic_policy,),
    ("cloudwatch", "PutDashboard"): (_dashboard,),
}
