"""The cluster that runs are started on: found, or created."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import ecs

from ..aws.dependencies import after
from ..aws.limits import PROVIDERS
from ..problems import Problem
from ..task.schedule_target import strategy_entry
from .lookup import Account, NotFoundError, ask

DEFAULT_CLUSTER = "default"


def find_cluster(reference: str, where: Account, options: pulumi.InvokeOptions) -> str | Problem:
    """The ARN of an active cluster, by name or ARN; one look-up.

    A cluster of another account or Region is a problem: Scheduler starts runs in its own only.
    """
    name = reference.rsplit("/", 1)[-1]
    if reference.startswith("arn:") and not reference.startswith(where.arn("ecs", "cluster/")):
        return _problem(
            f'"{reference}" is not in account {where.account_id}, Region {where.region}, where the schedules are.'
        )
    try:
        cluster = ask(lambda: ecs.get_cluster(cluster_name=name, opts=options))
    except NotFoundError as error:
        return _problem(
            f'there is no ECS cluster "{name}" in {where.region}: {error}. Name one that exists, or let one be created.'
        )
    if cluster.status != "ACTIVE":
        return _problem(f'the ECS cluster "{name}" is {cluster.status}, not ACTIVE.')
    return cluster.arn


def _problem(message: str) -> Problem:
    return Problem(("cluster",), message)


def create_cluster(
    name: str,
    *,
    physical_name: str,
    args: Mapping[str, Any],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """A cluster with its capacity providers; the ARN, once both are there."""
    insights = "enabled" if args.get("container_insights", False) else "disabled"
    cluster = ecs.Cluster(
        f"{name}-cluster",
        name=physical_name,
        settings=[{"name": "containerInsights", "value": insights}],
        tags=tags,
        opts=opts,
    )
    strategy: Any = [strategy_entry(entry) for entry in args.get("default_strategy", ())]
    providers = ecs.ClusterCapacityProviders(
        f"{name}-cluster-capacity",
        cluster_name=cluster.name,
        capacity_providers=sorted(args.get("capacity_providers", PROVIDERS)),
        default_capacity_provider_strategies=strategy or None,
        opts=opts,
    )
    # Runs need the providers, so whoever uses the ARN waits for them.
    return after(cluster.arn, providers.id)
