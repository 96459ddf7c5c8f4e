"""The policy of the role that the containers of a task have, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..aws import policies
from ..aws.account import Account
from ..aws.iam_conditions import as_policy
from ..aws.policies import Statement
from ..resolved import Permission, Task
from .volumes import statements_of


def task_policy(
    task: Task, account: Account, resources: Sequence[Sequence[str]], references: Mapping[str, Mapping[str, str]]
) -> str:
    """The policy of a task's own role.

    Args:
        task: The task.
        account: Its account and Region.
        resources: The resources of each of its permissions.
        references: The file systems of `volumes.references_of`.
    """
    given = [*statements(task.permissions, resources), *statements_of(task, account, references)]
    return policies.run_policy(given, enter=task.exec_path is not None)


def statements(given: Iterable[Permission], resources: Iterable[Sequence[str]]) -> list[Statement]:
    """The statements of permissions. `resources` are the resources of each, all known."""
    return [
        policies.run_statement(it.actions, known, it.effect, as_policy(it.condition))
        for it, known in zip(given, resources, strict=True)
    ]
