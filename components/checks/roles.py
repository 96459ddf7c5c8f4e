"""Task roles and what they may do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..aws import limits
from ..aws.policies import run_policy
from ..problems import Problem, key
from ..resolved import Task
from .check import reads


@reads("task_role", "permissions", "managed_policies")
def roles(task: Task) -> Iterator[Problem]:
    """Either an existing role or permissions, and each managed policy once."""
    if "task_role" in task.args and ("permissions" in task.args or "managed_policies" in task.args):
        yield Problem(
            ("task_role",),
            f"a task has either an existing role or its own {key('permissions')} and {key('managed_policies')}. Remove "
            "one of the two.",
        )
    known = [policy for policy in task.managed_policies if isinstance(policy, str)]
    for position, policy in enumerate(task.managed_policies):
        if isinstance(policy, str) and known.count(policy) > 1 and policy in task.managed_policies[:position]:
            yield Problem(("managed_policies", position), f'"{policy}" occurs twice. Remove one.')


@reads("permissions", "exec", "schedule", "schedules")
def policy_size(task: Task) -> Iterator[Problem]:
    """Permissions make a policy that IAM accepts."""
    if not task.permissions:
        return
    known = [
        (statement.actions, [resource for resource in statement.resources if isinstance(resource, str)])
        for statement in task.permissions
    ]
    size = len(re.sub(r"\s", "", run_policy(known, enter=task.exec_path is not None)))
    if size > limits.INLINE_POLICY_LENGTH:
        yield Problem(
            ("permissions",),
            f"make a policy of {size} characters. AWS accepts {limits.INLINE_POLICY_LENGTH}. Use wildcards, or "
            f"{key('managed_policies')}.",
        )
