"""What Step Functions is told of a run: RunTask's parameters and overrides, as direct schedules have them.

Data in, data out. Names are in PascalCase, as Step Functions wants them whatever the service's own API has.
AWS: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions".
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

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
        "CapacityProviderStrategy": pascal(parameters.get("capacity_provider_strategies")),
        "PlatformVersion": parameters.get("platform_version"),
        "NetworkConfiguration": _network(network) if network else None,
        "PropagateTags": parameters.get("propagate_tags"),
        "EnableExecuteCommand": parameters.get("enable_execute_command"),
        "PlacementConstraints": pascal(parameters.get("placement_constraints")),
        "PlacementStrategy": pascal(parameters.get("placement_strategies")),
    }
    return {name: value for name, value in arguments.items() if value is not None}


def _network(network: Args) -> dict[str, Any]:
    configuration = {
        "Subnets": list(network["subnets"]),
        "SecurityGroups": list(network["security_groups"]),
        "AssignPublicIp": "ENABLED" if network["assign_public_ip"] else "DISABLED",
    }
    return {"AwsvpcConfiguration": configuration}


def pascal(value: Any) -> Any:
    """A value whose keys, at every depth, are in PascalCase instead of camelCase or snake_case."""
    if isinstance(value, Mapping):
        return {_pascal(key): pascal(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [pascal(item) for item in cast("Sequence[object]", value)]
    return value


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
