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


def subscribe_a_queue(box: Sandbox, topic_arn: str) -> str:
    """Subscribe a queue to the topic, for the same text as in an email. Returns the queue's URL."""
    sqs = client(box, "sqs")
    url = sqs.create_queue(QueueName="subscribed")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    raw = {"RawMessageDelivery": "true"}
    client(box, "sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn, Attributes=raw)
    return url


def test_outcomes_are_logged_and_failures_send_a_message(box: Sandbox):
    deployed = box.up()
    assert deployed.error == ""
    topics = client(box, "sns").list_topics()["Topics"]
    [subscription] = client(box, "sns").list_subscriptions_by_topic(TopicArn=topics[0]["TopicArn"])["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    url = subscribe_a_queue(box, topics[0]["TopicArn"])

    # moto's matcher ignores lists of objects. For exit codes, see tests/components/monitoring/test_events.py.
    put(box, deployed.outputs, stopCode="TaskFailedToStart")
    put(box, deployed.outputs, stopCode="UserInitiated", taskArn="arn:aws:ecs:eu-west-1:123456789012:task/x/2")
    put(box, deployed.outputs, lastStatus="RUNNING", stopCode="SpotInterruption")
    put(box, deployed.outputs, stopCode="UserInitiated", clusterArn="arn:aws:ecs:eu-west-1:123456789012:cluster/other")
    assert sorted(logged(box, "failed")) == ["TaskFailedToStart", "UserInitiated"]
    assert logged(box, "succeeded") == []

    received = client(box, "sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    texts = sorted(message["Body"] for message in received)
    assert len(texts) == 2
    for text, why in zip(texts, ("TaskFailedToStart", "UserInitiated"), strict=True):
        first, containers, logs, *_ = text.splitlines()
        assert first == (
            f'"The scheduled task nightly-backup in scheduled-tasks-local failed at 2026-11-24T03:07:11Z. '
            f'Reason: it ended ({why})"'
        )
        assert containers == '"Container exit codes: [{name:main,exitCode:0}]"'
        assert logs.startswith(
            '"Logs: scheduled-tasks logs nightly-backup --group scheduled-tasks-local --region eu-west-1"'
        )

    client(box, "events").disable_rule(Name="scheduled-tasks-local-failed")
    put(box, deployed.outputs, stopCode="TaskFailedToStart")
    assert len(logged(box, "failed")) == 2
    alarm = "scheduled-tasks-local/dropped"
    client(box, "cloudwatch").disable_alarm_actions(AlarmNames=[alarm])
    assert box.up(refresh=True).error == ""
    put(box, deployed.outputs, stopCode="TaskFailedToStart")
    assert len(logged(box, "failed")) == 3, "the deployment enabled the rule again"
    [found] = client(box, "cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    assert found["ActionsEnabled"]

    assert box.waiting_messages() == {
        "scheduled-tasks-local-dead-letters": 0,
        "scheduled-tasks-local-undelivered-events": 0,
    }
    client(box, "sqs").send_message(QueueUrl=deployed.outputs["deadLetterQueueUrl"], MessageBody="{}")
    assert box.waiting_messages()["scheduled-tasks-local-dead-letters"] == 1
