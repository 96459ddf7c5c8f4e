"""Calls that invoke functions, start state machines and send messages. Pure.

They use templated targets of EventBridge Scheduler if these can do the same. AWS: EventBridge Scheduler user guide,
"Using templated targets".
"""

from __future__ import annotations

import json
from typing import cast

from ..aws import policies
from ..aws.account import Account
from ..aws.arn import Arn
from ..aws.images import domain
from ..json_values import Json
from ..resolved import Execute, Invoke, Send
from .model import Call
from .resources import named, statement
from .tokens import delivery_id


def invoke(what: Invoke, account: Account) -> Call:
    """Invoke a Lambda function asynchronously.

    With a version or alias, the permission is for that one. AWS: EventBridge Scheduler user guide, "Setting up
    EventBridge Scheduler", execution role for Lambda; Lambda developer guide, "Identity-based IAM policies for Lambda".
    """
    arn = named(account, "lambda", "function:", what.function)
    versions = [] if ":" in arn.resource_id else [f"{arn}:*"]
    needed = statement("lambda:InvokeFunction", [arn, *versions])
    return Call("lambda", "invoke", cast("Json", what.payload), (needed,), templated=str(arn))


def execute(what: Execute, account: Account) -> Call:
    """Start an execution of a state machine.

    IAM compares the ARN without the version or alias, which is a condition key. AWS: Step Functions developer guide,
    "Authorization for versions and aliases in Step Functions workflows".
    """
    arn = named(account, "states", "stateMachine:", what.state_machine)
    name, _, qualifier = arn.resource_id.partition(":")
    condition = {"ForAnyValue:StringEquals": {"states:StateMachineQualifier": qualifier}} if qualifier else None
    needed = statement("states:StartExecution", [arn.sibling(f"stateMachine:{name}")], condition)
    given = cast("Json", what.input)
    return Call("sfn", "startExecution", given, (needed,), templated=str(arn), outcome="states")


def send(what: Send, account: Account, unique: str) -> Call:
    """Send a message to a queue, a topic or an event bus.

    Args:
        what: The message.
        account: The account and Region.
        unique: A text that no other call in the account and Region has. AWS drops duplicates in FIFO queues and topics
            by it.
    """
    body = cast("Json", what.body)
    if what.bus is not None:
        return _event(what, body, account)
    if what.queue is not None:
        return _queue_message(what, body, named(account, "sqs", "", what.queue), unique)
    return _publication(what, body, named(account, "sns", "", what.topic), unique)


def _queue_message(what: Send, body: Json, queue: Arn, unique: str) -> Call:
    """The templated target has no deduplication ID, and works only with queues that deduplicate by content. AWS:
    EventBridge Scheduler API reference, SqsParameters."""
    needed = (statement("sqs:SendMessage", [queue]), *_use_key(what))
    if not is_fifo(queue.resource):
        group = {"SqsParameters": {"MessageGroupId": what.message_group}} if what.message_group else {}
        return Call("sqs", "sendMessage", body, needed, templated=str(queue), target_parameters=group)
    parameters: Json = {
        "QueueUrl": queue_url(queue),
        "MessageBody": _text(body),
        "MessageGroupId": what.message_group,
        "MessageDeduplicationId": delivery_id(unique),
    }
    return Call("sqs", "sendMessage", parameters, needed, token=True)


def queue_url(queue: Arn) -> str:
    """The URL of a queue."""
    return f"https://sqs.{queue.region}.{domain(queue.partition)}/{queue.account_id}/{queue.resource}"


def _publication(what: Send, body: Json, topic: Arn, unique: str) -> Call:
    """The templated target has no message group, which FIFO topics require."""
    needed = (statement("sns:Publish", [topic]), *_use_key(what))
    if not is_fifo(topic.resource):
        return Call("sns", "publish", body, needed, templated=str(topic))
    parameters: Json = {
        "TopicArn": str(topic),
        "Message": _text(body),
        "MessageGroupId": what.message_group,
        "MessageDeduplicationId": delivery_id(unique),
    }
    return Call("sns", "publish", parameters, needed, token=True)


def _use_key(what: Send) -> tuple[policies.Statement, ...]:
    """The permission of a producer for an encrypted queue or topic.

    AWS: Amazon SQS developer guide, "Configure KMS permissions for producers"; Amazon SNS developer guide, "Configuring
    AWS KMS permissions", for publishers.
    """
    if what.kms_key is None:
        return ()
    return (policies.allow("UseMessageKey", ["kms:Decrypt", "kms:GenerateDataKey"], [what.kms_key]),)


def _event(what: Send, body: Json, account: Account) -> Call:
    bus = named(account, "events", "event-bus/", what.bus)
    parameters = {"EventBridgeParameters": {"Source": what.source or "", "DetailType": what.detail_type or ""}}
    needed = statement("events:PutEvents", [bus], policies.only_from(what.source or ""))
    return Call("eventbridge", "putEvents", body, (needed,), templated=str(bus), target_parameters=parameters)


def is_fifo(name: str) -> bool:
    """Whether a queue or topic is FIFO. AWS: Amazon SQS API reference, CreateQueue, FifoQueue: the name ends so."""
    return name.endswith(".fifo")


def _text(body: Json) -> str:
    return body if isinstance(body, str) else json.dumps(body or {}, sort_keys=True)
