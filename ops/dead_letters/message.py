"""A message of a dead-letter queue, as words and as data. Data in, data out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from components.supervised.settings import SUPERVISED_GROUP

from ..aws.schedules import task_of
from ..runs.records import instant, last_part
from .causes import Cause, cause_of

Data = Mapping[str, Any]

LAUNCHES, EVENTS = "launches", "events"
"""The queues: launches that were given up, and events about the ends of runs that reached neither log nor topic."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, with what the service that sent it wrote into its attributes.

    AWS: EventBridge Scheduler user guide, "Configuring a dead-letter queue"; Amazon EventBridge user guide, "Using
    dead-letter queues to process undelivered events".
    """

    id: str
    """The message's id in SQS; it stays the same however often the message is received."""
    queue: str
    attributes: Mapping[str, str]
    body: str
    sent: datetime | None = None

    @property
    def schedule_arn(self) -> str:
        """ARN of the schedule that was given up; empty for an event."""
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
        """Name of the task; empty where the message does not say it."""
        if self.queue == LAUNCHES:
            return task_of(self.schedule)
        return str(_mapping(self.event.get("detail")).get("group", "")).removeprefix(SUPERVISED_GROUP)

    @property
    def event(self) -> Data:
        """The event that was not delivered; empty where the body is none."""
        try:
            return _mapping(json.loads(self.body))
        except ValueError:
            return {}

    @property
    def time(self) -> datetime | None:
        """The time that the run was scheduled for, or that of the event."""
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
        """What the last error said, in one line."""
        return " ".join(self.attributes.get("ERROR_MESSAGE", "").split())

    @property
    def retries(self) -> int | None:
        """How often it was tried again; None where the message does not say it."""
        text = self.attributes.get("RETRY_ATTEMPTS", "")
        return int(text) if text.isdigit() else None

    @property
    def exhausted(self) -> str:
        """The limit that ended the retries; empty where the error was one that is not tried again."""
        return self.attributes.get("EXHAUSTED_RETRY_CONDITION", "")

    @property
    def truncated(self) -> bool:
        """Whether the body was too large, and cut."""
        return self.attributes.get("IS_PAYLOAD_TRUNCATED", "").lower() == "true"

    @property
    def cause(self) -> Cause:
        """What it means, and what to do."""
        return cause_of(self.error_code, self.error_message)

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
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
            "cause": self.cause.words,
            "fix": self.cause.fix,
        }


def letter_from(message: Data, queue: str) -> Letter:
    """A message as ReceiveMessage has it, with all of its attributes."""
    given: Data = message.get("MessageAttributes", {})
    sent = message.get("Attributes", {}).get("SentTimestamp")
    return Letter(
        id=message["MessageId"],
        queue=queue,
        attributes={name: str(value.get("StringValue", "")) for name, value in given.items()},
        body=message.get("Body", ""),
        sent=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None,
    )


def _mapping(value: object) -> Data:
    return cast("Data", value) if isinstance(value, dict) else {}
