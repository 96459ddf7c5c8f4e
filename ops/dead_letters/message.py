"""A message in a dead-letter queue. Pure functions of SQS's answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue

from components.aws.names import task_of_schedule
from components.supervised.settings import SUPERVISED_GROUP

from ..runs.records import instant, last_part
from .causes import Cause, cause_of

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

LAUNCHES, EVENTS = "launches", "events"
"""The queues: failed launches, and events about outcomes that reached neither log nor topic."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message, with the attributes that the sending service added.

    AWS: EventBridge Scheduler user guide, "Configuring a dead-letter queue"; Amazon EventBridge user guide, "Using
    dead-letter queues to process undelivered events".
    """

    id: str
    """The message's id in SQS, which is the same each time that the message is received."""
    queue: str
    attributes: Mapping[str, str]
    body: str
    sent: datetime | None = None

    @property
    def schedule_arn(self) -> str:
        """ARN of the schedule whose launch failed. Empty for an event."""
        return self.attributes.get("SCHEDULE_ARN", "")

    @property
    def schedule(self) -> str:
        """Name of the schedule."""
        return last_part(self.schedule_arn)

    @property
    def schedule_group(self) -> str:
        """Name of the schedule's group."""
        parts = self.schedule_arn.split("/")
        return parts[1] if len(parts) == 3 else ""

    @property
    def task(self) -> str:
        """Name of the task. Empty if the message doesn't tell."""
        if self.queue == LAUNCHES:
            return task_of_schedule(self.schedule)
        detail = self.event.get("detail")
        group = detail.get("group") if isinstance(detail, dict) else None
        return str(group or "").removeprefix(SUPERVISED_GROUP)

    @property
    def event(self) -> dict[str, JsonValue]:
        """The undelivered event. Empty if the body isn't an event."""
        try:
            body: JsonValue = json.loads(self.body)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def time(self) -> datetime | None:
        """The scheduled time of the run, or the time of the event."""
        text = self.attributes.get("SCHEDULED_TIME", "") or str(self.event.get("time", ""))
        try:
            return instant(text)
        except ValueError:
            return None

    @property
    def error_code(self) -> str:
        """The code of the last error."""
        return self.attributes.get("ERROR_CODE", "")

    @property
    def error_message(self) -> str:
        """The message of the last error in one line."""
        return " ".join(self.attributes.get("ERROR_MESSAGE", "").split())

    @property
    def retries(self) -> int | None:
        """The number of retries. None if the message doesn't tell."""
        text = self.attributes.get("RETRY_ATTEMPTS", "")
        return int(text) if text.isdigit() else None

    @property
    def exhausted(self) -> str:
        """The limit that ended the retries. Empty if the error is one that isn't retried."""
        return self.attributes.get("EXHAUSTED_RETRY_CONDITION", "")

    @property
    def truncated(self) -> bool:
        """Whether the body was too large and was truncated."""
        return self.attributes.get("IS_PAYLOAD_TRUNCATED", "").lower() == "true"

    @property
    def cause(self) -> Cause:
        """The cause and the fix."""
        return cause_of(self.error_code, self.error_message)

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {
            "id": self.id,
            "queue": self.queue,
            "task": self.task,
            "schedule": self.schedule,
            "time": self.time,
            "sent": self.sent,
            "errorCode": self.error_code,
            "errorMessage": self.error_message,
            "retries": self.retries,
            "exhausted": self.exhausted,
            "truncated": self.truncated,
            "cause": self.cause.summary,
            "fix": self.cause.fix,
        }


def dead_letter(message: "MessageTypeDef", queue: str) -> DeadLetter:
    """Convert a message from ReceiveMessage, which must have all its attributes."""
    sent = message.get("Attributes", {}).get("SentTimestamp")
    return DeadLetter(
        id=message["MessageId"],
        queue=queue,
        attributes={
            name: str(value.get("StringValue", "")) for name, value in message.get("MessageAttributes", {}).items()
        },
        body=message.get("Body", ""),
        sent=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None,
    )
