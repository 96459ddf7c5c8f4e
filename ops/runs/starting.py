"""Starts manually what a schedule would start."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.aws.console import ecs_task_url, execution_url
from components.json_values import Json, mapping
from components.problems import listed
from components.resolved import LaunchType
from components.supervised.settings import TASK_COUNT, TASK_INDEX

from ..aws.deployment import Deployment
from ..aws.logs import Place, elsewhere, places
from ..aws.machines import machine_facts, machine_of
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
    lower_first,
    revised,
    run_task,
)
from .sizes import launch_type_of, size_problems

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskDefinitionTypeDef


@dataclass(frozen=True, slots=True)
class Started:
    """A started run, and the locations of its logs."""

    followed: FollowedRun
    places: Sequence[Place]

    elsewhere: Sequence[str]
    """Containers whose output is not in CloudWatch Logs, each with its log driver."""
    links: Sequence[str] = ()
    """Pages of the AWS console. Empty if an emulator answers, or for a partition whose console isn't known."""

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
    _refuse_sizes(definition, request.get("overrides", {}), launch_type_of(schedule.parameters), changes)
    tasks = launch_tasks(deployment.client("ecs"), request, context.execution_id, tell)
    decides = deciding_container(containers, changed)
    links = _task_links(deployment, request["cluster"], [task.id for task in tasks])
    return Started(
        TaskRun(deployment, request["cluster"], tasks, decides), places(definition), elsewhere(definition), links
    )


def _start_machine(
    deployment: Deployment, task: str, schedule: Schedule, context: LaunchContext, changes: RunChanges
) -> Started:
    facts = machine_facts(deployment, schedule.target["Arn"])
    machine = machine_of(schedule.target["Arn"], facts)
    if facts.index_machine_arn:
        _refuse_task_variables(changes)
    definition = _definition(deployment, machine.task_definition_arn)
    containers = containers_of(definition.get("containerDefinitions", []))
    container = main_container(containers, ())
    _refuse_secrets(definition, container, changes)
    given = execution_input(schedule, context, changes, container=container)
    _refuse_sizes(definition, mapping(lower_first(given["overrides"])), launch_type_of(facts.run), changes)
    text = json.dumps(given, ensure_ascii=False)
    name = f"{MANUAL}{context.execution_id}"
    arn = start_execution(deployment.client("stepfunctions"), machine.arn, name, text)
    followed = ExecutionRun(deployment, task, arn, machine, deciding_container(containers, ()))
    return Started(followed, places(definition), elsewhere(definition), _execution_links(deployment, arn))


def _task_links(deployment: Deployment, cluster: str, ids: Sequence[str]) -> list[str]:
    found = (
        ecs_task_url(
            partition=deployment.partition, region=deployment.region, cluster=last_part(cluster), task_id=task_id
        )
        for task_id in ids
    )
    return [] if deployment.aws.emulated else [link for link in found if link]


def _execution_links(deployment: Deployment, arn: str) -> list[str]:
    link = execution_url(partition=deployment.partition, region=deployment.region, execution_arn=arn)
    return [link] if link and not deployment.aws.emulated else []


def _refuse_sizes(
    definition: "TaskDefinitionTypeDef",
    overrides: Mapping[str, Json],
    launch_type: LaunchType | None,
    changes: RunChanges,
) -> None:
    """Refuse a changed size that ECS would refuse."""
    problems = list(size_problems(definition, overrides, launch_type)) if changes.changes_size else []
    if problems:
        raise OpsError("\n".join(problems))


def _refuse_secrets(definition: "TaskDefinitionTypeDef", container: str, changes: RunChanges) -> None:
    """Refuse variables that ECS would refuse, because they are secrets of the container."""
    own = (each for each in definition.get("containerDefinitions", []) if each.get("name") == container)
    secrets = {secret["name"] for each in own for secret in each.get("secrets", [])}
    if both := sorted(secrets & set(changes.environment)):
        raise OpsError(
            f"--env {both[0]}: {listed(both, 'and')} {'is a secret' if len(both) == 1 else 'are secrets'} of container "
            f"{container}, and ECS lets no run replace a secret. Pass another variable, or change the secret."
        )


def _refuse_task_variables(changes: RunChanges) -> None:
    """Refuse variables that the state machine of a task with `parallel` sets."""
    for name in (TASK_INDEX, TASK_COUNT):
        if name in changes.environment:
            raise OpsError(f"--env {name}: {name} is set by `parallel`. Choose another name.")


def _definition(deployment: Deployment, arn: str) -> "TaskDefinitionTypeDef":
    ecs = deployment.client("ecs")
    try:
        return ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    except ecs.exceptions.ClientException as error:
        raise OpsError(
            f"Can't read the task definition {last_part(arn)}: {error.response['Error'].get('Message', '')} Pass "
            "another --revision. If you passed none, run pulumi up --refresh to pin an existing revision."
        ) from None
