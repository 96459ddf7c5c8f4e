"""The events that AWS services put on the event bus, in the shapes that AWS documents. Pure.

AWS: Amazon ECS developer guide, "Amazon ECS task state change events"; CloudWatch user guide, "Alarm events and
EventBridge"; Step Functions developer guide, "EventBridge events for Step Functions execution status changes".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..timestamps import timestamp

NOT_IN_EVENTS = frozenset({"healthStatus", "tags", "failures"})
"""Members of a described task that its events don't have. AWS: the page about task events: "Task health status is not
provided in the task state change events." """
_ENI = {"ElasticNetworkInterface": "eni"}
"""The type of an attachment in an event, by its type in DescribeTasks. AWS: the samples of both."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event, before EventBridge adds its ID, account and Region."""

    source: str
    detail_type: str
    detail: Mapping[str, Any]
    resources: tuple[str, ...] = ()
    time: float = 0
    """Seconds since 1970."""


def task_state_change(task: Mapping[str, Any], now: float) -> Event:
    """The event about a task that DescribeTasks returns."""
    detail = {name: _in_event(value) for name, value in task.items() if name not in NOT_IN_EVENTS}
    detail["attachments"] = [
        {**attachment, "type": _ENI.get(attachment["type"], attachment["type"])}
        for attachment in detail.get("attachments", [])
    ]
    detail["containers"] = [
        {name: value for name, value in container.items() if name not in NOT_IN_EVENTS}
        for container in detail.get("containers", [])
    ]
    detail["updatedAt"] = timestamp(now)
    return Event("aws.ecs", "ECS Task State Change", detail, (task["taskArn"],), now)


def execution_status_change(execution: Mapping[str, Any], now: float) -> Event:
    """The event about an execution that DescribeExecution returns. Its times are in milliseconds."""
    names = ("executionArn", "stateMachineArn", "name", "status", "input", "output", "error", "cause")
    detail = {name: execution.get(name) for name in names}
    for name in ("startDate", "stopDate"):
        date = execution.get(name)
        detail[name] = round(date.timestamp() * 1000) if isinstance(date, datetime) else None
    kind = "Step Functions Execution Status Change"
    return Event("aws.states", kind, detail, (execution["executionArn"],), now)


def alarm_state_change(
    *, arn: str, name: str, description: str, reason: str, state: str, before: str, now: float
) -> Event:
    """The event about an alarm that changes its state."""
    time = timestamp(now)
    detail = {
        "alarmName": name,
        "state": {"value": state, "reason": reason, "timestamp": time},
        "previousState": {"value": before},
        "configuration": {"description": description},
    }
    return Event("aws.cloudwatch", "CloudWatch Alarm State Change", detail, (arn,), now)


def _in_event(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value.timestamp())
    if isinstance(value, Mapping):
        return {name: _in_event(item) for name, item in value.items()}
    return [_in_event(item) for item in value] if isinstance(value, list) else value
