"""Outcomes in the sandbox: events on the event bus arrive in the outcome logs."""

import json
from typing import Any

import pytest

from sandbox.engine import Sandbox

from .conftest import client

pytestmark = pytest.mark.engine

GROUP = "/aws/events/scheduled-tasks-local"


def put(box: Sandbox, outputs: dict[str, Any], **detail: Any) -> None:
    whole = {
        "clusterArn": outputs["clusterArn"],
        "taskDefinitionArn": outputs["tasks"]["nightly-backup"]["taskDefinition"],
        "group": "nightly-backup",
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "it ended",
        "stoppedAt": "2026-11-24T03:07:11Z",
        "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/scheduled-tasks-local/0123456789abcdef",
        "containers": [{"name": "main", "exitCode": 0}],
        **detail,
    }
    entry = {"Source": "aws.ecs", "DetailType": "ECS Task State Change", "Detail": json.dumps(whole)}
    assert client(box, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def logged(box: Sandbox, outcome: str) -> list[str]:
    """Return the stop codes in an outcome log."""
    found = client(box, "logs").filter_log_events(logGroupName=f"{GROUP}/{outcome}")["events"]
    return [json.loads(event["message"])["detail"]["stopCode"] for event in found]


def send_messages_to_a_queue(box: Sandbox) -> str:
    """Replace the topic, which moto does not deliver to, by a queue with the same message. Returns the queue's URL."""
    events, rule = client(box, "events"), "scheduled-tasks-local-failed"
    [to_topic] = [target for target in events.list_targets_by_rule(Rule=rule)["Targets"] if ":sns:" in target["Arn"]]
    sqs = client(box, "sqs")
    url = sqs.create_queue(QueueName="instead-of-the-topic")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    # Unlike EventBridge, moto keeps the quotes of JSON that it inserts, so insert a string instead of the containers.
    to_topic["InputTransformer"]["InputPathsMap"]["containers"] = "$.detail.lastStatus"
    events.put_targets(Rule=rule, Targets=[{**to_topic, "Arn": arn}])
    return url


def test_outcomes_are_logged_and_failures_send_a_message(box: Sandbox):
    deployed = box.up()
    assert deployed.error == ""
    topics = client(box, "sns").list_topics()["Topics"]
    [subscription] = client(box, "sns").list_subscriptions_by_topic(TopicArn=topics[0]["TopicArn"])["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    url = send_messages_to_a_queue(box)

    # moto's matcher ignores lists of objects. For exit codes, see tests/components/monitoring/test_events.py.
    put(box, deployed.outputs, stopCode="TaskFailedToStart")
    put(box, deployed.outputs, stopCode="UserInitiated", taskArn="arn:aws:ecs:eu-west-1:123456789012:task/x/2")
    put(box, deployed.outputs, lastStatus="RUNNING", stopCode="SpotInterruption")
    put(box, deployed.outputs, stopCode="UserInitiated", clusterArn="arn:aws:ecs:eu-west-1:123456789012:cluster/other")
    assert sorted(logged(box, "failed")) == ["TaskFailedToStart", "UserInitiated"]
    assert logged(box, "succeeded") == []

    received = client(box, "sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    texts = sorted(json.loads(message["Body"]) for message in received)
    assert len(texts) == 2
    for text, why in zip(texts, ("TaskFailedToStart", "UserInitiated"), strict=True):
        first, _, logs, *_ = text.splitlines()
        assert first == (
            f"The scheduled task nightly-backup in scheduled-tasks-local failed at 2026-11-24T03:07:11Z. "
            f"Reason: it ended ({why})"
        )
        assert logs.startswith(
            "Logs: aws logs tail /ecs/scheduled-tasks-local --log-stream-name-prefix nightly-backup/"
        )

    assert box.waiting_messages() == {
        "scheduled-tasks-local-dead-letters": 0,
        "scheduled-tasks-local-undelivered-events": 0,
    }
    client(box, "sqs").send_message(QueueUrl=deployed.outputs["deadLetterQueueUrl"], MessageBody="{}")
    assert box.waiting_messages()["scheduled-tasks-local-dead-letters"] == 1
