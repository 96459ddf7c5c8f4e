"""No regular expression of the product can take exponential time, and none quadratic time on a long text."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from components.aws import names, patterns
from components.json_values import is_list, is_object
from ops.aws import errors
from ops.creation.words import WordsError, expression_of
from ops.dead_letters import causes
from sandbox import input_templates
from tests.regular_expressions import compiled, is_exponential, is_quadratic, modules, written
from tests.searches import is_quadratic_search, searches

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


@pytest.mark.parametrize(
    "pattern",
    [
        "a*a*", r"\s*a?\s*$", ".*x.*", r"[^@\s]+@[^@\s]+\.[^@\s]+", "a+b?a+c", "(?:ab)*a(?:ba)*c", r"(?=\w*\d+x)a",
        r"\d+(?:\.\d*)?\d+",
    ],
)  # fmt: skip
def test_a_quadratic_pattern_is_found(pattern: str):
    assert is_quadratic(pattern)
    assert not is_exponential(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["a+$", "a*ba*", r"\s*=\S*", "[^@]+@[^@]+", r"[^@\s]+@[^@\s][^@\s.]*\.[^@\s]+", "(?:ab)*c(?:ab)*", "a*|a*"],
)
def test_other_patterns_are_not_quadratic(pattern: str):
    assert not is_quadratic(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "a+b", r"\s+$", r"\s*x", r"\\*\|", "<!--.*?-->", "[^@]+@", r"(\w+) (\{.*\})$", r"(?:^|x?)\s*y", r"a(?=b*c)",
        r"\bey[\w-]+\.", "a{2,}b", "a|b+c", r"x|(?:y|z\s?)?\s+y",
    ],
)  # fmt: skip
def test_a_quadratic_search_is_found(pattern: str):
    assert is_quadratic_search(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "a+", "a+b?", r"(?<!\s)\s+$", r"(?<!\\)\\*\|", "<[^<>]*>", r"^\s*x", r"\b\w+:", "(?m)^a*b", "a{2,9}b", "xa*y",
        "<!--(?:(?!-->).)*(?:-->)?", r"(?<=a)b+c", "a+|b", "'[^']*'",
    ],
)  # fmt: skip
def test_other_searches_are_not_quadratic(pattern: str):
    assert not is_quadratic_search(pattern)


@given(st.text("ab@. \n", max_size=12))
def test_the_pattern_of_emails_is_the_usual_one(text: str):
    usual = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text)
    assert bool(re.fullmatch(patterns.EMAIL, text)) == bool(usual)


def test_texts_before_quadratic_patterns_are_bounded():
    with pytest.raises(WordsError, match="at most 512 characters"):
        expression_of("every day at 9:00" + " " * 500)
    error = ClientError({"Error": {"Code": "NotFound" * 1000, "Message": ""}}, "RunTask")
    assert len(errors.error_code(error)) == 200


QUADRATIC = {
    # ops.creation.words: the schedule of `new`, which has at most 512 characters.
    ("ops.creation.words", "(.+?) ("),
    ("ops.creation.words", "at ("),
    # ops.importing: a line of a crontab.
    ("ops.importing.formats.crontab_lines", r"\s*(?:\"([^"),
    # ops.aws.errors: an error code, of which 200 characters are read.
    ("ops.aws.errors", ".*(Limit|Quota)Exceeded.*"),
    ("ops.aws.errors", ".*NotFound.*"),
    # sandbox.iam_policies: the policies of this project.
    ("sandbox.iam_policies", "arn:.*:.*/.*"),
}
"""Patterns for short texts: the module, and the start of the pattern."""


@pytest.mark.thorough
def test_no_pattern_for_long_texts_is_quadratic():
    found = {(module.__name__, pattern, flags) for module in modules(*PACKAGES) for pattern, flags in compiled(module)}
    called = {
        (".".join(file.relative_to(ROOT).with_suffix("").parts), constant, 0)
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        for _, constant in written(file)
        if constant is not None
    }
    formats = {("components.aws.patterns", pattern, 0) for pattern in _FORMATS}
    known = {("ops.aws.errors", pattern, 0) for pattern, _ in errors._MEANINGS}
    policies = {("sandbox.iam_policies", "arn:.*:.*/.*", 0)}
    causes_ = {("ops.dead_letters.causes", cause.pattern, 0) for cause in causes.CAUSES}
    quadratic = {
        (module, pattern)
        for module, pattern, flags in found | called | formats | known | policies | causes_
        if is_quadratic(pattern, flags)
    }
    used = {
        (module, start) for module, start in QUADRATIC for where, pattern in quadratic
        if module == where and pattern.startswith(start)
    }  # fmt: skip
    assert used == QUADRATIC
    assert {
        (module, pattern)
        for module, pattern in quadratic
        if not any(module == where and pattern.startswith(start) for where, start in QUADRATIC)
    } == set()


SEARCHES = {
    # A scalar of a YAML file is matched as a whole.
    ("config.scalars", "\n          [-+]?[0-9]"),
    # A duration of at most 100 characters, and a template function of at most 2,000.
    ("ops.importing.durations", "([0-9]+"),
    ("ops.importing.formats.ecschedule_templates", r"\([^)]*\)|"),
    # The last alternatives read what the first ones don't.
    ("components.calls.spelling", "[A-Z]{2,}s"),
    # The help of the commands.
    ("ops.documentation", "`[^`]*`|"),
    # A template of at most 8,192 characters (botocore events, TransformerInput).
    ("sandbox.input_templates", '(?P<string>"'),
    # A message of a command.
    ("ops.commands.options", r"\bscheduled-tasks ("),
    # ops.review.credentials: a value, of which 2,000 characters are read.
    ("ops.review.credentials", "(?P<kept>(?:passw"),
    ("ops.review.credentials", r"(?P<kept>)\beyJ"),
    ("ops.review.credentials", r"\S+\Z"),
}
"""Patterns whose searches take quadratic time, but only on short texts: the module, and the start of the pattern."""


@pytest.mark.thorough
def test_no_search_through_a_long_text_is_quadratic():
    quadratic = {
        (module.__name__, pattern)
        for module in modules(*PACKAGES)
        for pattern, flags in searches(module)
        if is_quadratic_search(pattern, flags)
    }
    known = {
        (module, start)
        for module, start in SEARCHES
        for where, pattern in quadratic
        if (module, start) == (where, pattern[: len(start)])
    }
    assert known == SEARCHES
    assert {
        each
        for each in quadratic
        if not any(each[0] == module and each[1].startswith(start) for module, start in SEARCHES)
    } == set()


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
    "patterns.CLUSTER": _FORMATS,
    "patterns.USER": _FORMATS,
    "SHARED_ROLE": _FORMATS,
    "cause.pattern": [cause.pattern for cause in causes.CAUSES],
    "_THROTTLED": [errors._THROTTLED],
    "pattern": [pattern for pattern, _ in errors._MEANINGS],
    "patterns.HTTPS_URL": _FORMATS,
    "patterns.HEADER_VALUE": _FORMATS,
    "RECIPIENT": _FORMATS,
    "_UNSAFE_BUT_DOTS": [names._UNSAFE_BUT_DOTS],
    "_VARIABLE": [input_templates._VARIABLE],
    # A number of the configuration reference.
    "f'\\\\bat most {bounds.most}\\\\b'": [r"\bat most 5\b"],
    # Wildcards of a policy that this project writes.
    "_expression(pattern)": ["arn:.*:.*/.*"],
}
"""Patterns that aren't constants in a call: the expression, and its values."""


@pytest.mark.thorough
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
