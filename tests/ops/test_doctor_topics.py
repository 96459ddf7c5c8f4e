"""`doctor` finds what keeps messages from a topic: its policy, its key, and alarms without actions."""

import json
from typing import Any

import pytest

from components.monitoring.events import topic_policy
from ops.doctor.finding import OK, PROBLEM, UNKNOWN, WARNING
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:mine"
ALARM = "scheduled-tasks-test/dropped"
EVENTS, CLOUDWATCH = {"Service": "events.amazonaws.com"}, {"Service": "cloudwatch.amazonaws.com"}
NO_EVENTS = "EventBridge can't publish to the topic mine."
NO_ALARMS = "CloudWatch can't publish to the topic mine."
UNNAMED = "The topic's policy doesn't name"


@pytest.fixture
def stack(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> HealthyStack:
    """A stack whose rule on failures and whose alarm publish to a topic of the user."""
    share_session(monkeypatch)
    found = HealthyStack(deployed, ops)
    sns = found.client("sns")
    sns.create_topic(Name="mine")
    sns.subscribe(TopicArn=TOPIC, Protocol="https", Endpoint="https://example.com")
    found.client("events").put_targets(Rule="scheduled-tasks-test-failed", Targets=[{"Id": "topic", "Arn": TOPIC}])
    found.alarms("dropped", actions=[TOPIC])
    return found


def allow(stack: HealthyStack, *statements: tuple[Any, dict[str, Any]]) -> None:
    """Set the policy of the topic: principals with their conditions."""
    publish = {"Effect": "Allow", "Action": "SNS:Publish", "Resource": TOPIC}
    document = {"Statement": [{**publish, "Principal": who, "Condition": when} for who, when in statements]}
    set_policy(stack, json.dumps(document))


def set_policy(stack: HealthyStack, document: str) -> None:
    stack.client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=document)


def of_topic(stack: HealthyStack) -> list[tuple[str, str]]:
    return [(level, words) for level, words, _ in stack.findings("etl") if "to the topic mine" in words]


def test_the_generated_policy_suffices(stack: HealthyStack):
    prefix = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:scheduled-tasks-test/"
    set_policy(stack, topic_policy(topic_arn=TOPIC, account_id=ACCOUNT, alarm_prefix_arn=prefix))
    assert of_topic(stack) == [
        (OK, "EventBridge can publish to the topic mine."),
        (OK, "CloudWatch can publish to the topic mine."),
    ]
    assert stack.problems("etl") == []


def test_the_policy_of_a_new_topic_lets_only_alarms_publish(stack: HealthyStack):
    """AWS: Amazon EventBridge user guide, "Troubleshooting Amazon EventBridge": a topic needs a policy that lets
    EventBridge publish. The policy of a new topic names the account, by `AWS:SourceOwner`."""
    [(level, words, fix)] = stack.problems("etl")
    lost = "Failed runs aren't reported."
    assert (level, words) == (PROBLEM, f"{NO_EVENTS} {UNNAMED} events.amazonaws.com. {lost}")
    assert fix == (
        "Let events.amazonaws.com and cloudwatch.amazonaws.com call sns:Publish, by the policy of the topic."
    )
    assert (OK, "CloudWatch can publish to the topic mine.") in of_topic(stack)


@pytest.mark.parametrize(
    ("statements", "level", "words"),
    [
        ([(EVENTS, {})], PROBLEM, f"{NO_ALARMS} {UNNAMED} cloudwatch.amazonaws.com. Alarms send no messages."),
        (
            [(EVENTS, {}), (CLOUDWATCH, {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:other/*"}})],
            PROBLEM,
            (
                f"{NO_ALARMS} The topic's policy requires aws:SourceArn to be arn:aws:cloudwatch:*:*:alarm:other/*, but it "
                f"is arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{ALARM}. Alarms send no messages."
            ),
        ),
        (
            [(CLOUDWATCH, {}), (EVENTS, {"StringEquals": {"aws:SourceAccount": ACCOUNT}})],
            UNKNOWN,
            (
                "Can't tell if EventBridge can publish to the topic mine. The topic's policy has a condition on "
                "aws:SourceAccount (StringEquals)."
            ),
        ),
    ],
)
def test_a_publisher_that_the_policy_lacks(
    stack: HealthyStack, statements: list[tuple[Any, dict[str, Any]]], level: str, words: str
):
    """AWS: re:Post knowledge center, "Why didn't I receive an SNS notification for my CloudWatch alarm trigger?"."""
    allow(stack, *statements)
    assert [finding for finding in of_topic(stack) if finding[0] != OK] == [(level, words)]


def test_everyone_includes_both_services(stack: HealthyStack):
    allow(stack, ("*", {}))
    assert [level for level, _ in of_topic(stack)] == [OK, OK]


def test_the_key_of_aws_lets_no_service_publish(stack: HealthyStack):
    """AWS: Amazon SNS developer guide, "Managing Amazon SNS encryption keys and costs": event sources need a key that
    the customer manages, with a policy that names them."""
    allow(stack, (EVENTS, {}), (CLOUDWATCH, {}))
    stack.client("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns"
    )
    [(level, words, fix)] = stack.problems("etl")
    assert (level, words) == (
        PROBLEM,
        (
            "EventBridge and CloudWatch can't use the key of the topic mine, which is AWS's (alias/aws/sns). Failed runs "
            "aren't reported. Alarms send no messages."
        ),
    )
    assert "a key of your own" in fix


def test_alarms_without_actions_are_named(stack: HealthyStack):
    allow(stack, (EVENTS, {}), (CLOUDWATCH, {}))
    stack.client("cloudwatch").disable_alarm_actions(AlarmNames=[ALARM])
    [(level, words, fix)] = stack.problems("etl")
    assert (level, words) == (
        PROBLEM,
        f"The actions of 1 alarm are disabled: {ALARM}. No messages tell that they fire.",
    )
    assert fix.endswith(f"aws cloudwatch enable-alarm-actions --alarm-names {ALARM}")


def test_alarms_that_somebody_deleted(stack: HealthyStack):
    allow(stack, (EVENTS, {}), (CLOUDWATCH, {}))
    assert (OK, "The 5 alarms on launches exist.") in [finding[:2] for finding in stack.findings("etl")]
    names = [stack.deployed.names.alarm(name) for name in ("throttled", "dead-letters")]
    stack.client("cloudwatch").delete_alarms(AlarmNames=names)
    assert sorted(finding[:2] for finding in stack.problems("etl")) == [
        (PROBLEM, "The alarm scheduled-tasks-test/dead-letters doesn't exist."),
        (PROBLEM, "The alarm scheduled-tasks-test/throttled doesn't exist."),
    ]


def test_a_stack_without_alarms_is_possibly_intended(stack: HealthyStack):
    allow(stack, (EVENTS, {}))
    alarms = stack.client("cloudwatch").describe_alarms()["MetricAlarms"]
    stack.client("cloudwatch").delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])
    [(level, words, fix)] = stack.problems("etl")
    assert (level, words) == (WARNING, "The stack has no alarms. Failed launches aren't reported.")
    assert "monitoring.alarms" in fix
