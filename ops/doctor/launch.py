"""The parameters of RunTask, from a schedule or a state machine. A pure function of AWS's answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from ..aws.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Launch:
    """The parameters of RunTask that are checked."""

    role_arn: str
    """The role that calls RunTask."""
    cluster_arn: str
    task_definition_arn: str
    launch_type: str = ""
    providers: tuple[str, ...] = ()
    """Capacity providers."""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    public_ip: bool = False

    @property
    def tasks_arn(self) -> str:
        """The ARN of an ECS task in the cluster."""
        return f"{self.cluster_arn.replace(':cluster/', ':task/')}/any"


def schedule_launch(schedule: Schedule) -> Launch:
    """Return the parameters in a schedule's target."""
    return _launch(schedule.role_arn, schedule.target_arn, schedule.parameters)


def machine_launch(definition: JsonValue, role_arn: str) -> Launch | None:
    """Return the parameters in a state machine's definition, or None if it doesn't call RunTask."""
    arguments = next((each for each in _objects(definition) if each.keys() >= {"Cluster", "TaskDefinition"}), None)
    return _launch(role_arn, str(arguments["Cluster"]), arguments) if arguments else None


def lease_table(definition: JsonValue) -> str:
    """Return the table of a state machine's lease. Empty if its runs may overlap."""
    # Only the release of the lease has a key.
    return next((str(each["TableName"]) for each in _objects(definition) if each.keys() >= {"TableName", "Key"}), "")


def _launch(role_arn: str, cluster_arn: str, given: Mapping[str, Any]) -> Launch:
    network = _lowercase(_lowercase(given.get("NetworkConfiguration", {})).get("awsvpcconfiguration", {}))
    return Launch(
        role_arn=role_arn,
        cluster_arn=cluster_arn,
        task_definition_arn=given.get("TaskDefinitionArn") or given.get("TaskDefinition", ""),
        launch_type=given.get("LaunchType", ""),
        providers=tuple(_lowercase(item)["capacityprovider"] for item in given.get("CapacityProviderStrategy", ())),
        subnets=tuple(network.get("subnets", ())),
        security_groups=tuple(network.get("securitygroups", ())),
        public_ip=network.get("assignpublicip") == "ENABLED",
    )


def _lowercase(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data with lowercase keys, because EventBridge Scheduler and Step Functions spell them differently."""
    return {key.lower(): value for key, value in data.items()}


def _objects(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)
