"""The roles of one task: its own execution role, if it has secrets, and its task role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
from pulumi_aws import iam

from ..args import GroupReference
from ..aws import policies
from ..aws.dependencies import after
from ..infrastructure.execution import (
    EXECUTION,
    LONGEST_FILE,
    LONGEST_LOG_GROUP,
    TASK,
    divided_secrets,
    execution_policy,
    files_of,
    known_or_longest,
    log_groups_of,
    needs_own_role,
    secrets_of,
)
from ..infrastructure.roles import add_policy, create_role, role_with_policy, which_policy
from ..infrastructure.trust import task_trust
from ..resolved import Task
from ..scope import Scope
from .role_policy import task_policy
from .volumes import references_of


@dataclass(frozen=True, slots=True)
class RunRole:
    """A role of the runs of one task."""

    arn: pulumi.Input[str] | None
    """None for no role."""
    role: iam.Role | None = None
    """None for a role that isn't the task's own."""


def execution_role(scope: Scope, task: Task, group: GroupReference) -> RunRole:
    """The role that ECS assumes to start containers: an existing one, the group's, or one that also reads the task's
    secrets and files, and writes to its existing log groups.

    If the group's is an existing role, it does so for all tasks.
    """
    if task.execution_role is not None:
        return RunRole(task.execution_role)
    if group["existing_execution_role"] or not needs_own_role(task, scope.names, scope.account):
        return RunRole(group["execution_role_arn"])
    secrets, files, log_groups = secrets_of(task, scope.names, scope.account), files_of(task), log_groups_of(task)

    def policy(secret_arns: Sequence[str], file_arns: Sequence[str], log_groups: Sequence[str]) -> str:
        return execution_policy(
            scope.names,
            scope.account,
            group["registry_accounts"],
            secret_arns,
            key_arns=group["secrets_kms_keys"],
            caches=group["pull_through_caches"],
            file_arns=file_arns,
            log_groups=log_groups,
        )

    room = partial(
        policy,
        file_arns=known_or_longest(files, LONGEST_FILE),
        log_groups=known_or_longest(log_groups, LONGEST_LOG_GROUP),
    )
    parts = divided_secrets(room, secrets, scope.account)
    role = role_with_policy(
        scope,
        EXECUTION,
        physical_name=scope.names.task_role(scope.name, EXECUTION),
        path=scope.names.run_role_path,
        description=_description(has_secrets=bool(secrets)),
        trust=task_trust(scope.account),
        policy_name="start-containers",
        policy=pulumi.Output.all(list(parts.inline), files, log_groups).apply(lambda known: policy(*known)),
        more=[pulumi.Output.all(*part).apply(policies.more_secrets_policy) for part in parts.managed],
    )
    # The group's role is ready once the log group exists.
    return RunRole(after(role.arn, pulumi.Output.from_input(group["execution_role_arn"])), role.role)


def _description(*, has_secrets: bool) -> str:
    """IAM replaces no role for another description, but each change would show."""
    also = "reads its secrets" if has_secrets else "reads its files or writes to its log groups"
    return f"Pulls the image of one scheduled task, writes its logs and {also}"


def task_role(scope: Scope, task: Task) -> RunRole:
    """The role of the containers: an existing one, the task's own, or none."""
    if not task.creates_task_role:
        return RunRole(task.task_role)
    role = create_role(
        scope,
        TASK,
        physical_name=scope.names.task_role(scope.name, TASK),
        path=scope.names.run_role_path,
        description="Grants permissions to the runs of one scheduled task",
        trust=task_trust(scope.account),
    )
    for position, policy in enumerate(task.managed_policies):
        _attach(scope, role, policy, position)
    references = references_of(task)
    if task.permissions or task.exec_path or references:
        resources = [list(statement.resources) for statement in task.permissions]
        policy = pulumi.Output.all(resources, references).apply(
            lambda known: task_policy(task, scope.account, known[0], known[1])
        )
        add_policy(scope, TASK, role, "runs", policy)
    return RunRole(role.arn, role)


def _attach(scope: Scope, role: iam.Role, policy: pulumi.Input[str], position: int) -> None:
    name = f"{scope.name}-task-policy"
    moved = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=f"{name}-{position + 1}")])
    iam.RolePolicyAttachment(
        f"{name}-{which_policy(policy, position)}",
        role=role.name,
        policy_arn=policy,
        opts=scope.opts.merge(moved),
    )
