"""Failed runs in a row: which outcomes send messages, in a real interpreter."""

import json
from typing import Any

import pytest

from tests.interpreter import End, Interpreter, error, interpreter

from .machines import machine

TABLE_KEY = "backup#failures"


def told(states: Interpreter) -> list[tuple[str, int, bool]]:
    """Detail type, failures and recovery of each outcome."""
    entries = [call["Entries"][0] for name, call in states.calls if name == "put_events"]
    details = [json.loads(entry["Detail"]) for entry in entries]
    return [
        (entry["DetailType"], detail["failures"], detail["recovered"])
        for entry, detail in zip(entries, details, strict=True)
    ]


OUTCOME, BELOW = "Scheduled Task Outcome", "Scheduled Task Failure Below Threshold"


def test_only_the_failures_from_the_threshold_on_and_the_success_after_them_send_messages():
    with interpreter(End(1), End(), End(1), End(1), End(1), End(), End()) as states:
        states.create(machine(notify_after=2))
        for number in range(7):
            states.run(f"e{number}", time=f"2026-11-25T0{number}:00:00Z")
        assert told(states) == [
            (BELOW, 1, False),
            (OUTCOME, 1, False),
            (BELOW, 1, False),
            (OUTCOME, 2, False),
            (OUTCOME, 3, False),
            (OUTCOME, 3, True),
            (OUTCOME, 0, False),
        ]
        assert TABLE_KEY not in states.rows()
        reported = states.reported()
        since = reported[3]["failingSince"]
        assert since == reported[2]["failingSince"] == reported[5]["failingSince"] != reported[0]["failingSince"]
        assert reported[3]["stoppedReason"].endswith(f" Failed runs in a row: 2, since {since}.")
        assert "in a row" not in reported[5]["stoppedReason"]


@pytest.mark.parametrize(
    ("end", "operation"), [(End(1), "update_item"), (End(), "delete_item")], ids=["failed", "succeeded"]
)
def test_an_outcome_that_cannot_be_counted_is_reported(end: End, operation: str):
    with interpreter(end) as states:
        states.create(machine(notify_after=3))
        states.faults[operation] = [error("ThrottlingException", operation)]
        states.run()
        assert told(states) == [(OUTCOME, 0, False)]


def test_a_run_that_does_not_start_counts():
    with interpreter(End()) as states:
        states.create(machine(notify_after=2))
        states.faults["put_item"] = [error("ThrottlingException", "PutItem")]
        states.run()
        assert told(states) == [(BELOW, 1, False)]


def test_the_first_failure_can_be_the_threshold():
    with interpreter(End(1), End()) as states:
        states.create(machine(notify_after=1))
        states.run("a", time="2026-11-25T03:00:00Z")
        states.run("b", time="2026-11-25T04:00:00Z")
        assert told(states) == [(OUTCOME, 1, False), (OUTCOME, 1, True)]


@pytest.mark.parametrize("settings", [{"timeout": "1h"}, {"overlap": "queue"}, {"lock": "orders"}], ids=str)
def test_every_end_is_counted_before_it_is_reported(settings: dict[str, Any]):
    states = json.loads(machine(**settings, notify_after=2))["States"]
    before = {name for name, state in states.items() if '"Report"' in json.dumps(state)}
    assert before == {"Count", "Count failure", "End failures"}
    assert "Count" not in json.loads(machine(**settings))["States"]
