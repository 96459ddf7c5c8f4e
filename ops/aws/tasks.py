"""ECS tasks: those that run, and those that stopped in about the last hour."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .deployment import Deployment

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.literals import DesiredStatusType
    from mypy_boto3_ecs.type_defs import TaskTypeDef

DESCRIBED = 100
"""ECS tasks per call. AWS: Amazon ECS API reference, DescribeTasks."""
_STATUSES: tuple["DesiredStatusType", ...] = ("RUNNING", "STOPPED")


def describe_tasks(ecs: "ECSClient", cluster_arn: str, arns: Sequence[str]) -> "list[TaskTypeDef]":
    """Describe ECS tasks by ARN. Tasks that ECS doesn't know, or doesn't know yet, are omitted."""
    found: list[TaskTypeDef] = []
    for start in range(0, len(arns), DESCRIBED):
        batch = list(arns[start : start + DESCRIBED])
        found += ecs.describe_tasks(cluster=cluster_arn, tasks=batch)["tasks"]
    return found


def family_tasks(deployment: Deployment, cluster_arn: str, family: str) -> "list[TaskTypeDef]":
    """List the ECS tasks of a family, oldest first. Makes three calls for up to 100 tasks."""
    ecs = deployment.client("ecs")
    pages = (
        page
        for status in _STATUSES
        for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster_arn, family=family, desiredStatus=status)
    )
    found = describe_tasks(ecs, cluster_arn, [arn for page in pages for arn in page["taskArns"]])
    return sorted(found, key=lambda task: str(task.get("createdAt", "")))


def cluster_tasks(
    deployment: Deployment, cluster_arn: str, status: "DesiredStatusType", limit: int
) -> "tuple[list[TaskTypeDef], bool]":
    """List up to `limit` ECS tasks of a cluster, with any origin, and whether these are all of them.

    `status` is `RUNNING`, or `STOPPED` for those that stopped in about the last hour.
    """
    ecs = deployment.client("ecs")
    arns: list[str] = []
    for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster_arn, desiredStatus=status):
        arns += page["taskArns"]
        if len(arns) >= limit:
            break
    return describe_tasks(ecs, cluster_arn, arns[:limit]), len(arns) < limit
