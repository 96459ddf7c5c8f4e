"""Whether the ends of runs are kept and reach a person: rules, logs of outcomes, topics."""

from collections.abc import Iterator, Mapping
from os.path import commonprefix

from components.monitoring.events import BROKEN, FAILED, SUCCEEDED

from .case import Case
from .finding import OK, PROBLEM, WARNING, Finding, attempt, some

_REFRESH = "pulumi up --refresh makes it again."
_RULES = 50
"""Rules of one outcome that are looked for: task definitions made elsewhere can need more than one."""
_ENDINGS = (FAILED, SUCCEEDED)


def outcome_findings(case: Case) -> list[Finding]:
    """Whether the ends of runs reach a log, and a person: a call for all rules, and for each rule, log and topic."""
    rules = _rules(case)
    found: list[Finding] = []
    topics = {case.deployment.resource("sns", case.deployment.names.topic): False}
    for name, outcome in _wanted(case, rules):
        found += attempt("", f"the rule {name}", _rule, case, name, outcome, rules.get(name), topics)
    if rules:
        for group in case.deployment.outcome_log_groups:
            found += attempt("", f"the log {group}", _log, case, group)
    for arn, used in topics.items():
        found += attempt("", f"the topic {arn.rsplit(':', 1)[-1]}", _topic, case, arn, used)
    return found


def _rules(case: Case) -> dict[str, str]:
    """The states of the group's rules, by name."""
    names = _names(case)
    begin = commonprefix(names)  # noqa: RUF071 (they are no paths)
    pages = case.deployment.aws.pages("events", "list_rules", "Rules", NamePrefix=begin)
    return {rule["Name"]: rule["State"] for rule in pages if rule["Name"] in names}


def _names(case: Case) -> list[str]:
    names = case.deployment.names
    direct = [names.rule(outcome, position) for outcome in _ENDINGS for position in range(_RULES)]
    return [*direct, *(names.supervised_rule(outcome) for outcome in (*_ENDINGS, BROKEN))]


def _wanted(case: Case, there: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The rules that there should be, each with what it tells of: of either outcome as many as the last one says."""
    names = case.deployment.names
    last = max(
        (position for position in range(_RULES) for outcome in _ENDINGS if names.rule(outcome, position) in there),
        default=0,
    )
    for outcome in _ENDINGS:
        for position in range(last + 1):
            yield names.rule(outcome, position), outcome
    if case.machines:
        for outcome in _ENDINGS:
            yield names.supervised_rule(outcome), outcome
        yield names.supervised_rule(BROKEN), "ended without an outcome"


def _rule(case: Case, name: str, outcome: str, state: str | None, topics: dict[str, bool]) -> Finding:
    """How a rule is; the topics that it tells are added to those known."""
    if state is None:
        words = f"the rule {name} is not there: nobody is told of runs that {outcome}"
        return Finding(WARNING, "", words, "Unless `monitoring.outcomes` is false on purpose: pulumi up --refresh")
    if state == "DISABLED":
        fix = f"aws events enable-rule --name {name}"
        return Finding(PROBLEM, "", f"the rule {name} is {state}: nobody is told of runs that {outcome}", fix)
    targets = case.deployment.client("events").list_targets_by_rule(Rule=name)["Targets"]
    topics.update({target["Arn"]: True for target in targets if target["Arn"].split(":")[2] == "sns"})
    if not targets:
        return Finding(PROBLEM, "", f"the rule {name} has no target", _REFRESH)
    return Finding(OK, "", f"the rule {name} is enabled")


def _log(case: Case, group: str) -> Iterator[Finding]:
    """Whether a log of outcomes is there, and EventBridge may write to it."""
    logs = case.deployment.client("logs")
    lost = "outcomes that it should have go to the queue of events that could not be delivered"
    there = case.deployment.aws.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=group)
    if not any(each["logGroupName"] == group for each in there):
        yield Finding(PROBLEM, "", f"the log {group} is not there: {lost}", _REFRESH)
        return
    arn = case.deployment.resource("logs", f"log-group:{group}")
    if logs.describe_resource_policies(policyScope="RESOURCE", resourceArn=arn).get("resourcePolicies"):
        yield Finding(OK, "", f"the log {group} is there, with its policy")
        return
    words = f"the log {group} has no policy of its own: unless one of the account lets EventBridge write to it, {lost}"
    yield Finding(WARNING, "", words, _REFRESH)


def _topic(case: Case, arn: str, used: bool) -> Iterator[Finding]:
    """Whether somebody hears of what is published to a topic; `used` says that a rule does so."""
    name = arn.rsplit(":", 1)[-1]
    sns = case.deployment.client("sns")
    try:
        there = list(case.deployment.aws.pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn))
    except sns.exceptions.NotFoundException:
        if used:
            yield Finding(PROBLEM, "", f"the topic {name} is not there: nobody is told of runs that failed", _REFRESH)
        return
    waiting = [each["Endpoint"] for each in there if each["SubscriptionArn"] == _UNCONFIRMED]
    if waiting:
        words = f"{some(waiting)} did not confirm the subscription of the topic {name}, and is told nothing"
        yield Finding(WARNING, "", words, "Open the link in the message that AWS sent when it was made.")
    if len(waiting) < len(there):
        yield Finding(OK, "", f"the topic {name} has subscriptions: {len(there) - len(waiting)}")
    elif not there:
        yield Finding(WARNING, "", f"nobody subscribes to the topic {name}", "Add `notify.emails`, or subscribe to it.")


_UNCONFIRMED = "PendingConfirmation"
"""In place of an ARN. AWS: Amazon SNS API reference, ListSubscriptionsByTopic."""
