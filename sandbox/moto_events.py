"""Fixes for EventBridge: disabled rules, messages from input templates, and targets that are SNS topics.

moto sends the events of disabled rules, decodes input templates, and doesn't support topics.
"""

import copy
import json
from collections.abc import Mapping
from typing import Any

from moto.events.models import Rule
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from .input_templates import is_quoted, transformed

_rule: Any = Rule
_send_to_targets = _rule.send_to_targets


def fix_events() -> None:
    """Apply the fixes to moto in this process."""
    _rule.send_to_targets = send_to_targets


def send_to_targets(rule: Any, event: Mapping[str, Any], transform_input: bool = True) -> None:
    """Send an event to the targets of a rule that matches it; moto sends it to those that need no fix."""
    if rule.state == "DISABLED" or not rule.event_pattern.matches_event(event):
        return
    others = copy.copy(rule)
    others.targets = [target for target in rule.targets if not _is_fixed(target)]
    _send_to_targets(others, event, transform_input)
    for target in rule.targets:
        if _is_fixed(target):
            _send(target["Arn"], _message(target, event))


def _is_fixed(target: Mapping[str, Any]) -> bool:
    return ":sns:" in target["Arn"] or (":sqs:" in target["Arn"] and is_quoted(_template(target)))


def _template(target: Mapping[str, Any]) -> str:
    return target.get("InputTransformer", {}).get("InputTemplate", "")


def _message(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    if is_quoted(_template(target)):
        return transformed(_template(target), target["InputTransformer"].get("InputPathsMap", {}), event)
    return json.dumps({name: value for name, value in event.items() if name != "ingestion-time"})


def _send(arn: str, message: str) -> None:
    _, _, service, region, account, name = arn.split(":")
    if service == "sns":
        sns_backends[account][region].publish(message, arn)
    else:
        sqs_backends[account][region].send_message(name, message)
