"""Starting what a schedule would start, by hand."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..aws.deployment import Deployment
from ..aws.logs import Place, places
from ..aws.machines import read_machine
from ..aws.schedules import Schedule
from ..errors import OpsError
from .execution_run import ExecutionRun
from .following import Followed, TaskRun
from .launch import launch_tasks, start_execution
from .request import (
    MANUAL,
    Occasion,
    Variation,
    deciding_container,
    decoded_input,
    execution_input,
    main_container,
    revised,
    run_task,
)

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskDefinitionTypeDef


@dataclass(frozen=True, slots=True)
class Started:
    """A run that was started, and where it writes its log."""

    followed: Followed
    places: Sequence[Place]

    @property
    def ids(self) -> list[str]:
        """The run's id: of each ECS task, or of the execution."""
        return self.followed.ids


def start(
    deployment: Deployment,
    task: str,
    schedule: Schedule,
    occasion: Occasion,
    variation: Variation,
    *,
    who: str,
    tell: Callable[[str], None],
) -> Started:
    """Start what a schedule would start, never twice for one `occasion.execution_id`.

    Raises OpsError where nothing was started, and what boto3 raises.
    """
    if schedule.supervised:
        return _start_machine(deployment, task, schedule, occasion, variation)
    definition = _definition(deployment, revised(schedule.task_definition_arn, variation))
    containers, given = definition["containerDefinitions"], decoded_input(schedule, occasion)
    container = main_container(containers, given)
    request = run_task(schedule, occasion, variation, container=container, who=who)
    tasks = launch_tasks(deployment.client("ecs"), request, occasion.execution_id, tell)
    counts = deciding_container(containers, given)
    return Started(TaskRun(deployment, request["cluster"], tasks, counts), places(definition))


def _start_machine(
    deployment: Deployment, task: str, schedule: Schedule, occasion: Occasion, variation: Variation
) -> Started:
    machine = read_machine(deployment, schedule.target["Arn"])
    definition = _definition(deployment, machine.task_definition_arn)
    containers = definition["containerDefinitions"]
    container = main_container(containers, {})
    text = json.dumps(execution_input(schedule, occasion, variation, container=container), ensure_ascii=False)
    name = f"{MANUAL}{occasion.execution_id}"
    arn = start_execution(deployment.client("stepfunctions"), machine.arn, name, text)
    return Started(ExecutionRun(deployment, task, arn, machine, deciding_container(containers, {})), places(definition))


def _definition(deployment: Deployment, arn: str) -> "TaskDefinitionTypeDef":
    ecs = deployment.client("ecs")
    try:
        return ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    except ecs.exceptions.ClientException as error:
        raise OpsError(
            f"the task definition {arn.rsplit('/', 1)[-1]} cannot be had: {error.response['Error']['Message']} Name "
            "another --revision; where none was named, pulumi up --refresh pins one that is there."
        ) from None
