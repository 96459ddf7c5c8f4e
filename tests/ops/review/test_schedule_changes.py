"""Warnings about changes between one schedule and several."""

from typing import Any

import pytest

from components.resolver import resolve_task
from ops.review.schedule_changes import schedule_warnings

A, B, C = "rate(6 hours)", "cron(0 3 * * ? *)", "rate(1 day)"


def warned(before: list[Any], after: list[Any]) -> list[str]:
    tasks = [
        resolve_task("job", {"image": "a:1", "schedules": [{"expression": it} if isinstance(it, str) else it for it in each]})
        for each in (before, after)
    ]  # fmt: skip
    return list(schedule_warnings({"job": tasks[0]}, {"job": tasks[1], "new": tasks[1]}))


NAMED_A = {"expression": A, "name": "x"}


@pytest.mark.parametrize(("before", "after"), [([A, B], [C]), ([NAMED_A, B], [C]), ([NAMED_A], [C])], ids=str)
def test_one_new_expression_instead_of_several(before: list[Any], after: list[Any]):
    [found] = warned(before, after)
    assert found.startswith('tasks.job.schedule: "rate(1 day)" replaces several schedules.')
    assert 'the name "job" in AWS' in found


def test_another_expression_in_front_of_the_only_one():
    [found] = warned([A], [B, A])
    assert found.startswith('tasks.job: "rate(6 hours)" becomes a new schedule')


@pytest.mark.parametrize(
    ("before", "after"),
    [([A], [A]), ([A], [B]), ([A], [A, B]), ([A], [B, C]), ([A, B], [B]), ([A, B], [C, A, B]), ([A, B], [NAMED_A]),
     ([NAMED_A], [{**NAMED_A, "expression": B}])],
    ids=str,
)  # fmt: skip
def test_changes_that_are_clear(before: list[Any], after: list[Any]):
    assert warned(before, after) == []
