"""The IAM permissions that a launch needs. Pure.

AWS: Service Authorization Reference, "Amazon ECS", "AWS Step Functions", "Amazon SQS"; Amazon ECS developer guide,
"Amazon ECS EventBridge IAM role".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from components.aws.arn import Arn

Need = tuple[str, str]
"""An action, and the resource that it needs."""


def needs(target: Mapping[str, Any], definition: Mapping[str, Any] | None) -> Iterator[Need]:
    """The permissions of the role of a target. None are known for API calls and for other services.

    Args:
        target: The target of a schedule.
        definition: Its task definition; None if it has none, or if it doesn't exist.
    """
    arn = str(target["Arn"])
    if parameters := target.get("EcsParameters"):
        yield "ecs:RunTask", str(parameters["TaskDefinitionArn"])
        for role in ("taskRoleArn", "executionRoleArn"):
            if definition and definition.get(role):
                yield "iam:PassRole", str(definition[role])
        if parameters.get("Tags") or parameters.get("PropagateTags") or parameters.get("EnableECSManagedTags"):
            yield "ecs:TagResource", str(Arn.parse(arn).tasks_of_cluster("any"))
    elif ":states:" in arn:
        yield "states:StartExecution", arn
    elif ":sqs:" in arn:
        yield "sqs:SendMessage", arn
