"""Tasks that start after others: mistakes in one task, and across the tasks of a stack."""

from typing import Any

import pytest

from components.checks import checked_task
from components.checks.after import upstream_problems
from components.resolved import Task


def problems(**args: Any) -> list[str]:
    _, found = checked_task("report", {"image": "report:1", "after": "backup", **args})
    return [str(each) for each in found]


def task(name: str, **args: Any) -> Task:
    return checked_task(name, {"image": "a:1", **args})[0]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"schedule": "rate(1 day)"}, "after: a task has either after or schedule. Remove one."),
        ({"schedules": [{"expression": "rate(1 day)"}]}, "after: a task has either after or schedules. Remove one."),
        ({"run_on": "deploy"}, "after: a task has either after or run_on. Remove one."),
        ({"after": "report"}, 'after: "report" is the task itself, so it would never start. Name another task.'),
        ({"end": "2037-01-01T00:00:00Z"}, "end: has no effect, because the task has after. Remove it."),
        (
            {"only": "workdays"},
            (
                "only: needs a schedule, and this task starts after backup. Leave out the times of backup, or let the "
                "container end at once on such days."
            ),
        ),
        (
            {"except_": {"holidays": ["DE"]}},
            (
                "except_: needs a schedule, and this task starts after backup. Leave out the times of backup, or let the "
                "container end at once on such days."
            ),
        ),
    ],
    ids=str,
)
def test_a_conflict_with_another_key(args: dict[str, Any], message: str):
    assert problems(**args) == [message]


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"timezone": "Europe/Berlin", "flexible_window": "15m", "description": "x", "enabled": False},
        {"expect_success_within": "26h", "timeout": "1h", "overlap": "queue", "retry_run": {"attempts": 2}},
    ],
    ids=str,
)
def test_keys_that_a_task_after_another_one_can_have(args: dict[str, Any]):
    assert problems(**args) == []


def test_the_input_of_an_execution_must_fit_into_an_input_template():
    """AWS: botocore events, TransformerInput: at most 8,192 characters. An angle bracket takes six."""
    args = {"after": "backup", "task_definition": "report:1", "container": "main"}
    assert checked_task("report", {**args, "command": ["x" * 1400]})[1] == []
    [found] = checked_task("report", {**args, "command": ["<" * 1400]})[1]
    assert str(found) == (
        "after: the input of its runs takes 8,541 characters, and EventBridge accepts 8,192. Put long text into the "
        "image or a parameter."
    )


def test_an_upstream_task_must_exist_run_a_container_and_start_one_run():
    tasks = {
        "backup": task("backup", schedule="rate(1 day)"),
        "three": task("three", schedule="rate(1 day)", count=3),
        "a": task("a", after="bakup"),
        "b": task("b", after="stop-db"),
        "f": task("f", after="train"),
        "c": task("c", after="three"),
        "d": task("d", after="backup"),
        "e": task("e", after="d"),
    }
    assert [(name, str(each)) for name, each in upstream_problems(tasks, {"stop-db": False, "train": True})] == [
        ("a", 'after: "bakup" isn\'t a task of the stack. Did you mean "backup"?'),
        (
            "b",
            (
                'after: "stop-db" makes an API call, and no event reports the end of what it starts. Name a task that '
                "runs a container, or a call with execute or submit."
            ),
        ),
        (
            "c",
            'after: "three" has count: 3, so each of its 3 runs would start one. Name a task with one run per launch.',
        ),
    ]


def test_a_cycle_is_reported_once():
    tasks = {name: task(name, after=other) for name, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))}
    assert [(name, str(each)) for name, each in upstream_problems(tasks, {})] == [
        ("a", "after: makes a cycle, in which no task ever starts: a → b → c → a. Schedule one of them."),
    ]
