"""Tells if a role's trust policy lets a service assume the role. A pure function of the policy.

AWS: IAM user guide, "IAM JSON policy elements: Condition operators"; EventBridge Scheduler user guide and Step
Functions developer guide, "Confused deputy prevention".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pydantic import JsonValue

_EXACT = ("stringequals", "stringequalsifexists")
_LIKE = ("stringlike", "arnlike", "arnequals", "stringlikeifexists", "arnlikeifexists", "arnequalsifexists")


@dataclass(frozen=True, slots=True)
class Distrust:
    """The reason why a service can't assume a role."""

    message: str
    sure: bool = True
    """False if the policy has a condition that isn't evaluated here."""


def distrust(document: JsonValue, *, service: str, account_id: str, source_arn: str) -> Distrust | None:
    """Return why a service can't assume a role on behalf of a resource, or None if it can.

    Args:
        document: The trust policy.
        service: The principal, such as `scheduler.amazonaws.com`.
        account_id: The value of `aws:SourceAccount`.
        source_arn: The value of `aws:SourceArn`.
    """
    statements = [each for each in _list(_member(document, "Statement")) if _allows(each, service)]
    if not statements:
        return Distrust(f"Its trust policy doesn't name {service}.")
    values = {"aws:sourceaccount": account_id, "aws:sourcearn": source_arn}
    reasons = [_unmet(_member(statement, "Condition"), values) for statement in statements]
    return None if None in reasons else reasons[0]


def _allows(statement: JsonValue, service: str) -> bool:
    principal = _member(statement, "Principal")
    services = ["*"] if principal == "*" else _list(_member(principal, "Service"))
    return (
        _member(statement, "Effect") == "Allow"
        and (service in services or "*" in services)
        and any(fnmatchcase("sts:AssumeRole", str(action)) for action in _list(_member(statement, "Action")))
    )


def _unmet(conditions: JsonValue, values: Mapping[str, str]) -> Distrust | None:
    for operator, pairs in _object(conditions).items():
        for key, wanted in _object(pairs).items():
            value = values.get(key.lower())
            if value is None or operator.lower() not in _EXACT + _LIKE:
                return Distrust(f"Its trust policy has a condition on {key} ({operator}).", sure=False)
            allowed = [str(each) for each in _list(wanted)]
            if not _matches(operator.lower(), value, allowed):
                return Distrust(f"Its trust policy requires {key} to be {' or '.join(allowed)}, but it is {value}.")
    return None


def _matches(operator: str, value: str, allowed: Iterable[str]) -> bool:
    if operator in _EXACT:
        return value in allowed
    return any(fnmatchcase(value, pattern) for pattern in allowed)


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _member(value: JsonValue, key: str) -> JsonValue:
    return _object(value).get(key)


def _list(value: JsonValue) -> list[JsonValue]:
    """Policies may have a single value in place of a list."""
    return value if isinstance(value, list) else [] if value is None else [value]
