"""One scheduled task: a task definition, and the schedules that start it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pulumi
from typing_extensions import Unpack

from .after_resources import Upstream
from .args import GroupReference, ScheduledTaskArgs, ScheduledTaskGroupArgs, UpstreamReference
from .aws.account import Account
from .aws.names import TASK_TAG, GroupNames
from .checks import checked_group, checked_task
from .checks.errors import refuse
from .checks.known_group import KnownGroup
from .checks.learning import Needs, with_needs
from .checks.references import own_group_problems, reference_problems
from .checks.starts import no_start
from .component_types import TASK_TYPE
from .infrastructure.default_tags import default_tags
from .infrastructure.existing import ALL_SERVICES
from .infrastructure.lookup import invoke_options
from .infrastructure.network import create_security_group
from .infrastructure.task_network import find_task_network, in_network, network_of
from .keyword_arguments import arguments_of
from .outputs import known_list, last_part, output_names
from .problems import Problem, key
from .resolved import Group, Task
from .schedule_resources import ScheduleOutput
from .scheduled_task_group import ScheduledTaskGroup
from .scope import Scope
from .task.after import upstream_reference
from .task.definition_resources import TaskDefinition, create_task_definition
from .task_resources import TaskResources, create_resources


class ScheduledTask(pulumi.ComponentResource):
    """One scheduled task: a task definition and a schedule, which are two AWS resources for a plain task.

    Secrets add an execution role, permissions a task role, another log retention or key a log group, a built image its
    repository, and `timeout`, `overlap` and `retry_run` a state machine. Each further schedule adds itself. A schedule
    that will never run again, because its time has passed, is omitted with a warning.

    Example:
        ```python
        ScheduledTask("backup", group=group, image="backup:12", schedule="cron(0 3 * * ? *)")
        ```
    """

    task_definition_arn: pulumi.Output[str]
    """ARN of the task definition, with the revision that the schedules are pinned to."""

    schedules: pulumi.Output[list[ScheduleOutput]]
    """Each schedule's `name`, `arn`, `groupName`, `expression`, `timezone`, `state` and `consoleUrl`."""

    schedule_names: pulumi.Output[list[str]]
    """Names of the schedules."""

    schedule_arns: pulumi.Output[list[str]]
    """ARNs of the schedules."""

    task_role_arn: pulumi.Output[str]
    """ARN of the role of runs. Empty for none."""

    task_role_name: pulumi.Output[str]
    """Name of the role of runs. Empty for none."""

    execution_role_arn: pulumi.Output[str]
    """ARN of the role that ECS assumes to start runs: the group's, or the task's own if it reads secrets."""

    execution_role_name: pulumi.Output[str]
    """Name of the role that ECS assumes to start runs."""

    scheduler_role_arn: pulumi.Output[str]
    """ARN of the role that EventBridge Scheduler assumes for the schedules."""

    scheduler_role_name: pulumi.Output[str]
    """Name of the role that EventBridge Scheduler assumes for the schedules."""

    supervisor_role_arn: pulumi.Output[str]
    """ARN of the role of the state machine. Empty for a task that isn't supervised."""

    supervisor_role_name: pulumi.Output[str]
    """Name of the role of the state machine. Empty for a task that isn't supervised."""

    state_machine_arn: pulumi.Output[str]
    """ARN of the state machine. Empty for a task that isn't supervised."""

    state_machine_name: pulumi.Output[str]
    """Name of the state machine. Empty for a task that isn't supervised."""

    security_group_ids: pulumi.Output[list[str]]
    """Security groups of runs."""

    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the queue for launches whose retries are exhausted."""

    topic_arn: pulumi.Output[str]
    """ARN of the topic for failures and alarms. Empty for none."""

    log_group_name: pulumi.Output[str]
    """Log group of the runs. Empty for an existing task definition, and for a container that writes elsewhere."""

    log_group_arn: pulumi.Output[str]
    """ARN of the log group of the runs. Empty for an existing task definition."""

    log_stream_prefix: pulumi.Output[str]
    """Prefix of the runs' log streams, as in `<prefix>/main/<task id>`. Empty if there is no log group."""

    resources: TaskResources
    """The resources of the task, for Python programs."""

    as_upstream: tuple[str, Mapping[str, UpstreamReference]]
    """The prefix of its group, and the facts that tasks after it need. `ScheduledTask` reads it."""

    def __init__(
        self,
        name: str,
        args: ScheduledTaskArgs | Task | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Unpack[ScheduledTaskArgs],
    ) -> None:
        """Create a scheduled task.

        Example:
            ```python
            ScheduledTask(
                "backup",
                group=group,
                image="backup:12",
                schedule="cron(0 3 * * ? *)",
                timezone="Europe/Berlin",
                opts=pulumi.ResourceOptions(protect=True),
            )
            ```

        Args:
            name: Name of the task.
            args: Its arguments as a dictionary, or a task that has been validated already.
            opts: Options of the component.
            **keywords: Its arguments as keywords, instead of `args`.

        Raises:
            InvalidArgumentsError: Before anything is created, with all problems.
        """
        component = f'{TASK_TYPE} "{name}"'
        given = arguments_of(component, args, keywords)
        joined, upstream = _group_in(given), _upstream_in(given)
        task = (
            given if isinstance(given, Task) else _checked(component, name, _with_references(given, joined, upstream))
        )
        group = task.group or _own_group(component, task)
        new_security_group, needs, cluster_arn = False, Needs(), ""
        if isinstance(group, Group):
            task = (group.tasks or {}).get(name, task)
        else:
            if joined and upstream and upstream.as_upstream[0] == group["prefix"]:
                known_tasks = {**group.get("upstream_tasks", {}), **upstream.as_upstream[1]}
                group = cast("GroupReference", {**group, "upstream_tasks": known_tasks})
            cluster_arn = group["cluster_arn"]
            group, new_security_group = _own_place(component, task, group, opts)
            known = KnownGroup.of(group, default_tags())
            needs = joined.learning.needs(task, known) if joined else needs
            no_room = joined.learning.problems(task, needs) if joined else []
            _check_in_group(component, task, with_needs(known, needs), no_room)
        super().__init__(TASK_TYPE, name, None, opts)
        if joined and not isinstance(group, Group):
            group = joined.learn(task, needs, group)
        own = None
        if isinstance(group, Group):
            own = ScheduledTaskGroup(f"{name}-group", group, pulumi.ResourceOptions(parent=self))
            group, new_security_group = _own_place(component, task, own.reference, opts)
        if task.task_definition is not None and (found := group["containers"].get(task.task_definition)):
            task = task.with_container(found)
        scope = _scope(task, group, self)
        task = task.with_roles({name: _shared_role(scope, name) for name in group["shared_roles"]})
        if new_security_group:
            created = create_security_group(scope, group["vpc_id"] or None, scope.names.task_security_group(name))
            group["security_group_ids"] = [created.id]
        definition = create_task_definition(component, scope, task, group)
        after = Upstream(upstream, cluster_arn)
        self.resources, self.schedules = create_resources(scope, task, group, definition, self, own, after)
        self.as_upstream = (group["prefix"], {task.name: upstream_reference(task)})
        self._set_outputs(scope, group, definition)
        self.register_outputs({key: getattr(self, key) for key in output_names(type(self))})

    def _set_outputs(self, scope: Scope, group: GroupReference, definition: TaskDefinition) -> None:
        """Set the outputs that follow from the resources."""
        machine = self.resources.state_machine
        log_group = definition.log_group
        self.task_definition_arn = definition.arn
        self.schedule_names = pulumi.Output.all(*(each.name for each in self.resources.schedules))
        self.schedule_arns = pulumi.Output.all(*(each.arn for each in self.resources.schedules))
        self.task_role_arn = pulumi.Output.from_input(definition.task_role.arn or "")
        self.task_role_name = last_part(self.task_role_arn)
        self.execution_role_arn = pulumi.Output.from_input(definition.execution_role.arn or "")
        self.execution_role_name = last_part(self.execution_role_arn)
        self.scheduler_role_arn = pulumi.Output.from_input(group["scheduler_role_arn"])
        self.scheduler_role_name = last_part(self.scheduler_role_arn)
        self.supervisor_role_arn = pulumi.Output.from_input(group["supervisor_role_arn"] if machine else "")
        self.supervisor_role_name = last_part(self.supervisor_role_arn)
        self.state_machine_arn = machine.arn if machine else pulumi.Output.from_input("")
        self.state_machine_name = machine.name if machine else pulumi.Output.from_input("")
        self.security_group_ids = known_list(group["security_group_ids"])
        self.dead_letter_queue_arn = pulumi.Output.from_input(group["dead_letter_queue_arn"])
        self.topic_arn = pulumi.Output.from_input(group["topic_arn"])
        self.log_group_name = pulumi.Output.from_input(log_group)
        self.log_group_arn = self.log_group_name.apply(
            lambda known: scope.account.arn("logs", f"log-group:{known}") if known else ""
        )
        self.log_stream_prefix = pulumi.Output.from_input("" if log_group == "" else scope.name)

    @property
    def summary(self) -> dict[str, pulumi.Output[Any]]:
        """Stack outputs of the task: its schedules, the pinned task definition, and the location of its logs."""
        return {
            "schedules": self.schedules,
            "taskDefinition": self.task_definition_arn,
            "logGroup": self.log_group_name,
            "logStreamPrefix": self.log_stream_prefix,
        }


def _group_in(args: object) -> ScheduledTaskGroup | None:
    """The group in the arguments, if it is the group itself."""
    group = cast("Mapping[object, object]", args).get("group") if isinstance(args, Mapping) else None
    return group if isinstance(group, ScheduledTaskGroup) else None


def _upstream_in(args: object) -> ScheduledTask | None:
    """The task that this one starts after, if the arguments have the task itself."""
    found = cast("Mapping[object, object]", args).get("after") if isinstance(args, Mapping) else None
    return found if isinstance(found, ScheduledTask) else None


def _with_references(args: object, group: ScheduledTaskGroup | None, upstream: ScheduledTask | None) -> object:
    """The arguments with the reference of a group in the place of the group, and the name of a task in its place."""
    references = {
        **({"group": group.reference} if group else {}),
        **({"after": next(iter(upstream.as_upstream[1]))} if upstream else {}),
    }
    return {**cast("Mapping[object, object]", args), **references} if references else args


def _checked(component: str, name: str, args: object) -> Task:
    task, problems = checked_task(name, args)
    if not problems and "group" in task.args and "group_args" in task.args:
        problems = [Problem(("group_args",), f"a task has either {key('group')} or {key('group_args')}. Remove one.")]
    refuse(component, problems)
    return task


def _own_place(
    component: str, task: Task, group: GroupReference, opts: pulumi.ResourceOptions | None
) -> tuple[GroupReference, bool]:
    """The reference of the group with the task's own cluster and network, and whether the task needs a new security
    group."""
    if task.cluster is not None and task.cluster in group["clusters"]:
        group = {**group, "cluster_arn": group["clusters"][task.cluster], "capacity_providers": []}
    if task.network is None:
        return group, False
    found = find_task_network(
        task.network,
        network_of(group),
        prefix=group["prefix"],
        region=group["region"],
        services=ALL_SERVICES,
        options=invoke_options(opts),
    )
    refuse(component, [found] if isinstance(found, Problem) else [])
    assert not isinstance(found, Problem)
    return in_network(group, task.network, found)


def _check_in_group(component: str, task: Task, group: KnownGroup, no_room: Sequence[Problem]) -> None:
    """Refuse a task that does not fit its group, and warn if its runs may not start in some subnets."""
    found = no_start(task, group)
    path = ("image",) if task.task_definition is None else ("task_definition",)
    problem = Problem(path, f"runs {found.message}") if found else None
    refuse(
        component,
        [*no_room, *reference_problems(task, group), *([problem] if found and problem and found.sure else [])],
    )
    if problem:
        pulumi.log.warn(f"{task.name}: {problem.in_camel_case()}")


def _own_group(component: str, task: Task) -> Group:
    """The settings of a group for this task alone, which allows what the task refers to."""
    own: ScheduledTaskGroupArgs = {"prefix": f"{pulumi.get_project()}-{pulumi.get_stack()}-{task.name}"}
    # Nobody adds to the group of one task.
    own["supervised"] = task.is_supervised
    if task.parallel:
        own["parallel"] = True
    if task.task_definition is not None:
        own["task_definitions"] = [task.task_definition]
        if task.container:
            own["containers"] = {task.task_definition: task.container}
    if roles := task.existing_roles:
        own["pass_role_arns"] = roles
    given = task.args.get("group_args", {})
    # The group of one task has the network and the cluster of the task.
    network = {"network": task.args["network"]} if "network" in task.args and "network" not in given else {}
    if task.cluster is not None:
        named = "cluster" in given or "create_cluster" in given
        own.update({"clusters": [task.cluster]} if named else {"cluster": task.cluster})
    group, problems = checked_group({**own, **network, **given})
    refuse(component, [problem.within("group_args") for problem in problems] or own_group_problems(task, group))
    return replace(group, tasks={task.name: replace(task, network=None) if network else task})


def _shared_role(scope: Scope, name: str) -> str:
    """The ARN of a role that tasks of the group share. The group's scheduler role is ready after it."""
    return scope.account.iam_arn(f"role{scope.names.run_role_path}{scope.names.shared_role(name)}")


def _scope(task: Task, group: GroupReference, parent: ScheduledTask) -> Scope:
    return Scope(
        name=task.name,
        names=GroupNames(group["prefix"], group["iam_path"]),
        account=Account.of(group),
        tags={**group["tags"], TASK_TAG: task.name, **task.tags},
        opts=pulumi.ResourceOptions(parent=parent),
        permissions_boundary=group["permissions_boundary"] or None,
    )
