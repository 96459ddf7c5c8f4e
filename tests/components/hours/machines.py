"""State machines of the office hours `office` in the group `shop-dev`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from components.args import HoursArgs
from components.aws.account import Account
from components.hours.machine import OfficeHours, definition
from components.hours.sleepers import sleepers
from components.keys.resolution import resolve
from components.keys.validation import validated
from components.resolved import Hours
from tests.interpreter import ACCOUNT, REGION, TABLE, Ended, Interpreter, client

EVERYTHING: list[dict[str, Any]] = [
    {"service": "main/web"},
    {"group": "workers"},
    {"instances": ["i-01234567"]},
    {"redshift": "dw"},
    {"database": "orders"},
    {"cluster": "au"},
]
USUAL = [{"service": "main/web"}, {"group": "workers"}, {"database": "orders"}]


def machine(sleeps: Sequence[dict[str, Any]] = USUAL, partition: str = "aws", *, exceptions: bool = False) -> str:
    """The state machine that closes and opens these resources."""
    found = validated(HoursArgs, {"open": "MON-FRI 07:30-19:00", "sleeps": list(sleeps)}, from_yaml=True)
    assert found.problems == []
    hours = resolve(Hours, HoursArgs, found.values)
    account = Account(partition, REGION, ACCOUNT)
    whole = OfficeHours("office", "shop-dev", TABLE, partition, sleepers(hours.sleeps, account), exceptions)
    return definition(whole)


def start(states: Interpreter, action: str, name: str) -> str:
    """Start an execution as a schedule does. Its scheduled time is unique."""
    noun = {"open": "opening", "close": "closing"}.get(action, action)
    given = json.dumps({"action": action, "schedule": noun, "time": f"at {name}"})
    answer = client("stepfunctions").start_execution(stateMachineArn=states.machine, name=name, input=given)
    return answer["executionArn"]


def execute(states: Interpreter, action: str, name: str) -> Ended:
    """Start an execution as a schedule does, and wait until it ends."""
    return states.end(start(states, action, name))
