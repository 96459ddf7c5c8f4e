"""The resources of a task beside its task definition, and what its outputs say about its schedules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, ecs, iam, scheduler, sfn, ssm

from .after_resources import AfterResources, Upstream, create_after
from .args import GroupReference
from .json_values import Object
from .keys.annotations import has_output
from .monitoring.resources import create_duration_alarm, create_success_alarm
from .resolved import Schedule, Task
from .schedule_resources import ScheduleOutput, create_schedules
from .scheduled_task_group import ScheduledTaskGroup
from .scope import Scope
from .supervised.resources import create_state_machines
from .supervised.settings import SUPERVISED_GROUP
from .task import overrides, schedule_target
from .task.definition_resources import TaskDefinition
from .task.schedule_names import schedule_names


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
    index_machine: sfn.StateMachine | None
    """The state machine that runs one task of a run, for a task with `parallel`."""
    schedules: tuple[scheduler.Schedule, ...]
    """The schedules, in the order of the arguments, without those that will never run again."""
    alarm: cloudwatch.MetricAlarm | None
    """The alarm of `expect_success_within`."""
    duration_alarm: cloudwatch.MetricAlarm | None
    """The alarm of `expect_duration_under`."""
    rule: cloudwatch.EventRule | None
    """The rule that starts the task after another one."""
    rule_role: iam.Role | None
    """The role that the rule starts it with. None for an existing role."""


def create_resources(
    scope: Scope,
    task: Task,
    group: GroupReference,
    definition: TaskDefinition,
    component: pulumi.Resource,
    own_group: ScheduledTaskGroup | None,
    upstream: Upstream,
) -> tuple[TaskResources, pulumi.Output[list[ScheduleOutput]]]:
    """The resources beside the task definition, and the output that describes the schedules.

    `upstream` is the task that this one starts after, if there is one.
    """
    state_machine = index_machine = alarm = duration_alarm = None
    if task.supervision:
        state_machine, index_machine = create_state_machines(
            scope,
            task.supervision.counting(group.get("notify_after")),
            container=_container(task),
            parameters=_run_parameters(task, group, definition, f"{SUPERVISED_GROUP}{task.name}", enter=task.exec),
            group=group,
        )
        if task.expect_duration_under is not None:
            duration_alarm = create_duration_alarm(scope, task.expect_duration_under, group, state_machine.arn)
    # A task whose schedules are all paused is not expected to succeed.
    if task.expect_success_within is not None and group["enabled"] and not task.is_paused:
        arn = state_machine.arn if state_machine else None
        alarm = create_success_alarm(scope, task.expect_success_within, group, arn)
    schedules, described = create_schedules(
        scope,
        task,
        task.schedules,
        group,
        lambda schedule, name: _target(scope, task, group, definition, state_machine, schedule, name),
        component,
    )
    start = AfterResources()
    if task.after is not None:
        assert state_machine is not None
        [only] = task.schedules
        name = schedule_names(task)[0].in_aws
        arn = scope.account.arn("scheduler", f"schedule/{scope.names.schedule_group}/{name}")
        start = create_after(scope, task, group, state_machine, _execution_input(task, only, name), arn, upstream)
    resources = TaskResources(
        group=own_group,
        task_definition=definition.created,
        execution_role=definition.execution_role.role,
        task_role=definition.task_role.role,
        log_group=definition.own_log_group,
        parameters=definition.parameters,
        state_machine=state_machine,
        index_machine=index_machine,
        schedules=schedules,
        alarm=alarm,
        duration_alarm=duration_alarm,
        rule=start.rule,
        rule_role=start.role,
    )
    return resources, described


def _container(task: Task) -> str:
    """The container of a task. The look-up of an existing task definition has found it."""
    assert task.container is not None
    return task.container


def _target(
    scope: Scope,
    task: Task,
    group: GroupReference,
    definition: TaskDefinition,
    state_machine: sfn.StateMachine | None,
    schedule: Schedule,
    name: str,
) -> Any:
    if state_machine:
        arn, parameters = state_machine.arn, None
        changes = _execution_input(task, schedule, name)
    else:
        changes = overrides.run_overrides(task, schedule)
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


def _execution_input(task: Task, schedule: Schedule, name: str) -> Object:
    left_out = overrides.exceptions(task, schedule, datetime.now(UTC).year)
    changes = overrides.run_overrides(task, schedule)
    return overrides.execution_input(changes, name=name, exceptions=left_out, after=task.after)


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
