"""Arguments of what runs start on: cluster, capacity providers, placement."""

from collections.abc import Sequence
from typing import Annotated, Literal, Required

from typing_extensions import TypedDict

from ..aws import patterns
from ..keys.annotations import Aws, Between, Default, Example, Items, Matches
from .strict import strict

Launch = Literal["fargate", "fargateSpot", "ec2", "external", "managedInstances", "clusterDefault"]
ConstraintType = Literal["distinctInstance", "memberOf"]
StrategyType = Literal["random", "spread", "binpack"]
CapacityProviderName = Annotated[
    str,
    Matches(
        patterns.CAPACITY_PROVIDER,
        "a capacity provider",
        "FARGATE, FARGATE_SPOT, or the name of a capacity provider of an Auto Scaling group",
    ),
]


@strict
class CapacityProviderArgs(TypedDict, total=False):
    """One entry of a capacity provider strategy. A strategy has either Fargate's providers or others, not both
    kinds."""

    provider: Required[
        Annotated[
            CapacityProviderName,
            Aws("CapacityProviderStrategy.capacityProvider"),
            Example("{ provider: FARGATE_SPOT }"),
        ]
    ]
    """FARGATE, FARGATE_SPOT, or the name of a capacity provider of an Auto Scaling group."""

    weight: Annotated[
        int,
        Between(0, 1000),
        Default(1),
        Aws("CapacityProviderStrategy.weight"),
        Example("{ provider: FARGATE, weight: 1 }, { provider: FARGATE_SPOT, weight: 4 }"),
    ]
    """Share of the runs beyond `base`."""

    base: Annotated[
        int,
        Between(0, 100000),
        Default(0),
        Aws("CapacityProviderStrategy.base"),
        Example("{ provider: FARGATE, base: 1 }, { provider: FARGATE_SPOT, weight: 4 }"),
    ]
    """Number of runs of one launch that go to this provider first. Only one entry of a strategy may set it."""


@strict
class ClusterArgs(TypedDict, total=False):
    """An ECS cluster that the group creates."""

    container_insights: Annotated[
        bool, Default(False), Aws("settings: containerInsights"), Example("create: true\ncontainerInsights: true")
    ]
    """Enables CloudWatch Container Insights, which AWS charges for by metric."""

    capacity_providers: Annotated[
        Sequence[CapacityProviderName],
        Default(("FARGATE", "FARGATE_SPOT"), "FARGATE and FARGATE_SPOT, which are free"),
        Aws("capacityProviders"),
        Example("create: true\ncapacityProviders: [FARGATE, FARGATE_SPOT]"),
    ]
    """Capacity providers of the cluster: FARGATE, FARGATE_SPOT, and names of existing providers of Auto Scaling
    groups."""

    default_strategy: Annotated[
        Sequence[CapacityProviderArgs],
        Items(1, 6, "entries"),
        Default((), "none"),
        Aws("defaultCapacityProviderStrategy"),
        Example("create: true\ndefaultStrategy: [{ provider: FARGATE_SPOT }]"),
    ]
    """Capacity provider strategy for whatever else starts on the cluster without one of its own."""


@strict
class PlacementConstraintArgs(TypedDict, total=False):
    """Which instances may run the task. Not on Fargate."""

    type: Required[Annotated[ConstraintType, Aws("PlacementConstraints.type"), Example("type: distinctInstance")]]
    """`distinctInstance` or `memberOf`."""

    expression: Annotated[
        str,
        Default(words="none"),
        Aws("PlacementConstraints.expression"),
        Example('type: memberOf\nexpression: "attribute:ecs.instance-type =~ m6i.*"'),
    ]
    """Expression in the cluster query language, for `memberOf`."""


@strict
class PlacementStrategyArgs(TypedDict, total=False):
    """Which of the allowed instances ECS selects. Not on Fargate."""

    type: Required[Annotated[StrategyType, Aws("PlacementStrategy.type"), Example("type: random")]]
    """`random`, `spread` or `binpack`."""

    field: Annotated[
        str,
        Default(words="none"),
        Aws("PlacementStrategy.field"),
        Example('type: spread\nfield: "attribute:ecs.availability-zone"'),
    ]
    """For `spread`: `instanceId` or an attribute. For `binpack`: `cpu` or `memory`."""
