"""What is given to RunTask, by a schedule or by a state machine. Data in, data out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ..aws.schedules import Schedule

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Launch:
    """A call of RunTask, as far as it is looked at."""

    role_arn: str
    """The role of who calls."""
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
        """The ARN of an ECS task of the cluster."""
        return f"{self.cluster_arn.replace(':cluster/', ':task/')}/any"


def schedule_launch(schedule: Schedule) -> Launch:
    """What a schedule's target gives to RunTask."""
    return _launch(schedule.target["RoleArn"], schedule.target["Arn"], schedule.parameters)


def machine_launch(definition: Data, role_arn: str) -> Launch | None:
    """What a state machine gives to RunTask; None for one that does not call it."""
    arguments = next((found for found in _mappings(definition) if found.keys() >= {"Cluster", "TaskDefinition"}), None)
    return _launch(role_arn, arguments["Cluster"], arguments) if arguments else None


def lease_table(definition: Data) -> str:
    """The table that a state machine keeps its task's lease in; empty where its runs may overlap."""
    # Only a lease is given back.
    return next(
        (str(found["TableName"]) for found in _mappings(definition) if found.keys() >= {"TableName", "Key"}), ""
    )


def _launch(role_arn: str, cluster_arn: str, given: Data) -> Launch:
    strategy: Sequence[Data] = given.get("CapacityProviderStrategy", ())
    network: Data = _lowered(given.get("NetworkConfiguration", {})).get("awsvpcconfiguration", {})
    network = _lowered(network)
    return Launch(
        role_arn=role_arn,
        cluster_arn=cluster_arn,
        task_definition_arn=given.get("TaskDefinitionArn") or given.get("TaskDefinition", ""),
        launch_type=given.get("LaunchType", ""),
        providers=tuple(_lowered(item)["capacityprovider"] for item in strategy),
        subnets=tuple(network.get("subnets", ())),
        security_groups=tuple(network.get("securitygroups", ())),
        public_ip=network.get("assignpublicip") == "ENABLED",
    )


def _lowered(data: Data) -> Data:
    """With keys in small letters: EventBridge Scheduler and Step Functions do not spell them alike."""
    return {key.lower(): value for key, value in data.items()}


def _mappings(value: Any) -> Iterator[Data]:
    if isinstance(value, dict):
        whole = cast("dict[str, Any]", value)
        yield whole
        for item in whole.values():
            yield from _mappings(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _mappings(item)
