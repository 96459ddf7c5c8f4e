"""Amazon States Language, as data: expressions, tasks, and what all states of supervised runs have alike.

AWS: Step Functions developer guide, "Amazon States Language", "Transforming data with JSONata", "Handling errors".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .settings import Supervision

State = dict[str, Any]
States = dict[str, State]

SUCCEEDED, FAILED, TIMED_OUT, REPLACED, SKIPPED = "Succeeded", "Failed", "TimedOut", "Replaced", "Skipped"
"""How an execution ends: all but the first are the error that it fails with."""
UNREPORTED = "Unreported"
"""The error of one that failed and could not tell it."""
CONDITION_FAILED = "DynamoDB.ConditionalCheckFailedException"
POLL_SECONDS = 10
POLLS = 60
"""So often it is looked whether a run that was stopped is over, or whether a lease that was asked for is free."""

NAME = "$states.context.Execution.Name"
INPUT = "$states.context.Execution.Input"
SINCE = "$states.context.Execution.StartTime"
NOW = "$floor($millis() / 1000)"
TRIED = "($attempt > 1 ? ' (attempt ' & $string($attempt) & ')' : '')"
"""Which attempt it was, where it was not the first."""
ERROR = "$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"

PATIENT: list[dict[str, Any]] = [
    {"ErrorEquals": [CONDITION_FAILED], "MaxAttempts": 0},
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": 8,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    },
]
"""Retries of what every execution asks of AWS: throttling and faults pass; a condition that is not met is an answer."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """What a state machine is made for."""

    task: str
    container: str
    """The container whose exit code decides."""
    prefix: str
    """That of the group's names."""
    table: str
    """Name of the group's table of leases."""
    settings: Supervision
    run: Mapping[str, Any]
    """The arguments of RunTask (`run_task.run_task`)."""


def expression(text: str) -> str:
    """A value that Step Functions works out."""
    return f"{{% {text} %}}"


def literal(value: str) -> str:
    """A text within an expression."""
    return json.dumps(value, ensure_ascii=False)


def or_empty(path: str) -> str:
    """A text that may be missing. An expression that comes to nothing ends an execution with an error of its own."""
    return f"($exists({path}) ? {path} : '')"


def outcome(which: str, reason: str) -> dict[str, Any]:
    """The variables that say how an execution ends; `reason` is an expression."""
    return {"outcome": which, "reason": expression(reason)}


def task(resource: str, arguments: Any, **fields: Any) -> State:
    """A state that calls AWS."""
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": arguments, **fields}


def failure(words: str, then: str, also: Mapping[str, Any] | None = None) -> State:
    """The catcher of what no retry helped with: the execution fails, in these words."""
    assign = {**(also or {}), **outcome(FAILED, f"{literal(words)} & {ERROR}")}
    return {"ErrorEquals": ["States.ALL"], "Assign": assign, "Next": then}
