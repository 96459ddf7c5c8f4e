"""IAM roles, each with the policy that says what it may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
from pulumi_aws import iam

from ..aws.arn import Arn
from ..aws.dependencies import after
from ..aws.names import LONGEST_CLUSTER, managed_policy
from ..resolved import Group
from ..scope import Scope
from .execution import EXECUTION, execution_policy
from .startable import Startable, scheduler_policy
from .trust import scheduler_trust, task_trust

SCHEDULER = "scheduler"


@dataclass(frozen=True, slots=True)
class Role:
    """A role and its policy."""

    role: iam.Role
    policy: iam.RolePolicy

    @property
    def arn(self) -> pulumi.Output[str]:
        """The ARN, once the policy exists: AWS checks what a role may do when another resource refers to it."""
        return after(self.role.arn, self.policy.id)


@dataclass(frozen=True, slots=True)
class GroupRole:
    """A role of a group: an existing one, or a new one."""

    arn: pulumi.Output[str]
    """The ARN, once the role has its policy."""
    role: iam.Role | None
    """None for an existing role."""


def create_role(scope: Scope, purpose: str, *, physical_name: str, path: str, description: str, trust: str) -> iam.Role:
    """A role without a policy. `purpose` is the end of its name in Pulumi."""
    return iam.Role(
        f"{scope.name}-{purpose}",
        name=physical_name,
        path=path,
        description=description,
        assume_role_policy=trust,
        permissions_boundary=scope.permissions_boundary,
        tags=scope.tags,
        opts=scope.opts,
    )


def role_with_policy(
    scope: Scope,
    purpose: str,
    *,
    physical_name: str,
    path: str,
    description: str,
    trust: str,
    policy_name: str,
    policy: pulumi.Input[str],
    more: Sequence[pulumi.Input[str]] = (),
) -> Role:
    """A role with an inline policy, and managed policies for what has no room in it.

    `purpose` is the end of its name in Pulumi.
    """
    role = create_role(scope, purpose, physical_name=physical_name, path=path, description=description, trust=trust)
    attached = [
        _add_managed_policy(scope, purpose, role, physical_name, path, document, number)
        for number, document in enumerate(more, 2)
    ]
    # A permission that moves to a managed policy is never missing in between.
    return Role(role, add_policy(scope.after(*attached) if attached else scope, purpose, role, policy_name, policy))


def _add_managed_policy(
    scope: Scope,
    purpose: str,
    role: iam.Role,
    role_name: str,
    path: str,
    document: pulumi.Input[str],
    number: int,
) -> iam.RolePolicyAttachment:
    name = f"{scope.name}-{purpose}-policy-{number}"
    policy = iam.Policy(
        name,
        name=managed_policy(role_name, number),
        path=path,
        description="Permissions for which the inline policy of a role of scheduled tasks has no room",
        policy=document,
        tags=scope.tags,
        opts=scope.opts,
    )
    return iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy.arn, opts=scope.opts)


def add_policy(scope: Scope, purpose: str, role: iam.Role, name: str, policy: pulumi.Input[str]) -> iam.RolePolicy:
    """An inline policy of a role."""
    return iam.RolePolicy(f"{scope.name}-{purpose}-policy", role=role.name, name=name, policy=policy, opts=scope.opts)


def which_policy(policy: pulumi.Input[str], position: int) -> str:
    """The end of the name of an attachment: the policy or, if that is an output, its position from 1.

    With the position of each, removing a policy would attach the next one, and then detach it with the resource that
    had its old position.
    """
    arn = Arn.parse_if_arn(policy)
    return f"{arn.account_id}:{arn.resource}" if arn else str(position + 1)


def execution_role(scope: Scope, group: Group) -> GroupRole:
    """The role that ECS assumes to start the containers of tasks without secrets: an existing one, or a new one."""
    if group.execution_role is not None:
        return GroupRole(pulumi.Output.from_input(group.execution_role), None)
    accounts = [scope.account.account_id, *group.registry_accounts]
    created = role_with_policy(
        scope,
        EXECUTION,
        physical_name=scope.names.role(EXECUTION),
        path=scope.names.run_role_path,
        description="Pulls the images of scheduled tasks and writes their logs",
        trust=task_trust(scope.account),
        policy_name="start-containers",
        policy=execution_policy(scope.names, scope.account, accounts, caches=group.pull_through_caches),
    )
    return GroupRole(created.arn, created.role)


def scheduler_role(
    scope: Scope,
    group: Group,
    may_start: Startable,
    *,
    cluster_arn: pulumi.Output[str],
    more_clusters: Sequence[str],
    queue_arn: pulumi.Output[str],
) -> GroupRole:
    """The role that EventBridge Scheduler assumes to start runs: an existing one, or a new one."""
    if group.scheduler_role is not None:
        return GroupRole(pulumi.Output.from_input(group.scheduler_role), None)
    names, account = scope.names, scope.account
    # The queue exists before the role that sends to it.
    inline, more = run_policies(
        partial(scheduler_policy, names, account, group), may_start, group, after(cluster_arn, queue_arn), more_clusters
    )
    created = role_with_policy(
        scope,
        SCHEDULER,
        physical_name=names.role(SCHEDULER),
        path=names.iam_path,
        description="Starts the runs of scheduled tasks",
        trust=scheduler_trust(names, account),
        policy_name="start-runs",
        policy=inline,
        more=more,
    )
    return GroupRole(created.arn, created.role)


def run_policies(
    policy: Callable[[Sequence[str], Startable], str],
    may_start: Startable,
    group: Group,
    cluster_arn: pulumi.Output[str],
    more_clusters: Sequence[str],
) -> tuple[pulumi.Output[str], list[pulumi.Output[str]]]:
    """The inline policy of a role that starts runs, and its managed policies.

    Args:
        policy: Makes the inline policy from the ARNs of the clusters, and what the role may start.
        may_start: Everything that the role may start.
        group: The group of the role.
        cluster_arn: The group's cluster.
        more_clusters: ARNs of further clusters.
    """
    longest = (LONGEST_CLUSTER, *more_clusters)
    parts = may_start.divided(partial(policy, longest), longest)
    known = pulumi.Output.all(cluster_arn, group.execution_role)

    def more(part: Startable) -> pulumi.Output[str]:
        return known.apply(lambda it: part.with_execution_role(it[1]).more([it[0], *more_clusters]))

    return known.apply(lambda it: policy([it[0], *more_clusters], parts.inline.with_execution_role(it[1]))), list(
        map(more, parts.managed)
    )
