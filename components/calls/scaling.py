"""Calls that change the size of ECS services and Auto Scaling groups. Pure."""

from __future__ import annotations

from ..aws import policies
from ..aws.account import Account
from ..aws.arn import Arn
from ..aws.policies import Condition
from ..json_values import Json
from ..resolved import Scale
from .model import Call
from .resources import named, simple_call, statement

DIMENSION = "ecs:service:DesiredCount"
"""AWS: botocore application-autoscaling, ScalableDimension."""


def scale(what: Scale, account: Account) -> Call:
    """Change the size of a service, the bounds of its autoscaling, or a group."""
    if what.group is not None:
        return _group(what, account)
    arn = named(account, "ecs", "service/", what.service)
    if what.to is None:
        return _autoscaling(what, account, arn)
    cluster, _, name = arn.resource_id.partition("/")
    parameters: dict[str, Json] = {"Cluster": cluster, "Service": name, "DesiredCount": what.to}
    return simple_call("ecs:updateService", parameters, [arn], idempotent=True)


def _autoscaling(what: Scale, account: Account, service: Arn) -> Call:
    """The bounds of a service's autoscaling. Scalable targets have IDs that nobody knows before they exist, so that
    the permission is limited by service and dimension.

    AWS: Service Authorization Reference, Application Auto Scaling, RegisterScalableTarget; Amazon ECS developer guide,
    "IAM permissions required for Amazon ECS service auto scaling".
    """
    parameters: dict[str, Json] = {
        "ServiceNamespace": "ecs",
        "ResourceId": service.resource,
        "ScalableDimension": DIMENSION,
        **_given(MinCapacity=what.min, MaxCapacity=what.max),
    }
    register = statement(
        "application-autoscaling:RegisterScalableTarget",
        [account.arn("application-autoscaling", "scalable-target/*")],
        on_services(),
    )
    change = policies.allow("ChangeService", ["ecs:DescribeServices", "ecs:UpdateService"], [str(service)])
    return Call("applicationautoscaling", "registerScalableTarget", parameters, (register, change), idempotent=True)


def on_services() -> Condition:
    """Only the autoscaling of ECS services."""
    return {
        "StringEquals": {
            "application-autoscaling:service-namespace": "ecs",
            "application-autoscaling:scalable-dimension": DIMENSION,
        }
    }


def _group(what: Scale, account: Account) -> Call:
    """AWS: Service Authorization Reference, Amazon EC2 Auto Scaling: the ARN of a group contains an ID of AWS."""
    arn = account.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{what.group}")
    parameters: dict[str, Json] = {
        "AutoScalingGroupName": str(what.group),
        **_given(MinSize=what.min, MaxSize=what.max, DesiredCapacity=what.to),
    }
    return simple_call("autoscaling:updateAutoScalingGroup", parameters, [arn], idempotent=True)


def _given(**values: int | None) -> dict[str, Json]:
    return {name: value for name, value in values.items() if value is not None}
