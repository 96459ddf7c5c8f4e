"""Evaluation of IAM policy documents, as far as the sandbox needs it.

AWS: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

Statement = Mapping[str, Any]
Document = Mapping[str, Any]
Context = Mapping[str, str]
"""Values of condition keys."""


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


def may_assume(trust: Document, service: str, context: Context) -> bool:
    """Whether a trust policy lets an AWS service, such as "scheduler.amazonaws.com", assume its role."""
    return _decide(
        [trust],
        lambda statement: _names(statement, "Action", "sts:AssumeRole") and service in _services(statement),
        context,
    )


def _decide(documents: Iterable[Document], applies: Callable[[Statement], bool], context: Context) -> bool:
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _items(document["Statement"])
        if applies(statement) and _conditions_hold(statement, context)
    }
    return effects == {"Allow"}


def _items(value: Any) -> Sequence[Any]:
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
    return any(re.fullmatch(_expression(pattern), value, flags) for pattern in _items(patterns))


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _services(statement: Statement) -> Sequence[str]:
    principal = statement.get("Principal", {})
    return _items(principal.get("Service", [])) if isinstance(principal, Mapping) else []


def _conditions_hold(statement: Statement, context: Context) -> bool:
    if statement["Effect"] == "Deny" and any(operator not in _OPERATORS for operator in statement.get("Condition", {})):
        return True
    return all(_condition_results(statement.get("Condition", {}), context))


def _condition_results(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> Iterator[bool]:
    for operator, keys in conditions.items():
        matches = _OPERATORS.get(operator)
        for key, wanted in keys.items():
            value = context.get(key)
            yield matches is not None and value is not None and any(matches(item, value) for item in _items(wanted))


def _equals(wanted: str, value: str) -> bool:
    return wanted == value


def _is_like(wanted: str, value: str) -> bool:
    return _any_matches(wanted, value)


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _equals,
    "StringLike": _is_like,
    # ArnEquals and ArnLike behave identically.
    "ArnEquals": _is_like,
    "ArnLike": _is_like,
}
