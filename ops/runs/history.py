"""The past runs of tasks, from all sources in AWS: outcome logs, ECS tasks and Step Functions executions.

Outcome logs have a retention time. ECS forgets a task about an hour after its end, and Step Functions an execution
after 90 days.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from components.supervised.settings import SUPERVISED_GROUP

from ..aws.deployment import Deployment
from ..aws.errors import Found, read_part
from ..aws.tasks import family_tasks
from . import records
from .containers import containers_of, deciding_container
from .ecs_tasks import EcsTask
from .executions import list_executions, with_reasons
from .home import Home
from .outcome_logs import outcomes_of
from .records import Run

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef


def _container_of(deployment: Deployment, task_definition_arn: str) -> str | None:
    """The container whose exit code counts, if the task definition tells; None too if there is no such definition."""
    if not task_definition_arn:
        return None
    ecs = deployment.client("ecs")
    try:
        definition = ecs.describe_task_definition(taskDefinition=task_definition_arn)["taskDefinition"]
    except (ecs.exceptions.ClientException, ecs.exceptions.InvalidParameterException):
        return None
    return deciding_container(containers_of(definition["containerDefinitions"]), ())


def _tasks_of(deployment: Deployment, home: Home) -> "list[TaskTypeDef]":
    return family_tasks(deployment, home.cluster_arn, home.family) if home.cluster_arn else []


def history(
    deployment: Deployment,
    task: str,
    home: Home,
    *,
    since: datetime,
    until: datetime,
    most: int,
    tell: Callable[[str], None] = lambda _: None,
    reasons: bool = True,
    failed: list[str] | None = None,
) -> list[Run]:
    """List the newest runs of a task without duplicates.

    Args:
        deployment: The deployment.
        task: Name of the task.
        home: Its cluster, task definition and state machine.
        since: Runs that started earlier are omitted.
        until: The end of the queried time.
        most: The most runs.
        tell: Gets a message if some outcomes aren't known, because their log doesn't exist.
        reasons: Whether to read why executions failed, with one call each. Without it, runs that were skipped or
            replaced may count as failed.
        failed: Gets a sentence for each source that AWS fails to return. By default, such an error is raised.
    """

    def part(what: str, default: Found, read: Callable[[], Found]) -> Found:
        return read() if failed is None else read_part(what, default, read, failed)

    none: tuple[list[Run], list[str]] = ([], [])
    outcomes, lost = part("The outcome logs", none, lambda: outcomes_of(deployment, task, since, until, most))
    for line in lost:
        tell(line)
    groups = (task, f"{SUPERVISED_GROUP}{task}")
    # State machines of calls run no ECS tasks.
    found = part("The ECS tasks of the last hour", [], lambda: _tasks_of(deployment, home))
    tasks = [each for each in map(EcsTask.read, found) if each.group in groups]
    container = part("The task definition", None, lambda: _container_of(deployment, home.task_definition_arn))
    direct = [records.from_ecs_task(each, container=container) for each in tasks if not each.execution]
    machine = home.state_machine_arn
    listed = part("The executions", [], lambda: list_executions(deployment, task, machine, most)) if machine else []
    executions = [
        records.with_attempts(run, [each for each in tasks if each.execution == run.id], container) for run in listed
    ]
    runs = records.merged(outcomes, executions, direct)
    newest = [run for run in runs if run.started is None or run.started >= since][:most]
    unknown = {run.id for run in executions} - {run.id for run in outcomes}
    if not reasons:
        return newest
    return part("Why executions failed", newest, lambda: with_reasons(deployment, machine, newest, unknown))
