"""Fixes for EventBridge: disabled rules, event patterns, messages from input templates, policies, and more targets.

moto sends the events of disabled rules, doesn't look into lists of objects, decodes input templates, needs no
permission, and doesn't support topics, API destinations and state machines.
"""

import copy
import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from moto.events.models import EventPattern, Rule
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.exceptions import StateMachineDoesNotExist

from .delivery import exists, may_deliver
from .event_patterns import matches
from .input_templates import is_quoted, transformed, transformed_json
from .moto_api_destinations import invoked
from .rule_deliveries import (
    INVALID_JSON,
    NO_PERMISSIONS,
    NO_RESOURCE,
    Delivery,
    DeliveryError,
    Exhausted,
    as_sent,
    attributes,
    body,
)

_rule: Any = Rule
_send_to_targets = _rule.send_to_targets


_FIXED = (":logs:", ":sns:", ":sqs:", ":states:", ":api-destination/")
"""Parts of the ARNs of the targets that moto does not support, or whose errors it ignores."""


def fix_events() -> None:
    """Apply the fixes to moto in this process."""
    _rule.send_to_targets = send_to_targets


def send_to_targets(rule: Any, event: Mapping[str, Any], transform_input: bool = True) -> None:
    """Send an event to the targets of a rule that matches it; moto sends it to those that need no fix."""
    if rule.state == "DISABLED" or not _matches(rule, event):
        return
    others = copy.copy(rule)
    # moto would match the event again.
    others.event_pattern = EventPattern.load(None)
    others.targets = [target for target in rule.targets if not _is_fixed(target)]
    _send_to_targets(others, event, transform_input)
    for target in rule.targets:
        if _is_fixed(target):
            deliver(Delivery(rule.arn, target, event))


def deliver(delivery: Delivery) -> None:
    """Deliver an event. Without a clock, there are no retries."""
    if error := attempt(delivery):
        keep(delivery, error, Exhausted())


def attempt(delivery: Delivery) -> DeliveryError | None:
    """Make one attempt to deliver an event, and return the error of the target."""
    arn: str = delivery.target["Arn"]
    if not exists(arn):
        return DeliveryError(NO_RESOURCE, f"The target {arn} does not exist.")
    if not may_deliver(delivery.rule_arn, arn):
        return DeliveryError(NO_PERMISSIONS, f"The resource policy of {arn} does not allow EventBridge to send to it.")
    return _send(delivery)


def keep(delivery: Delivery, error: DeliveryError, exhausted: Exhausted) -> bool:
    """Send an event that could not be delivered to the dead-letter queue of its target, if that is allowed.

    Returns whether the queue has it. EventBridge needs the permission of the queue's policy. AWS: Amazon EventBridge
    user guide, "Granting permissions to the dead-letter queue".
    """
    queue = delivery.queue_arn
    if not queue or not exists(queue) or not may_deliver(delivery.rule_arn, queue):
        return False
    _, _, _, region, account, name = queue.split(":")
    named = {key: _string(value) for key, value in attributes(delivery, error, exhausted).items()}
    sqs_backends[account][region].send_message(name, body(delivery.event), message_attributes=named)
    return True


def _string(value: str) -> dict[str, str]:
    """A message attribute."""
    return {"DataType": "String", "StringValue": value}


def _matches(rule: Any, event: Mapping[str, Any]) -> bool:
    pattern = rule.event_pattern.get_pattern()
    return not pattern or matches(pattern, json.loads(json.dumps(event)))


def _is_fixed(target: Mapping[str, Any]) -> bool:
    return any(part in target["Arn"] for part in _FIXED)


def _template(target: Mapping[str, Any]) -> str:
    return target.get("InputTransformer", {}).get("InputTemplate", "")


def _message(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """The message to a target. Raises ValueError if it would be no JSON."""
    paths: Mapping[str, str] = target.get("InputTransformer", {}).get("InputPathsMap", {})
    if is_quoted(_template(target)):
        return transformed(_template(target), paths, as_sent(event))
    if _template(target):
        return transformed_json(_template(target), paths, as_sent(event))
    return body(event)


def _send(delivery: Delivery) -> DeliveryError | None:
    target, event = delivery.target, delivery.event
    arn: str = target["Arn"]
    _, _, service, region, account, name = arn.split(":", 5)
    try:
        message = _message(target, event)
    except ValueError as error:
        return DeliveryError(INVALID_JSON, f"The input template makes no valid JSON: {error}")
    if service == "logs":
        _write(logs_backends[account][region], name.removeprefix("log-group:").removesuffix(":*"), event)
    elif service == "states":
        return _start_execution(arn, account, region, message)
    elif service == "sns":
        sns_backends[account][region].publish(message, arn)
    elif service == "sqs":
        group = target.get("SqsParameters", {}).get("MessageGroupId")
        sqs_backends[account][region].send_message(name, message, group_id=group)
    else:
        return invoked(arn, message)
    return None


def _write(logs: Any, group: str, event: Mapping[str, Any]) -> None:
    """Write an event to a log group, with the time of the event."""
    stream = str(uuid4())
    logs.create_log_stream(group, stream)
    # A time in milliseconds without a fraction. AWS: botocore logs, InputLogEvent.timestamp.
    logs.put_log_events(group, stream, [{"timestamp": int(float(event["time"]) * 1000), "message": body(event)}])


def _start_execution(arn: str, account: str, region: str, text: str) -> DeliveryError | None:
    """Start an execution of a state machine. EventBridge can't choose its name."""
    # moto's interpreter of state machines is slow to import.
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    backend: Any = stepfunctions_parser_backends[account][region]
    try:
        backend.start_execution(arn, str(uuid4()), text)
    except StateMachineDoesNotExist:
        return DeliveryError(NO_RESOURCE, f"The target {arn} does not exist.")
    return None
