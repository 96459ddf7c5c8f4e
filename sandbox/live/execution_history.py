"""The history of an execution, as GetExecutionHistory returns it. Pure.

AWS: Step Functions API reference, GetExecutionHistory, HistoryEvent.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_JSON = ("input", "output", "parameters")
"""Members of details that are JSON."""
_TRUNCATED = {"truncated": False}
_WITHOUT_DETAILS = frozenset(
    {"TaskStateAborted", "WaitStateAborted", "MapStateAborted", "MapStateSucceeded", "MapStateFailed"}
)
"""Types of events without details. AWS: the members of HistoryEvent."""


@dataclass(slots=True)
class ExecutionHistory:
    """The events of one execution.

    Args:
        now: The time in seconds since 1970.
        region: The Region of the tasks.
        role_arn: The role of the execution.
    """

    now: Callable[[], float]
    region: str
    role_arn: str
    _events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def events(self) -> Sequence[dict[str, Any]]:
        """All events, the oldest first."""
        return list(self._events)

    def record(self, kind: str, **details: Any) -> None:
        """Add an event. The members of `details` are values of JSON."""
        number = len(self._events) + 1
        event: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(self.now(), UTC),
            "type": kind,
            "id": number,
            "previousEventId": number - 1,
        }
        if kind not in _WITHOUT_DETAILS:
            event[_member(kind)] = self._details(kind, details)
        self._events.append(event)

    def _details(self, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {name: json.dumps(value) if name in _JSON else value for name, value in given.items()}
        for name in ("input", "output"):
            if name in found:
                found[f"{name}Details"] = _TRUNCATED
        if "assignedVariables" in found:
            variables: dict[str, Any] = found.pop("assignedVariables")
            if variables:
                found["assignedVariables"] = {name: json.dumps(value) for name, value in variables.items()}
                found["assignedVariablesDetails"] = _TRUNCATED
        if kind == "ExecutionStarted":
            found["roleArn"] = self.role_arn
        if kind == "TaskScheduled":
            found["region"] = self.region
        return found


def _member(kind: str) -> str:
    """The member of an event that has its details."""
    for end in ("StateEntered", "StateExited"):
        if kind.endswith(end):
            kind = end
    return f"{kind[0].lower()}{kind[1:]}EventDetails"
