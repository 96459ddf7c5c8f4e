"""What is given to RunTask, by a schedule or by a state machine. Data in, data out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.aws.arn import Arn
from components.supervised.contract import MachineFacts

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
        return str(Arn.parse(self.cluster_arn).tasks_of_cluster("any"))


def schedule_launch(schedule: Schedule) -> Launch:
    """What a schedule's target gives to RunTask."""
    return _launch(schedule.target["RoleArn"], schedule.target["Arn"], schedule.parameters)


def machine_launch(facts: MachineFacts, role_arn: str) -> Launch:
    """What a state machine gives to RunTask."""
    return _launch(role_arn, facts.cluster_arn, facts.run)


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
