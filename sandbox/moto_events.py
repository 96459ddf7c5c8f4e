"""Fixes for EventBridge: disabled rules, event patterns, messages from input templates, policies, and more targets.

moto sends the events of disabled rules, doesn't look into lists of objects, decodes input templates, needs no
permission, and doesn't support topics, API destinations and state machines.
"""

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.events.models import EventPattern, Rule
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.exceptions import StateMachineDoesNotExist

from .delivery import may_deliver
from .event_patterns import matches
from .input_templates import is_quoted, transformed, transformed_json
from .moto_api_destinations import delivered

_rule: Any = Rule
_send_to_targets = _rule.send_to_targets


_FIXED = (":logs:", ":sns:", ":states:", ":api-destination/")
"""Parts of the ARNs of the targets that moto does not support. It writes log events with a time in fractions."""


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
    allowed = [target for target in rule.targets if may_deliver(rule.arn, target["Arn"])]
    others.targets = [target for target in allowed if not _is_fixed(target)]
    _send_to_targets(others, event, transform_input)
    for target in rule.targets:
        if target not in allowed:
            _keep(target, event)
        elif _is_fixed(target):
            _send(target, event)


def _matches(rule: Any, event: Mapping[str, Any]) -> bool:
    pattern = rule.event_pattern.get_pattern()
    return not pattern or matches(pattern, json.loads(json.dumps(event)))


def _is_fixed(target: Mapping[str, Any]) -> bool:
    arn: str = target["Arn"]
    return any(part in arn for part in _FIXED) or (":sqs:" in arn and is_quoted(_template(target)))


def _template(target: Mapping[str, Any]) -> str:
    return target.get("InputTransformer", {}).get("InputTemplate", "")


def _message(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """The message to a target. Raises ValueError if it would be no JSON."""
    paths: Mapping[str, str] = target.get("InputTransformer", {}).get("InputPathsMap", {})
    if is_quoted(_template(target)):
        return transformed(_template(target), paths, event)
    if _template(target):
        return transformed_json(_template(target), paths, event)
    return json.dumps({name: value for name, value in event.items() if name != "ingestion-time"})


def _send(target: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    arn: str = target["Arn"]
    _, _, service, region, account, name = arn.split(":", 5)
    try:
        message = _message(target, event)
        if service == "logs":
            _write(logs_backends[account][region], name.removeprefix("log-group:").removesuffix(":*"), event)
        elif service == "states":
            _start_execution(arn, account, region, message)
        elif service == "sns":
            sns_backends[account][region].publish(message, arn)
        elif service == "sqs":
            sqs_backends[account][region].send_message(name, message)
        elif not delivered(arn, message):
            _keep(target, event)
    except (ValueError, ResourceNotFoundException, StateMachineDoesNotExist):
        _keep(target, event)


def _write(logs: Any, group: str, event: Mapping[str, Any]) -> None:
    """Write an event to a log group, with the time of the event."""
    time, stream = float(event["time"]), str(uuid4())
    written = datetime.fromtimestamp(int(time), UTC).isoformat().replace("+00:00", "Z")
    text = json.dumps({name: value for name, value in event.items() if name != "ingestion-time"} | {"time": written})
    logs.create_log_stream(group, stream)
    # A time in milliseconds without a fraction. AWS: botocore logs, InputLogEvent.timestamp.
    logs.put_log_events(group, stream, [{"timestamp": int(time * 1000), "message": text}])


def _start_execution(arn: str, account: str, region: str, text: str) -> None:
    """Start an execution of a state machine. EventBridge can't choose its name."""
    # moto's interpreter of state machines is slow to import.
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    backend: Any = stepfunctions_parser_backends[account][region]
    backend.start_execution(arn, str(uuid4()), text)


def _keep(target: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    """Keep an event that could not be delivered in the dead-letter queue of the target."""
    if queue := target.get("DeadLetterConfig", {}).get("Arn"):
        _, _, _, region, account, name = queue.split(":")
        sqs_backends[account][region].send_message(name, json.dumps(event, default=str))
