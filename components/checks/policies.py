"""Sizes of the policies that are generated for tasks and groups. AWS: IAM user guide, "IAM and AWS STS quotas"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ..aws import limits
from ..aws.account import TYPICAL_ACCOUNT, Account
from ..aws.names import LONGEST_CLUSTER, GroupNames
from ..aws.policy_sizes import policy_size
from ..infrastructure.execution import (
    LONGEST_FILE,
    LONGEST_LOG_GROUP,
    divided_secrets,
    execution_policy,
    files_of,
    known_or_longest,
    log_groups_of,
    secrets_of,
)
from ..infrastructure.startable import (
    SUPERVISOR,
    Startable,
    scheduler_policy,
    startable,
    supervisor_path,
    supervisor_policy,
)
from ..problems import Problem, key
from ..resolved import Group, Task
from .check import reads
from .known_group import KnownGroup

TYPICAL_NAMES = GroupNames("x" * 40)
"""Stand for the names of a group in checks that run without AWS. The components check the actual ones again."""


@reads("secrets", "secret_values", "sidecars", "volumes", "registry_credentials", "logs", "environment_files")
def secrets(task: Task) -> Iterator[Problem]:
    """The execution role can read all secrets."""
    yield from _secrets(task, TYPICAL_NAMES, TYPICAL_ACCOUNT, partial(execution_policy, registry_accounts=()))


def secrets_in_group(task: Task, group: KnownGroup) -> Iterator[Problem]:
    """The execution role of a task in a group can read all secrets."""
    policy = partial(
        execution_policy,
        registry_accounts=group.registry_accounts,
        key_arns=group.secrets_kms_keys,
        caches=group.pull_through_caches,
    )
    yield from _secrets(task, group.names, group.account, policy)


def _secrets(task: Task, names: GroupNames, account: Account, policy: Callable[..., str]) -> Iterator[Problem]:
    read = secrets_of(task, names, account)
    files = known_or_longest(files_of(task), LONGEST_FILE)
    log_groups = known_or_longest(log_groups_of(task), LONGEST_LOG_GROUP)
    policy = partial(policy, names, account, file_arns=files, log_groups=log_groups)
    if files and policy_size(policy()) > limits.INLINE_POLICY_LENGTH:
        yield Problem(
            ("environment_files",),
            f"are {len(files)} files in all containers, whose ARNs don't fit into the policy of the execution role. "
            "Use fewer files, or shorter names.",
        )
        return
    # Most tasks have no secrets, and making the policy takes half of the time of a check.
    if read and not divided_secrets(lambda arns: policy(secret_arns=arns), read, account).fits:
        path = "secrets" if task.secrets else "secret_values" if task.secret_values else "sidecars"
        yield Problem(
            (path,),
            f"are {len(read)} different secrets, which don't fit into the policies that IAM allows for one role. Store "
            "several values as keys of one JSON secret, and read each by its key.",
        )


@reads("managed_policies")
def managed_policies(task: Task) -> Iterator[Problem]:
    """No more managed policies than a role can have after a quota increase."""
    count = len(task.managed_policies)
    if count > limits.MOST_MANAGED_POLICIES:
        yield Problem(
            ("managed_policies",),
            f"has {count} entries. A role has at most {limits.MANAGED_POLICIES}, or up to "
            f"{limits.MOST_MANAGED_POLICIES} after a quota increase. Combine some of them.",
        )


@reads(
    "pass_role_arns",
    "execution_role",
    "clusters",
    "task_definitions",
    "encryption",
    "supervised",
    "parallel",
    "monitoring",
)
def runs(group: Group) -> Iterator[Problem]:
    """The group's roles can start runs of all task definitions and pass all roles."""
    references = [
        arn if arn.startswith("arn:") else TYPICAL_ACCOUNT.arn("ecs", f"task-definition/{arn}:1")
        for arn in group.task_definitions
    ]
    own = startable(TYPICAL_NAMES, TYPICAL_ACCOUNT, group, ())
    yield from runs_in_group(
        Startable((*own.task_definition_arns, *references), own.role_arns),
        TYPICAL_NAMES,
        TYPICAL_ACCOUNT,
        group,
        [TYPICAL_ACCOUNT.arn("ecs", f"cluster/{reference.rsplit('/', 1)[-1]}") for reference in group.clusters],
    )


def runs_in_group(
    may_start: Startable, names: GroupNames, account: Account, group: Group, more_clusters: Sequence[str] = ()
) -> Iterator[Problem]:
    """The group's roles can start these runs."""
    longest = (LONGEST_CLUSTER, *more_clusters)
    for policy in (scheduler_policy, *([supervisor_policy] if group.supervised else [])):
        if not may_start.divided(partial(policy, names, account, group, longest), longest).fits:
            path = "pass_role_arns" if len(group.pass_role_arns) > len(group.task_definitions) else "task_definitions"
            yield Problem(
                (path,),
                f"The tasks use {len(group.pass_role_arns)} existing roles and {len(group.task_definitions)} existing "
                "task definitions, which don't fit into the policies that IAM allows for one role. Let tasks share "
                f"roles, give them {key('permissions')} of their own, or split the stack.",
            )
            return


@reads("iam_path", "supervised", "supervisor_role")
def path(group: Group) -> Iterator[Problem]:
    """A path with which the group's roles have ARNs that AWS accepts."""
    # The name of the group adds to it, which the components check.
    yield from path_in_group(GroupNames("x", group.iam_path), TYPICAL_ACCOUNT, group)


def path_in_group(names: GroupNames, account: Account, group: Group) -> Iterator[Problem]:
    """Step Functions accepts shorter ARNs of roles than IAM."""
    if not group.supervised:
        return
    given, own = (
        group.supervisor_role,
        account.iam_arn(f"role{supervisor_path(names, account)}{names.role(SUPERVISOR)}"),
    )
    if isinstance(given, str) and len(given) > limits.STATE_MACHINE_ROLE_ARN:
        yield Problem(
            ("supervisor_role",),
            f"has {len(given)} characters, and Step Functions accepts {limits.STATE_MACHINE_ROLE_ARN}. Use a role with "
            "a shorter path or name.",
        )
    if given is None and len(own) > limits.STATE_MACHINE_ROLE_ARN:
        yield Problem(
            ("iam_path",),
            f"makes a role's ARN of {len(own)} characters, and Step Functions accepts {limits.STATE_MACHINE_ROLE_ARN}. "
            "Use a shorter path.",
        )


@reads("registry_accounts", "pull_through_caches")
def registries(group: Group) -> Iterator[Problem]:
    """The execution role can pull from all registries."""
    policy = execution_policy(TYPICAL_NAMES, TYPICAL_ACCOUNT, group.registry_accounts, caches=group.pull_through_caches)
    size = policy_size(policy)
    if size > limits.INLINE_POLICY_LENGTH:
        yield Problem(
            ("registry_accounts",),
            f"are {len(group.registry_accounts)} accounts, whose registries don't fit into the policy of the execution "
            f"role: {size} characters, and IAM allows {limits.INLINE_POLICY_LENGTH}. Pull from fewer accounts, for "
            "example through a registry that replicates the others.",
        )


TASK_CHECKS = (secrets, managed_policies)
GROUP_CHECKS = (runs, path, registries)
