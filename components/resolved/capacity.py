"""Capacity that runs start on, and placement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .. import args
from ..args import ConstraintType, Launch, StrategyType
from ..keys.resolution import resolves

LaunchType = Literal["FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES"]

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


@resolves(args.CapacityProviderArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityProvider:
    """One entry of a capacity provider strategy."""

    provider: str
    # AWS's own default weight is 0, with which a provider receives no runs.
    weight: int
    base: int


@resolves(args.ClusterArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster to create."""

    container_insights: bool
    capacity_providers: tuple[str, ...]
    default_strategy: tuple[CapacityProvider, ...]


@resolves(args.PlacementConstraintArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementConstraint:
    """Which instances may run a task."""

    type: ConstraintType
    expression: str | None


@resolves(args.PlacementStrategyArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementStrategy:
    """Which of the allowed instances ECS selects."""

    type: StrategyType
    field: str | None


def launch_type(launch: Launch | None, providers: Sequence[CapacityProvider]) -> LaunchType:
    """The launch type of runs, from the launch key or the capacity providers of a task."""
    if launch == "external":
        return "EXTERNAL"
    if launch == "managedInstances":
        return "MANAGED_INSTANCES"
    # The default strategy of a cluster is known only in AWS. Instances support most.
    if launch in ("ec2", "clusterDefault"):
        return "EC2"
    fargate = any(entry.provider in FARGATE_PROVIDERS for entry in providers)
    return "EC2" if providers and not fargate else "FARGATE"
