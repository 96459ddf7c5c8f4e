"""The logs of containers in CloudWatch Logs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .. import waiting
from ..errors import OpsError
from .pages import Tokens
from .session import Aws

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskDefinitionTypeDef
    from mypy_boto3_logs.type_defs import GetLogEventsRequestTypeDef

AWSLOGS = "awslogs"
_DELAYS = (0.3, 0.5, 1, 1, 2, 2, 3, 5, 5, 10, 10, 10)
"""Seconds between polls for the result of a query. A query usually takes half a second, and fails after 50 seconds."""
_UNFINISHED = ("Scheduled", "Running")


@dataclass(frozen=True, slots=True)
class Place:
    """The log of a container: its log group and the prefix of its streams."""

    container: str
    group: str
    prefix: str

    def stream(self, task_id: str) -> str:
        """Return the log stream of an ECS task. AWS: Amazon ECS API reference, LogConfiguration,
        awslogs-stream-prefix."""
        return f"{self.prefix}/{self.container}/{task_id}"


@dataclass(frozen=True, slots=True)
class Line:
    """A log event."""

    at: datetime
    stream: str
    text: str
    id: str = ""

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {"at": self.at, "stream": self.stream, "text": self.text}


def places(definition: "TaskDefinitionTypeDef") -> list[Place]:
    """List the logs of a task definition's containers. Containers with other log drivers are omitted."""
    found: list[Place] = []
    for container in definition["containerDefinitions"]:
        log = container.get("logConfiguration")
        options = log.get("options", {}) if log and log["logDriver"] == AWSLOGS else {}
        if "awslogs-stream-prefix" in options:
            found.append(Place(container["name"], options["awslogs-group"], options["awslogs-stream-prefix"]))
    return found


def elsewhere(definition: "TaskDefinitionTypeDef") -> list[str]:
    """List the containers that don't write to CloudWatch Logs, each with its log driver: `main (splunk)`."""
    inside = {place.container for place in places(definition)}
    return [
        f"{container['name']} ({container.get('logConfiguration', {}).get('logDriver', 'no log driver')})"
        for container in definition["containerDefinitions"]
        if container["name"] not in inside
    ]


def places_of(aws: Aws, task_definition_arn: str) -> list[Place]:
    """List the logs of a task definition's containers, as `places` does. Makes one call."""
    return places(aws.client("ecs").describe_task_definition(taskDefinition=task_definition_arn)["taskDefinition"])


class Tail:
    """Reads log streams and continues where it stopped. A stream that doesn't exist yet is empty."""

    def __init__(self, aws: Aws):
        self._logs = aws.client("logs")
        self._tokens: dict[tuple[str, str], str] = {}

    def read(self, group: str, stream: str) -> Iterator[Line]:
        """Yield the new lines of a stream."""
        tokens = Tokens("GetLogEvents")
        while True:
            token = self._tokens.get((group, stream))
            request: GetLogEventsRequestTypeDef = {
                "logGroupName": group,
                "logStreamName": stream,
                "startFromHead": True,
            }
            if token:
                request["nextToken"] = token
            try:
                answer = self._logs.get_log_events(**request)
            except self._logs.exceptions.ResourceNotFoundException:
                return
            events = answer["events"]
            for event in events:
                yield Line(_instant(event.get("timestamp", 0)), stream, event.get("message", ""))
            following = answer.get("nextForwardToken", "")
            # At the end of a stream, AWS returns the given token (CloudWatch Logs API reference, GetLogEvents).
            if not following or following == token or (not token and not events):
                return
            self._tokens[(group, stream)] = following
            tokens.check(following, items=bool(events))


def search(aws: Aws, group: str, stream_prefix: str, since: datetime) -> Iterator[Line]:
    """Yield the events since a time of all streams with a prefix, oldest first."""
    pages = (
        aws.client("logs")
        .get_paginator("filter_log_events")
        .paginate(logGroupName=group, logStreamNamePrefix=stream_prefix, startTime=int(since.timestamp() * 1000))
    )
    for event in (event for page in pages for event in page.get("events", [])):
        stream, text, milliseconds = event.get("logStreamName", ""), event.get("message", ""), event.get("timestamp", 0)
        # Some emulators ignore the prefix.
        if stream.startswith(stream_prefix):
            yield Line(_instant(milliseconds), stream, text, event.get("eventId") or f"{stream} {milliseconds} {text}")


def last_events(aws: Aws, group: str, stream: str, since: datetime, most: int) -> list[Line]:
    """Return the last events of a stream since a time, oldest first. Empty if there is no such stream. Makes one call.

    With a start time, AWS answers fewer empty pages. AWS: botocore logs, GetLogEvents.
    """
    logs, start = aws.client("logs"), int(since.timestamp() * 1000)
    try:
        answer = logs.get_log_events(
            logGroupName=group, logStreamName=stream, startTime=start, limit=most, startFromHead=False
        )
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [
        Line(_instant(event.get("timestamp", 0)), stream, event.get("message", ""))
        for event in answer.get("events", [])
    ]


def insights(aws: Aws, groups: Sequence[str], query: str, since: datetime, until: datetime) -> list[dict[str, str]]:
    """Run a CloudWatch Logs Insights query and return its rows by field.

    Makes two calls, and another for each poll while the query runs. AWS: CloudWatch Logs user guide, "CloudWatch Logs
    Insights query syntax".
    """
    logs = aws.client("logs")
    query_id = logs.start_query(
        logGroupNames=list(groups),
        startTime=int(since.timestamp()),
        endTime=int(until.timestamp()) + 1,
        queryString=query,
    )["queryId"]
    answer, waited = logs.get_query_results(queryId=query_id), 0.0
    for delay in _DELAYS:
        if answer["status"] not in _UNFINISHED or not aws.may_wait_for_query(delay):
            break
        waiting.wait(delay)
        waited += delay
        answer = logs.get_query_results(queryId=query_id)
    if (status := answer["status"]) != "Complete":
        ended = f"is still {status} after {waited:.0f} s" if status in _UNFINISHED else f"ended as {status}"
        raise OpsError(f"The query of {', '.join(groups)} {ended}. Try again.")
    rows, tokens = list(answer["results"]), Tokens("GetQueryResults")
    while token := answer.get("nextToken"):
        tokens.check(token, items=bool(answer["results"]))
        answer = logs.get_query_results(queryId=query_id, nextToken=token)
        rows += answer["results"]
    # A row has no item for a field without a value. AWS: CloudWatch Logs API reference, ResultField.
    return [{item["field"]: item.get("value", "") for item in row if "field" in item} for row in rows]


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
