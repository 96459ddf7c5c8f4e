"""Task roles and what they may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..aws import iam_conditions, limits
from ..aws.policies import run_policy
from ..aws.policy_sizes import policy_size as policy_size_of
from ..problems import Name, Problem, key
from ..resolved import Permission, SharedRole, Task
from ..task.role_policy import statements, task_policy
from ..task.volumes import references_of
from .check import reads
from .policies import TYPICAL_ACCOUNT


@reads("task_role", "permissions", "managed_policies")
def roles(task: Task) -> Iterator[Problem]:
    """Either an existing role or permissions, and each managed policy once."""
    if "task_role" in task.args and ("permissions" in task.args or "managed_policies" in task.args):
        yield Problem(
            ("task_role",),
            f"a task has either an existing role or its own {key('permissions')} and {key('managed_policies')}. Remove "
            "one of the two.",
        )
    yield from _each_policy_once(task.managed_policies)


def _each_policy_once(policies: Sequence[object]) -> Iterator[Problem]:
    for position, policy in enumerate(policies):
        if isinstance(policy, str) and policy in [it for it in policies[:position] if isinstance(it, str)]:
            yield Problem(("managed_policies", position), f'"{policy}" occurs twice. Remove one.')


@reads("permissions")
def permissions(task: Task) -> Iterator[Problem]:
    """Conditions that IAM knows."""
    yield from _conditions(task.permissions)


def _conditions(permissions: Sequence[Permission]) -> Iterator[Problem]:
    for position, statement in enumerate(permissions):
        yield from (found.within("permissions", position) for found in _condition(statement))


def _condition(statement: Permission) -> Iterator[Problem]:
    """Operators, keys and values of a statement's condition that IAM refuses."""
    for operator, keys in statement.condition.items():
        place = ("condition", Name(operator))
        if problem := iam_conditions.operator_problem(operator):
            yield Problem(place, problem)
            continue
        if not keys:
            yield Problem(place, "names no condition key. Write one such as aws:SourceVpc, or remove it.")
        for name, values in keys.items():
            if problem := iam_conditions.key_problem(name):
                yield Problem((*place, Name(name)), problem)
            elif not values:
                yield Problem((*place, Name(name)), "has no value. Write one, or remove it.")
            found = (iam_conditions.value_problem(operator, value) for value in values)
            yield from (Problem((*place, Name(name)), problem) for problem in found if problem)


@reads("permissions", "exec", "schedule", "schedules", "volumes")
def policy_size(task: Task) -> Iterator[Problem]:
    """Permissions make a policy that IAM accepts."""
    if not task.permissions:
        return
    resources = _known(task.permissions)
    references = {
        name: {key_: value if isinstance(value, str) else "x" * 60 for key_, value in found.items()}
        for name, found in references_of(task).items()
    }
    yield from _size(task_policy(task, TYPICAL_ACCOUNT, resources, references))


def role_problems(role: SharedRole) -> Iterator[Problem]:
    """Problems of a shared role."""
    yield from _each_policy_once(role.managed_policies)
    yield from _conditions(role.permissions)
    if role.permissions:
        yield from _size(run_policy(statements(role.permissions, _known(role.permissions)), enter=role.exec))


def _known(permissions: Sequence[Permission]) -> list[list[str]]:
    return [[known for known in statement.resources if isinstance(known, str)] for statement in permissions]


def _size(document: str) -> Iterator[Problem]:
    size = policy_size_of(document)
    if size > limits.INLINE_POLICY_LENGTH:
        yield Problem(
            ("permissions",),
            f"make a policy of {size} characters. AWS accepts {limits.INLINE_POLICY_LENGTH}. Use wildcards, or "
            f"{key('managed_policies')}.",
        )
