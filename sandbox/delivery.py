"""Whether resource policies let EventBridge deliver events to log groups, topics and queues in moto.

AWS: Amazon EventBridge user guide, "Using resource-based policies for Amazon EventBridge".
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from moto.events.models import events_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from .iam_policies import Document, service_may
from .moto_log_policies import policies_of

_EVENTS = ("events.amazonaws.com",)
_LOGS = (*_EVENTS, "delivery.logs.amazonaws.com")
"""AWS: Amazon EventBridge user guide, "CloudWatch Logs permissions"."""


def exists(arn: str) -> bool:
    """Whether a log group, topic, queue or API destination exists. Other kinds of targets are not looked up."""
    _, _, service, region, account, name = arn.split(":", 5)
    if service == "logs":
        return name.removeprefix("log-group:").removesuffix(":*") in logs_backends[account][region].groups
    if service == "sns":
        return arn in sns_backends[account][region].topics
    if service == "sqs":
        return name in sqs_backends[account][region].queues
    if name.startswith("api-destination/"):
        return name.split("/")[1] in events_backends[account][region].destinations
    return True


def may_deliver(rule_arn: str, target_arn: str) -> bool:
    """Whether EventBridge may deliver events of a rule to a target that exists. Others need a role instead."""
    _, _, service, region, account, name = target_arn.split(":", 5)
    context = {"aws:SourceArn": rule_arn, "aws:SourceAccount": account}
    if service == "logs":
        group = name.removeprefix("log-group:").removesuffix(":*")
        documents = list(_of_log_group(logs_backends[account][region], group))
        stream = f"{target_arn.removesuffix(':*')}:log-stream:any"
        actions = ("logs:CreateLogStream", "logs:PutLogEvents")
        # CreateLogStream gets no source ARN, which is why AWS's policies have no condition for it.
        contexts: tuple[Mapping[str, str], ...] = ({}, context)
        return all(
            service_may(documents, _LOGS, action, stream, given)
            for action, given in zip(actions, contexts, strict=True)
        )
    if service == "sns":
        topic = sns_backends[account][region].topics[target_arn]
        return service_may([json.loads(topic.policy)], _EVENTS, "sns:Publish", target_arn, context)
    if service == "sqs":
        queue: Any = sqs_backends[account][region].queues[name]
        policies = [json.loads(queue.policy)] if queue.policy else []
        return service_may(policies, _EVENTS, "sqs:SendMessage", target_arn, context)
    return True


def _of_log_group(logs: Any, group: str) -> Iterable[Document]:
    """The policies of the account, and of a log group."""
    yield from (json.loads(policy.policy_document) for policy in logs.resource_policies.values())
    yield from (json.loads(text) for text in policies_of(logs, group))
