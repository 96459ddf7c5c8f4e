"""RunTask's arguments for Step Functions: the same run as a schedule starts directly. Data in, data out.

Keys are in PascalCase, which Step Functions expects for all services.
AWS: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions".
"""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from ..aws.spelling import pascal_keys
from ..json_values import Data, Json


class AwsvpcConfiguration(TypedDict):
    """The network interface of a run."""

    Subnets: Sequence[str]
    SecurityGroups: Sequence[str]
    AssignPublicIp: str


class NetworkConfiguration(TypedDict):
    """The network of a run."""

    AwsvpcConfiguration: AwsvpcConfiguration


class RunTask(TypedDict):
    """RunTask's arguments that a task's settings decide."""

    Cluster: str
    TaskDefinition: str
    Group: NotRequired[str]
    LaunchType: NotRequired[str]
    CapacityProviderStrategy: NotRequired[Json]
    PlatformVersion: NotRequired[str]
    NetworkConfiguration: NotRequired[NetworkConfiguration]
    PropagateTags: NotRequired[str]
    EnableExecuteCommand: NotRequired[bool]
    PlacementConstraints: NotRequired[Json]
    PlacementStrategy: NotRequired[Json]


def run_task(parameters: Data, *, cluster_arn: str) -> RunTask:
    """RunTask's arguments, from the parameters of a schedule's target (`schedule_target.ecs_parameters`).

    Step Functions doesn't pass on the number of tasks or managed tags. `propagate_tags` passes on the tags of the task
    definition.
    """
    arguments: RunTask = {
        "Cluster": cluster_arn,
        "TaskDefinition": parameters["task_definition_arn"],
        "Group": parameters["group"],
    }
    if launch_type := parameters.get("launch_type"):
        arguments["LaunchType"] = launch_type
    if strategy := parameters.get("capacity_provider_strategies"):
        arguments["CapacityProviderStrategy"] = pascal_keys(strategy)
    if version := parameters.get("platform_version"):
        arguments["PlatformVersion"] = version
    if network := parameters.get("network_configuration"):
        arguments["NetworkConfiguration"] = _network(network)
    if propagated := parameters.get("propagate_tags"):
        arguments["PropagateTags"] = propagated
    if (execute_command := parameters.get("enable_execute_command")) is not None:
        arguments["EnableExecuteCommand"] = execute_command
    _add_placement(arguments, parameters)
    return arguments


def _add_placement(arguments: RunTask, parameters: Data) -> None:
    if constraints := parameters.get("placement_constraints"):
        arguments["PlacementConstraints"] = pascal_keys(constraints)
    if strategies := parameters.get("placement_strategies"):
        arguments["PlacementStrategy"] = pascal_keys(strategies)


def _network(network: Data) -> NetworkConfiguration:
    return {
        "AwsvpcConfiguration": {
            "Subnets": list(network["subnets"]),
            "SecurityGroups": list(network["security_groups"]),
            "AssignPublicIp": "ENABLED" if network["assign_public_ip"] else "DISABLED",
        }
    }
