"""Messages do not repeat values in which somebody may have put a secret."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.args import ScheduledTaskArgs, ScheduledTaskGroupArgs
from components.aws.spelling import camel_case
from components.checks import checked_group, checked_task
from components.keys.reference import keys_of
from components.keys.validation import validated
from components.problems import Problem
from config import ConfigError, Source, load
from config.keys import Stack, Task

TEXT = "CANARY-7f3a9c"
NUMBER = 7654321987
HIDDEN = {"environment", "secrets", "secret_values", "tags"}
"""Keys whose values messages never show."""
VALUES: list[Any] = [
    TEXT, NUMBER, NUMBER + 0.5, [TEXT], [NUMBER], [{"a": TEXT}], {"A": TEXT}, {"A": NUMBER}, {"A": [TEXT]},
    {"A": {"config": [TEXT]}}, {"A": {"config": NUMBER}}, {"A": {"B": TEXT}}, {"A": {"a": {"B": [NUMBER + 0.5]}}},
]  # fmt: skip
"""Wrong types and wrong values."""
PLAIN: dict[str, Any] = {"image": "a:1", "schedule": "rate(1 hour)"}


def nested(value: Any) -> Iterator[dict[str, Any]]:
    """Arguments of a task with a value under each key that is hidden."""
    yield from ({**PLAIN, key: value} for key in HIDDEN)
    yield {"image": "a:1", "schedules": [{"expression": "rate(1 hour)", "environment": value}]}
    yield from ({**PLAIN, "sidecars": {"a": {"image": "b:1", key: value}}} for key in ("environment", "secrets"))
    yield {**PLAIN, "group_args": {"tags": value}}


def of_stack(values: dict[str, Any]) -> list[Problem]:
    try:
        load(Source("test", values, ()), Path("no", "shared", "tasks"))
    except ConfigError as error:
        return list(error.problems)
    return []


def shown(problems: list[Problem]) -> str:
    text = "\n".join(str(problem) for problem in problems)
    return text.replace(f"the name {NUMBER}", "")


def holds_a_canary(text: str) -> bool:
    return TEXT in text or str(NUMBER) in text


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_arguments(value: Any):
    for args in nested(value):
        assert not holds_a_canary(shown(checked_task("job", args)[1])), args
    assert not holds_a_canary(shown(checked_group({"tags": value})[1]))


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_configuration(value: Any):
    stacks = [{"tasks": {"job": {camel_case(key): item for key, item in args.items()}}} for args in nested(value)]
    for stack in (*stacks, {"tags": value}, {"tasks": value}, {"defaults": value}, {"defaults": {"tags": value}}):
        assert not holds_a_canary(shown(of_stack(stack))), stack


@pytest.mark.parametrize("shape", [ScheduledTaskArgs, ScheduledTaskGroupArgs, Task, Stack], ids=lambda it: it.__name__)
def test_values_of_other_keys_are_shown(shape: type):
    # Otherwise, the tests above would pass without hiding anything.
    names = [name for name, key in keys_of(shape).items() if key.type.base in (bool, dict) or key.type.choices]
    assert names
    for name in names:
        assert holds_a_canary(shown(list(validated(shape, {name: TEXT}).problems)))


def test_secret_in_a_place_for_an_arn_is_not_shown():
    for key in ("secrets", "secret_values"):
        [problem] = checked_task("job", {**PLAIN, key: {"PASSWORD": TEXT}})[1]
        assert problem.path == (key, "PASSWORD")
        assert "the value is not shown" in problem.message
        assert not holds_a_canary(problem.message)
