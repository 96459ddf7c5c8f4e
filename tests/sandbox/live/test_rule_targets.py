"""Retries of EventBridge on the clock, dead letters and metrics of rules.

AWS: Amazon EventBridge user guide, "How EventBridge retries delivering events", "Using dead-letter queues to process
undelivered events in EventBridge".
"""

import json
from pathlib import Path
from typing import Any

import pytest

from ops.dead_letters.message import EVENTS, dead_letter
from sandbox import moto_api_destinations
from sandbox.live.faults import NextFault

from .test_mailbox import send_failures_to_a_webhook
from .world import ACCOUNT, REGION, TOPIC, World, client

DEAD = f"arn:aws:sqs:{REGION}:{ACCOUNT}:undelivered"
ALLOWED = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": DEAD,
}


def queue(*statements: object) -> str:
    """Create the dead-letter queue, and return its URL."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return client("sqs").create_queue(QueueName="undelivered", Attributes={"Policy": policy})["QueueUrl"]


def keep_undelivered(target_id: str = "topic", **policy: int) -> None:
    """Give a target of the rule on failures a dead-letter queue and a retry policy."""
    targets = client("events").list_targets_by_rule(Rule="failed")["Targets"]
    [target] = [each for each in targets if each["Id"] == target_id]
    more: dict[str, Any] = {"RetryPolicy": policy} if policy else {}
    client("events").put_targets(Rule="failed", Targets=[{**target, "DeadLetterConfig": {"Arn": DEAD}, **more}])


def letters(url: str) -> list[tuple[dict[str, str], Any]]:
    """The attributes and the bodies of the messages in the queue."""
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return [
        ({key: value["StringValue"] for key, value in each["MessageAttributes"].items()}, json.loads(each["Body"]))
        for each in found.get("Messages", [])
    ]


def fail(stack: World) -> None:
    """Let a run of the task fail."""
    stack.live.faults.add(NextFault("job", "exitCode"))
    stack.run_task()
    stack.run(30)


def throttle(stack: World, times: int) -> None:
    stack.live.faults.add(NextFault("job", "eventsThrottled", times))


def metric(stack: World, name: str, rule: str = "failed") -> float:
    found = stack.live.metrics.values("AWS/Events", name, {"RuleName": rule}, 0, stack.clock.now + 1)
    return sum(found)


def without_log() -> None:
    """Leave only the topic to the rule on failures."""
    client("events").remove_targets(Rule="failed", Ids=["log"])


def test_a_throttled_target_gets_the_event_later(unscheduled: World):
    without_log()
    throttle(unscheduled, 3)
    fail(unscheduled)
    assert len(unscheduled.subjects()) == 1
    assert next(line for line in unscheduled.lines if "could not deliver" in line).startswith(
        "job: EventBridge could not deliver an event to sns alerts: THROTTLING: Rate exceeded. Retry 1 in "
    )
    assert "job: Retry 3 of the delivery to sns alerts succeeded." in unscheduled.lines
    assert (metric(unscheduled, "RetryInvocationAttempts"), metric(unscheduled, "FailedInvocations")) == (3, 0)


def test_an_event_whose_retries_are_exhausted_is_in_the_dead_letter_queue(unscheduled: World):
    without_log()
    url = queue(ALLOWED)
    keep_undelivered(MaximumRetryAttempts=2)
    throttle(unscheduled, 3)
    fail(unscheduled)
    [(attributes, event)] = letters(url)
    assert attributes == {
        "RULE_ARN": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/failed",
        "TARGET_ARN": TOPIC,
        "ERROR_CODE": "THROTTLING",
        "ERROR_MESSAGE": "Rate exceeded",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "RETRY_ATTEMPTS": "2",
    }
    assert (event["detail-type"], event["detail"]["group"]) == ("ECS Task State Change", "job")
    assert unscheduled.subjects() == []
    assert (metric(unscheduled, "FailedInvocations"), metric(unscheduled, "InvocationsSentToDlq")) == (1, 1)


def test_the_command_dead_letters_reads_the_message(unscheduled: World):
    without_log()
    url = queue(ALLOWED)
    keep_undelivered(MaximumRetryAttempts=0)
    throttle(unscheduled, 1)
    fail(unscheduled)
    [message] = client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    found = dead_letter(message, EVENTS)
    assert (found.task, found.error_code, found.retries, found.exhausted, found.unreadable) == (
        "job",
        "THROTTLING",
        0,
        "MaximumRetryAttempts",
        "",
    )
    assert found.time is not None
    assert found.cause.summary == "Throttled."


def test_an_event_becomes_too_old(unscheduled: World):
    """The pure function is tested with AWS's default of 24 hours."""
    without_log()
    url = queue(ALLOWED)
    keep_undelivered(MaximumEventAgeInSeconds=600)
    throttle(unscheduled, 1000)
    fail(unscheduled)
    unscheduled.run(200)
    assert letters(url) == []
    unscheduled.run(400)
    [(attributes, _)] = letters(url)
    assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"
    assert 7 <= int(attributes["RETRY_ATTEMPTS"]) <= 10


def test_an_event_without_dead_letter_queue_is_lost_and_the_sandbox_says_so(unscheduled: World):
    without_log()
    client("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="Policy", AttributeValue='{"Version": "2012-10-17", "Statement": []}'
    )
    fail(unscheduled)
    [line] = [line for line in unscheduled.lines if "is lost" in line]
    assert line == (
        "job: EventBridge could not deliver an event to sns alerts: NO_PERMISSIONS: The resource policy of"
        f" {TOPIC} does not allow EventBridge to send to it. The event is lost: the target has no dead-letter queue."
    )
    assert metric(unscheduled, "FailedInvocations") == 1


@pytest.mark.parametrize("code", ["NO_PERMISSIONS", "NO_RESOURCE"])
def test_a_permanent_error_goes_to_the_dead_letter_queue_at_once(unscheduled: World, code: str):
    without_log()
    url = queue(ALLOWED)
    keep_undelivered()
    if code == "NO_RESOURCE":
        client("sns").delete_topic(TopicArn=TOPIC)
    else:
        nobody = '{"Version": "2012-10-17", "Statement": []}'
        client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=nobody)
    fail(unscheduled)
    [(attributes, _)] = letters(url)
    assert (attributes["ERROR_CODE"], attributes["RETRY_ATTEMPTS"]) == (code, "0")
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes


def test_a_dead_letter_queue_needs_a_policy(unscheduled: World):
    """AWS: "If you use the `PutTargets` operation of the EventBridge API (...), you must manually grant permissions to
    the queue selected."."""
    without_log()
    url = queue()
    keep_undelivered(MaximumRetryAttempts=0)
    throttle(unscheduled, 1)
    fail(unscheduled)
    assert letters(url) == []
    assert any(
        "The event is lost: EventBridge can't send it to the queue undelivered." in it for it in unscheduled.lines
    )
    assert metric(unscheduled, "InvocationsFailedToBeSentToDlq") == 1


class Endpoint:
    """An endpoint that answers with statuses, the last of them always."""

    def __init__(self, *answers: tuple[int, dict[str, str]]):
        self._answers, self.times, self.now = list(answers), list[float](), lambda: 0.0

    def request(self, *_: object, **__: object) -> Any:
        self.times.append(self.now())
        status, headers = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return type("Answer", (), {"status_code": status, "headers": headers})


@pytest.fixture
def webhook(unscheduled: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A webhook that gets failed runs, and a receiver for it."""
    (tmp_path / "receiver").write_text("http://127.0.0.1:9")
    monkeypatch.setattr(moto_api_destinations, "_receiver_file", [tmp_path / "receiver"])
    client("events").remove_targets(Rule="failed", Ids=["log", "topic"])
    send_failures_to_a_webhook()
    return monkeypatch


def answer(stack: World, webhook: pytest.MonkeyPatch, *answers: tuple[int, dict[str, str]]) -> Endpoint:
    endpoint = Endpoint(*answers)
    endpoint.now = lambda: stack.clock.now
    webhook.setattr(moto_api_destinations.requests, "request", endpoint.request)
    return endpoint


def test_an_api_destination_gets_a_request_again_after_its_retry_after(unscheduled: World, webhook: pytest.MonkeyPatch):
    endpoint = answer(unscheduled, webhook, (503, {"Retry-After": "20"}), (200, {}))
    fail(unscheduled)
    first, second = endpoint.times
    assert second - first == 20
    assert "job: Retry 1 of the delivery to the API destination hook succeeded." in unscheduled.lines


def test_another_error_of_an_api_destination_is_not_retried(unscheduled: World, webhook: pytest.MonkeyPatch):
    url = queue(ALLOWED)
    keep_undelivered("hook")
    endpoint = answer(unscheduled, webhook, (404, {}))
    fail(unscheduled)
    assert len(endpoint.times) == 1
    [(attributes, event)] = letters(url)
    assert attributes["ERROR_CODE"] == "SDK_CLIENT_ERROR"
    assert "404" in attributes["ERROR_MESSAGE"]
    assert event["detail"]["group"] == "job", "the event, and not the message of the target"


def test_retries_begun_in_a_session_continue_after_it(unscheduled: World):
    without_log()
    throttle(unscheduled, 4)
    fail_at = unscheduled.clock.now
    unscheduled.live.faults.add(NextFault("job", "exitCode"))
    unscheduled.run_task()
    while not any("Retry 1" in line for line in unscheduled.lines):
        unscheduled.run(0.5)
        assert unscheduled.clock.now < fail_at + 60
    unscheduled.live._is_on = lambda: False
    unscheduled.run(60)
    assert len(unscheduled.subjects()) == 1
