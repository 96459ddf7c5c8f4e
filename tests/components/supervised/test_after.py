"""Executions that a rule starts after another task, in a real interpreter."""

import json
from typing import Any

from components.supervised.once import STARTED_TWICE
from tests.interpreter import End, interpreter

from .machines import machine

FIRST, SECOND = (f"arn:aws:ecs:eu-west-1:123456789012:task/main/{number}" for number in (1, 2))


def given(upstream: str) -> dict[str, Any]:
    return {"schedule": "backup", "time": "2026-11-25T03:07:12Z", "overrides": {}, "upstream": upstream}


def test_each_run_of_the_other_task_starts_one_run():
    """EventBridge delivers an event at least once, and two runs can succeed within a second. AWS: Amazon EventBridge
    user guide, "Event delivery level"."""
    with interpreter(End(), End()) as states:
        states.create(machine(after="dump"))
        first, again, second = (
            states.run(name, **given(upstream)) for name, upstream in (("a", FIRST), ("b", FIRST), ("c", SECOND))
        )
        assert [each.status for each in (first, second)] == ["SUCCEEDED", "SUCCEEDED"]
        assert (again.error, again.cause) == ("Skipped", STARTED_TWICE)
        assert [each["scheduledTime"] for each in states.reported()] == ["2026-11-25T03:07:12Z"] * 2
        assert sorted(states.rows()) == [f"backup#backup@{FIRST}", f"backup#backup@{SECOND}"]


def test_a_run_by_hand_does_not_count_as_one_of_them():
    with interpreter(End(), End()) as states:
        states.create(machine(after="dump"))
        assert states.run("a", schedule="backup", time="manual-1", overrides={}).status == "SUCCEEDED"
        assert states.run("b").status == "SUCCEEDED"


def test_other_tasks_have_the_same_claim_as_before():
    claim = json.loads(machine(timeout="1h"))["States"]["Claim"]["Arguments"]["Item"]["id"]["S"]
    assert "upstream" not in claim
    assert "upstream" in json.loads(machine(after="dump"))["States"]["Claim"]["Arguments"]["Item"]["id"]["S"]
