"""The task definition of a task, with its log group, image, secrets and roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import cloudwatch, ecs, ssm

from ..args import GroupReference, NetworkMode
from ..aws.limits import PARAMETER_DESCRIPTION_LENGTH
from ..checks.errors import refuse
from ..checks.parameters import parameter_tier, size_problem
from ..infrastructure.logs import create_log_group
from ..json_values import Object
from ..keys.annotations import has_output
from ..problems import Name, Problem
from ..resolved import Task
from ..scope import Scope
from .container_logs import LogPlace, has_own_log_group
from .definition import canonical, container_definitions, task_settings
from .image_build import build_images
from .late_keywords import late_keywords
from .plaintext_secrets import plaintext_secrets
from .references import with_references
from .roles import RunRole, execution_role, task_role


@dataclass(frozen=True, slots=True)
class TaskDefinition:
    """A task definition, new or existing."""

    arn: pulumi.Output[str]
    """ARN with the revision that schedules are pinned to."""
    network_mode: NetworkMode | str
    log_group: pulumi.Input[str]
    """Log group of the task's own container; empty if that has another log driver, and for an existing task
    definition."""
    execution_role: RunRole
    task_role: RunRole
    created: ecs.TaskDefinition | None = None
    """None for an existing task definition."""
    own_log_group: cloudwatch.LogGroup | None = None
    """None for a task that writes to the group's log group."""
    parameters: Mapping[str, ssm.Parameter] = field(default_factory=dict[str, ssm.Parameter])
    """The parameters with the task's `secret_values`, by environment variable."""


@dataclass(frozen=True, slots=True)
class _Logs:
    """The log group that a task writes to."""

    name: str
    created: cloudwatch.LogGroup | None
    """None for the group's log group."""


def create_task_definition(component: str, scope: Scope, task: Task, group: GroupReference) -> TaskDefinition:
    """Register the task definition of a task, or take the existing one that it names."""
    if task.task_definition is not None:
        existing = group["task_definitions"][task.task_definition]
        return TaskDefinition(
            pulumi.Output.from_input(existing["arn"]),
            existing["network_mode"],
            "",
            RunRole(existing["execution_role_arn"]),
            RunRole(task.task_role or existing["task_role_arn"]),
        )
    logs = _logs(scope, task, group)
    given, task = task, with_references(component, task, scope.account)
    parameters = {name: _store(component, scope, name, value) for name, value in task.secret_values.items()}
    secrets = {**task.secrets, **{name: parameter.arn for name, parameter in parameters.items()}}
    own, built = build_images(scope, task)
    image = task.image if own is None else own
    assert image is not None
    containers = container_definitions(
        task,
        image=image,
        built=built,
        secrets=secrets,
        log=LogPlace(logs.name, scope.account.region, task.name),
    )
    text = _json(component, given, containers)
    start, run = execution_role(scope, task, group), task_role(scope, task)
    definition = ecs.TaskDefinition(
        f"{task.name}-definition",
        family=scope.names.family(task.name),
        container_definitions=text,
        execution_role_arn=start.arn,
        task_role_arn=run.arn,
        # Deregistered revisions start no tasks. A schedule of a partly failed deployment, or a re-run, needs the old
        # one.
        skip_destroy=True,
        tags=scope.tags,
        opts=scope.opts_after(logs.created) if logs.created else scope.opts,
        **task_settings(task),
    )
    main = task.logs
    log_group = "" if not main.in_cloudwatch else logs.name if main.group is None else main.group
    return TaskDefinition(
        definition.arn, task.network_mode, log_group, start, run, definition, logs.created, parameters
    )


def _logs(scope: Scope, task: Task, group: GroupReference) -> _Logs:
    """The group's log group, or the task's own if its retention or key differs and a container writes to it."""
    days = task.logs.retention_days or group["log_retention_days"]
    key = task.logs.kms_key or group["log_kms_key"]
    shared_days, shared_key = group["log_retention_days"], group["log_kms_key"]
    if not has_own_log_group(task, retention_days=shared_days, kms_key=shared_key):
        return _Logs(scope.names.log_group, None)
    name = scope.names.task_log_group(task.name)
    return _Logs(name, create_log_group(scope, "logs", name, retention_days=days, kms_key=key or None))


def _json(component: str, task: Task, containers: Sequence[Object]) -> pulumi.Input[str]:
    """Container definitions as JSON. Refuses what turns out to be wrong once the resources of its values exist."""
    if not has_output(containers):
        return canonical(containers)

    async def checked() -> None:
        refuse(component, await plaintext_secrets(task))

    def made(known: Sequence[Object]) -> str:
        refuse(component, list(late_keywords(containers, known)))
        return canonical(known)

    return pulumi.Output.all(containers, pulumi.Output.from_input(checked())).apply(lambda known: made(known[0]))


def _store(component: str, scope: Scope, variable: str, value: pulumi.Input[str]) -> ssm.Parameter:
    """Store the value of a secret as a parameter."""

    def tier(known: str) -> str:
        if message := size_problem(len(known.encode())):
            refuse(component, [Problem(("secret_values", Name(variable)), message)])
        return parameter_tier(known)

    return ssm.Parameter(
        f"{scope.name}-secret-{variable}",
        name=scope.names.parameter(scope.name, variable),
        type="SecureString",
        # Marks it as a secret even if the value was none.
        value=pulumi.Output.secret(value),
        tier=pulumi.Output.unsecret(pulumi.Output.from_input(value).apply(tier)),
        description=f"{variable} of the scheduled task {scope.name}"[:PARAMETER_DESCRIPTION_LENGTH],
        tags=scope.tags,
        opts=scope.opts,
    )
