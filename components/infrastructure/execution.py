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

EXECUTION, TASK = "execution", "task"
"""Purposes of the roles of runs, which are the ends of their names."""
_UNKNOWN_SECRET = 250
"""Characters in a policy that are reserved for the ARNs of a secret which another resource of the program creates."""


def execution_policy(
    names: GroupNames,
    account: Account,
    registry_accounts: Sequence[str],
    secret_arns: Sequence[str] = (),
    key_arns: Sequence[str] = (),
    caches: Sequence[str] = (),
    file_arns: Sequence[str] = (),
    log_groups: Sequence[str] = (),
) -> str:
    """The policy of an execution role: the group's log groups and existing ones, the registries with their pull-through
    caches, and the secrets and files of one task."""
    return policies.execution_policy(
        repository_arns=policies.repository_arns(account.partition, registry_accounts),
        cache_arns=[
            arn for prefix in caches for arn in policies.repository_arns(account.partition, registry_accounts, prefix)
        ],
        log_group_arns=[
            policies.log_group_arn(
                partition=account.partition, region=account.region, account_id=account.account_id, name=name
            )
            for name in (names.log_group, f"{names.log_group}/*", *log_groups)
        ],
        file_arns=file_arns,
        secret_arns=secret_arns,
        key_arns=key_arns,
    )


def secrets_of(task: Task, names: GroupNames, account: Account) -> list[Input[str]]:
    """The ARNs of all secrets that ECS reads for a task's containers: variables, options of log drivers, and
    credentials of registries. Those that the deployment stores itself are known."""
    stored = [account.arn("ssm", f"parameter{names.parameter(task.name, name)}") for name in task.secret_values]
    containers = [container for _, container in task.containers]
    given = [
        *(arn for container in containers for arn in container.secrets.values()),
        *(arn for _, logs in task.all_logs for arn in logs.secret_options.values()),
        *(it.registry_credentials for it in containers if it.registry_credentials is not None),
        *(volume.fsx.credentials for volume in task.volumes.values() if volume.fsx),
    ]
    known = [full_arn(arn, account) if isinstance(arn, str) else arn for arn in given]
    return list(each_once([*stored, *known]))


def needs_own_role(task: Task, names: GroupNames, account: Account) -> bool:
    """Whether ECS reads something for a task that the group's execution role doesn't allow."""
    return bool(secrets_of(task, names, account) or files_of(task) or log_groups_of(task))


def files_of(task: Task) -> list[Input[str]]:
    """The ARNs of all S3 objects that ECS reads for a task's containers."""
    files = [arn for _, container in task.containers for arn in container.environment_files]
    routers = (sidecar.firelens for sidecar in task.sidecars.values())
    return list(_distinct([*files, *(router.file for router in routers if router and router.file)]))


def log_groups_of(task: Task) -> list[Input[str]]:
    """The names of all existing log groups that a task's containers write to."""
    groups = (logs.group for _, logs in task.all_logs if logs.in_cloudwatch)
    return list(_distinct([group for group in groups if group is not None]))


LONGEST_FILE = f"arn:aws-us-gov:s3:::{'b' * 63}/{'k' * 200}"
LONGEST_LOG_GROUP = "g" * 200
"""Stand for the S3 objects and log groups of other resources of the program, where the size of a policy is counted."""


def known_or_longest(values: Sequence[Input[str]], longest: str) -> list[str]:
    """The values, with long ones in place of those of other resources."""
    return [value if isinstance(value, str) else longest for value in values]


def _distinct(values: Sequence[Input[str]]) -> Iterator[Input[str]]:
    """Each string once. Outputs are not comparable."""
    yield from dict.fromkeys(value for value in values if isinstance(value, str))
    yield from (value for value in values if not isinstance(value, str))


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
