"""What Step Functions is told of a run: RunTask's parameters and overrides, as direct schedules have them.

Data in, data out. Names are in PascalCase, as Step Functions wants them whatever the service's own API has.
AWS: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions".
"""

from collections.abc import Mapping
from typing import Any

from ..aws.spelling import pascal_keys

Args = Mapping[str, Any]


def run_task(parameters: Args, *, cluster_arn: str) -> dict[str, Any]:
    """RunTask's arguments from the parameters of a schedule's target (`target.ecs_parameters`), with all that Step
    Functions passes on.

    It does not pass on the number of tasks, and managed tags; `propagate_tags` carries the task definition's.
    """
    network: Args | None = parameters.get("network_configuration")
    arguments = {
        "Cluster": cluster_arn,
        "TaskDefinition": parameters["task_definition_arn"],
        "Group": parameters["group"],
        "LaunchType": parameters.get("launch_type"),
        "CapacityProviderStrategy": pascal_keys(parameters.get("capacity_provider_strategies")),
        "PlatformVersion": parameters.get("platform_version"),
        "NetworkConfiguration": _network(network) if network else None,
        "PropagateTags": parameters.get("propagate_tags"),
        "EnableExecuteCommand": parameters.get("enable_execute_command"),
        "PlacementConstraints": pascal_keys(parameters.get("placement_constraints")),
        "PlacementStrategy": pascal_keys(parameters.get("placement_strategies")),
    }
    return {name: value for name, value in arguments.items() if value is not None}


def _network(network: Args) -> dict[str, Any]:
    configuration = {
        "Subnets": list(network["subnets"]),
        "SecurityGroups": list(network["security_groups"]),
        "AssignPublicIp": "ENABLED" if network["assign_public_ip"] else "DISABLED",
    }
    return {"AwsvpcConfiguration": configuration}
