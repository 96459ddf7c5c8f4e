"""Starts manually what a schedule would start."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.problems import listed

from ..aws.deployment import Deployment
from ..aws.logs import Place, places
from ..aws.machines import read_machine
from ..aws.schedules import Schedule
from ..errors import OpsError
from .containers import containers_of, deciding_container, main_container, overridden
from .ecs_tasks import last_part
from .execution_run import ExecutionRun
from .following import FollowedRun, TaskRun
from .launch import launch_tasks, start_execution
from .request import (
    MANUAL,
    LaunchContext,
    RunChanges,
    decoded_input,
    execution_input,
    revised,
    run_task,
)

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskDefinitionTypeDef


@dataclass(frozen=True, slots=True)
class Started:
    """A started run, and the locations of its logs."""

    followed: FollowedRun
    places: Sequence[Place]

    @property
    def ids(self) -> list[str]:
        """The IDs of the ECS tasks, or of the execution."""
        return self.followed.ids


def start(
    deployment: Deployment,
    task: str,
    schedule: Schedule,
    context: LaunchContext,
    changes: RunChanges,
    *,
    who: str,
    tell: Callable[[str], None],
) -> Started:
    """Start what a schedule would start, but only once per `context.execution_id`.

    Raises OpsError, or an error of boto3, if nothing started.
    """
    changes = changes.filled_in(context)
    if schedule.supervised:
        return _start_machine(deployment, task, schedule, context, changes)
    definition = _definition(deployment, revised(schedule.task_definition_arn, changes))
    containers = containers_of(definition.get("containerDefinitions", []))
    changed = overridden(decoded_input(schedule, context))
    container = main_container(containers, changed)
    _refuse_secrets(definition, container, changes)
    request = run_task(schedule, context, changes, container=container, who=who)
    tasks = launch_tasks(deployment.client("ecs"), request, context.execution_id, tell)
    decides = deciding_container(containers, changed)
    return Started(TaskRun(deployment, request["cluster"], tasks, decides), places(definition))


def _start_machine(
    deployment: Deployment, task: str, schedule: Schedule, context: LaunchContext, changes: RunChanges
) -> Started:
    machine = read_machine(deployment, schedule.target["Arn"])
    definition = _definition(deployment, machine.task_definition_arn)
    containers = containers_of(definition.get("containerDefinitions", []))
    container = main_container(containers, ())
    _refuse_secrets(definition, container, changes)
    text = json.dumps(execution_input(schedule, context, changes, container=container), ensure_ascii=False)
    name = f"{MANUAL}{context.execution_id}"
    arn = start_execution(deployment.client("stepfunctions"), machine.arn, name, text)
    return Started(ExecutionRun(deployment, task, arn, machine, deciding_container(containers, ())), places(definition))


def _refuse_secrets(definition: "TaskDefinitionTypeDef", container: str, changes: RunChanges) -> None:
    """Refuse variables that ECS would refuse, because they are secrets of the container."""
    own = (each for each in definition.get("containerDefinitions", []) if each.get("name") == container)
    secrets = {secret["name"] for each in own for secret in each.get("secrets", [])}
    if both := sorted(secrets & set(changes.environment)):
        raise OpsError(
            f"--env {both[0]}: {listed(both, 'and')} {'is a secret' if len(both) == 1 else 'are secrets'} of container "
            f"{container}, and ECS lets no run replace a secret. Pass another variable, or change the secret."
        )


def _definition(deployment: Deployment, arn: str) -> "TaskDefinitionTypeDef":
    ecs = deployment.client("ecs")
    try:
        return ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    except ecs.exceptions.ClientException as error:
        raise OpsError(
            f"Can't read the task definition {last_part(arn)}: {error.response['Error'].get('Message', '')} Pass "
            "another --revision. If you passed none, run pulumi up --refresh to pin an existing revision."
        ) from None
