"""Checks that the outcomes of runs are logged and reported: event rules, outcome logs, alarms and topics."""

from collections.abc import Iterator, Mapping
from os.path import commonprefix

from components.aws.arn import Arn
from components.monitoring.events import BELOW, BROKEN, FAILED, RECOVERED, SUCCEEDED

from .finding import OK, PROBLEM, RECREATE, STACK, WARNING, Finding, attempt, resource
from .inventory import Inventory
from .log_groups import log_group_exists
from .roles import EVENTS
from .topics import Publishers, alarm_findings, publishing_findings, subscription_findings

_RULES = 50
"""The most rules per outcome. Existing task definitions can need more than one."""
_OUTCOMES = (FAILED, SUCCEEDED)
_COUNTED = {BELOW: "failed and that `notifyAfter` tolerates", RECOVERED: "succeeded after failures"}
"""The rules that only stacks with `notifyAfter` have."""


def outcome_findings(inventory: Inventory) -> list[Finding]:
    """Check that outcomes are logged and reported.

    Makes one call for all rules and one per 100 alarms, one per rule and log, and two per topic.
    """
    rules = _rules(inventory)
    found: list[Finding] = []
    publishers: Publishers = {inventory.deployment.resource("sns", inventory.deployment.names.topic): {}}
    for name, outcome in _wanted_rules(inventory, rules):
        found += attempt(STACK, f"the rule {name}", _rule, inventory, name, outcome, rules.get(name), publishers)
    for name, outcome in _wanted_counting_rules(inventory, rules, has_topic=any(publishers.values())):
        found += attempt(STACK, f"the rule {name}", _rule, inventory, name, outcome, rules.get(name), publishers)
    if rules:
        for name in inventory.deployment.outcome_log_groups:
            found += attempt(STACK, f"the log {name}", _log, inventory, name)
    found += attempt(STACK, "the alarms", alarm_findings, inventory, publishers)
    for arn, services in publishers.items():
        what = f"the topic {Arn.parse(arn).name}"
        found += attempt(STACK, what, subscription_findings, inventory, arn, services)
        if services:
            found += attempt(STACK, what, publishing_findings, inventory, arn, services)
    return found


def _rules(inventory: Inventory) -> dict[str, str]:
    """Return the states of the stack's rules by name."""
    names = _possible_rules(inventory)
    prefix = commonprefix(names)  # noqa: RUF071 (they aren't paths)
    pages = inventory.deployment.client("events").get_paginator("list_rules").paginate(NamePrefix=prefix)
    return {rule["Name"]: rule["State"] for page in pages for rule in page["Rules"] if rule["Name"] in names}


def _possible_rules(inventory: Inventory) -> list[str]:
    names = inventory.deployment.names
    direct = [names.rule(outcome, position) for outcome in _OUTCOMES for position in range(_RULES)]
    return [*direct, *(names.supervised_rule(outcome) for outcome in (*_OUTCOMES, BROKEN, *_COUNTED))]


def _wanted_rules(inventory: Inventory, existing: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the rules that should exist, each with its outcome: per outcome as many as the highest number tells."""
    names = inventory.deployment.names
    last = max(
        (position for position in range(_RULES) for outcome in _OUTCOMES if names.rule(outcome, position) in existing),
        default=0,
    )
    # A stack that has only calls has no rules on runs.
    of_runs = any(names.rule(outcome, 0) in existing for outcome in _OUTCOMES)
    if of_runs or not all(each.schedule.is_call for each in inventory.schedules):
        for outcome in _OUTCOMES:
            for position in range(last + 1):
                yield names.rule(outcome, position), outcome
    if inventory.machines or any(each.schedule.has_call_machine for each in inventory.schedules):
        for outcome in _OUTCOMES:
            yield names.supervised_rule(outcome), outcome
        yield names.supervised_rule(BROKEN), "ended without an outcome"


def _wanted_counting_rules(
    inventory: Inventory, existing: Mapping[str, str], *, has_topic: bool
) -> Iterator[tuple[str, str]]:
    """Yield the rules on counted failures that should exist, each with its outcome.

    Only a topic needs the rule on recoveries: they have no outcome log, and each recipient has rules of its own.
    """
    counts = any(machine.counts_failures for machine in inventory.machines)
    for outcome, words in _COUNTED.items():
        name = inventory.deployment.names.supervised_rule(outcome)
        if name in existing or (counts and (outcome == BELOW or has_topic)):
            yield name, words


def _rule(inventory: Inventory, name: str, outcome: str, state: str | None, publishers: Publishers) -> Finding:
    """Check a rule, and add it to the publishers of its topics."""
    rule, lost = resource("rule", name), f"Runs that {outcome} aren't reported."
    if state is None:
        fix = "If `monitoring.outcomes` isn't false on purpose, run: pulumi up --refresh"
        return rule.finding(WARNING, STACK, f"doesn't exist. {lost}", fix)
    if state == "DISABLED":
        fix = f"To enable it, run: aws events enable-rule --name {name}"
        return Finding(PROBLEM, STACK, f"The rule {name} is disabled. {lost}", fix)
    pages = inventory.deployment.client("events").get_paginator("list_targets_by_rule").paginate(Rule=name)
    targets = [target for page in pages for target in page["Targets"]]
    for target in targets:
        if Arn.parse(target["Arn"]).service == "sns":
            publishers.setdefault(target["Arn"], {})[EVENTS] = name
    if not targets:
        return rule.finding(PROBLEM, STACK, f"has no targets. {lost}", RECREATE)
    return rule.finding(OK, STACK, "is enabled.")


def _log(inventory: Inventory, name: str) -> Iterator[Finding]:
    """Check that an outcome log exists and EventBridge may write to it."""
    log, lost = resource("outcome log", name), "Its outcomes go to the queue of undelivered events."
    if not log_group_exists(inventory, name):
        yield log.finding(PROBLEM, STACK, f"doesn't exist. {lost}", RECREATE)
        return
    arn = inventory.deployment.resource("logs", f"log-group:{name}")
    logs = inventory.deployment.client("logs")
    if logs.describe_resource_policies(policyScope="RESOURCE", resourceArn=arn)["resourcePolicies"]:
        yield log.finding(OK, STACK, "exists and has its policy.")
        return
    message = f"The outcome log {name} has no resource policy. Unless an account policy lets EventBridge write: {lost}"
    yield Finding(WARNING, STACK, message, RECREATE)
