"""The parameters of RunTask, from a schedule or a state machine. A pure function of AWS's answers."""

from dataclasses import dataclass

from components.aws.arn import Arn
from components.json_values import Data
from components.resolved import FARGATE_PROVIDERS, CapacityProvider
from components.supervised.contract import MachineFacts

from ..aws.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Launch:
    """The parameters of RunTask that are checked."""

    role_arn: str
    """The role that calls RunTask."""
    cluster_arn: str
    task_definition_arn: str
    launch_type: str = ""
    strategy: tuple[CapacityProvider, ...] = ()
    """Empty for a launch type, or for the cluster's default."""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    public_ip: bool = False
    execute_command: bool = False
    """Whether ECS Exec is enabled."""
    count: int = 1
    """ECS tasks per call."""

    @property
    def providers(self) -> tuple[str, ...]:
        """Capacity providers."""
        return tuple(entry.provider for entry in self.strategy)

    @property
    def on_fargate(self) -> bool:
        """Whether runs start on Fargate, or on the cluster's default capacity, which is not known."""
        return self.launch_type in ("FARGATE", "") and set(self.providers) <= set(FARGATE_PROVIDERS)

    @property
    def tasks_arn(self) -> str:
        """The ARN of an ECS task in the cluster."""
        return str(Arn.parse(self.cluster_arn).tasks_of_cluster("any"))


def schedule_launch(schedule: Schedule) -> Launch:
    """Return the parameters in a schedule's target."""
    return _launch(schedule.role_arn, schedule.target_arn, schedule.parameters)


def machine_launch(facts: MachineFacts, role_arn: str) -> Launch:
    """Return the parameters that a state machine passes to RunTask."""
    return _launch(role_arn, facts.cluster_arn, facts.run)


def _launch(role_arn: str, cluster_arn: str, given: Data) -> Launch:
    network = _lowercase(_lowercase(given.get("NetworkConfiguration", {})).get("awsvpcconfiguration", {}))
    return Launch(
        role_arn=role_arn,
        cluster_arn=cluster_arn,
        task_definition_arn=given.get("TaskDefinitionArn") or given.get("TaskDefinition", ""),
        launch_type=given.get("LaunchType", ""),
        strategy=tuple(_provider(_lowercase(item)) for item in given.get("CapacityProviderStrategy", ())),
        subnets=tuple(network.get("subnets", ())),
        security_groups=tuple(network.get("securitygroups", ())),
        public_ip=network.get("assignpublicip") == "ENABLED",
        execute_command=given.get("EnableExecuteCommand") is True,
        count=given.get("TaskCount", 1),
    )


def _provider(item: Data) -> CapacityProvider:
    """An entry of a strategy, with the defaults of AWS (Amazon ECS API reference, CapacityProviderStrategyItem)."""
    return CapacityProvider(
        provider=item["capacityprovider"], weight=int(item.get("weight", 0)), base=int(item.get("base", 0))
    )


def _lowercase(data: Data) -> Data:
    """Return the data with lowercase keys, because EventBridge Scheduler and Step Functions spell them differently."""
    return {key.lower(): value for key, value in data.items()}
