"""The messages of EventBridge Scheduler in dead-letter queues.

AWS: EventBridge Scheduler user guide, "Configuring a dead-letter queue".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.schedules import Schedule

from ..calls import Client, prepared_params, role_policies
from ..iam_policies import is_allowed

ATTEMPTS, AGE = "MaximumRetryAttempts", "MaximumEventAgeInSeconds"
"""The values of EXHAUSTED_RETRY_CONDITION."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An error that EventBridge Scheduler gets from a target."""

    code: str
    message: str
    retryable: bool = False

    @property
    def is_throttling(self) -> bool:
        """Whether the target throttles."""
        return "throttl" in f"{self.code} {self.message}".lower()


def attributes(
    schedule: Schedule, time: datetime, refused: Refused, *, exhausted: str, attempt: str, retries: int
) -> dict[str, str]:
    """The attributes of a message. `exhausted` is empty for an error that isn't retried."""
    found = {
        "ERROR_CODE": refused.code,
        "ERROR_MESSAGE": refused.message or refused.code,
        "EXECUTION_ID": attempt,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(retries),
        "SCHEDULED_TIME": time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SCHEDULE_ARN": schedule.arn,
        "TARGET_ARN": schedule.target_arn,
    }
    return {**found, **({"EXHAUSTED_RETRY_CONDITION": exhausted} if exhausted else {})}


def send(
    client: Client, schedule: Schedule, time: datetime, refused: Refused, *, exhausted: str, attempt: str, retries: int
) -> bool:
    """Send the message about a launch that failed, with the rights of the schedule's role. Returns whether it could."""
    queue = schedule.dead_letter_queue_arn
    try:
        policies = role_policies(client("iam"), schedule.role_arn)
    except ClientError:
        policies = []
    if not is_allowed(policies, "sqs:SendMessage", queue):
        return False
    params = prepared_params(schedule.target, schedule_arn=schedule.arn, due=time, attempt=attempt, number=retries + 1)
    named = attributes(schedule, time, refused, exhausted=exhausted, attempt=attempt, retries=retries)
    sqs, (region, account, name) = client("sqs"), queue.split(":")[3:]
    try:
        sqs.send_message(
            QueueUrl=f"https://sqs.{region}.amazonaws.com/{account}/{name}",
            MessageBody=json.dumps(params),
            MessageAttributes={key: _string(value) for key, value in named.items()},
        )
    except ClientError:
        return False
    return True


def _string(value: str) -> Mapping[str, Any]:
    return {"DataType": "String", "StringValue": value}
