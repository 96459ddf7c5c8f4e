"""Task roles that several tasks of a group share."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from ..aws import policies
from ..aws.dependencies import after
from ..resolved import Group, SharedRole
from ..scope import Scope
from ..task.role_policy import statements
from .roles import add_policy, create_role, which_policy
from .trust import task_trust


@dataclass(frozen=True, slots=True)
class CreatedRole:
    """A shared role."""

    role: iam.Role
    arn: pulumi.Output[str]
    """Its ARN, known once it has its policies."""


def create_shared_roles(scope: Scope, group: Group) -> dict[str, CreatedRole]:
    """The shared roles of a group, by name."""
    return {name: _create(scope, name, role) for name, role in group.shared_roles.items()}


def _create(scope: Scope, name: str, given: SharedRole) -> CreatedRole:
    purpose = f"shared-{name}"
    role = create_role(
        scope,
        purpose,
        physical_name=scope.names.shared_role(name),
        path=scope.names.run_role_path,
        description="Grants permissions to the runs of several scheduled tasks",
        trust=task_trust(scope.account),
    )
    policies_of_role: list[pulumi.Output[str]] = [
        iam.RolePolicyAttachment(
            f"{scope.name}-{purpose}-policy-{which_policy(arn, position)}",
            role=role.name,
            policy_arn=arn,
            opts=scope.opts,
        ).id
        for position, arn in enumerate(given.managed_policies)
    ]
    if given.permissions or given.exec:
        policy = pulumi.Output.all(*(list(statement.resources) for statement in given.permissions)).apply(
            lambda known: policies.run_policy(statements(given.permissions, known), enter=given.exec)
        )
        policies_of_role.append(add_policy(scope, purpose, role, "runs", policy).id)
    return CreatedRole(role, after(role.arn, *policies_of_role))
