"""Resources that the scheduled tasks of one stack share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, scheduler, sqs

from .args import GroupReference, ScheduledTaskGroupArgs
from .aws.dependencies import after
from .aws.names import GROUP_TAG, GroupNames
from .checks import checked_group
from .checks.errors import refuse
from .infrastructure.cluster import create_cluster
from .infrastructure.existing import Existing, find_existing
from .infrastructure.logs import create_log_group
from .infrastructure.network import RunNetwork, create_security_group
from .infrastructure.queues import create_queue
from .infrastructure.roles import create_execution_role, create_scheduler_role
from .infrastructure.startable import startable
from .infrastructure.vpc import create_network
from .monitoring.resources import Monitoring, create_monitoring
from .monitoring.rule_names import definition_prefixes
from .resolved import Group
from .scope import Scope
from .supervised.resources import NO_SUPERVISOR, Supervisor, create_supervisor

GROUP_TYPE = "ecs-scheduled-tasks:index:ScheduledTaskGroup"


@dataclass(frozen=True, slots=True)
class GroupResources:
    """The resources of a group, and what is known of them."""

    schedule_group: scheduler.ScheduleGroup
    dead_letter_queue: sqs.Queue
    log_group: cloudwatch.LogGroup
    execution_role_arn: pulumi.Output[str]
    """ARN of the execution role. Known when ECS can use it: the role has its policy, and its log group exists."""
    cluster_arn: pulumi.Output[str]
    """ARN of the cluster. Known when runs can start on it: the cluster has its capacity providers."""
    scheduler_role_arn: pulumi.Output[str]
    """ARN of the scheduler role. Known when the role has its policy, so that the first launch is allowed."""
    supervisor: Supervisor
    network: RunNetwork
    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    monitoring: Monitoring


class ScheduledTaskGroup(pulumi.ComponentResource):
    """Resources that the scheduled tasks of one stack share.

    A group has a schedule group, a scheduler role, a dead-letter queue, an execution role, a log group, and monitoring.
    It creates a security group unless you name security groups, a cluster or VPC if you ask for one, and what
    supervised tasks need if there are any.

    Everything that can be known is checked and looked up before anything is created. All problems are reported as one
    `InvalidArgumentsError`.

    Example:
        ```python
        group = ScheduledTaskGroup("jobs", {"cluster": "main", "network": {"subnet_ids": ["subnet-0a1b2c3d"]}})
        ScheduledTask("backup", {"group": group.reference, "image": "backup:12", "schedule": "rate(6 hours)"})
        ```
    """

    schedule_group_name: pulumi.Output[str]
    """Name of the schedule group."""

    schedule_group_arn: pulumi.Output[str]
    """ARN of the schedule group."""

    cluster_arn: pulumi.Output[str]
    """ARN of the cluster that runs start on."""

    scheduler_role_arn: pulumi.Output[str]
    """ARN of the role that EventBridge Scheduler assumes to start runs."""

    execution_role_arn: pulumi.Output[str]
    """ARN of the role that ECS assumes to pull images and write logs, for tasks without secrets."""

    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the queue for launches whose retries are exhausted."""

    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""

    log_group_name: pulumi.Output[str]
    """Log group of the runs, with one stream prefix per task."""

    reference: GroupReference
    """The `group` argument of every `ScheduledTask` of this group."""

    def __init__(self, name: str, args: ScheduledTaskGroupArgs | Group, opts: pulumi.ResourceOptions | None = None):
        """Create the shared resources of scheduled tasks.

        Args:
            name: Name of the group in Pulumi.
            args: Its arguments, or a group that has been validated already.
            opts: Options of the component.

        Raises:
            InvalidArgumentsError: Before anything is created, with all problems.
        """
        component = f'{GROUP_TYPE} "{name}"'
        group = args if isinstance(args, Group) else _checked(component, args)
        names = GroupNames(group.prefix or f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}", group.iam_path)
        existing = find_existing(component, group, names, opts)
        super().__init__(GROUP_TYPE, name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        scope = Scope(name, names, existing.account, group.tags, own, group.permissions_boundary)
        self.resources = _create(scope, group, existing)
        self.reference = _reference(scope, group, existing, self.resources)
        self.schedule_group_name = self.resources.schedule_group.name
        self.schedule_group_arn = self.resources.schedule_group.arn
        self.cluster_arn = self.resources.cluster_arn
        self.scheduler_role_arn = self.resources.scheduler_role_arn
        self.execution_role_arn = self.resources.execution_role_arn
        self.dead_letter_queue_arn = self.resources.dead_letter_queue.arn
        self.dead_letter_queue_url = self.resources.dead_letter_queue.url
        self.log_group_name = self.resources.log_group.name
        self.register_outputs({key: getattr(self, key) for key in type(self).__annotations__ if key != "reference"})


def _checked(component: str, args: ScheduledTaskGroupArgs) -> Group:
    group, problems = checked_group(args)
    refuse(component, problems)
    return group


def _create(scope: Scope, group: Group, existing: Existing) -> GroupResources:
    schedule_group = scheduler.ScheduleGroup(
        f"{scope.name}-schedules",
        name=scope.names.schedule_group,
        tags={**scope.tags, GROUP_TAG: scope.names.prefix},
        opts=scope.opts,
    )
    # Everything else waits for the schedule group. If another project has a group of that name, nothing is changed.
    scope = scope.after(schedule_group)
    queue = create_queue(scope, "dead-letters", scope.names.dead_letter_queue, kms_key=group.encryption.dead_letters)
    log_group = create_log_group(
        scope, "logs", scope.names.log_group, retention_days=group.retention_days, kms_key=group.logs.kms_key
    )
    execution_role = create_execution_role(scope, group)
    cluster_arn = _cluster_arn(scope, group, existing)
    may_start = startable(scope.names, scope.account, group, list(existing.task_definitions.values()))
    scheduler_role = create_scheduler_role(scope, group, may_start, cluster_arn=cluster_arn, queue_arn=queue.arn)
    supervisor = create_supervisor(scope, group, may_start, cluster_arn) if group.supervised else NO_SUPERVISOR
    network = existing.network or _new_network(scope, group)
    return GroupResources(
        schedule_group=schedule_group,
        dead_letter_queue=queue,
        log_group=log_group,
        execution_role_arn=after(execution_role.arn, log_group.id),
        cluster_arn=cluster_arn,
        scheduler_role_arn=scheduler_role.arn,
        supervisor=supervisor,
        network=network,
        security_group_ids=_security_groups(scope, group, network),
        monitoring=create_monitoring(
            scope,
            group,
            cluster_arn=cluster_arn,
            definitions=definition_prefixes(scope.names, scope.account, existing.containers),
        ),
    )


def _cluster_arn(scope: Scope, group: Group, existing: Existing) -> pulumi.Output[str]:
    if existing.cluster_arn is not None:
        return pulumi.Output.from_input(existing.cluster_arn)
    assert group.create_cluster
    return create_cluster(scope, group.create_cluster)


def _new_network(scope: Scope, group: Group) -> RunNetwork:
    assert group.network.create_vpc
    return create_network(scope, group.network, group.network.create_vpc)


def _security_groups(scope: Scope, group: Group, network: RunNetwork) -> pulumi.Input[Sequence[pulumi.Input[str]]]:
    given = group.network.security_group_ids
    if given is not None:
        return list(given) if isinstance(given, tuple) else given
    return [create_security_group(scope, network.vpc_id)]


def _reference(scope: Scope, group: Group, existing: Existing, resources: GroupResources) -> GroupReference:
    account = scope.account
    return {
        "prefix": scope.names.prefix,
        "partition": account.partition,
        "region": account.region,
        "account_id": account.account_id,
        "cluster_arn": resources.cluster_arn,
        "capacity_providers": list(group.new_cluster_providers),
        "schedule_group": resources.schedule_group.name,
        "scheduler_role_arn": resources.scheduler_role_arn,
        "execution_role_arn": resources.execution_role_arn,
        "dead_letter_queue_arn": resources.dead_letter_queue.arn,
        "supervisor_role_arn": resources.supervisor.role_arn,
        "supervisor_log_group_arn": resources.supervisor.log_group_arn,
        "tracing": group.monitoring.tracing,
        "log_retention_days": group.retention_days,
        "log_kms_key": group.logs.kms_key or "",
        "schedules_kms_key": group.encryption.schedules or "",
        "secrets_kms_keys": list(group.encryption.secrets),
        "succeeded_log_group": resources.monitoring.succeeded_log_group,
        "shared_success_metric": resources.monitoring.shared_success_metric,
        "topic_arn": resources.monitoring.topic_arn,
        "iam_path": scope.names.iam_parent,
        "permissions_boundary": group.permissions_boundary or "",
        "subnet_ids": resources.network.subnet_ids,
        "security_group_ids": resources.security_group_ids,
        "assign_public_ip": resources.network.assign_public_ip,
        "reach": [
            {
                "subnet_id": it.subnet_id,
                "subnet_type": it.subnet_type,
                "internet": it.internet,
                "services": sorted(it.services),
            }
            for it in (resources.network.reach if group.tasks is None else ())
        ],
        "task_definitions": {name: found.reference for name, found in existing.task_definitions.items()},
        "containers": existing.containers,
        "pass_role_arns": list(group.pass_role_arns),
        "registry_accounts": [account.account_id, *group.registry_accounts],
        "pull_through_caches": list(group.pull_through_caches),
        "enabled": group.enabled,
        "tags": scope.tags,
    }
