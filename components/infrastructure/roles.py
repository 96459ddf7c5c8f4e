"""IAM roles, each with the policy that says what it may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from ..aws import policies
from ..aws.account import Account
from ..aws.dependencies import after
from ..aws.names import GroupNames
from ..resolved import Encryption, Group
from ..scope import Scope
from .task_definitions import ExistingDefinition

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


@dataclass(frozen=True, slots=True)
class Startable:
    """Resources that the scheduler role and the role of state machines may use to start runs of a group."""

    cluster_arn: str
    task_definition_arns: Sequence[str]
    role_arns: Sequence[str]


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
) -> Role:
    """A role with an inline policy. `purpose` is the end of its name in Pulumi."""
    role = create_role(scope, purpose, physical_name=physical_name, path=path, description=description, trust=trust)
    return Role(role, add_policy(scope, purpose, role, policy_name, policy))


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


def execution_policy(
    names: GroupNames,
    account: Account,
    registry_accounts: Sequence[str],
    secret_arns: Sequence[str] = (),
    key_arns: Sequence[str] = (),
    caches: Sequence[str] = (),
) -> str:
    """The policy of an execution role: the group's log groups, the registries with their pull-through caches, and the
    secrets of one task."""
    return policies.execution_policy(
        repository_arns=policies.repository_arns(account.partition, registry_accounts),
        cache_arns=[
            arn for prefix in caches for arn in policies.repository_arns(account.partition, registry_accounts, prefix)
        ],
        log_group_arns=[
            policies.log_group_arn(
                partition=account.partition, region=account.region, account_id=account.account_id, name=name
            )
            for name in (names.log_group, f"{names.log_group}/*")
        ],
        secret_arns=secret_arns,
        key_arns=key_arns,
    )


def startable(
    scope: Scope, group: Group, cluster_arn: pulumi.Output[str], existing: Sequence[ExistingDefinition]
) -> pulumi.Output[Startable]:
    """Resources that the group's roles may use to start runs: its own, and the existing ones that it names."""
    own_definitions = scope.account.arn("ecs", f"task-definition/{scope.names.family_prefix}*:*")
    own_roles = scope.account.iam_arn(f"role{scope.names.run_role_path}*")
    return cluster_arn.apply(
        lambda arn: Startable(
            cluster_arn=arn,
            task_definition_arns=[own_definitions, *(definition.arn for definition in existing)],
            role_arns=[
                own_roles,
                *group.pass_role_arns,
                *(role for definition in existing for role in definition.role_arns),
            ],
        )
    )


def create_scheduler_role(
    scope: Scope, group: Group, may_start: pulumi.Output[Startable], queue_arn: pulumi.Output[str]
) -> Role:
    """The role that EventBridge Scheduler assumes to start runs."""
    group_arn = scope.account.arn("scheduler", f"schedule-group/{scope.names.schedule_group}")
    state_machines = scope.account.arn("states", f"stateMachine:{scope.names.state_machine_prefix}*")
    return role_with_policy(
        scope,
        SCHEDULER,
        physical_name=scope.names.role(SCHEDULER),
        path=scope.names.iam_path,
        description="Starts the runs of scheduled tasks",
        trust=policies.scheduler_trust(account_id=scope.account.account_id, schedule_group_arn=group_arn),
        policy_name="start-runs",
        policy=pulumi.Output.all(may_start, queue_arn).apply(
            lambda known: policies.scheduler_policy(
                task_definition_arns=known[0].task_definition_arns,
                cluster_arn=known[0].cluster_arn,
                role_arns=known[0].role_arns,
                dead_letter_queue_arn=known[1],
                key_arns=_keys(group.encryption),
                state_machines_arn=state_machines if group.supervised else "",
            )
        ),
    )


def _keys(encryption: Encryption) -> list[str]:
    return [arn for arn in (encryption.dead_letters, encryption.schedules) if arn is not None]
