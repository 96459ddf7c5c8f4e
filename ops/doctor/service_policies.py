"""Tells if a policy of a resource lets a service use it: a role's trust policy, a topic's policy. Pure functions.

AWS: IAM user guide, "IAM JSON policy elements: Condition operators"; EventBridge Scheduler user guide and Step
Functions developer guide, "Confused deputy prevention".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pydantic import JsonValue

EVERYONE = "*"
_EXACT = ("stringequals", "stringequalsifexists")
_LIKE = ("stringlike", "arnlike", "arnequals", "stringlikeifexists", "arnlikeifexists", "arnequalsifexists")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a policy doesn't let a service do something, to follow the name of the policy."""

    words: str
    sure: bool = True
    """False if the policy has a condition that isn't evaluated here."""


def refusal(document: JsonValue, *, services: Iterable[str], action: str, values: Mapping[str, str]) -> Refusal | None:
    """Return why a policy doesn't let a service do something, or None if it does. Its denials aren't evaluated.

    Args:
        document: The policy.
        services: The principals that stand for the service: its name, such as `scheduler.amazonaws.com`, and
            `EVERYONE` if statements about all AWS principals apply to it.
        action: Such as `sts:AssumeRole`.
        values: The values of the condition keys, which are in lower case.
    """
    wanted = tuple(services)
    statements = [each for each in _list(_member(document, "Statement")) if _allows(each, wanted, action)]
    if not statements:
        return Refusal(f"doesn't name {wanted[0]}.")
    reasons = [_unmet(_member(statement, "Condition"), values) for statement in statements]
    return None if None in reasons else reasons[0]


def _allows(statement: JsonValue, services: Iterable[str], action: str) -> bool:
    principal = _member(statement, "Principal")
    everyone = principal == EVERYONE or _member(principal, "AWS") == EVERYONE
    named = [*_list(_member(principal, "Service")), *([EVERYONE] if everyone else [])]
    return (
        _member(statement, "Effect") == "Allow"
        and any(service in named for service in services)
        and any(fnmatchcase(action.lower(), str(each).lower()) for each in _list(_member(statement, "Action")))
    )


def _unmet(conditions: JsonValue, values: Mapping[str, str]) -> Refusal | None:
    for operator, pairs in _object(conditions).items():
        for key, wanted in _object(pairs).items():
            value = values.get(key.lower())
            if value is None or operator.lower() not in _EXACT + _LIKE:
                return Refusal(f"has a condition on {key} ({operator}).", sure=False)
            allowed = [str(each) for each in _list(wanted)]
            if not _matches(operator.lower(), value, allowed):
                return Refusal(f"requires {key} to be {' or '.join(allowed)}, but it is {value}.")
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
