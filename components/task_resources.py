"""The resources of a task beside its task definition, and what its outputs say about its schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, ecs, iam, scheduler, sfn, ssm

from .args import GroupReference
from .aws import console
from .checks.advice import ended_schedules
from .json_values import Object
from .keys.annotations import has_output
from .monitoring.resources import create_success_alarm
from .resolved import Schedule, Task
from .scheduled_task_group import ScheduledTaskGroup
from .scope import Scope
from .supervised.resources import create_state_machine
from .supervised.settings import SUPERVISED_GROUP
from .task import overrides, schedule_target
from .task.definition_resources import TaskDefinition
from .task.schedule_names import ScheduleNames, schedule_names


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResources:
    """The resources of a `ScheduledTask`. Those that it doesn't create are None or empty.

    Example:
        ```python
        aws.iam.RolePolicy("more", role=task.resources.task_role.name, policy=policy)
        ```
    """

    group: ScheduledTaskGroup | None
    """The task's own group, for a task without `group`."""
    task_definition: ecs.TaskDefinition | None
    """None for an existing task definition."""
    execution_role: iam.Role | None
    """The task's own execution role, which it has if it reads secrets."""
    task_role: iam.Role | None
    """The task's own task role."""
    log_group: cloudwatch.LogGroup | None
    """The task's own log group, if its retention or key differs from the group's."""
    parameters: Mapping[str, ssm.Parameter]
    """The parameters with the values of `secret_values`, by environment variable."""
    state_machine: sfn.StateMachine | None
    """None for a task whose runs EventBridge Scheduler starts directly."""
    schedules: tuple[scheduler.Schedule, ...]
    """The schedules, in the order of the arguments, without those that will never run again."""
    alarm: cloudwatch.MetricAlarm | None
    """The alarm of `expect_success_within`."""


class ScheduleOutput(dict[str, str]):
    """A schedule, in the outputs of its task: a dictionary with keys in camelCase, and attributes in snake_case."""

    @property
    def name(self) -> str:
        """Name of the schedule."""
        return self["name"]

    @property
    def arn(self) -> str:
        """ARN of the schedule."""
        return self["arn"]

    @property
    def group_name(self) -> str:
        """Name of the schedule group."""
        return self["groupName"]

    @property
    def expression(self) -> str:
        """`rate(...)`, `cron(...)` or `at(...)`."""
        return self["expression"]

    @property
    def timezone(self) -> str:
        """IANA time zone of the expression."""
        return self["timezone"]

    @property
    def state(self) -> str:
        """ENABLED or DISABLED."""
        return self["state"]

    @property
    def console_url(self) -> str:
        """Page of the schedule in the AWS console."""
        return self["consoleUrl"]


def create_resources(
    scope: Scope,
    task: Task,
    group: GroupReference,
    definition: TaskDefinition,
    component: pulumi.Resource,
    own_group: ScheduledTaskGroup | None,
) -> tuple[TaskResources, pulumi.Output[list[ScheduleOutput]]]:
    """The resources beside the task definition, and the output that describes the schedules."""
    state_machine = alarm = None
    if task.supervision:
        state_machine = create_state_machine(
            scope,
            task.supervision,
            container=_container(task),
            parameters=_run_parameters(task, group, definition, f"{SUPERVISED_GROUP}{task.name}", enter=task.exec),
            group=group,
        )
    # A task whose schedules are all paused is not expected to succeed.
    if task.expect_success_within is not None and group["enabled"] and not task.is_paused:
        arn = state_machine.arn if state_machine else None
        alarm = create_success_alarm(scope, task.expect_success_within, group, arn)
    now = datetime.now(UTC)
    ended = ended_schedules(task, now)
    made: list[tuple[scheduler.Schedule, Schedule]] = []
    for schedule, own in zip(task.schedules, schedule_names(task), strict=True):
        if schedule in ended:
            path = ".".join(str(part) for part in schedule.path)
            pulumi.log.warn(
                f'{task.name}: "{schedule.expression}" will never run again, so it is omitted. Remove {path}.',
                component,
            )
            continue
        resource = scheduler.Schedule(
            own.in_pulumi,
            name=own.in_aws,
            group_name=group["schedule_group"],
            kms_key_arn=group["schedules_kms_key"] or None,
            target=_target(scope, task, group, definition, state_machine, schedule, own.in_aws),
            opts=scope.opts.merge(_known_as(own)),
            **schedule_target.timing(schedule, enabled=group["enabled"], now=now),
        )
        made.append((resource, schedule))
    # Pulumi makes plain dictionaries of what it gathers.
    schedules = pulumi.Output.all(*(_described(scope, *each) for each in made)).apply(
        lambda found: [ScheduleOutput(each) for each in found]
    )
    resources = TaskResources(
        group=own_group,
        task_definition=definition.created,
        execution_role=definition.execution_role.role,
        task_role=definition.task_role.role,
        log_group=definition.own_log_group,
        parameters=definition.parameters,
        state_machine=state_machine,
        schedules=tuple(resource for resource, _ in made),
        alarm=alarm,
    )
    return resources, schedules


def _container(task: Task) -> str:
    """The container of a task. The look-up of an existing task definition has found it."""
    assert task.container is not None
    return task.container


def _known_as(own: ScheduleNames) -> pulumi.ResourceOptions:
    """A schedule that was deployed under an earlier name stays, with the name that it has in AWS."""
    return pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name) for name in own.earlier], ignore_changes=["name"])


def _described(scope: Scope, resource: scheduler.Schedule, schedule: Schedule) -> pulumi.Output[dict[str, str]]:
    """A schedule in the outputs of its task."""
    account, group_name = scope.account, scope.names.schedule_group

    def described(known: Sequence[str]) -> dict[str, str]:
        name, arn, state = known
        return {
            "name": name,
            "arn": arn,
            "groupName": group_name,
            "expression": schedule.expression,
            "timezone": schedule.timezone,
            "state": state,
            "consoleUrl": console.schedule_url(
                partition=account.partition, region=account.region, group=group_name, name=name
            ),
        }

    return pulumi.Output.all(resource.name, resource.arn, resource.state).apply(described)


def _target(
    scope: Scope,
    task: Task,
    group: GroupReference,
    definition: TaskDefinition,
    state_machine: sfn.StateMachine | None,
    schedule: Schedule,
    name: str,
) -> Any:
    changes = overrides.run_overrides(task, schedule)
    if state_machine:
        arn, parameters = state_machine.arn, None
        changes = overrides.execution_input(changes, name=name)
    else:
        arn = group["cluster_arn"]
        parameters = _run_parameters(task, group, definition, scope.name, enter=schedule.exec)
    return schedule_target.target(
        task.retry,
        arn=arn,
        role_arn=group["scheduler_role_arn"],
        dead_letter_queue_arn=group["dead_letter_queue_arn"],
        parameters=parameters,
        text=_as_text(changes) if changes else "",
    )


def _as_text(whole: Object) -> pulumi.Input[str]:
    """Canonical JSON, also of values that other resources produce."""
    if not has_output(whole):
        return overrides.canonical(whole)
    return pulumi.Output.all(whole).apply(lambda known: overrides.canonical(known[0]))


def _run_parameters(
    task: Task, group: GroupReference, definition: TaskDefinition, run_group: str, *, enter: bool
) -> Object:
    network = {
        "subnets": group["subnet_ids"],
        "security_groups": group["security_group_ids"],
        # AWS refuses a public IP address on other launch types (botocore scheduler,
        # AwsVpcConfiguration.AssignPublicIp).
        "assign_public_ip": group["assign_public_ip"] and task.launch_type == "FARGATE",
    }
    return schedule_target.ecs_parameters(
        task,
        enter=enter,
        group=run_group,
        task_definition_arn=definition.arn,
        network=network if definition.network_mode == "awsvpc" else None,
    )
