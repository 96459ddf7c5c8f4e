"""No regular expression of the product can take exponential time, whatever the text."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.aws import names, patterns
from components.json_values import is_list, is_object
from ops.aws import errors
from ops.dead_letters import causes
from tests.regular_expressions import compiled, is_exponential, modules, written

ROOT = Path(__file__).parents[1]
PACKAGES = ("components", "config", "ops", "sandbox")


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+$",
        "(a?b?)*c",
        r"^(\w+\s?)*$",
        r"([a-z]+-?)+:",
        "(.*)*x",
        "(?:a{1,63}){1,63}b",
        r"(?=(a+)+b)c",
        "(?i:(ab|AB)+)$",
        r"<(?:[a-z]+|\d+|\s*)+>",
        "((a?)?b)*c",
    ],
)
def test_an_exponential_pattern_is_found(pattern: str):
    assert is_exponential(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["a+$", "(?:a+b)+", r"[a-z]+(?:-[a-z]+)*", "(ab|cd)*", r"(?:\d{2})*", r"[^@\s]+@[^@\s]+\.[^@\s]+", "(a?b)*c"],
)
def test_other_patterns_are_accepted(pattern: str):
    assert not is_exponential(pattern)


def test_no_compiled_pattern_is_exponential():
    found = {(pattern, flags, module.__name__) for module in modules(*PACKAGES) for pattern, flags in compiled(module)}
    assert len(found) > 80
    assert [(pattern, where) for pattern, flags, where in found if is_exponential(pattern, flags)] == []


_FORMATS = [value for name, value in vars(patterns).items() if name.isupper()]
KNOWN = {
    "unsafe": ["[^A-Za-z0-9]", names.TASK_NAME],
    "TASK_NAME": [names.TASK_NAME],
    "self.pattern": _FORMATS,
    "CONTAINER": _FORMATS,
    "TAG_CHARACTERS": _FORMATS,
    "patterns.ACCOUNT": _FORMATS,
    "cause.pattern": [cause.pattern for cause in causes.CAUSES],
    "_THROTTLED": [errors._THROTTLED],
    "pattern": [pattern for pattern, _ in errors._MEANINGS],
    # Wildcards of a policy that this project writes.
    "_expression(pattern)": ["arn:.*:.*/.*"],
}
"""Patterns that aren't constants in a call: the expression, and its values."""


def test_no_pattern_in_a_call_is_exponential():
    found = [each for package in PACKAGES for file in (ROOT / package).rglob("*.py") for each in written(file)]
    constants = {constant for _, constant in found if constant is not None}
    assert {source for source, constant in found if constant is None} <= set(KNOWN)
    assert [
        each for each in (*constants, *(each for known in KNOWN.values() for each in known)) if is_exponential(each)
    ] == []


def in_schema(value: object) -> Iterator[str]:
    """The patterns of a JSON schema."""
    if is_object(value):
        if isinstance(pattern := value.get("pattern"), str):
            yield pattern
        for part in value.values():
            yield from in_schema(part)
    elif is_list(value):
        for part in value:
            yield from in_schema(part)


def test_no_pattern_of_the_schema_is_exponential():
    """Editors use them, with matchers that also try all ways."""
    found = set(in_schema(json.loads((ROOT / "config" / "schema.json").read_text(encoding="utf-8"))))
    assert found
    assert [pattern for pattern in found if is_exponential(pattern)] == []
