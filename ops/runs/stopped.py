"""The runs that stopped in about the last hour, from ECS."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from components.aws.names import family_of

from ..aws.deployment import Deployment
from ..aws.errors import error_code
from ..aws.tasks import cluster_tasks
from . import records
from .containers import deciding_container
from .ecs_tasks import EcsTask
from .home import group_clusters
from .records import Run

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef

STOPPED = 200
"""The most stopped ECS tasks of the cluster that are read."""


def stopped_runs(deployment: Deployment, tasks: Collection[str]) -> list[Run]:
    """Return the runs of these tasks that stopped in about the last hour.

    The outcome logs have the same runs, but only after EventBridge has delivered their events. Omitted are attempts of
    supervised runs, runs of existing task definitions, and runs with several containers of which any could decide.
    """
    found: list[TaskTypeDef] = []
    for cluster_arn in group_clusters(deployment):
        try:
            found += cluster_tasks(deployment, cluster_arn, "STOPPED", STOPPED)[0]
        except Exception as error:
            if error_code(error) != "ClusterNotFoundException":
                raise
    prefix = deployment.names.family_prefix
    own = [EcsTask.read(each) for each in found if family_of(each.get("taskDefinitionArn", "")).startswith(prefix)]
    # The group of a supervised run's attempts has a prefix.
    decided = [each for each in own if each.group in tasks and deciding_container(each.containers, each.overridden)]
    return [records.from_ecs_task(each) for each in decided]
