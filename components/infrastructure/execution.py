"""The policy of an execution role, which ECS assumes to start containers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..aws import policies
from ..aws.account import Account
from ..aws.names import GroupNames
from ..aws.policy_sizes import Divided, divided, length_in_list
from ..aws.secret_references import full_arn
from ..resolved import Task

if TYPE_CHECKING:
    from pulumi import Input

_UNKNOWN_SECRET = 250
"""Characters in a policy that are reserved for the ARNs of a secret which another resource of the program creates."""


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


def secrets_of(task: Task, names: GroupNames, account: Account) -> list[Input[str]]:
    """The ARNs of all secrets that a task's containers read. Those that the deployment stores itself are known."""
    stored = [account.arn("ssm", f"parameter{names.parameter(task.name, name)}") for name in task.secret_values]
    given = [*task.secrets.values(), *(arn for sidecar in task.sidecars.values() for arn in sidecar.secrets.values())]
    known = [full_arn(arn, account) if isinstance(arn, str) else arn for arn in given]
    return list(each_once([*stored, *known]))


def each_once(references: Iterable[Input[str]]) -> Iterator[Input[str]]:
    """Variables often read different keys of one secret, which a policy names once."""
    seen: set[str] = set()
    for reference in references:
        if not isinstance(reference, str):
            yield reference
        elif (arn := policies.readable_arns(reference)[0]) not in seen:
            seen.add(arn)
            yield reference


def divided_secrets(
    policy: Callable[[Sequence[str]], str], secret_arns: Sequence[Input[str]], account: Account
) -> Divided[tuple[Input[str], ...]]:
    """The secrets that the inline policy of a task's execution role allows to read, and those of managed policies.

    `policy` makes the inline policy that allows to read secrets.
    """
    one_each = [account.arn("secretsmanager", "secret:a-AbCdEf"), account.arn("ssm", "parameter/a")]
    return divided(secret_arns, _length, inline=policy(one_each), managed=policies.more_secrets_policy(one_each))


def _length(reference: Input[str]) -> int:
    if not isinstance(reference, str):
        return _UNKNOWN_SECRET
    return sum(map(length_in_list, policies.readable_arns(reference)))
