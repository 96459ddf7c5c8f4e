"""Rules on the work that calls start, for services that report its end.

A group has the rules of the calls that it knows. A call of another group has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pulumi
from pulumi_aws import cloudwatch

from ..args import GroupReference
from ..calls.model import Call
from ..scope import Scope
from . import call_events, events
from .call_events import watched
from .outcome_rules import OUTCOMES, Message, Rule, create_rule, undelivered_queue_arn
from .recipients import create_call_notices, referred_deliveries


def call_rules(scope: Scope, task: str, call: pulumi.Output[Call], *, end: str) -> list[Rule]:
    """The rules on the work of a call.

    Args:
        scope: The scope of the rules.
        task: The name of the call.
        call: The call.
        end: The end of the names of the rules in Pulumi.
    """
    return [_rule(scope, task, call, outcome, end) for outcome in OUTCOMES]


def _rule(scope: Scope, task: str, call: pulumi.Output[Call], outcome: str, end: str) -> Rule:
    prefix = scope.names.prefix
    physical_name = scope.names.call_rule(task, outcome)
    start = f"{prefix}-{scope.names.call_rule_start(outcome)}"
    return Rule(
        f"{scope.name}-{outcome}-call{end}",
        physical_name,
        outcome,
        f"Work that the scheduled call {task} of {prefix} starts and that {outcome}",
        call.apply(lambda known: call_events.pattern(known, outcome)),
        call.apply(partial(_message, scope, task)) if outcome == events.FAILED else None,
        granted=f"{start}*" if physical_name.startswith(start) else "",
    )


def _message(scope: Scope, task: str, call: Call) -> Message:
    names, region = scope.names, scope.account.region
    return dict(
        call_events.failure_message(
            call, task=task, prefix=names.prefix, schedule_group=names.schedule_group, region=region
        )
    )


def create_own_rules(
    scope: Scope, group: GroupReference, call: pulumi.Output[Call], typical: Call
) -> dict[str, cloudwatch.EventRule]:
    """The rules of a call whose group doesn't know it, by their names in Pulumi. Empty if nothing reports its work.

    Args:
        scope: The scope of the call.
        group: Its group.
        call: The call.
        typical: The same call with a name in the place of each value that another resource produces.
    """
    task = scope.name
    if not group.get("reports_calls") or task in group.get("watched_calls", ()) or watched(typical) is None:
        return {}
    logs = pulumi.Output.from_input(group.get("outcome_log_arns", {}))
    created: dict[str, cloudwatch.EventRule] = {}
    for rule in call_rules(scope, task, call, end=""):
        log_arn = logs.apply(partial(_item, rule.outcome))
        created[rule.name] = create_rule(scope, rule, log_arn, group["topic_arn"])
    deliveries = referred_deliveries(group, undelivered_queue_arn(scope))
    return {**created, **create_call_notices(scope, deliveries, task, call, typical, end="")}


def _item(name: str, known: Mapping[str, str]) -> str:
    return known[name]
