"""Conditions of IAM policies: operators, keys and values.

AWS: IAM user guide, "IAM JSON policy elements: Condition operators", "IAM JSON policy elements: Condition" and
"Multivalued context keys".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from ..problems import listed, nearest
from .policies import Condition

_STRINGS = (
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
    "StringNotLike",
)  # fmt: skip
_NUMBERS = (
    "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
    "NumericGreaterThanEquals",
)  # fmt: skip
_DATES = (
    "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
)  # fmt: skip
_ADDRESSES = ("IpAddress", "NotIpAddress")
_ARNS = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
OPERATORS = (*_STRINGS, *_NUMBERS, *_DATES, "Bool", "BinaryEquals", *_ADDRESSES, *_ARNS, "Null")
_QUANTIFIERS = ("ForAllValues", "ForAnyValue")
_KEY = re.compile(r"[A-Za-z0-9-]+:[^\s:/]+(?:[:/][^\s]+)?")
"""`service:Key`, `aws:PrincipalTag/team`, or a key of a web identity such as `token.actions...:sub`, without spaces."""
_VARIABLE = re.compile(r"\$\{[^{}]+\}")
"""A policy variable, which AWS replaces when it evaluates the policy."""
_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|\*", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def operator_problem(operator: str) -> str:
    """Why AWS does not know a condition operator, and what to write; empty if it does."""
    quantifier, colon, name = operator.rpartition(":")
    if colon and quantifier not in _QUANTIFIERS:
        return f'"{operator}" starts with {quantifier}, which is not one of {listed(_QUANTIFIERS)}.'
    base = name.removesuffix("IfExists")
    if base == "Null" and base != name:
        return '"NullIfExists" is not a condition operator. Write Null.'
    if base not in OPERATORS:
        return (
            f'"{operator}" is not a condition operator of IAM.{nearest(base, OPERATORS)} Write one such as '
            "StringEquals, ArnLike, Bool or IpAddress."
        )
    return ""


def key_problem(name: str) -> str:
    """Why a string is not a condition key, and what to write; empty if it is."""
    if _KEY.fullmatch(name):
        return ""
    return f'"{name}" is not a condition key. Write one such as aws:SourceVpc or s3:prefix.'


def value_problem(operator: str, value: str) -> str:
    """Why an operator cannot compare with a value, and what to write; empty if it can."""
    base = operator.rpartition(":")[2].removesuffix("IfExists")
    if _VARIABLE.search(value):
        return ""
    if base in ("Bool", "Null"):
        return (
            "" if value.lower() in ("true", "false") else f'"{value}" is not a boolean, and {base} compares booleans.'
        )
    if base in _NUMBERS:
        return (
            ""
            if re.fullmatch(r"-?\d+(?:\.\d+)?", value, re.ASCII)
            else f'"{value}" is not a number, and {base} compares numbers.'
        )
    if base in _DATES:
        return "" if _is_date(value) else f'"{value}" is not a date. Write one such as 2027-01-31T00:00:00Z.'
    if base in _ADDRESSES:
        return "" if _is_block(value) else f'"{value}" is not an IP address. Write a block such as 203.0.113.0/24.'
    if base in _ARNS:
        return "" if _ARN.fullmatch(value) else f'"{value}" is not an ARN, and {base} compares ARNs.'
    if base == "BinaryEquals":
        return "" if _BASE64.fullmatch(value) else f'"{value}" is not base64, and BinaryEquals compares base64.'
    return ""


def _is_date(value: str) -> bool:
    """An ISO 8601 date or time, or seconds since 1970. AWS: IAM user guide, "Date condition operators"."""
    if re.fullmatch(r"\d+", value, re.ASCII) and len(value) > 4:
        return True
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_block(value: str) -> bool:
    try:
        return bool(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return False


def as_policy(condition: Mapping[str, Mapping[str, Sequence[str]]]) -> Condition:
    """The condition of a policy document: with sorted keys, and lists only for several values."""
    return {
        operator: {name: _values(values) for name, values in sorted(keys.items())}
        for operator, keys in sorted(condition.items())
    }


def _values(values: Sequence[str]) -> str | list[str]:
    several = sorted(dict.fromkeys(values))
    return several[0] if len(several) == 1 else several
