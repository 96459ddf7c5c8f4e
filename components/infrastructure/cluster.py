"""The cluster that runs start on: found, or created."""

import json
from collections.abc import Sequence

import pulumi
from pulumi_aws import cloudcontrol, ecs

from ..aws.account import Account
from ..aws.arn import Arn
from ..aws.dependencies import after
from ..json_values import Data
from ..problems import Problem
from ..resolved import Cluster
from ..scope import Scope
from ..task.schedule_target import strategy_entry
from .lookup import NotFoundError, ask


def find_cluster(reference: str, where: Account, options: pulumi.InvokeOptions) -> str | Problem:
    """The ARN of an active cluster, by name or ARN. One look-up.

    EventBridge Scheduler starts runs in its own account and Region, so a cluster elsewhere is a problem.
    """
    arn = Arn.parse_if_arn(reference)
    name = arn.name if arn else reference
    if arn and str(arn) != where.arn("ecs", f"cluster/{name}"):
        return _problem(
            f'"{reference}" is not in account {where.account_id}, Region {where.region}, where the schedules are.'
        )
    try:
        cluster = ask(lambda: ecs.get_cluster(cluster_name=name, opts=options))
    except NotFoundError as error:
        return _problem(
            f'there is no ECS cluster "{name}" in {where.region}: {error}. Name an existing one, or create one.'
        )
    if cluster.status != "ACTIVE":
        return _problem(f'the ECS cluster "{name}" is {cluster.status}, not ACTIVE.')
    return cluster.arn


def find_capacity(cluster_arn: str, options: pulumi.InvokeOptions) -> tuple[list[str], list[str]]:
    """The capacity providers of a cluster, and those of its default strategy.

    One look-up, which needs cloudformation:GetResource. The provider's own look-up of a cluster does not return them,
    so AWS Cloud Control does. Raises NotFoundError.
    """
    name = cluster_arn.rsplit("/", 1)[-1]
    found = ask(lambda: cloudcontrol.get_resource(type_name="AWS::ECS::Cluster", identifier=name, opts=options))
    properties: Data = json.loads(found.properties)
    # Cloud Control leaves out empty lists.
    default: Sequence[Data] = properties.get("DefaultCapacityProviderStrategy", [])
    return properties.get("CapacityProviders", []), [str(entry["CapacityProvider"]) for entry in default]


def _problem(message: str) -> Problem:
    return Problem(("cluster",), message)


def create_cluster(scope: Scope, settings: Cluster) -> tuple[ecs.Cluster, pulumi.Output[str]]:
    """A cluster with its capacity providers. Returns it, and its ARN once both exist."""
    cluster = ecs.Cluster(
        f"{scope.name}-cluster",
        name=scope.names.cluster,
        settings=[{"name": "containerInsights", "value": "enabled" if settings.container_insights else "disabled"}],
        tags=scope.tags,
        opts=scope.opts,
    )
    strategy = [
        ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(**strategy_entry(entry))
        for entry in settings.default_strategy
    ]
    providers = ecs.ClusterCapacityProviders(
        f"{scope.name}-cluster-capacity",
        cluster_name=cluster.name,
        capacity_providers=sorted(settings.capacity_providers),
        default_capacity_provider_strategies=strategy or None,
        opts=scope.opts,
    )
    # Runs need the capacity providers.
    return cluster, after(cluster.arn, providers.id)
