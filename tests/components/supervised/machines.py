"""State machines of the task `backup` in the group `shop-dev`."""

from typing import Any

from components.supervised.language import Supervised
from components.supervised.machine import definition
from components.supervised.run_task import run_task
from components.supervised.settings import supervision
from components.task.schedule_target import ecs_parameters
from tests.interpreter import ACCOUNT, CLUSTER, REGION, TABLE

REVISION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop-dev__backup:3"
NETWORK = {"subnets": ["subnet-0a"], "security_groups": ["sg-0a"], "assign_public_ip": False}


def machine(*, container: str = "main", cluster: str = CLUSTER, **args: Any) -> str:
    """The state machine of a task with these arguments."""
    parameters = ecs_parameters(args, group="supervised:backup", task_definition_arn=REVISION, network=NETWORK)
    return definition(
        Supervised(
            task="backup",
            container=container,
            prefix="shop-dev",
            table=TABLE,
            settings=supervision(args),
            run=run_task(parameters, cluster_arn=cluster),
        )
    )
