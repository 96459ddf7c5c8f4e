"""Checks that messages arrive at topics and leave them: topic policies, keys, subscriptions, and actions of alarms.

AWS: Amazon SNS developer guide, "Example cases for Amazon SNS access control"; Amazon EventBridge user guide, "Amazon
SNS permissions"; Amazon CloudWatch user guide, "Notifying users on alarm changes".
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from pydantic import JsonValue

from components.aws.arn import Arn
from components.monitoring.alarms import group_alarms
from components.problems import listed

from ..dead_letters.queue import queue_names
from ..output import counted
from .finding import OK, PROBLEM, RECREATE, STACK, UNKNOWN, WARNING, Finding, abbreviate, resource
from .inventory import Inventory
from .roles import EVENTS
from .service_policies import EVERYONE, refusal

ALARMS = "cloudwatch.amazonaws.com"
_LOST: Mapping[str, tuple[str, str]] = {
    EVENTS: ("EventBridge", "Failed runs aren't reported."),
    ALARMS: ("CloudWatch", "Alarms send no messages."),
}
"""The publishers, each with what is lost without its messages."""
_UNCONFIRMED = "PendingConfirmation"
"""In place of an ARN. AWS: Amazon SNS API reference, ListSubscriptionsByTopic."""
_AWS_KEY = "alias/aws/sns"
"""The AWS managed key. Its policy names no services, and nobody can change it. AWS: Amazon SNS developer guide,
"Managing Amazon SNS encryption keys and costs", on event sources from AWS services."""
_SHOWN = 10
"""Alarms in the command that enables their actions."""
_OWN_KEY = "Encrypt it with a key of your own, whose policy lets both services use it, or not at all."


Publishers: TypeAlias = dict[str, dict[str, str]]
"""The topics of a stack by their ARNs: `EVENTS` with the name of a rule, and `ALARMS` with the ARN of an alarm, if they
publish."""


def alarm_findings(inventory: Inventory, publishers: Publishers) -> Iterator[Finding]:
    """Check the alarms of the stack, and add them to the publishers of their topics. Makes one call per 100 alarms."""
    prefix = inventory.deployment.names.alarm_prefix
    client = inventory.deployment.client("cloudwatch")
    pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix)
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    yield from _missing(inventory, {alarm.get("AlarmName", "") for alarm in alarms})
    for alarm in alarms:
        for action in alarm.get("AlarmActions", []):
            if Arn.parse(action).service == "sns":
                publishers.setdefault(action, {})[ALARMS] = alarm.get("AlarmArn", "")
    if silent := [alarm.get("AlarmName", "") for alarm in alarms if not alarm.get("ActionsEnabled", True)]:
        what = f"The actions of {counted(len(silent), 'alarm')} are disabled: {abbreviate(silent)}."
        fix = f"To enable them, run: aws cloudwatch enable-alarm-actions --alarm-names {' '.join(silent[:_SHOWN])}"
        yield Finding(PROBLEM, STACK, f"{what} No messages tell that they fire.", fix)


def _missing(inventory: Inventory, existing: Collection[str]) -> Iterator[Finding]:
    """The group's alarms that don't exist. Those of tasks depend on the configuration."""
    names = inventory.deployment.names
    wanted = group_alarms(schedule_group=names.schedule_group, queues=queue_names(inventory.deployment))
    missing = [name for name in map(names.alarm, wanted) if name not in existing]
    if not existing:
        fix = "If `monitoring.alarms` isn't false on purpose, run: pulumi up --refresh"
        yield Finding(WARNING, STACK, "The stack has no alarms. Failed launches aren't reported.", fix)
        return
    for name in missing:
        yield resource("alarm", name).finding(PROBLEM, STACK, "doesn't exist.", RECREATE)
    if not missing:
        yield Finding(OK, STACK, f"The {counted(len(wanted), 'alarm')} on launches exist.")


def subscription_findings(inventory: Inventory, arn: str, services: Collection[str]) -> Iterator[Finding]:
    """Check that a topic to which these services publish exists, and has confirmed subscriptions."""
    name = Arn.parse(arn).name
    sns = inventory.deployment.client("sns")
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    try:
        subscriptions = [each for page in pages for each in page["Subscriptions"]]
    except sns.exceptions.NotFoundException:
        if services:
            yield Finding(PROBLEM, STACK, f"The topic {name} doesn't exist. {_lost(services)}", RECREATE)
        return
    pending = [each["Endpoint"] for each in subscriptions if each["SubscriptionArn"] == _UNCONFIRMED]
    if pending:
        message = f"{abbreviate(pending)} didn't confirm the subscription to the topic {name} and gets no messages."
        yield Finding(WARNING, STACK, message, "Open the link in the confirmation email from AWS.")
    if confirmed := len(subscriptions) - len(pending):
        yield Finding(OK, STACK, f"The topic {name} has {counted(confirmed, 'subscription')}.")
    elif not pending:
        message = f"The topic {name} has no subscriptions."
        yield Finding(WARNING, STACK, message, "Add `notify.emails`, or subscribe to the topic.")


def publishing_findings(inventory: Inventory, arn: str, services: Mapping[str, str]) -> Iterator[Finding]:
    """Check that services can publish to a topic. Makes one call.

    Args:
        inventory: The deployment.
        arn: The topic.
        services: Its publishers. See `Publishers`.
    """
    sns = inventory.deployment.client("sns")
    try:
        attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    except sns.exceptions.NotFoundException:
        # A finding of its subscriptions.
        return
    topic = Arn.parse(arn)
    fix = RECREATE if topic.name == inventory.deployment.names.topic else _allow(services)
    for service, source in services.items():
        yield _publisher(json.loads(attributes["Policy"]), topic, service, source, fix)
    if attributes.get("KmsMasterKeyId", "").endswith(_AWS_KEY):
        who = listed([_LOST[service][0] for service in services], "and")
        message = f"{who} can't use the key of the topic {topic.name}, which is AWS's ({_AWS_KEY})."
        yield Finding(PROBLEM, STACK, f"{message} {_lost(services)}", _OWN_KEY)


def _publisher(policy: JsonValue, topic: Arn, service: str, source: str, fix: str) -> Finding:
    name, lost = _LOST[service]
    action, values = "sns:Publish", _values(topic, service, source)
    why = refusal(policy, services=[service], action=action, values=values)
    if why is None or refusal(policy, services=[EVERYONE], action=action, values=values) is None:
        return Finding(OK, STACK, f"{name} can publish to the topic {topic.name}.")
    reason = f"The topic's policy {why.words}"
    if why.sure:
        return Finding(PROBLEM, STACK, f"{name} can't publish to the topic {topic.name}. {reason} {lost}", fix)
    return Finding(UNKNOWN, STACK, f"Can't tell if {name} can publish to the topic {topic.name}. {reason}", fix)


def _values(topic: Arn, service: str, source: str) -> Mapping[str, str]:
    """The condition keys of a request. AWS documents none for EventBridge.

    The policy of a new topic has a condition on `AWS:SourceOwner`, which alarms of the same account meet.
    """
    if service == EVENTS:
        return {}
    account = topic.account_id
    return {"aws:sourceaccount": account, "aws:sourceowner": account, "aws:sourcearn": source}


def _lost(services: Collection[str]) -> str:
    return " ".join(_LOST[service][1] for service in services)


def _allow(services: Collection[str]) -> str:
    return f"Let {listed(services, 'and')} call sns:Publish, by the policy of the topic."
