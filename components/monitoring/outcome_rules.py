"""Rules on outcomes: events that go to an outcome log, and failures that also go to the topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pulumi
from pulumi_aws import cloudwatch

from ..aws.names import event_target
from ..json_values import Data
from ..scope import Scope
from . import events

Message = Data
"""An input transformer of an event target."""

OUTCOMES = (events.FAILED, events.SUCCEEDED)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, and where its events go."""

    name: str
    physical_name: str
    outcome: str
    description: str
    pattern: pulumi.Input[str]
    message: pulumi.Input[Message] | None
    """The message to the topic; None for none."""
    logged: bool = True
    """Whether its events go to the outcome log."""
    granted: str = ""
    """The name in policies, if one pattern covers several rules."""


def create_rule(
    scope: Scope, rule: Rule, log_arn: pulumi.Input[str], topic_arn: pulumi.Input[str], *, to_log: Scope | None = None
) -> cloudwatch.EventRule:
    """A rule, and the targets of its events.

    Args:
        scope: The scope of the rule.
        rule: The rule.
        log_arn: The outcome log.
        topic_arn: The topic. Empty for none.
        to_log: The scope of the target that is the log, if it waits for the log's policy.
    """
    created = cloudwatch.EventRule(
        rule.name,
        name=rule.physical_name,
        description=rule.description,
        event_pattern=rule.pattern,
        # The provider keeps the state of a rule that somebody disabled, unless it is set.
        state="ENABLED",
        tags=scope.tags,
        opts=scope.opts,
    )
    if rule.logged:
        _create_target(to_log or scope, f"{rule.name}-log", created, log_arn)
    if rule.message is not None and topic_arn:
        _create_target(scope, f"{rule.name}-topic", created, topic_arn, rule.message)
    return created


def undelivered_queue_arn(scope: Scope) -> str:
    """The queue for events that EventBridge could not deliver."""
    return scope.account.arn("sqs", scope.names.event_dead_letter_queue)


def _create_target(
    scope: Scope,
    name: str,
    rule: cloudwatch.EventRule,
    arn: pulumi.Input[str],
    message: pulumi.Input[Message] | None = None,
) -> None:
    cloudwatch.EventTarget(
        name,
        rule=rule.name,
        target_id=event_target(name),
        arn=arn,
        dead_letter_config={"arn": undelivered_queue_arn(scope)},
        input_transformer=cast("Any", message),
        opts=scope.opts,
    )
