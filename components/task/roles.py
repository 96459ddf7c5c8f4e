"""The roles of one task: its own execution role, if it has secrets, and its task role."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_aws import iam

from ..args import GroupReference
from ..aws import policies
from ..aws.arn import Arn
from ..aws.dependencies import after
from ..infrastructure.roles import EXECUTION, add_policy, create_role, execution_policy, role_with_policy, task_trust
from ..resolved import Task
from ..scope import Scope

TASK = "task"


def execution_role_arn(
    scope: Scope, group: GroupReference, secret_arns: Sequence[pulumi.Input[str]]
) -> pulumi.Input[str]:
    """The role that ECS assumes to start containers: the group's, or one that also reads the task's secrets."""
    if not secret_arns:
        return group["execution_role_arn"]
    role = role_with_policy(
        scope,
        EXECUTION,
        physical_name=scope.names.task_role(scope.name, EXECUTION),
        path=scope.names.run_role_path,
        description="Pulls the image of one scheduled task, writes its logs and reads its secrets",
        trust=task_trust(scope.account),
        policy_name="start-containers",
        policy=pulumi.Output.all(*secret_arns).apply(
            lambda arns: execution_policy(
                scope.names,
                scope.account,
                group["registry_accounts"],
                arns,
                group["secrets_kms_keys"],
                group["pull_through_caches"],
            )
        ),
    )
    # The group's role is ready once the log group exists.
    return after(role.arn, pulumi.Output.from_input(group["execution_role_arn"]))


def task_role_arn(scope: Scope, task: Task) -> pulumi.Input[str] | None:
    """The role of the containers: an existing one, the task's own, or none."""
    if task.task_role is not None:
        return task.task_role
    if not (task.permissions or task.managed_policies or task.exec):
        return None
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
    if task.permissions or task.exec:
        add_policy(scope, TASK, role, "runs", _policy(task))
    return role.arn


def _attach(scope: Scope, role: iam.Role, policy: pulumi.Input[str], position: int) -> None:
    name = f"{scope.name}-task-policy"
    # The policy is part of the name. With its position instead, removing a policy would attach the next one, and then
    # detach it with the resource that had its old position.
    arn = Arn.parse_if_arn(policy)
    which = f"{arn.account_id}:{arn.resource}" if arn else position + 1
    moved = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=f"{name}-{position + 1}")])
    iam.RolePolicyAttachment(f"{name}-{which}", role=role.name, policy_arn=policy, opts=scope.opts.merge(moved))


def _policy(task: Task) -> pulumi.Output[str]:
    resources = [list(statement.resources) for statement in task.permissions]
    return pulumi.Output.all(*resources).apply(
        lambda known: policies.run_policy(
            ((statement.actions, found) for statement, found in zip(task.permissions, known, strict=True)),
            enter=task.exec,
        )
    )
