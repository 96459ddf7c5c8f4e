"""IAM roles, each with the policy that says what it may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
from pulumi_aws import iam

from ..aws import policies
from ..aws.account import Account
from ..aws.dependencies import after
from ..aws.names import LONGEST_CLUSTER, managed_policy
from ..resolved import Group
from ..scope import Scope
from .execution import execution_policy
from .startable import Startable, scheduler_policy

EXECUTION, SCHEDULER = "execution", "scheduler"


@dataclass(frozen=True, slots=True)
class Role:
    """A role and its policy."""

    role: iam.Role
    policy: iam.RolePolicy

    @property
    def arn(self) -> pulumi.Output[str]:
        """The ARN, once the policy exists: AWS checks what a role may do when another resource refers to it."""
        return after(self.role.arn, self.policy.id)


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


def task_trust(account: Account) -> str:
    """ECS may assume the role for the account's tasks."""
    return policies.task_trust(partition=account.partition, region=account.region, account_id=account.account_id)


def create_execution_role(scope: Scope, group: Group) -> Role:
    """The role that ECS assumes to start the containers of tasks without secrets."""
    accounts = [scope.account.account_id, *group.registry_accounts]
    return role_with_policy(
        scope,
        EXECUTION,
        physical_name=scope.names.role(EXECUTION),
        path=scope.names.run_role_path,
        description="Pulls the images of scheduled tasks and writes their logs",
        trust=task_trust(scope.account),
        policy_name="start-containers",
        policy=execution_policy(scope.names, scope.account, accounts, caches=group.pull_through_caches),
    )


def create_scheduler_role(
    scope: Scope, group: Group, may_start: Startable, *, cluster_arn: pulumi.Output[str], queue_arn: pulumi.Output[str]
) -> Role:
    """The role that EventBridge Scheduler assumes to start runs."""
    names, account = scope.names, scope.account
    policy = partial(scheduler_policy, names, account, group)
    parts = may_start.divided(partial(policy, LONGEST_CLUSTER))
    return role_with_policy(
        scope,
        SCHEDULER,
        physical_name=names.role(SCHEDULER),
        path=names.iam_path,
        description="Starts the runs of scheduled tasks",
        trust=policies.scheduler_trust(
            account_id=account.account_id,
            schedule_group_arn=account.arn("scheduler", f"schedule-group/{names.schedule_group}"),
        ),
        policy_name="start-runs",
        # The queue exists before the role that sends to it.
        policy=after(cluster_arn, queue_arn).apply(lambda arn: policy(arn, parts.inline)),
        more=[cluster_arn.apply(part.more) for part in parts.managed],
    )
