"""A message in a dead-letter queue. Pure functions of SQS's answers.

Anyone who may send to the queue can put anything into a message. So each value is bounded before it is used, and a
message without the values that a redrive needs is unreadable: it is listed with the reason and can be deleted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from components.aws.arn import Arn
from components.aws.names import task_of_schedule
from components.json_values import Json, mapping, read_json
from components.supervised.settings import SUPERVISED_GROUP

from ..aws.deployment import STATES
from ..output import shortened
from ..runs.records import known_instant, last_part, task_of_machine
from .causes import Cause, cause_of

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageTypeDef

LAUNCHES, EVENTS = "launches", "events"
"""The queues: failed launches, and events about outcomes that reached neither log nor topic."""

LONGEST_ERROR = 1000
"""The most characters of an error message that are matched and listed. `show` prints the whole message."""
_LONGEST_CODE = 200
_LONGEST_NAME = 255
"""The most characters of a task's name in an event, same as of a family. AWS: RegisterTaskDefinition, family."""
_LONGEST_VALUE = 60
"""The most characters of a value in the reason why a message is unreadable."""
_SCHEDULE_ARN = re.compile(
    r"(?=.{1,1224}\Z)arn:aws[a-z-]*:scheduler:[a-z0-9-]+:[0-9]{12}:schedule/[0-9A-Za-z_.-]+/[0-9A-Za-z_.-]+"
)
"""AWS: botocore scheduler, ScheduleArn."""
_RETRIES = re.compile(r"[0-9]{1,3}")
"""At most 185. AWS: botocore scheduler, MaximumRetryAttempts."""
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
"""AWS: EventBridge Scheduler user guide, "Schedule types", year of a cron expression."""


_LONGEST_ARN = 1600
"""AWS: botocore events, ResourceArn."""


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
    task: str = ""
    """Name of the task. Empty if the message doesn't tell."""
    time: datetime | None = None
    """The scheduled time of the run, or the time of the event."""
    machine_arn: str = ""
    """ARN of the state machine that a rule could not start, for a task that starts after another one."""
    upstream: str = ""
    """ARN of the run of the other task that succeeded."""
    unreadable: str = ""
    """One sentence that tells why the message can't be redriven, whatever AWS answers. Empty for a readable message."""

    @property
    def schedule_arn(self) -> str:
        """ARN of the schedule whose launch failed. Empty for an event."""
        arn = self.attributes.get("SCHEDULE_ARN", "")
        return arn if _SCHEDULE_ARN.fullmatch(arn) else ""

    @property
    def schedule(self) -> str:
        """Name of the schedule."""
        return last_part(self.schedule_arn)

    @property
    def error_code(self) -> str:
        """The code of the last error."""
        return shortened(self.attributes.get("ERROR_CODE", ""), _LONGEST_CODE)

    @property
    def error_message(self) -> str:
        """The message of the last error in one line, at most `LONGEST_ERROR` characters of it."""
        return shortened(self.attributes.get("ERROR_MESSAGE", ""), LONGEST_ERROR)

    @property
    def retries(self) -> int | None:
        """The number of retries. None if the message doesn't tell."""
        text = self.attributes.get("RETRY_ATTEMPTS", "")
        return int(text) if _RETRIES.fullmatch(text) else None

    @property
    def exhausted(self) -> str:
        """The limit that ended the retries. Empty if the error is one that isn't retried."""
        return shortened(self.attributes.get("EXHAUSTED_RETRY_CONDITION", ""), _LONGEST_VALUE)

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
            "unreadable": self.unreadable,
            "cause": self.cause.summary,
            "fix": self.cause.fix,
        }


def dead_letter(message: "MessageTypeDef", queue: str) -> DeadLetter:
    """Convert a message from ReceiveMessage, which must have all its attributes.

    Accepts any content. If it isn't from EventBridge Scheduler or EventBridge, the message is unreadable.
    """
    attributes = {name: _text(value) for name, value in message.get("MessageAttributes", {}).items()}
    body = message.get("Body") or ""
    sent = _sent(message.get("Attributes", {}).get("SentTimestamp", ""))
    found = DeadLetter(message["MessageId"], queue, attributes, body, sent)
    if queue == LAUNCHES and "RULE_ARN" in attributes:
        return _start_after(found)
    read = _launch if queue == LAUNCHES else _event
    task, time, unreadable = read(attributes, body)
    return replace(found, task=task, time=time, unreadable=unreadable)


def _text(value: "MessageAttributeValueOutputTypeDef") -> str:
    text = value.get("StringValue")
    return f"({len(value.get('BinaryValue') or b'')} bytes)" if text is None else text


def _sent(text: str) -> datetime | None:
    return known_instant(int(text)) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _launch(attributes: Mapping[str, str], _: str) -> tuple[str, datetime | None, str]:
    """Read the task, the scheduled time, and why they can't be read."""
    arn, written = attributes.get("SCHEDULE_ARN", ""), attributes.get("SCHEDULED_TIME", "")
    time = _plausible_time(written)
    if not arn:
        return "", time, "It has no SCHEDULE_ARN, so its schedule is unknown."
    if not _SCHEDULE_ARN.fullmatch(arn):
        return "", time, f"Its SCHEDULE_ARN is {_quoted(arn)}, which is not the ARN of a schedule."
    task = task_of_schedule(Arn.parse(arn).name)
    if written and time is None:
        years = f"from {_FIRST_YEAR} to {_LAST_YEAR}"
        return task, None, f"Its SCHEDULED_TIME is {_quoted(written)}, which is not a time {years}."
    return task, time, ""


def _start_after(message: DeadLetter) -> DeadLetter:
    """Read the message of a rule that could not start a task after another one. Its body is the event.

    AWS: Amazon EventBridge user guide, "Using dead-letter queues to process undelivered events".
    """
    target = message.attributes.get("TARGET_ARN", "")
    machine = Arn.parse_if_arn(target) if len(target) <= _LONGEST_ARN else None
    if machine is None or machine.service != STATES or not machine.resource.startswith("stateMachine:"):
        return replace(message, unreadable=f"Its TARGET_ARN is {_quoted(target)}, which is not a state machine.")
    task = shortened(task_of_machine(machine.resource_id), _LONGEST_NAME)
    _, time, unreadable = _event({}, message.body)
    upstream = ""
    if not unreadable:
        detail = mapping(mapping(read_json(message.body)).get("detail"))
        arn = detail.get("executionArn", detail.get("taskArn"))
        if isinstance(arn, str) and len(arn) <= _LONGEST_ARN and Arn.parse_if_arn(arn):
            upstream = arn
        else:
            unreadable = "Its event names no run."
    return replace(message, task=task, time=time, machine_arn=target, upstream=upstream, unreadable=unreadable)


def _event(_: Mapping[str, str], body: str) -> tuple[str, datetime | None, str]:
    try:
        event = mapping(read_json(body))
    except ValueError:
        return "", None, "Its body is not JSON."
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        return "", None, "Its body is not an event."
    return _task_of_event(detail), _plausible_time(event.get("time")), ""


def _task_of_event(detail: Mapping[str, Json]) -> str:
    group, machine = detail.get("group"), detail.get("stateMachineArn")
    if isinstance(group, str):
        return shortened(group.removeprefix(SUPERVISED_GROUP), _LONGEST_NAME)
    # An execution that was stopped doesn't report a group.
    return shortened(task_of_machine(last_part(machine, ":")), _LONGEST_NAME) if isinstance(machine, str) else ""


def _plausible_time(value: object) -> datetime | None:
    """A time at which EventBridge Scheduler can have started a run. None for anything else."""
    time = known_instant(value) if isinstance(value, str) else None
    return time if time and _FIRST_YEAR <= time.year <= _LAST_YEAR else None


def _quoted(value: str) -> str:
    return f'"{shortened(value, _LONGEST_VALUE)}"'
