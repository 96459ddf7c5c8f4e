"""The IAM permissions that a launch or a call needs. Pure.

AWS: Service Authorization Reference; Amazon ECS developer guide, "Amazon ECS EventBridge IAM role"; EventBridge
Scheduler user guide, "Using universal targets": the execution role needs the permission of the API operation.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from components.aws.account import Account
from components.aws.arn import Arn
from components.calls.permissions import derived_resources, statements
from components.calls.references import operation
from components.problems import Problem

from ..calls import ANY_RESOURCE
from ..iam_policies import items

Need = tuple[str, str]
"""An action, and the resource that it needs."""
_ACTIONS = {
    "events": "events:PutEvents",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
}
"""The action of a templated target, by its service."""


def needs(target: Mapping[str, Any], definition: Mapping[str, Any] | None, account: Account) -> Iterator[Need]:
    """The permissions of the role of a target. None are known for operations that AWS's reference has no action for.

    Args:
        target: The target of a schedule.
        definition: Its task definition; None if it has none, or if it doesn't exist.
        account: The account and Region of the schedule.
    """
    arn = str(target["Arn"])
    if "EcsParameters" in target:
        yield from _of_launch(target, definition)
    elif (service := Arn.parse(arn).service) == "scheduler":
        yield from _of_call(arn, str(target.get("Input") or "{}"), account)
    elif action := _ACTIONS.get(service):
        yield action, arn


def _of_launch(target: Mapping[str, Any], definition: Mapping[str, Any] | None) -> Iterator[Need]:
    parameters = target["EcsParameters"]
    yield "ecs:RunTask", str(parameters["TaskDefinitionArn"])
    for role in ("taskRoleArn", "executionRoleArn"):
        if definition and definition.get(role):
            yield "iam:PassRole", str(definition[role])
    if parameters.get("Tags") or parameters.get("PropagateTags") or parameters.get("EnableECSManagedTags"):
        yield "ecs:TagResource", str(Arn.parse(str(target["Arn"])).tasks_of_cluster("any"))


def _of_call(arn: str, text: str, account: Account) -> Iterator[Need]:
    """The permissions of an API call. If its resources don't follow from its input, any resource suffices."""
    found = operation(arn)
    if isinstance(found, Problem) or found.service.permission(found.name) is None:
        return
    try:
        parameters = json.loads(text)
    except ValueError:
        return
    if not isinstance(parameters, dict):
        return
    derived = derived_resources(found, parameters, account) or [ANY_RESOURCE]
    # Batch's job definition has its revision in the parameter or not, so a role gets both ARNs. One of them suffices.
    resources = [each for each in derived if each.removesuffix(":*") == each or each.removesuffix(":*") not in derived]
    for statement in statements(found, parameters, resources):
        for action in items(statement["Action"]):
            for resource in items(statement["Resource"]):
                yield action, resource
