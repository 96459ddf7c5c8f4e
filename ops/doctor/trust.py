"""Whether a role lets a service take it on. Data in, data out.

AWS: IAM user guide, "IAM JSON policy elements: Condition operators"; EventBridge Scheduler user guide, Step Functions
developer guide, "Confused deputy prevention".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

Data = Mapping[str, Any]

_EXACT = ("stringequals", "stringequalsifexists")
_LIKE = ("stringlike", "arnlike", "arnequals", "stringlikeifexists", "arnlikeifexists", "arnequalsifexists")


@dataclass(frozen=True, slots=True)
class Distrust:
    """What keeps a service from taking a role on."""

    words: str
    sure: bool = True
    """False for a condition that is not looked into."""


def distrust(document: Data, *, service: str, account_id: str, source_arn: str) -> Distrust | None:
    """What keeps a service from taking a role on, for something of this account; None where nothing does."""
    statements = [each for each in _listed(document.get("Statement", ())) if _names(each, service)]
    if not statements:
        return Distrust(f"its trust policy does not name {service}")
    given = {"aws:sourceaccount": account_id, "aws:sourcearn": source_arn}
    problems = [_unmet(statement.get("Condition", {}), given) for statement in statements]
    return None if None in problems else problems[0]


def _names(statement: Data, service: str) -> bool:
    principal = statement.get("Principal", {})
    services = ["*"] if principal == "*" else _listed(principal.get("Service", ()))
    actions = _listed(statement.get("Action", ()))
    return (
        statement.get("Effect") == "Allow"
        and (service in services or "*" in services)
        and any(fnmatchcase("sts:AssumeRole", action) for action in actions)
    )


def _unmet(conditions: Data, given: Mapping[str, str]) -> Distrust | None:
    for operator, pairs in conditions.items():
        for key, values in pairs.items():
            value = given.get(key.lower())
            if value is None or operator.lower() not in _EXACT + _LIKE:
                return Distrust(f"its trust policy asks for {key} ({operator})", sure=False)
            if not _fits(operator.lower(), value, [str(each) for each in _listed(values)]):
                wanted = " or ".join(map(str, _listed(values)))
                return Distrust(f"its trust policy wants {key} to be {wanted}, and it is {value}")
    return None


def _fits(operator: str, value: str, allowed: Iterable[str]) -> bool:
    if operator in _EXACT:
        return value in allowed
    return any(fnmatchcase(value, pattern) for pattern in allowed)


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]
