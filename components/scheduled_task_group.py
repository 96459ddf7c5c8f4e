"""Resources that the scheduled tasks of one stack share."""

from __future__ import annotations

import pulumi
from typing_extensions import Unpack

from .args import GroupReference, ScheduledTaskGroupArgs
from .aws.names import GroupNames
from .checks import checked_group
from .checks.errors import refuse
from .checks.learning import Needs
from .component_types import GROUP_TYPE
from .group_resources import GroupResources, create_shared, reference_of
from .infrastructure.existing import find_existing
from .keyword_arguments import arguments_of
from .learning import Learning
from .outputs import known_list, last_part, output_names
from .resolved import Group, Task
from .scope import Scope


class ScheduledTaskGroup(pulumi.ComponentResource):
    """Resources that the scheduled tasks of one stack share.

    A group has a schedule group, a scheduler role, a dead-letter queue, an execution role, a log group, and monitoring.
    It creates a security group unless you name security groups, a cluster or VPC if you ask for one, and what
    supervised tasks need if there are any.

    Everything that can be known is checked and looked up before anything is created. All problems are reported as one
    `InvalidArgumentsError`.

    Example:
        ```python
        group = ScheduledTaskGroup("jobs", cluster="main", network={"subnet_ids": ["subnet-0a1b2c3d"]})
        ScheduledTask("backup", group=group, image="backup:12", schedule="rate(6 hours)")
        ```
    """

    schedule_group_name: pulumi.Output[str]
    """Name of the schedule group."""

    schedule_group_arn: pulumi.Output[str]
    """ARN of the schedule group."""

    cluster_arn: pulumi.Output[str]
    """ARN of the cluster that runs start on."""

    subnet_ids: pulumi.Output[list[str]]
    """Subnets of runs."""

    security_group_ids: pulumi.Output[list[str]]
    """Security groups of runs."""

    scheduler_role_arn: pulumi.Output[str]
    """ARN of the role that EventBridge Scheduler assumes to start runs."""

    scheduler_role_name: pulumi.Output[str]
    """Name of the role that EventBridge Scheduler assumes to start runs."""

    execution_role_arn: pulumi.Output[str]
    """ARN of the role that ECS assumes to pull images and write logs, for tasks without secrets."""

    execution_role_name: pulumi.Output[str]
    """Name of the role that ECS assumes to pull images and write logs, for tasks without secrets."""

    supervisor_role_arn: pulumi.Output[str]
    """ARN of the role of the state machines of supervised tasks. Empty until it has supervised tasks."""

    supervisor_role_name: pulumi.Output[str]
    """Name of the role of the state machines of supervised tasks. Empty until it has supervised tasks."""

    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the queue for launches whose retries are exhausted."""

    dead_letter_queue_name: pulumi.Output[str]
    """Name of the dead-letter queue."""

    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""

    log_group_name: pulumi.Output[str]
    """Log group of the runs, with one stream prefix per task."""

    log_group_arn: pulumi.Output[str]
    """ARN of the log group of the runs."""

    topic_arn: pulumi.Output[str]
    """ARN of the topic for failures and alarms. Empty for a group without `notify`."""

    reference: GroupReference
    """The `group` argument of tasks that can't have the group itself."""

    resources: GroupResources
    """The resources of the group, for Python programs."""

    learning: Learning
    """Resources that the group adds for tasks that have the group itself as their `group`."""

    def __init__(
        self,
        name: str,
        args: ScheduledTaskGroupArgs | Group | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Unpack[ScheduledTaskGroupArgs],
    ) -> None:
        """Create the shared resources of scheduled tasks.

        Example:
            ```python
            group = ScheduledTaskGroup("jobs", cluster="main", notify={"emails": ["ops@example.com"]})
            ```

        Args:
            name: Name of the group in Pulumi.
            args: Its arguments as a dictionary, or a group that has been validated already.
            opts: Options of the component.
            **keywords: Its arguments as keywords, instead of `args`.

        Raises:
            InvalidArgumentsError: Before anything is created, with all problems.
        """
        component = f'{GROUP_TYPE} "{name}"'
        given = arguments_of(component, args, keywords)
        group = given if isinstance(given, Group) else _checked(component, given)
        names = GroupNames(group.prefix or f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}", group.iam_path)
        existing = find_existing(component, group, names, opts)
        super().__init__(GROUP_TYPE, name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        scope = Scope(name, names, existing.account, group.tags, own, group.permissions_boundary)
        shared = create_shared(scope, group, existing)
        self.resources = shared.resources
        self.learning = Learning(scope, group, existing, shared)
        self.reference = reference_of(scope, group, existing, shared)
        self.schedule_group_name = self.resources.schedule_group.name
        self.schedule_group_arn = self.resources.schedule_group.arn
        self.cluster_arn = shared.cluster_arn
        self.subnet_ids = known_list(shared.network.subnet_ids)
        self.security_group_ids = known_list(shared.security_group_ids)
        self.scheduler_role_arn = shared.scheduler_role_arn
        self.scheduler_role_name = last_part(shared.scheduler_role_arn)
        self.execution_role_arn = shared.execution_role_arn
        self.execution_role_name = last_part(shared.execution_role_arn)
        self.supervisor_role_arn = pulumi.Output.from_input(shared.supervisor.role_arn)
        self.supervisor_role_name = last_part(shared.supervisor.role_arn)
        self.dead_letter_queue_arn = self.resources.dead_letter_queue.arn
        self.dead_letter_queue_name = self.resources.dead_letter_queue.name
        self.dead_letter_queue_url = self.resources.dead_letter_queue.url
        logs = self.resources.log_group
        self.log_group_name = logs.name if logs else pulumi.Output.from_input("")
        self.log_group_arn = logs.arn if logs else pulumi.Output.from_input("")
        self.topic_arn = pulumi.Output.from_input(shared.monitoring.topic_arn)
        self.register_outputs({key: getattr(self, key) for key in output_names(type(self))})

    def learn(self, task: Task, needs: Needs, reference: GroupReference) -> GroupReference:
        """Add the resources that a task needs. `ScheduledTask` calls it.

        Args:
            task: The task.
            needs: Its needs.
            reference: The reference of the group, as the task uses it: it may have the task's own network.

        Returns:
            That reference, with the resources.
        """
        added = self.learning.learn(task, needs, self.reference)
        self.reference = {**self.reference, **added}
        self.resources = self.learning.resources
        if needs.supervisor:
            self.supervisor_role_arn = pulumi.Output.from_input(self.reference["supervisor_role_arn"])
            self.supervisor_role_name = last_part(self.supervisor_role_arn)
        return {**reference, **added}


def _checked(component: str, args: object) -> Group:
    group, problems = checked_group(args)
    refuse(component, problems)
    return group
