"""One scheduled task: a task definition, and the schedules that start it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_aws import scheduler

from .args import GroupReference, ScheduledTaskArgs, ScheduledTaskGroupArgs
from .aws import console
from .aws.account import Account
from .aws.names import TASK_TAG, GroupNames
from .checks import checked_group, checked_task
from .checks.advice import ended_schedules
from .checks.errors import refuse
from .checks.known_group import KnownGroup
from .checks.references import own_group_problems, reference_problems
from .checks.starts import no_start
from .infrastructure.default_tags import default_tags
from .json_values import Object
from .keys.annotations import has_output
from .monitoring.resources import create_success_alarm
from .problems import Problem, key
from .resolved import Group, Schedule, Task
from .scheduled_task_group import ScheduledTaskGroup
from .scope import Scope
from .supervised.resources import create_state_machine
from .supervised.settings import SUPERVISED_GROUP
from .task import overrides, schedule_target
from .task.definition_resources import TaskDefinition, create_task_definition
from .task.schedule_names import ScheduleNames, schedule_names

if TYPE_CHECKING:
    from pulumi_aws import sfn

TASK_TYPE = "ecs-scheduled-tasks:index:ScheduledTask"


@dataclass(frozen=True, slots=True)
class TaskResources:
    """The resources of a task."""

    task_definition: TaskDefinition
    state_machine: sfn.StateMachine | None
    """None for a task whose runs EventBridge Scheduler starts directly."""
    schedules: tuple[scheduler.Schedule, ...]


class ScheduledTask(pulumi.ComponentResource):
    """One scheduled task: a task definition and a schedule, which are two AWS resources for a plain task.

    Secrets add an execution role, permissions a task role, another log retention or key a log group, a built image its
    repository, and `timeout`, `overlap` and `retry_run` a state machine. Each further schedule adds itself. A schedule
    that will never run again, because its time has passed, is omitted with a warning.

    Example:
        ```python
        ScheduledTask("backup", {"group": group.reference, "image": "backup:12", "schedule": "cron(0 3 * * ? *)"})
        ```
    """

    task_definition_arn: pulumi.Output[str]
    """ARN of the task definition, with the revision that the schedules are pinned to."""

    schedules: pulumi.Output[list[dict[str, str]]]
    """Each schedule's `name`, `arn`, `groupName`, `expression`, `timezone`, `state` and `consoleUrl`."""

    log_group_name: pulumi.Output[str]
    """Log group of the runs. Empty for an existing task definition."""

    log_stream_prefix: pulumi.Output[str]
    """Prefix of the runs' log streams, as in `<prefix>/main/<task id>`. Empty for an existing task definition."""

    def __init__(self, name: str, args: ScheduledTaskArgs | Task, opts: pulumi.ResourceOptions | None = None):
        """Create a scheduled task.

        Args:
            name: Name of the task.
            args: Its arguments, or a task that has been validated already.
            opts: Options of the component.

        Raises:
            InvalidArgumentsError: Before anything is created, with all problems.
        """
        component = f'{TASK_TYPE} "{name}"'
        task = args if isinstance(args, Task) else _checked(component, name, args)
        group = task.group or _own_group(component, task)
        if not isinstance(group, Group):
            _check_in_group(component, task, KnownGroup.of(group, default_tags()))
        super().__init__(TASK_TYPE, name, None, opts)
        if isinstance(group, Group):
            group = ScheduledTaskGroup(f"{name}-group", group, pulumi.ResourceOptions(parent=self)).reference
        if task.task_definition is not None and (found := group["containers"].get(task.task_definition)):
            task = task.with_container(found)
        scope = _scope(task, group, self)
        definition = create_task_definition(component, scope, task, group)
        self.resources, self.schedules = _create(scope, task, group, definition, self)
        self.task_definition_arn = definition.arn
        self.log_group_name = pulumi.Output.from_input(definition.log_group)
        self.log_stream_prefix = pulumi.Output.from_input(name if definition.log_group else "")
        self.register_outputs({key: getattr(self, key) for key in type(self).__annotations__})

    @property
    def summary(self) -> dict[str, pulumi.Output[Any]]:
        """Stack outputs of the task: its schedules, the pinned task definition, and the location of its logs."""
        return {
            "schedules": self.schedules,
            "taskDefinition": self.task_definition_arn,
            "logGroup": self.log_group_name,
            "logStreamPrefix": self.log_stream_prefix,
        }


def _checked(component: str, name: str, args: ScheduledTaskArgs) -> Task:
    task, problems = checked_task(name, args)
    if not problems and "group" in args and "group_args" in args:
        problems = [Problem(("group_args",), f"a task has either {key('group')} or {key('group_args')}. Remove one.")]
    refuse(component, problems)
    return task


def _check_in_group(component: str, task: Task, group: KnownGroup) -> None:
    """Refuse a task that does not fit its group, and warn if its runs may not start in some subnets."""
    found = no_start(task, group)
    path = ("image",) if task.task_definition is None else ("task_definition",)
    problem = Problem(path, f"runs {found.message}") if found else None
    refuse(component, [*reference_problems(task, group), *([problem] if found and problem and found.sure else [])])
    if problem:
        pulumi.log.warn(f"{task.name}: {problem.in_camel_case()}")


def _own_group(component: str, task: Task) -> Group:
    """The settings of a group for this task alone, which allows what the task refers to."""
    own: ScheduledTaskGroupArgs = {"prefix": f"{pulumi.get_project()}-{pulumi.get_stack()}-{task.name}"}
    if task.is_supervised:
        own["supervised"] = True
    if task.task_definition is not None:
        own["task_definitions"] = [task.task_definition]
        if task.container:
            own["containers"] = {task.task_definition: task.container}
    if roles := task.existing_roles:
        own["pass_role_arns"] = roles
    group, problems = checked_group({**own, **task.args.get("group_args", {})})
    refuse(component, [problem.within("group_args") for problem in problems] or own_group_problems(task, group))
    return replace(group, tasks={task.name: task})


def _scope(task: Task, group: GroupReference, parent: ScheduledTask) -> Scope:
    return Scope(
        name=task.name,
        names=GroupNames(group["prefix"], group["iam_path"]),
        account=Account.of(group),
        tags={**group["tags"], TASK_TAG: task.name, **task.tags},
        opts=pulumi.ResourceOptions(parent=parent),
        permissions_boundary=group["permissions_boundary"] or None,
    )


def _create(
    scope: Scope, task: Task, group: GroupReference, definition: TaskDefinition, component: ScheduledTask
) -> tuple[TaskResources, pulumi.Output[list[dict[str, str]]]]:
    """The resources beside the task definition, and the output that describes the schedules."""
    state_machine = None
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
        create_success_alarm(scope, task.expect_success_within, group, arn)
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
    schedules = pulumi.Output.all(*(_described(scope, *each) for each in made))
    return TaskResources(definition, state_machine, tuple(resource for resource, _ in made)), schedules


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
        task,
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
