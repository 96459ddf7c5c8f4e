"""ECS services, with or without autoscaling. Pure.

A scaling policy or a scheduled action raises the desired count of a service again, unless the bounds of its autoscaling
are 0 and it is suspended. AWS: Amazon ECS developer guide, "Automatically scale your Amazon ECS service"; Application
Auto Scaling API reference, RegisterScalableTarget, MinCapacity and SuspendedState.
"""

from __future__ import annotations

from ..aws.account import Account
from ..calls.resources import named
from ..calls.scaling import DIMENSION, on_services
from ..json_values import Json
from ..supervised.language import expression
from .sleeper import Look, Needed, Refusal, Sleeper, Step

_FOUND = "$states.result.Services[0]"
_SCALING = "$states.result.ScalableTargets[0]"
SUSPENDED = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
_ALL_SUSPENDED = "$scaling.suspended = [true, true, true]"
_HAS_SCALING = "$scaling.scales"
_HELD = f"($scaling.min = 0 and $scaling.max = 0 and {_ALL_SUSPENDED})"


def service(account: Account, written: object) -> Sleeper:
    """An ECS service. `desiredCount` can be updated for each deployment controller (AWS: Amazon ECS API reference,
    UpdateService). The reference doesn't say what happens while a deployment is in progress; this waits for none."""
    arn = named(account, "ecs", "service/", written)
    cluster, _, name = arn.resource_id.partition("/")
    target: dict[str, Json] = {
        "ServiceNamespace": "ecs",
        "ResourceId": arn.resource,
        "ScalableDimension": DIMENSION,
    }
    has_memory_of_scaling = f"({_HAS_SCALING} and $memory.scaling.scales)"
    bounds_lost = "($scaling.max = 0 and $memory.scaling.max > 0)"
    scaling_differs = (
        f"({has_memory_of_scaling} and ({bounds_lost} or $not($scaling.suspended = $memory.scaling.suspended)))"
    )
    count_lost = "($seen.desired = 0 and $memory.desired > 0)"
    return Sleeper(
        kind="service",
        name=f"{cluster}/{name}",
        looks=(
            Look("look", "aws-sdk:ecs:describeServices", {"Cluster": cluster, "Services": [name]}, "seen", _now()),
            Look(
                "look at scaling",
                "aws-sdk:applicationautoscaling:describeScalableTargets",
                {
                    "ServiceNamespace": "ecs",
                    "ResourceIds": [arn.resource],
                    "ScalableDimension": DIMENSION,
                },
                "scaling",
                _scaling(),
            ),
        ),
        refusals=(Refusal("$seen.status != 'ACTIVE'", "'It is ' & $seen.status & '. Remove it from sleeps.'"),),
        status="$string($seen.running) & ' of ' & $string($seen.desired) & ' tasks running'",
        memory="{'desired': $seen.desired, 'scaling': $scaling}",
        asleep=f"$seen.desired = 0 and $seen.left = 0 and ($not({_HAS_SCALING}) or {_HELD})",
        may_stop=f"$seen.desired > 0 or ({_HAS_SCALING} and $not({_HELD}))",
        stop=(
            Step(
                "hold scaling",
                "aws-sdk:applicationautoscaling:registerScalableTarget",
                {**target, "MinCapacity": 0, "MaxCapacity": 0, "SuspendedState": dict.fromkeys(SUSPENDED, True)},
                when=_HAS_SCALING,
            ),
            Step("scale to 0", "aws-sdk:ecs:updateService", {"Cluster": cluster, "Service": name, "DesiredCount": 0}),
        ),
        awake=f"$not({count_lost}) and $not({scaling_differs}) and $seen.running >= $seen.desired",
        may_start=f"{count_lost} or {scaling_differs}",
        start=(
            # Autoscaling is still suspended, so it doesn't undo the count.
            Step(
                "scale",
                "aws-sdk:ecs:updateService",
                {"Cluster": cluster, "Service": name, "DesiredCount": expression("$memory.desired")},
                when=count_lost,
            ),
            Step(
                "restore scaling",
                "aws-sdk:applicationautoscaling:registerScalableTarget",
                {
                    **target,
                    # Somebody who changed the bounds in the meantime keeps them.
                    "MinCapacity": expression(f"{bounds_lost} ? $memory.scaling.min : $scaling.min"),
                    "MaxCapacity": expression(f"{bounds_lost} ? $memory.scaling.max : $scaling.max"),
                    "SuspendedState": {
                        member: expression(f"$memory.scaling.suspended[{place}]")
                        for place, member in enumerate(SUSPENDED)
                    },
                },
                when=scaling_differs,
            ),
        ),
        needs=[
            Needed(("ecs:DescribeServices", "ecs:UpdateService"), (str(arn),)),
            Needed(
                ("application-autoscaling:RegisterScalableTarget",),
                (account.arn("application-autoscaling", "scalable-target/*"),),
                on_services(),
            ),
            # It has no resource types. AWS: Service Authorization Reference, Application Auto Scaling.
            Needed(("application-autoscaling:DescribeScalableTargets",), ("*",)),
        ],
    )


def _now() -> str:
    missing = "{'status': 'missing', 'desired': 0, 'running': 0, 'left': 0}"
    found = (
        f"{{'status': {_FOUND}.Status, 'desired': {_FOUND}.DesiredCount, 'running': {_FOUND}.RunningCount, "
        f"'left': {_FOUND}.RunningCount + {_FOUND}.PendingCount}}"
    )
    return f"$exists({_FOUND}) ? {found} : {missing}"


def _scaling() -> str:
    suspended = ", ".join(f"{_SCALING}.SuspendedState.{member} = true" for member in SUSPENDED)
    found = (
        f"{{'scales': true, 'min': {_SCALING}.MinCapacity, 'max': {_SCALING}.MaxCapacity, 'suspended': [{suspended}]}}"
    )
    return (
        f"$exists({_SCALING}) ? {found} : {{'scales': false, 'min': 0, 'max': 0, 'suspended': [false, false, false]}}"
    )
