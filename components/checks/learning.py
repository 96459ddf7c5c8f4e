"""Resources that a group adds for a task that it did not know about.

A task that has the group itself, rather than its reference, can add to the group. Docs: decision 11.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..aws.account import Account
from ..aws.arn import Arn
from ..resolved import Group, Task
from .known_group import KnownGroup
from .references import registries_of


@dataclass(frozen=True, slots=True)
class Needs:
    """Everything that a task needs of its group and the group doesn't have."""

    supervisor: bool = False
    """The resources that supervised tasks share."""
    role_arns: tuple[str, ...] = ()
    """Existing roles to pass to ECS."""
    registry_accounts: tuple[str, ...] = ()
    """Accounts to pull images from."""


def needs_of(task: Task, group: Group, known: KnownGroup) -> Needs:
    """The needs of a task that its group can learn.

    Args:
        task: The task.
        group: The settings of the group.
        known: The group, with what it has learned already.
    """
    accounts = dict.fromkeys(account for _, account in registries_of(task))
    roles = (arn for arn in task.existing_roles if arn not in known.pass_role_arns)
    return Needs(
        supervisor=task.is_supervised and not known.supervised and group.may_supervise,
        role_arns=tuple(arn for arn in roles if _is_in(arn, known.account)),
        registry_accounts=tuple(account for account in accounts if account not in known.registry_accounts),
    )


def _is_in(role_arn: str, account: Account) -> bool:
    """AWS: IAM user guide, "Granting a user permissions to pass a role to an AWS service": a role of the account."""
    arn = Arn.parse_if_arn(role_arn)
    return arn is not None and (arn.partition, arn.account_id) == (account.partition, account.account_id)


def with_needs(known: KnownGroup, needs: Needs) -> KnownGroup:
    """The group with everything that a task needs."""
    return replace(
        known,
        supervised=known.supervised or needs.supervisor,
        pass_role_arns=[*known.pass_role_arns, *needs.role_arns],
        registry_accounts=[*known.registry_accounts, *needs.registry_accounts],
    )
