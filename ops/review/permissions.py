"""Permissions as single grants, so that the comparison doesn't depend on how they are written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from components.aws.account import Account
from components.aws.iam_conditions import as_policy
from components.aws.names import GroupNames
from components.aws.policies import Statement, arns_of_secret
from components.aws.secret_references import SecretReference
from components.calls.kinds import typical_call
from components.hours.permissions import switch_statements
from components.hours.sleepers import sleepers_of
from components.json_values import Data, Json, as_json, items, mapping
from components.resolved import CallTask, Group, Permission, Task
from components.snapshots.permissions import snapshot_statements
from components.snapshots.retention import Retention, retention_of
from components.task.volumes import references_of, statements_of
from config import StackConfig

ROLE, MANAGED_POLICY, ENTER = "role", "managed policy", "aws ecs execute-command"
"""Grants that aren't IAM actions."""
ANY_ACCOUNT = Account("aws", "<region>", "<account>")
"""Stands for the account and the Region of a stack, which its configuration does not name."""
_NOT_NARROWER = re.compile(r"ecr:GetAuthorizationToken|ssmmessages:\w+")
"""Actions without resource types, which AWS allows only on `*`. AWS: service authorization reference."""
_BROAD_POLICY = re.compile(r".*:policy/(?:[\w/-]*/)?(?:AdministratorAccess|PowerUserAccess|\w*FullAccess)")


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Who has a permission."""

    what: str
    """In the words of this project: `runs of`, `the scheduler role`."""
    name: str = ""
    """The name of the task, role or policy, if there are several holders of this kind."""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A permission of a holder."""

    holder: Holder
    action: str
    """An IAM action, or one of ROLE, MANAGED_POLICY and ENTER."""
    resource: str
    """The resource of the action, or the ARN of the role or policy."""
    condition: str = ""
    """The conditions of the statement, as JSON."""
    denied: bool = False
    """Whether the statement denies the action, so that gaining it takes a permission away."""

    @property
    def wide(self) -> bool:
        """Whether it allows all actions, all actions of a service, or all resources."""
        if self.action == MANAGED_POLICY:
            return bool(_BROAD_POLICY.fullmatch(self.resource))
        if self.action in (ROLE, ENTER) or _NOT_NARROWER.fullmatch(self.action):
            return False
        # arn:<partition>:<service>:<Region>:<account>:<resource>
        parts = self.resource.split(":", 5)
        is_arn = len(parts) == 6
        all_resources = _is_all(parts[5]) if is_arn else "*" in self.resource
        return all_resources or _is_all(self.action.rpartition(":")[2])

    def covers(self, other: Grant) -> bool:
        """Whether this grant includes another one."""
        return (
            (self.holder, self.denied) == (other.holder, other.denied)
            and self.condition in ("", other.condition)
            and _matches(self.action.lower(), other.action.lower())
            and _matches(self.resource, other.resource)
        )


@dataclass(frozen=True, slots=True)
class Gain:
    """A new grant, and the narrower grants that it replaces."""

    grant: Grant
    instead_of: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class PermissionChanges:
    """The gained and lost grants."""

    gained: tuple[Gain, ...] = ()
    lost: tuple[Grant, ...] = ()


def permission_changes(old: Iterable[Grant], new: Iterable[Grant]) -> PermissionChanges:
    """The gained and lost grants. A grant that another one covers is neither."""
    before, after = _by_holder(old), _by_holder(new)
    # A new statement that denies takes permissions away, and a removed one gives them.
    for holder in {*before, *after}:
        had, has = before.get(holder, set()), after.get(holder, set())
        before[holder], after[holder] = _allowed(had) | _denied(has), _allowed(has) | _denied(had)
    gained: list[Gain] = []
    lost: list[Grant] = []
    for holder in sorted({*before, *after}):
        had, has = before.get(holder, set()), after.get(holder, set())
        gained += [
            Gain(grant, tuple(sorted(earlier for earlier in had if grant.covers(earlier))))
            for grant in sorted(has - had)
            if not any(earlier.covers(grant) for earlier in had)
        ]
        lost += [grant for grant in sorted(had - has) if not any(later.covers(grant) for later in has)]
    return PermissionChanges(tuple(gained), tuple(lost))


def _allowed(grants: Iterable[Grant]) -> set[Grant]:
    return {grant for grant in grants if not grant.denied}


def _denied(grants: Iterable[Grant]) -> set[Grant]:
    return {grant for grant in grants if grant.denied}


def _by_holder(grants: Iterable[Grant]) -> dict[Holder, set[Grant]]:
    found: dict[Holder, set[Grant]] = {}
    for grant in grants:
        found.setdefault(grant.holder, set()).add(grant)
    return found


def runs_of(task: str) -> Holder:
    """The holder of the permissions of a task's runs."""
    return Holder("runs of", task)


def shared_role(name: str) -> Holder:
    """The holder of the permissions of a shared role."""
    return Holder("the shared role", name)


def start_of(task: str) -> Holder:
    """The holder of the permissions that ECS needs to start a task's runs."""
    return Holder("execution role of", task)


def call_of_task(task: str) -> Holder:
    """The holder of the permissions of a call's role."""
    return Holder("the role of the call", task)


def machine_of(task: str) -> Holder:
    """The holder of the permissions of the state machine of a call."""
    return Holder("the state machine of", task)


SCHEDULER, ALL_EXECUTION_ROLES = Holder("the scheduler role"), Holder("all execution roles")
SUPERVISOR = Holder("the supervisor role")


def stack_grants(config: StackConfig) -> Iterator[Grant]:
    """The grants in the configuration of a stack."""
    group = config.group
    yield from _of_tasks(config)
    yield from _existing_roles(group)
    for name, role in group.shared_roles.items():
        yield from _of_statements(shared_role(name), role.permissions)
        yield from _of_role(shared_role(name), role.managed_policies, enter=role.exec)
    for arn in group.pass_role_arns:
        yield Grant(SCHEDULER, "iam:PassRole", arn)
    for reference in group.task_definitions:
        yield Grant(SCHEDULER, "ecs:RunTask", reference)
    for account in group.registry_accounts:
        yield Grant(ALL_EXECUTION_ROLES, "ecr:BatchGetImage", f"all repositories of account {account}")
    for prefix in group.pull_through_caches:
        for action in ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository"):
            yield Grant(ALL_EXECUTION_ROLES, action, f"repositories of the pull-through cache {prefix}")


def _of_tasks(config: StackConfig) -> Iterator[Grant]:
    for name, task in config.tasks.items():
        yield from _of_runs(runs_of(name), task)
        yield from _of_start(start_of(name), task, config.group.encryption.secrets)
    for name, call in config.calls.items():
        yield from _of_call(call_of_task(name), call)


def _existing_roles(group: Group) -> Iterator[Grant]:
    existing = {
        SCHEDULER: group.scheduler_role,
        SUPERVISOR: group.supervisor_role,
        ALL_EXECUTION_ROLES: group.execution_role,
    }
    for holder, role in existing.items():
        if role is not None:
            yield Grant(holder, ROLE, str(role))


def _of_runs(holder: Holder, task: Task) -> Iterator[Grant]:
    yield from _of_statements(holder, task.permissions)
    if task.task_role is not None:
        yield Grant(holder, ROLE, str(task.task_role))
    else:
        yield from _of_volumes(holder, task)
    yield from _of_role(holder, task.managed_policies, enter=task.exec_path is not None)


def _of_call(holder: Holder, call: CallTask) -> Iterator[Grant]:
    if call.role is not None:
        yield Grant(holder, ROLE, str(call.role))
    else:
        yield from _of_policy(holder, typical_call(cast("Data", call.args), ANY_ACCOUNT, call.name).statements)
    switched = switch_statements(sleepers_of(cast("Data", call.args), ANY_ACCOUNT))
    yield from _of_policy(machine_of(call.name), switched)
    if kept := kept_snapshots(call):
        yield from _of_policy(machine_of(call.name), snapshot_statements(kept))


def kept_snapshots(call: CallTask) -> Retention | None:
    """The snapshots that a call makes and deletes; None without `keep`. The stack, which their names depend on, is not
    known."""
    found = retention_of(cast("Data", call.args), ANY_ACCOUNT, GroupNames("any"), call.name)
    if found is None:
        return None
    return replace(found, prefix=f"{found.prefix.removesuffix(found.id)}<id>-", mark=f"<prefix>__{call.name}")


def _of_policy(holder: Holder, statements: Iterable[Statement]) -> Iterator[Grant]:
    for statement in statements:
        condition = statement.get("Condition")
        shown = json.dumps(condition, sort_keys=True) if condition else ""
        for action in items(as_json(statement["Action"])):
            for resource in items(as_json(statement.get("Resource", []))):
                yield Grant(holder, str(action), str(resource), shown)


def _of_statements(holder: Holder, statements: Iterable[Permission]) -> Iterator[Grant]:
    for statement in statements:
        condition = as_policy(statement.condition)
        shown = json.dumps(condition, sort_keys=True) if condition else ""
        for action in statement.actions:
            for resource in statement.resources:
                yield Grant(holder, action, str(resource), shown, statement.effect == "Deny")


def _of_role(holder: Holder, policies: Iterable[object], *, enter: bool) -> Iterator[Grant]:
    yield from (Grant(holder, MANAGED_POLICY, str(arn)) for arn in policies)
    if enter:
        yield Grant(holder, ENTER, "")


def _of_volumes(holder: Holder, task: Task) -> Iterator[Grant]:
    """The file systems that runs mount with the task's own role. Their account is that of the deployment."""
    known = {name: {key: str(value) for key, value in found.items()} for name, found in references_of(task).items()}
    yield from _of_policy(holder, statements_of(task, ANY_ACCOUNT, known))


def _of_start(holder: Holder, task: Task, keys: Iterable[str]) -> Iterator[Grant]:
    if task.execution_role is not None:
        yield Grant(holder, ROLE, str(task.execution_role))
    read = [str(arn) for part in (task, *task.sidecars.values()) for arn in part.secrets.values()]
    read += [str(volume.fsx.credentials) for volume in task.volumes.values() if volume.fsx]
    for reference in map(SecretReference.parse, read):
        if reference.is_parameter:
            yield Grant(holder, "ssm:GetParameters", reference.arn)
        else:
            yield from (Grant(holder, "secretsmanager:GetSecretValue", arn) for arn in arns_of_secret(reference))
    if read:
        for key in keys:
            yield Grant(holder, "kms:Decrypt", key)


def policy_grants(holder: Holder, document: str) -> Iterator[Grant]:
    """The grants of a policy document. Raises ValueError or TypeError if it isn't one."""
    content = as_json(json.loads(document))
    if not isinstance(content, Mapping):
        raise TypeError("A policy document must be an object.")
    for statement in map(mapping, items(content.get("Statement", []))):
        denied = statement.get("Effect") != "Allow"
        condition = statement.get("Condition")
        shown = json.dumps(condition, sort_keys=True) if condition else ""
        # NotAction and NotResource exclude only some values, so they count as `*`.
        for action in items(statement.get("Action", "*")):
            for resource in _resources(statement):
                yield Grant(holder, str(action), str(resource), shown, denied)


def _resources(statement: Mapping[str, Json]) -> Sequence[Json]:
    """The resources of a statement, or the principals of a trust policy."""
    if "Resource" in statement:
        return items(statement["Resource"])
    principal = statement.get("Principal", "*")
    if isinstance(principal, Mapping):
        return [value for values in principal.values() for value in items(values)]
    return items(principal)


def _is_all(pattern: str) -> bool:
    """Whether a pattern is `*`, or the same in other words, such as `**` or `*/*`."""
    return "*" in pattern and not pattern.strip("*?/:")


def _matches(pattern: str, text: str) -> bool:
    """Whether a pattern with IAM wildcards matches. AWS: IAM user guide, "Policy elements: Resource".

    A regular expression would take exponential time for some patterns with many asterisks. This takes at most the
    product of both lengths: only the last asterisk can match more than it did.
    """
    if not ("*" in pattern or "?" in pattern):
        return pattern == text
    at, position, asterisk, resumed = 0, 0, -1, 0
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            asterisk, resumed, at = at, position, at + 1
        elif at < len(pattern) and pattern[at] in ("?", text[position]):
            at, position = at + 1, position + 1
        elif asterisk >= 0:
            resumed += 1
            at, position = asterisk + 1, resumed
        else:
            return False
    return not pattern[at:].strip("*")
