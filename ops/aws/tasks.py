"""ECS tasks, as ECS remembers them: those that run, and those that stopped in about the last hour."""

from collections.abc import Mapping, Sequence
from typing import Any

from .deployment import Deployment

Data = Mapping[str, Any]

DESCRIBED = 100
"""Tasks of one call (AWS: Amazon ECS API reference, DescribeTasks)."""


def describe_tasks(ecs: Any, cluster_arn: str, arns: Sequence[str]) -> list[Data]:
    """ECS tasks by their ARNs; those that ECS does not know (any more, or not yet) are left out."""
    found: list[Data] = []
    for start in range(0, len(arns), DESCRIBED):
        batch = list(arns[start : start + DESCRIBED])
        found += ecs.describe_tasks(cluster=cluster_arn, tasks=batch)["tasks"]
    return found


def family_tasks(deployment: Deployment, cluster_arn: str, family: str) -> list[Data]:
    """The ECS tasks of a family in the order of their start: three calls for up to a hundred."""
    arns: list[str] = []
    for status in ("RUNNING", "STOPPED"):
        listed = deployment.aws.pages(
            "ecs", "list_tasks", "taskArns", cluster=cluster_arn, family=family, desiredStatus=status
        )
        arns += listed
    found = describe_tasks(deployment.client("ecs"), cluster_arn, arns)
    return sorted(found, key=lambda task: str(task.get("createdAt", "")))


def running_tasks(deployment: Deployment, cluster_arn: str, most: int) -> tuple[list[Data], bool]:
    """Up to so many running ECS tasks of a cluster, whoever started them, and whether these are all."""
    arns: list[str] = []
    pages = deployment.client("ecs").get_paginator("list_tasks").paginate(cluster=cluster_arn, desiredStatus="RUNNING")
    for page in pages:
        arns += page["taskArns"]
        if len(arns) >= most:
            break
    found = describe_tasks(deployment.client("ecs"), cluster_arn, arns[:most])
    return found, len(arns) < most
