"""What containers have written, from CloudWatch Logs."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..errors import OpsError
from .session import Aws

Data = Mapping[str, Any]

AWSLOGS = "awslogs"
_DELAYS = (0.3, 0.5, 1, 1, 2, 2, 3, 5, 5, 10, 10, 20)
"""Seconds between questions for the answer to a query: half a second is usual, a minute is the most."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a container of a task definition writes its log."""

    container: str
    group: str
    prefix: str

    def stream(self, task_id: str) -> str:
        """The log stream of one ECS task (AWS: Amazon ECS API reference, LogConfiguration, awslogs-stream-prefix)."""
        return f"{self.prefix}/{self.container}/{task_id}"


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a log."""

    at: datetime
    stream: str
    text: str
    id: str = ""

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"at": self.at, "stream": self.stream, "text": self.text}


def places(definition: Data) -> list[Place]:
    """The places in CloudWatch Logs that the containers of a task definition write to; other log drivers have none."""
    found: list[Place] = []
    for container in definition["containerDefinitions"]:
        log = container.get("logConfiguration", {})
        options = log.get("options", {})
        if log.get("logDriver") == AWSLOGS and "awslogs-stream-prefix" in options:
            found.append(Place(container["name"], options["awslogs-group"], options["awslogs-stream-prefix"]))
    return found


class Tail:
    """Reads streams on from where it stopped; those that are not there yet are empty."""

    def __init__(self, aws: Aws):
        self._logs = aws.client("logs")
        self._tokens: dict[tuple[str, str], str] = {}

    def read(self, group: str, stream: str) -> Iterator[Line]:
        """What is new in a stream."""
        while True:
            token = self._tokens.get((group, stream))
            given = {"nextToken": token} if token else {}
            try:
                answer = self._logs.get_log_events(
                    logGroupName=group, logStreamName=stream, startFromHead=True, **given
                )
            except self._logs.exceptions.ResourceNotFoundException:
                return
            for event in answer["events"]:
                yield Line(_instant(event["timestamp"]), stream, event["message"])
            self._tokens[(group, stream)] = answer["nextForwardToken"]
            # At the end of a stream, the token that was given comes back (AWS: CloudWatch Logs API, GetLogEvents).
            if answer["nextForwardToken"] == token or (not token and not answer["events"]):
                return


def search(aws: Aws, group: str, stream_prefix: str, since: datetime) -> Iterator[Line]:
    """All events of the streams that begin so, since an instant, in the order of time."""
    events = aws.pages(
        "logs",
        "filter_log_events",
        "events",
        logGroupName=group,
        logStreamNamePrefix=stream_prefix,
        startTime=int(since.timestamp() * 1000),
    )
    for event in events:
        # Not every emulator looks at the prefix.
        if event["logStreamName"].startswith(stream_prefix):
            yield Line(_instant(event["timestamp"]), event["logStreamName"], event["message"], str(event["eventId"]))


def insights(aws: Aws, groups: Sequence[str], query: str, since: datetime, until: datetime) -> list[dict[str, str]]:
    """The rows that a query of CloudWatch Logs Insights finds, each a map of fields.

    Two calls, and one more for each time that the answer is not ready. AWS: CloudWatch Logs user guide, "CloudWatch
    Logs Insights query syntax".
    """
    logs = aws.client("logs")
    query_id = logs.start_query(
        logGroupNames=list(groups),
        startTime=int(since.timestamp()),
        endTime=int(until.timestamp()) + 1,
        queryString=query,
    )["queryId"]
    answer = logs.get_query_results(queryId=query_id)
    for delay in _DELAYS:
        if answer["status"] not in ("Scheduled", "Running"):
            break
        time.sleep(delay)
        answer = logs.get_query_results(queryId=query_id)
    if answer["status"] != "Complete":
        raise OpsError(f"the query of {', '.join(groups)} ended as {answer['status']}. Try again.")
    rows = list(answer["results"])
    while token := answer.get("nextToken"):
        answer = logs.get_query_results(queryId=query_id, nextToken=token)
        rows += answer["results"]
    return [{item["field"]: item["value"] for item in row} for row in rows]


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
