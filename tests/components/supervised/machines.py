"""State machines of the task `backup` in the group `shop-dev`."""

from typing import Any

from components.checks import checked_task
from components.resolved import Task
from components.supervised.language import Supervised
from components.supervised.machine import definition, index_definition
from components.supervised.run_task import run_task
from components.task.schedule_target import ecs_parameters
from tests.interpreter import ACCOUNT, CLUSTER, INDEX_MACHINE, REGION, TABLE

REVISION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop-dev__backup:3"
NETWORK = {"subnets": ["subnet-0a"], "security_groups": ["sg-0a"], "assign_public_ip": False}


def supervised_task(**args: Any) -> Task:
    """A valid task `backup` with these arguments."""
    schedule = {} if "after" in args else {"schedule": "rate(1 day)"}
    task, problems = checked_task("backup", {"image": "backup:1", **schedule, **args})
    assert not problems
    return task


def machine(*, container: str = "main", cluster: str = CLUSTER, **args: Any) -> str:
    """The state machine of a task with these arguments."""
    return definition(supervised(container, cluster, **args))


def index_machine(*, container: str = "main", cluster: str = CLUSTER, **args: Any) -> str:
    """The state machine of one task of a run of a task with these arguments, which include `parallel`."""
    return index_definition(supervised(container, cluster, **args))


def supervised(container: str, cluster: str, **args: Any) -> Supervised:
    """The task that state machines are generated for."""
    task = supervised_task(**args)
    assert task.supervision
    parameters = ecs_parameters(
        task, enter=task.exec, group="supervised:backup", task_definition_arn=REVISION, network=NETWORK
    )
    return Supervised(
        task="backup",
        container=container,
        prefix="shop-dev",
        table=TABLE,
        settings=task.supervision,
        run=run_task(parameters, cluster_arn=cluster),
        index_machine_arn=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{INDEX_MACHINE}" if task.parallel else "",
    )
