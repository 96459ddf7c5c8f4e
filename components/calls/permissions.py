"""The permissions that the role of a call needs, from AWS's Service Authorization Reference. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from ..aws import policies
from ..aws.account import Account
from ..aws.arn import Arn
from ..aws.policies import Statement
from ..json_values import Json
from .operations import Permission
from .references import Operation
from .resources import statement
from .spelling import parameter

EVERYTHING = "*"
_MEMBER = re.compile(r"(?<!\$)\{(=?)(\w+)\}")
_KEYWORD = re.compile(r"<aws\.scheduler\.[a-z-]+>")
_DEFAULTS: Mapping[tuple[str, str], str] = {("ecs", "cluster"): "default"}
"""Values of parameters that are left out. AWS: Amazon ECS API reference, UpdateService, cluster."""
_LOWERCASE = frozenset({"rds", "redshift"})
"""Services that keep identifiers in lowercase. AWS: Amazon RDS API reference, CreateDBInstance; Amazon Redshift API
reference, CreateCluster."""
PASSING = "iam:PassRole"
"""The action that passes a role to a service."""


def assumed(operation: Operation) -> Permission:
    """The permission of an operation that the reference has no action for: probably one of the same name."""
    return Permission(f"{operation.service.prefix}:{operation.name}", None, ())


def derived_resources(operation: Operation, parameters: Mapping[str, Json], account: Account) -> list[str] | None:
    """ARNs of the resources that a call acts on: `*` if the action has no resource types; None if they don't follow
    from the parameters.

    Args:
        operation: The operation.
        parameters: Its parameters, as EventBridge Scheduler spells them.
        account: The account and Region.
    """
    permission = operation.service.permission(operation.name)
    if permission is None or permission.resources is None:
        return None
    found: list[str] = []
    for template in permission.resources:
        arns = list(_arns(operation, template.removeprefix("?"), parameters, account))
        if not arns and not template.startswith("?"):
            return None
        found += arns
    return (list(dict.fromkeys(found)) or None) if permission.resources else [EVERYTHING]


def _arns(operation: Operation, template: str, parameters: Mapping[str, Json], account: Account) -> Iterator[str]:
    """The ARNs of one resource type: one per item of a list."""
    names = [found[2] for found in _MEMBER.finditer(template)]
    values = {name: _texts(operation, name, parameters) for name in names}
    if not all(values.values()):
        return
    most = max((len(each) for each in values.values()), default=1)
    for position in range(most):
        one = {name: each[min(position, len(each) - 1)] for name, each in values.items()}
        arn = _arn(template, one, account)
        if arn is not None:
            yield arn.lower() if arn.split(":")[2] in _LOWERCASE else arn


def _texts(operation: Operation, name: str, parameters: Mapping[str, Json]) -> list[str]:
    value = parameters.get(parameter(name), _DEFAULTS.get((operation.service.id, name)))
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    texts = [_KEYWORD.sub("*", item) for item in items if isinstance(item, str) and item]
    return [text.rsplit("/", 1)[-1] if text.startswith("https://") else text for text in texts]


def _arn(template: str, values: Mapping[str, str], account: Account) -> str | None:
    """The ARN; None if a value that must be an ARN isn't one."""
    own = {"Partition": account.partition, "Region": account.region, "Account": account.account_id}
    pattern = re.sub(r"\$\{(\w+)\}", lambda found: own[found[1]], template)
    whole = [value for value in values.values() if Arn.parse_if_arn(value)]
    if template.startswith("{=") or whole:
        # A parameter that takes a name or an ARN has the ARN of the resource.
        return whole[0] if whole else None
    return _MEMBER.sub(lambda found: values[found[2]], pattern)


def statements(operation: Operation, parameters: Mapping[str, Json], resources: Sequence[str]) -> tuple[Statement, ...]:
    """The statements of a call: its own action, and those for tags and roles that it passes on.

    Args:
        operation: The operation.
        parameters: Its parameters, as EventBridge Scheduler spells them.
        resources: ARNs that it acts on, or `*`.
    """
    permission = operation.service.permission(operation.name) or assumed(operation)
    tagged = any(name.lower().startswith("tag") for name in parameters)
    tagging = [action for action in permission.dependent if tagged and "Tag" in action]
    roles = list(dict.fromkeys(_roles(parameters))) if PASSING in permission.dependent else []
    return (
        statement(permission.action, resources),
        *([policies.allow("TagResources", tagging, resources)] if tagging else []),
        *([policies.allow("PassRoles", PASSING, roles)] if roles else []),
    )


def _roles(value: object) -> Iterator[str]:
    """ARNs of roles in a value, at any depth."""
    if isinstance(value, str):
        arn = Arn.parse_if_arn(value)
        if arn and arn.service == "iam" and arn.resource_type == "role":
            yield value
    elif isinstance(value, Mapping):
        for item in cast("Mapping[object, object]", value).values():
            yield from _roles(item)
    elif isinstance(value, Sequence):
        for item in cast("Sequence[object]", value):
            yield from _roles(item)
