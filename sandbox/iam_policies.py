"""Evaluation of IAM policy documents, as far as the sandbox needs it.

AWS: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Statement = Mapping[str, Any]
Document = Mapping[str, Any]
Context = Mapping[str, str | Sequence[str]]
"""Values of condition keys: a string, or a list for a key with several values."""
EVERYONE = "*"
"""In place of a service: a statement whose principal is everyone, for services to which such statements apply."""


def is_allowed(documents: Iterable[Document], action: str, resource: str, context: Context | None = None) -> bool:
    """Whether identity policies allow an action on a resource. A deny wins over every allow.

    Args:
        documents: The policies, parsed.
        action: For example "logs:DescribeLogGroups".
        resource: An ARN, or "*" for an action without resource types.
        context: Values of condition keys. An operator or key that is not known here never allows.
    """
    return _decide(
        documents,
        lambda statement: _names(statement, "Action", action) and _covers(statement, resource),
        context or {},
    )


def is_allowed_somewhere(documents: Iterable[Document], action: str, context: Context | None = None) -> bool:
    """Whether identity policies allow an action on any resource, for a call whose resources aren't known.

    The arguments are those of `is_allowed`.
    """
    return any(
        statement["Effect"] == "Allow"
        and _names(statement, "Action", action)
        and _conditions_hold(statement, context or {})
        for document in documents
        for statement in items(document["Statement"])
    )


def may_assume(trust: Document, service: str, context: Context) -> bool:
    """Whether a trust policy lets an AWS service, such as "scheduler.amazonaws.com", assume its role."""
    return _decide(
        [trust],
        lambda statement: _names(statement, "Action", "sts:AssumeRole") and service in _services(statement),
        context,
    )


def service_may(
    policies: Iterable[Document], services: Sequence[str], action: str, resource: str, context: Context
) -> bool:
    """Whether resource policies let one of these AWS services, or `EVERYONE`, do something with a resource."""
    return _decide(
        policies,
        lambda statement: (
            _names(statement, "Action", action)
            and _covers(statement, resource)
            and not set(services).isdisjoint(_services(statement))
        ),
        context,
    )


def _decide(documents: Iterable[Document], applies: Callable[[Statement], bool], context: Context) -> bool:
    effects = {
        statement["Effect"]
        for document in documents
        for statement in items(document["Statement"])
        if applies(statement) and _conditions_hold(statement, context)
    }
    return effects == {"Allow"}


def items(value: Any) -> Sequence[Any]:
    """A member that may be one item or a list of items."""
    return value if isinstance(value, list) else [value]


def _names(statement: Statement, member: str, action: str) -> bool:
    if f"Not{member}" in statement:
        return not _any_matches(statement[f"Not{member}"], action, re.IGNORECASE)
    return _any_matches(statement[member], action, re.IGNORECASE)


def _covers(statement: Statement, resource: str) -> bool:
    if "NotResource" in statement:
        return not _any_matches(statement["NotResource"], resource)
    return _any_matches(statement["Resource"], resource)


def _any_matches(patterns: Any, value: str, flags: int = 0) -> bool:
    return any(re.fullmatch(_expression(pattern), value, flags) for pattern in items(patterns))


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _services(statement: Statement) -> Sequence[str]:
    principal = statement.get("Principal", {})
    if principal == EVERYONE or principal.get("AWS") == EVERYONE:
        return [EVERYONE]
    return items(principal.get("Service", []))


def _conditions_hold(statement: Statement, context: Context) -> bool:
    conditions: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
    if statement["Effect"] == "Deny" and not all(map(_is_known, conditions)):
        return True
    present = {key.lower(): value for key, value in context.items()}
    return all(
        _holds(operator, items(wanted), present.get(key.lower()))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _is_known(operator: str) -> bool:
    name = operator.rpartition(":")[2].removesuffix("IfExists")
    return name == "Null" or name in _OPERATORS or name in _NEGATED


def _holds(operator: str, wanted: Sequence[str], value: str | Sequence[str] | None) -> bool:
    """Whether a condition on one key holds. AWS: IAM user guide, "Condition operators", "Multivalued context keys"."""
    quantifier, _, name = operator.rpartition(":")
    if name == "Null":
        return (value is None) in [str(each).lower() == "true" for each in wanted]
    base = name.removesuffix("IfExists")
    matches = _OPERATORS.get(base) or _NEGATED.get(base)
    if matches is None:
        return False
    if value is None:
        return base != name or quantifier == "ForAllValues" or (base in _NEGATED and not quantifier)

    def compares(each: str) -> bool:
        return any(matches(pattern, each) for pattern in wanted) != (base in _NEGATED)

    if quantifier:
        return {"ForAllValues": all, "ForAnyValue": any}[quantifier](map(compares, items(value)))
    # AWS: an operator without a quantifier compares one value.
    return isinstance(value, str) and compares(value)


def _equals(wanted: str, value: str) -> bool:
    return wanted == value


def _equals_in_any_case(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


def _is_like(wanted: str, value: str) -> bool:
    return _any_matches(wanted, value)


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_in_any_case,
    "StringLike": _is_like,
    "Bool": _equals_in_any_case,
    # ArnEquals and ArnLike behave identically.
    "ArnEquals": _is_like,
    "ArnLike": _is_like,
}
_NEGATED: Mapping[str, Callable[[str, str], bool]] = {
    "StringNotEquals": _equals,
    "StringNotEqualsIgnoreCase": _equals_in_any_case,
    "StringNotLike": _is_like,
    "ArnNotEquals": _is_like,
    "ArnNotLike": _is_like,
}
"""Operators that hold if none of the values matches, or if the key is missing."""
