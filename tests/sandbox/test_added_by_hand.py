"""Properties that somebody changes in AWS and the program does not set: the provider keeps some of them.

Provider source: aws_sqs_queue and aws_cloudwatch_event_rule, properties that are optional and computed.
"""

import json
from typing import Any

from sandbox.plugin.aws import Aws, Session
from sandbox.plugin.fields import changed
from sandbox.plugin.services.events import Rule
from sandbox.plugin.services.sqs import Queue, QueuePolicy

REGION = "eu-west-1"


def test_the_policy_of_a_queue_stays(session: Session):
    queue, aws = Queue(), Aws(session, REGION)
    props: dict[str, Any] = {"name": "letters", "messageRetentionSeconds": 1_209_600, "tagsAll": {}}
    url = queue.create(aws, props)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    state = queue.read(aws, url, props)
    assert state
    assert changed(queue.fields, state, props) == []
    longer = {**props, "visibilityTimeoutSeconds": 60}
    queue.update(aws, url, state, longer)
    after = queue.read(aws, url, longer)
    assert after
    assert json.loads(str(after["policy"])) == json.loads(policy)


def test_the_policy_of_a_queue_as_a_resource_of_its_own(session: Session):
    queue, policy, aws = Queue(), QueuePolicy(), Aws(session, REGION)
    props: dict[str, Any] = {"name": "letters", "tagsAll": {}}
    url = queue.create(aws, props)
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    own = {"queueUrl": url, "policy": json.dumps({"Version": "2012-10-17", "Statement": [allow]})}
    assert policy.create(aws, own) == url
    state = policy.read(aws, url, own)
    assert state
    assert changed(policy.fields, state, own) == []
    other = {**own, "policy": json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Sid": "Other"}]})}
    assert changed(policy.fields, state, other) == ["policy"]
    policy.update(aws, url, state, other)
    assert policy.read(aws, url, other) == other
    # The queue has no policy of its own, so its state follows.
    read = queue.read(aws, url, props)
    assert read
    assert changed(queue.fields, read, props) == []
    policy.delete(aws, url, other)
    assert policy.read(aws, url, other) is None


def test_the_key_of_a_queue_can_be_added_and_removed(session: Session):
    queue, aws = Queue(), Aws(session, REGION)
    own: dict[str, Any] = {"name": "letters", "sqsManagedSseEnabled": True, "tagsAll": {}}
    url = queue.create(aws, own)
    key = {"name": "letters", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:123456789012:key/a", "tagsAll": {}}
    for props in (key, own):
        before = queue.read(aws, url, props)
        assert before
        queue.update(aws, url, before, props)
        after = queue.read(aws, url, props)
        assert after
        assert changed(queue.fields, after, props) == []
        assert after.get("kmsMasterKeyId") == props.get("kmsMasterKeyId")


def test_only_a_rule_that_sets_its_state_is_enabled_again(session: Session):
    rule, aws = Rule(), Aws(session, REGION)
    props: dict[str, Any] = {"name": "failed", "eventPattern": '{"source":["aws.ecs"]}', "tagsAll": {}}
    rule.create(aws, props)
    aws.client("events").disable_rule(Name="failed")
    state = rule.read(aws, "failed", props)
    assert state
    assert changed(rule.fields, state, props) == []
    assert changed(rule.fields, state, {**props, "state": "ENABLED"}) == ["state"]
