"""The resources of a group, and the reference by which its tasks use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_aws import cloudwatch, dynamodb, ec2, ecs, iam, scheduler, sqs

from .after_resources import create_queue_policy
from .args import GroupReference
from .aws.dependencies import after
from .aws.names import schedule_group_tags
from .infrastructure.cluster import create_cluster
from .infrastructure.existing import Existing, by_reference
from .infrastructure.logs import create_log_group
from .infrastructure.network import RunNetwork, create_security_group, reach_references
from .infrastructure.queues import create_queue
from .infrastructure.roles import GroupRole, execution_role, scheduler_role
from .infrastructure.shared_roles import create_shared_roles
from .infrastructure.startable import startable
from .infrastructure.vpc import create_network
from .monitoring.resources import Monitoring, MonitoringResources, create_monitoring
from .monitoring.rule_names import definition_prefixes
from .resolved import Group
from .scope import Scope
from .supervised.resources import NO_SUPERVISOR, Supervisor, create_supervisor
from .task.after import upstream_references

if TYPE_CHECKING:
    from pulumi_awsx import ec2 as awsx_ec2


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResources:
    """The resources of a `ScheduledTaskGroup`. Those that it doesn't create are None.

    Example:
        ```python
        pulumi.export("queue", group.resources.dead_letter_queue.url)
        ```
    """

    schedule_group: scheduler.ScheduleGroup
    dead_letter_queue: sqs.Queue
    dead_letter_queue_policy: sqs.QueuePolicy | None
    """The policy that lets rules send to the queue. None without tasks that start after others."""
    log_group: cloudwatch.LogGroup | None
    """The log group of runs. None for a stack that has only calls."""
    execution_role: iam.Role | None
    """None for an existing role, and for a stack that has only calls."""
    scheduler_role: iam.Role | None
    """None for an existing role, and for a stack that has only calls, which have their own roles."""
    shared_roles: Mapping[str, iam.Role]
    """The roles of `shared_roles`, by name."""
    cluster: ecs.Cluster | None
    """The cluster of `create_cluster`."""
    vpc: awsx_ec2.Vpc | None
    """The VPC of `create_vpc`."""
    security_group: ec2.SecurityGroup | None
    """The security group of runs, unless the group names security groups."""
    supervisor_role: iam.Role | None
    """The role of the state machines of supervised tasks."""
    lease_table: dynamodb.Table | None
    """The table by which supervised tasks prevent overlapping runs."""
    supervisor_log_group: cloudwatch.LogGroup | None
    """The log group of state machines."""
    monitoring: MonitoringResources


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Values and resources of a group that its tasks use."""

    resources: GroupResources
    execution_role_arn: pulumi.Output[str]
    """ARN of the execution role. Known when ECS can use it: the role has its policy, and its log group exists."""
    cluster_arn: pulumi.Output[str]
    """ARN of the cluster. Known when runs can start on it: the cluster has its capacity providers."""
    scheduler_role_arn: pulumi.Output[str]
    """ARN of the scheduler role. Known when it and the shared roles have their policies, so that the first launch is
    allowed."""
    supervisor: Supervisor
    network: RunNetwork
    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    monitoring: Monitoring
    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the dead-letter queue. Known when rules may send to it, if tasks start after others."""


def create_shared(scope: Scope, group: Group, existing: Existing) -> Shared:
    """Create the resources of a group."""
    schedule_group = scheduler.ScheduleGroup(
        f"{scope.name}-schedules",
        name=scope.names.schedule_group,
        tags={**scope.tags, **schedule_group_tags(scope.names.prefix, _clusters(scope, group, existing))},
        opts=scope.opts,
    )
    # Everything else waits for the schedule group. If another project has a group of that name, nothing is changed.
    scope = scope.after(schedule_group)
    queue = create_queue(scope, "dead-letters", scope.names.dead_letter_queue, kms_key=group.encryption.dead_letters)
    log_group, starting_containers = _containers(scope, group)
    cluster, cluster_arn = _cluster(scope, group, existing)
    more_clusters = existing.more_clusters
    may_start = startable(scope.names, scope.account, group, list(existing.task_definitions.values()))
    starting_runs = _no_role()
    if group.runs_containers or group.scheduler_role is not None:
        starting_runs = scheduler_role(
            scope, group, may_start, cluster_arn=cluster_arn, more_clusters=more_clusters, queue_arn=queue.arn
        )
    shared_roles = create_shared_roles(scope, group) if group.runs_containers else {}
    supervisor = NO_SUPERVISOR
    if group.supervised:
        supervisor = create_supervisor(scope, group, may_start, cluster_arn, more_clusters)
    network = existing.network or _new_network(scope, group)
    given = group.network.security_group_ids
    new_security_group = given is None and group.runs_containers
    security_group = create_security_group(scope, network.vpc_id) if new_security_group else None
    monitoring = create_monitoring(
        scope,
        group,
        cluster_arn=cluster_arn,
        definitions=definition_prefixes(scope.names, scope.account, existing.containers)
        if group.runs_containers
        else {},
        more_clusters=more_clusters,
    )
    queue_policy = None
    if any(task.after for task in (group.tasks or {}).values()):
        queue_policy = create_queue_policy(scope, queue)
    return Shared(
        resources=GroupResources(
            schedule_group=schedule_group,
            dead_letter_queue=queue,
            dead_letter_queue_policy=queue_policy,
            log_group=log_group,
            execution_role=starting_containers.role,
            scheduler_role=starting_runs.role,
            shared_roles={name: it.role for name, it in shared_roles.items()},
            cluster=cluster,
            vpc=network.created,
            security_group=security_group,
            supervisor_role=supervisor.role,
            lease_table=supervisor.table,
            supervisor_log_group=supervisor.log_group,
            monitoring=monitoring.created,
        ),
        execution_role_arn=after(starting_containers.arn, *([log_group.id] if log_group else [])),
        cluster_arn=cluster_arn,
        scheduler_role_arn=after(starting_runs.arn, *(it.arn for it in shared_roles.values())),
        supervisor=supervisor,
        network=network,
        security_group_ids=[security_group.id] if security_group else _listed(given),
        monitoring=monitoring,
        dead_letter_queue_arn=after(queue.arn, queue_policy.id) if queue_policy else queue.arn,
    )


def _no_role() -> GroupRole:
    """In place of a role of runs, for a group that has only calls.

    It can't be a constant: an output belongs to the event loop of the program that makes it.
    """
    return GroupRole(pulumi.Output.from_input(""), None)


def _containers(scope: Scope, group: Group) -> tuple[cloudwatch.LogGroup | None, GroupRole]:
    """The log group of runs, and the role that starts their containers."""
    if not group.runs_containers:
        return None, _no_role()
    log_group = create_log_group(
        scope, "logs", scope.names.log_group, retention_days=group.retention_days, kms_key=group.logs.kms_key
    )
    return log_group, execution_role(scope, group)


def _clusters(scope: Scope, group: Group, existing: Existing) -> list[str]:
    """The names or ARNs of all clusters of a group whose tasks run on several. Empty if they run on one."""
    own = scope.names.cluster if group.create_cluster else existing.cluster_arn
    return [*existing.clusters.values(), *([own] if isinstance(own, str) else [])] if existing.clusters else []


def _cluster(scope: Scope, group: Group, existing: Existing) -> tuple[ecs.Cluster | None, pulumi.Output[str]]:
    if existing.cluster_arn is not None:
        return None, pulumi.Output.from_input(existing.cluster_arn)
    assert group.create_cluster
    return create_cluster(scope, group.create_cluster)


def _new_network(scope: Scope, group: Group) -> RunNetwork:
    assert group.network.create_vpc
    return create_network(scope, group.network, group.network.create_vpc)


def _listed(given: pulumi.Input[Sequence[pulumi.Input[str]]] | None) -> pulumi.Input[Sequence[pulumi.Input[str]]]:
    return list(given) if isinstance(given, tuple) else given or []


def reference_of(scope: Scope, group: Group, existing: Existing, shared: Shared) -> GroupReference:
    """The reference of a group."""
    account = scope.account
    return {
        "prefix": scope.names.prefix,
        "partition": account.partition,
        "region": account.region,
        "account_id": account.account_id,
        "cluster_arn": shared.cluster_arn,
        "clusters": by_reference(group, existing.cluster_arn, existing.clusters),
        "capacity_providers": list(group.new_cluster_providers),
        "schedule_group": shared.resources.schedule_group.name,
        "scheduler_role_arn": shared.scheduler_role_arn,
        "execution_role_arn": shared.execution_role_arn,
        "existing_execution_role": group.execution_role is not None,
        "dead_letter_queue_arn": shared.dead_letter_queue_arn,
        "supervisor_role_arn": shared.supervisor.role_arn,
        "supervisor_log_group_arn": shared.supervisor.log_group_arn,
        "tracing": group.monitoring.tracing,
        "log_retention_days": group.retention_days,
        "log_kms_key": group.logs.kms_key or "",
        "dead_letters_kms_key": group.encryption.dead_letters or "",
        "schedules_kms_key": group.encryption.schedules or "",
        "secrets_kms_keys": list(group.encryption.secrets),
        "succeeded_log_group": shared.monitoring.succeeded_log_group,
        "shared_success_metric": shared.monitoring.shared_success_metric,
        "topic_arn": shared.monitoring.topic_arn,
        "iam_path": scope.names.iam_parent,
        "permissions_boundary": group.permissions_boundary or "",
        "vpc_id": shared.network.vpc_id or "",
        "subnet_ids": shared.network.subnet_ids,
        "security_group_ids": shared.security_group_ids,
        "assign_public_ip": shared.network.assign_public_ip,
        "reach": reach_references(shared.network.reach if group.tasks is None else ()),
        "task_definitions": {name: found.reference for name, found in existing.task_definitions.items()},
        "containers": existing.containers,
        "shared_roles": sorted(group.shared_roles),
        "pass_role_arns": list(group.pass_role_arns),
        "registry_accounts": [account.account_id, *group.registry_accounts],
        "pull_through_caches": list(group.pull_through_caches),
        "enabled": group.enabled,
        "existing_scheduler_role": group.scheduler_role is not None,
        **shared.monitoring.reference(group),
        "parallel": group.parallel,
        "upstream_tasks": upstream_references(group.tasks or {}, group.calls, scope.names, account),
        "tags": scope.tags,
    }
