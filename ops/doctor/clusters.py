"""Checks of the ECS clusters."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .finding import OK, PROBLEM, STACK, Finding, abbreviate
from .inventory import Inventory
from .launch import Launch

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ClusterTypeDef

_INSTANCE_TYPES = ("EC2", "EXTERNAL")
"""Launch types that need container instances."""
_BATCH = 100
"""Clusters per call. AWS: Amazon ECS API reference, DescribeClusters."""


def cluster_findings(inventory: Inventory) -> Iterator[Finding]:
    """Check that the clusters are active and have the needed capacity providers or container instances."""
    arns = sorted({launch.cluster_arn for launch in inventory.launches})
    ecs = inventory.deployment.client("ecs")
    clusters: dict[str, ClusterTypeDef] = {}
    for start in range(0, len(arns), _BATCH):
        answer = ecs.describe_clusters(clusters=arns[start : start + _BATCH])
        clusters |= {cluster["clusterArn"]: cluster for cluster in answer["clusters"]}
    for arn in arns:
        cluster = clusters.get(arn)
        name = arn.rsplit("/", 1)[-1]
        if cluster is None or cluster["status"] != "ACTIVE":
            state = f"is {cluster['status']}" if cluster else "doesn't exist"
            yield Finding(PROBLEM, STACK, f"The cluster {name} {state}.", "Create it again, or set another `cluster`.")
            continue
        yield Finding(OK, STACK, f"The cluster {name} is active.")
        yield from _capacity(cluster, [launch for launch in inventory.launches if launch.cluster_arn == arn])


def _capacity(cluster: "ClusterTypeDef", launches: Sequence[Launch]) -> Iterator[Finding]:
    name = cluster["clusterName"]
    wanted = {provider for launch in launches for provider in launch.providers}
    if missing := wanted - set(cluster.get("capacityProviders", ())):
        message = f"The cluster {name} doesn't have the capacity provider {abbreviate(missing)}."
        yield Finding(PROBLEM, STACK, message, "Associate it with the cluster, or set another `launch`.")
    types = {launch.launch_type for launch in launches}
    if types.intersection(_INSTANCE_TYPES) and not cluster.get("registeredContainerInstancesCount"):
        message = f"The cluster {name} has no container instances, but runs with `launch: ec2` need them."
        yield Finding(PROBLEM, STACK, message, "Add instances, or set `launch: fargate`.")
