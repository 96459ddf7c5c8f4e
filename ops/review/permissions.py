"""Permissions as single grants, so that what is gained or lost can be told whatever way it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from components.aws.policies import arns_of_secret
from config import StackConfig

Args = Mapping[str, Any]

ROLE, MANAGED_POLICY, ENTER = "role", "managed policy", "aws ecs execute-command"
"""What is granted by other means than a statement."""
_NOT_NARROWER = re.compile(r"ecr:GetAuthorizationToken|ssmmessages:\w+")
"""Actions without resource types, for which AWS offers nothing but `*`.
AWS: service authorization reference."""
_BROAD_POLICY = re.compile(r".*:policy/(?:[\w/-]*/)?(?:AdministratorAccess|PowerUserAccess|\w*FullAccess)")


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """Somebody may do something."""

    holder: str
    """Who: `runs of backup`."""
    action: str
    """An IAM action, or one of ROLE, MANAGED_POLICY and ENTER."""
    resource: str
    """What it is allowed on, or the ARN of the role or policy."""
    condition: str = ""
    """The conditions of the statement, as JSON."""

    @property
    def wide(self) -> bool:
        """Whether it is for everything there is: every action, every action of a service, or every resource."""
        if self.action == MANAGED_POLICY:
            return bool(_BROAD_POLICY.fullmatch(self.resource))
        if self.action in (ROLE, ENTER) or _NOT_NARROWER.fullmatch(self.action):
            return False
        everything = self.resource == "*" or self.resource.split(":", 5)[5:] == ["*"]
        return everything or self.action == "*" or self.action.endswith(":*")

    def covers(self, other: Grant) -> bool:
        """Whether whoever has this one has the other as well."""
        return (
            self.holder == other.holder
            and self.condition in ("", other.condition)
            and _matches(self.action.lower(), other.action.lower())
            and _matches(self.resource, other.resource)
        )


@dataclass(frozen=True, slots=True)
class Gain:
    """A grant that is new, and those before it that it goes beyond."""

    grant: Grant
    instead_of: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class PermissionChanges:
    """What is gained and lost."""

    gained: tuple[Gain, ...] = ()
    lost: tuple[Grant, ...] = ()


def permission_changes(old: Iterable[Grant], new: Iterable[Grant]) -> PermissionChanges:
    """What is gained and lost; a grant that another one covers is neither."""
    before, after = _by_holder(old), _by_holder(new)
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


def _by_holder(grants: Iterable[Grant]) -> dict[str, set[Grant]]:
    found: dict[str, set[Grant]] = {}
    for grant in grants:
        found.setdefault(grant.holder, set()).add(grant)
    return found


def runs_of(task: str) -> str:
    """The holder of what a task's runs may do."""
    return f"runs of {task}"


def start_of(task: str) -> str:
    """The holder of what ECS may do to start a task's runs."""
    return f"start of {task}"


SCHEDULER, EVERY_START = "the scheduler role", "every start"


def stack_grants(config: StackConfig) -> Iterator[Grant]:
    """What a stack's configuration allows, to whom."""
    group = cast("Args", config.group)
    for name, args in cast("Mapping[str, Args]", config.tasks).items():
        yield from _of_runs(runs_of(name), args)
        yield from _of_start(start_of(name), args, group.get("encryption", {}).get("secrets", ()))
    for arn in group.get("pass_role_arns", ()):
        yield Grant(SCHEDULER, "iam:PassRole", arn)
    for reference in group.get("task_definitions", ()):
        yield Grant(SCHEDULER, "ecs:RunTask", reference)
    for account in group.get("registry_accounts", ()):
        yield Grant(EVERY_START, "ecr:BatchGetImage", f"all repositories of account {account}")


def _of_runs(holder: str, args: Args) -> Iterator[Grant]:
    for statement in args.get("permissions", ()):
        for action in statement["actions"]:
            for resource in statement["resources"]:
                yield Grant(holder, action, resource)
    for arn in args.get("managed_policies", ()):
        yield Grant(holder, MANAGED_POLICY, arn)
    if "task_role" in args:
        yield Grant(holder, ROLE, args["task_role"])
    if args.get("exec", False):
        yield Grant(holder, ENTER, "")


def _of_start(holder: str, args: Args, keys: Iterable[str]) -> Iterator[Grant]:
    sidecars: Mapping[str, Args] = args.get("sidecars", {})
    read = [arn for part in (args, *sidecars.values()) for arn in part.get("secrets", {}).values()]
    for arn in read:
        if ":ssm:" in arn:
            yield Grant(holder, "ssm:GetParameters", arn)
        else:
            yield from (Grant(holder, "secretsmanager:GetSecretValue", found) for found in arns_of_secret(arn))
    if read:
        for key in keys:
            yield Grant(holder, "kms:Decrypt", key)


def policy_grants(holder: str, document: str) -> Iterator[Grant]:
    """What a policy document allows. Raises ValueError for what is no such document."""
    content: Any = json.loads(document)
    if not isinstance(content, dict):
        raise TypeError("a policy document is a map")
    for statement in _several(cast("Args", content).get("Statement", [])):
        if statement.get("Effect") != "Allow":
            continue
        condition = statement.get("Condition")
        shown = json.dumps(condition, sort_keys=True) if condition else ""
        # NotAction and NotResource leave out some of everything: that is everything, to be on the safe side.
        for action in _several(statement.get("Action", "*")):
            for resource in _several(statement.get("Resource", _principals(statement.get("Principal", "*")))):
                yield Grant(holder, action, resource, shown)


def _principals(principal: Any) -> list[str]:
    """Those whom a trust policy lets take on the role."""
    if not isinstance(principal, Mapping):
        return _several(principal)
    named = cast("Mapping[str, Any]", principal)
    return [value for values in named.values() for value in _several(values)]


def _several(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _matches(pattern: str, text: str) -> bool:
    return pattern == text or (("*" in pattern or "?" in pattern) and bool(_regex(pattern).fullmatch(text)))


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """IAM's wildcards. AWS: IAM user guide, "Policy elements: Resource"."""
    parts = ({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile("".join(parts), re.DOTALL)
