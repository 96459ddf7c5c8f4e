"""Deliveries of events to the targets of rules: their errors, their retries, and the messages in dead-letter queues.

Pure. AWS: Amazon EventBridge user guide, "How EventBridge retries delivering events", "Using dead-letter queues to
process undelivered events in EventBridge".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import Any

from ops.simulation.scheduler import backoff

ATTEMPTS, AGE = "MaximumRetryAttempts", "MaximumEventAgeInSeconds"
"""The members of a retry policy, and the values of EXHAUSTED_RETRY_CONDITION."""
DEFAULTS: Mapping[str, int] = {ATTEMPTS: 185, AGE: 86_400}
"""AWS: "By default, EventBridge retries sending the event for 24 hours and up to 185 times"."""
NO_PERMISSIONS, NO_RESOURCE, INVALID_JSON, THROTTLING = "NO_PERMISSIONS", "NO_RESOURCE", "INVALID_JSON", "THROTTLING"
CLIENT_ERROR, UNKNOWN = "SDK_CLIENT_ERROR", "UNKNOWN"
"""Values of ERROR_CODE. AWS lists them without their meanings."""
_RETRIED_STATUSES = (401, 407, 409, 429)
"""AWS: Amazon EventBridge user guide, "API destinations as targets in Amazon EventBridge": 401, 407, 409, 429 and 5xx
are retried, and no others."""
_REFUSED = "Unable to invoke ApiDestination endpoint: "
"""The start of the error messages of API destinations in public dead-letter messages."""


@dataclass(frozen=True, slots=True)
class DeliveryError:
    """An error that EventBridge gets from a target.

    Args:
        code: The value of ERROR_CODE.
        message: The value of ERROR_MESSAGE.
        is_retried: Whether EventBridge retries it.
        pause: The seconds before the retry that the target asks for.
    """

    code: str
    message: str
    is_retried: bool = False
    pause: float = 0


@dataclass(slots=True, eq=False)
class Delivery:
    """The delivery of an event to a target.

    Args:
        rule_arn: ARN of the rule.
        target: The target, in the shape of PutTargets.
        event: The event.
        begun: The time of the first attempt in seconds since 1970.
        retries: The number of retries until now.
    """

    rule_arn: str
    target: Mapping[str, Any]
    event: Mapping[str, Any]
    begun: float = 0
    retries: int = 0

    def policy(self, limit: str) -> int:
        """A limit of the target's retry policy: `ATTEMPTS`, or `AGE` in seconds."""
        return int(self.target.get("RetryPolicy", {}).get(limit, DEFAULTS[limit]))

    @property
    def queue_arn(self) -> str:
        """ARN of the target's dead-letter queue. Empty if it has none."""
        return self.target.get("DeadLetterConfig", {}).get("Arn", "")


@dataclass(frozen=True, slots=True)
class Retry:
    """The next attempt, in some seconds."""

    pause: float


@dataclass(frozen=True, slots=True)
class Exhausted:
    """There is no next attempt.

    `condition` is the limit that was reached. It is empty for an error that isn't retried.
    """

    condition: str = ""


def next_attempt(delivery: Delivery, error: DeliveryError, now: float) -> Retry | Exhausted:
    """Decide what follows an error: a retry with exponential backoff and jitter, or nothing.

    The pauses are an assumption, because AWS doesn't publish them: those of `backoff`, from half to one and a half of
    each. The same retry of the same target has the same pause each time.
    """
    if not error.is_retried:
        return Exhausted()
    if delivery.retries >= delivery.policy(ATTEMPTS):
        return Exhausted(ATTEMPTS)
    seed = f"{delivery.rule_arn} {delivery.target['Id']} {delivery.retries}"
    jitter = Random(seed).uniform(0.5, 1.5)  # noqa: S311 - no secret
    # AWS: "EventBridge chooses the more conservative value between the defined retry policy and the `Retry-After`
    # header."
    pause = max(round(backoff(delivery.retries + 1) * jitter, 3), error.pause)
    if now + pause - delivery.begun > delivery.policy(AGE):
        return Exhausted(AGE)
    return Retry(pause)


def attributes(delivery: Delivery, error: DeliveryError, exhausted: Exhausted) -> dict[str, str]:
    """The attributes of a message in a dead-letter queue."""
    condition = {"EXHAUSTED_RETRY_CONDITION": exhausted.condition} if exhausted.condition else {}
    return {
        "RULE_ARN": delivery.rule_arn,
        "TARGET_ARN": delivery.target["Arn"],
        "ERROR_CODE": error.code,
        "ERROR_MESSAGE": error.message,
        "RETRY_ATTEMPTS": str(delivery.retries),
        **condition,
    }


def as_sent(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as EventBridge sends it: without the time that only the emulator has, and with its time as a string.

    AWS: Amazon EventBridge user guide, "AWS service event metadata", time: `2017-12-22T18:43:48Z`.
    """
    time = datetime.fromtimestamp(int(float(event["time"])), UTC).isoformat().replace("+00:00", "Z")
    return {**{name: value for name, value in event.items() if name != "ingestion-time"}, "time": time}


def body(event: Mapping[str, Any]) -> str:
    """The body of a message about an event."""
    return json.dumps(as_sent(event))


def error_of_status(status: int, headers: Mapping[str, str], now: datetime) -> DeliveryError | None:
    """The error in the response of an API destination; None for a success.

    Args:
        status: The HTTP status.
        headers: The headers of the response.
        now: The current time, for a Retry-After header with a date.
    """
    if 200 <= status < 300:
        return None
    message = f"{_REFUSED}the response has status {status}."
    pause = _retry_after(headers.get("Retry-After", ""), now)
    # AWS: "If Retry-After value is negative, EventBridge stops retrying delivery for that event."
    is_retried = (status in _RETRIED_STATUSES or 500 <= status < 600) and pause >= 0
    return DeliveryError(CLIENT_ERROR, message, is_retried, max(pause, 0))


UNREACHABLE = DeliveryError(CLIENT_ERROR, f"{_REFUSED}API destination endpoint cannot be reached.", is_retried=True)
TIMED_OUT = DeliveryError(
    UNKNOWN, f"{_REFUSED}Timeout calling endpoint for API Destination: socket closed.", is_retried=True
)
"""AWS's own codes and texts, from public dead-letter messages of API destinations. AWS: "EventBridge retries timed out
requests"."""
THROTTLED = DeliveryError(THROTTLING, "Rate exceeded", is_retried=True)


def _retry_after(text: str, now: datetime) -> float:
    """The seconds in a Retry-After header. 0 without a valid one."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0)
    except (ValueError, TypeError):
        return 0
