"""Retries of EventBridge: which errors, how often, and the messages in dead-letter queues.

AWS: Amazon EventBridge user guide, "How EventBridge retries delivering events" (eb-rule-retry-policy.html), "Using
dead-letter queues to process undelivered events in EventBridge" (eb-rule-dlq.html), "API destinations as targets in
Amazon EventBridge" (eb-api-destinations.html).
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.rule_deliveries import (
    TIMED_OUT,
    UNREACHABLE,
    Delivery,
    DeliveryError,
    Exhausted,
    Retry,
    as_sent,
    attributes,
    error_of_status,
    next_attempt,
)

RULE = "arn:aws:events:eu-west-1:123456789012:rule/failed"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts"
NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
THROTTLED = DeliveryError("THROTTLING", "Rate exceeded", is_retried=True)


def delivery(**policy: int) -> Delivery:
    target: dict[str, Any] = {"Id": "topic", "Arn": TOPIC}
    return Delivery(RULE, {**target, **({"RetryPolicy": policy} if policy else {})}, {}, begun=NOW.timestamp())


def retried(this: Delivery, error: DeliveryError = THROTTLED) -> tuple[int, float, Exhausted]:
    """Fail each attempt, and return the number of retries, how long they took, and what ended them."""
    now = this.begun
    while isinstance(found := next_attempt(this, error, now), Retry):
        this.retries += 1
        now += found.pause
    return this.retries, now - this.begun, found


def test_retries_end_after_24_hours_or_185_times():
    """AWS: "By default, EventBridge retries sending the event for 24 hours and up to 185 times with an exponential back
    off and jitter, or randomized delay." A public dead-letter message of an API destination has 129 retries and
    MaximumEventAgeInSeconds."""
    retries, seconds, ended = retried(delivery())
    assert (ended, 0 < 86_400 - seconds < 768) == (Exhausted("MaximumEventAgeInSeconds"), True)
    assert 150 < retries <= 185


def test_the_limit_that_is_reached_first_ends_the_retries():
    """AWS: EventBridge API reference, RetryPolicy: 60 to 86,400 seconds, 0 to 185 retries."""
    assert retried(delivery(MaximumRetryAttempts=3))[::2] == (3, Exhausted("MaximumRetryAttempts"))
    assert retried(delivery(MaximumRetryAttempts=0)) == (0, 0, Exhausted("MaximumRetryAttempts"))
    retries, seconds, ended = retried(delivery(MaximumEventAgeInSeconds=60))
    assert (ended, seconds <= 60, 4 <= retries <= 7) == (Exhausted("MaximumEventAgeInSeconds"), True, True)


def test_pauses_grow_with_jitter_and_are_the_same_each_time():
    def pauses() -> list[float]:
        found: list[float] = []
        for retries in range(12):
            this = delivery()
            this.retries = retries
            decided = next_attempt(this, THROTTLED, this.begun)
            assert isinstance(decided, Retry)
            found.append(decided.pause)
        return found

    found = pauses()
    assert found == pauses()
    for pause, middle in zip(found, (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 512), strict=True):
        assert middle / 2 <= pause <= middle * 1.5
    assert found[10] != found[11], "jitter"


def test_permanent_errors_are_not_retried():
    """AWS: "for errors that result from missing permissions to a target, or if a target resource that no longer exists,
    no retry attempts will happen until action is taken"."""
    error = DeliveryError("NO_PERMISSIONS", "Denied")
    assert retried(delivery(), error) == (0, 0, Exhausted(""))


@pytest.mark.parametrize(
    ("status", "is_retried"),
    [
        *((status, True) for status in (401, 407, 409, 429, 500, 502, 503, 599)),
        *((status, False) for status in (100, 301, 304, 400, 403, 404, 408, 410, 422)),
    ],
)
def test_statuses_of_api_destinations(status: int, is_retried: bool):
    """AWS: "Retries events associated with error codes 401, 407, 409, 429, and 5xx. Does not retry events associated
    with error codes 1xx, 2xx, 3xx, and 4xx (other than those noted above)."."""
    error = error_of_status(status, {}, NOW)
    assert error is not None
    assert (error.is_retried, str(status) in error.message) == (is_retried, True)


def test_a_response_with_2xx_is_a_success():
    assert [error_of_status(status, {}, NOW) for status in (200, 202, 204)] == [None] * 3


@pytest.mark.parametrize(
    ("header", "pause"),
    [("120", 120), ("Sat, 28 Nov 2026 03:05:00 GMT", 300), ("Sat, 28 Nov 2026 02:00:00 GMT", 0), ("soon", 0), ("", 0)],
)
def test_retry_after_makes_pauses_longer(header: str, pause: float):
    """AWS: "EventBridge chooses the more conservative value between the defined retry policy and the `Retry-After`
    header." """
    error = error_of_status(429, {"Retry-After": header}, NOW)
    assert error is not None
    assert error.pause == pause
    decided = next_attempt(delivery(), error, NOW.timestamp())
    assert isinstance(decided, Retry)
    assert pause <= decided.pause <= max(pause, 1.5)


def test_a_negative_retry_after_ends_the_retries():
    """AWS: "If `Retry-After` value is negative, EventBridge stops retrying delivery for that event."."""
    error = error_of_status(503, {"Retry-After": "-1"}, NOW)
    assert error is not None
    assert not error.is_retried


def test_the_attributes_of_a_dead_letter_message():
    """AWS: eb-rule-dlq.html lists the attributes, and the error codes."""
    this = delivery()
    this.retries = 129
    for error in (TIMED_OUT, UNREACHABLE, THROTTLED):
        assert error.is_retried
        assert attributes(this, error, Exhausted("MaximumEventAgeInSeconds")) == {
            "RULE_ARN": RULE,
            "TARGET_ARN": TOPIC,
            "ERROR_CODE": error.code,
            "ERROR_MESSAGE": error.message,
            "EXHAUSTED_RETRY_CONDITION": "MaximumEventAgeInSeconds",
            "RETRY_ATTEMPTS": "129",
        }
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes(this, THROTTLED, Exhausted())


def test_an_event_has_the_time_in_awss_format():
    """AWS: "AWS service event metadata": `"time": "2017-12-22T18:43:48Z"`."""
    assert as_sent({"id": "1", "time": 1513968228.75, "ingestion-time": 1}) == {
        "id": "1",
        "time": "2017-12-22T18:43:48Z",
    }
