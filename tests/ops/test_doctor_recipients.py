"""`doctor` finds what keeps messages from recipients: rules, API destinations, connections, and their role."""

from collections.abc import Callable
from typing import Any

import pytest
from moto.events.models import events_backends

from components.aws import policies as iam
from ops.doctor.finding import OK, PROBLEM, UNKNOWN, WARNING
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session

ROLE = "scheduled-tasks-test-notify"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
HOOK = "scheduled-tasks-test-notify-webhook-hook"
ENDS = ("failed", "succeeded", "critical-alarm")
READ = {"eventbridge.DescribeApiDestination", "eventbridge.DescribeConnection"}


@pytest.fixture
def stack(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> HealthyStack:
    share_session(monkeypatch)
    found = HealthyStack(deployed, ops)
    names, account = deployed.names, f"arn:aws:events:{REGION}:{ACCOUNT}"
    assert names.notification("webhook-hook") == HOOK
    trust = iam.event_trust(account_id=ACCOUNT, rules_arn=f"{account}:rule/{names.notify_prefix}*")
    found.client("iam").create_role(RoleName=names.role("notify"), AssumeRolePolicyDocument=trust)
    events = found.client("events")
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Token", "ApiKeyValue": "CANARY"}}
    arn = events.create_connection(Name=HOOK, AuthorizationType="API_KEY", AuthParameters=key)["ConnectionArn"]
    endpoint = {"InvocationEndpoint": "https://hooks.example.com/runs", "HttpMethod": "POST"}
    target = events.create_api_destination(Name=HOOK, ConnectionArn=arn, **endpoint)["ApiDestinationArn"]
    for end in ENDS:
        events.put_rule(Name=f"{HOOK}-{end}", EventPattern="{}")
        events.put_targets(Rule=f"{HOOK}-{end}", Targets=[{"Id": "it", "Arn": target, "RoleArn": ROLE_ARN}])
    return found


def of_recipients(stack: HealthyStack) -> list[tuple[str, str, str]]:
    return [finding for finding in stack.findings("etl") if "notify" in finding[1]]


def test_a_healthy_recipient_has_no_problems(stack: HealthyStack):
    stack.cloud.calls.clear()
    assert [message for _, message, _ in of_recipients(stack)] == [
        f"events.amazonaws.com can assume the role {ROLE}.",
        f"{ROLE} may events:InvokeApiDestination.",
        f"The connection {HOOK} is authorized for the messages of 3 rules.",
    ]
    assert stack.cloud.calls.count("eventbridge.DescribeApiDestination") == 1
    assert stack.problems("etl") == []


def test_a_stack_without_recipients_makes_one_call_more(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    share_session(monkeypatch)
    without = HealthyStack(deployed, ops)
    deployed.cloud.calls.clear()
    assert without.problems("etl") == []
    assert not READ & set(deployed.cloud.calls)
    # One of the outcomes, the recipients and the quotas each.
    assert deployed.cloud.calls.count("eventbridge.ListRules") == 3


Cause = Callable[[HealthyStack], None]


def backend() -> Any:
    return events_backends[ACCOUNT][REGION]


def disabled(stack: HealthyStack) -> None:
    stack.client("events").disable_rule(Name=f"{HOOK}-failed")


def without_target(stack: HealthyStack) -> None:
    stack.client("events").remove_targets(Rule=f"{HOOK}-failed", Ids=["it"])


def without_role(stack: HealthyStack) -> None:
    bus = backend().describe_event_bus("default")
    bus.rules[f"{HOOK}-failed"].targets[0].pop("RoleArn")


def deauthorized(stack: HealthyStack) -> None:
    connection = backend().connections[HOOK]
    describe = connection.describe
    connection.describe = lambda: {**describe(), "ConnectionState": "DEAUTHORIZED", "StateReason": "Secret is gone."}


def updating(stack: HealthyStack) -> None:
    describe = backend().connections[HOOK].describe
    backend().connections[HOOK].describe = lambda: {**describe(), "ConnectionState": "UPDATING"}


def without_connection(stack: HealthyStack) -> None:
    del backend().connections[HOOK]


def without_destination(stack: HealthyStack) -> None:
    stack.client("events").delete_api_destination(Name=HOOK)


def inactive(stack: HealthyStack) -> None:
    destination = backend().destinations[HOOK]
    describe = destination.describe
    destination.describe = lambda: {**describe(), "ApiDestinationState": "INACTIVE"}


def distrusted(stack: HealthyStack) -> None:
    trust = iam.scheduler_trust(account_id=ACCOUNT, schedule_group_arn="*")
    stack.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust)


def denied(stack: HealthyStack) -> None:
    stack.denied["events:InvokeApiDestination"] = "implicitDeny"


LOST = "Its recipient gets no messages."


@pytest.mark.parametrize(
    ("cause", "level", "message", "fix"),
    [
        (
            disabled,
            PROBLEM,
            f"The rule {HOOK}-failed is disabled. {LOST[:-1]} from it.",
            f"enable-rule --name {HOOK}-f",
        ),
        (without_target, PROBLEM, f"The rule {HOOK}-failed sends to no API destination. {LOST[:-1]} from it.", "again"),
        (without_role, PROBLEM, f"These rules have no role to send messages: {HOOK}-failed.", "again"),
        (deauthorized, PROBLEM, f"The connection {HOOK} is DEAUTHORIZED. AWS's reason: Secret is gone. {LOST}", "new"),
        (updating, WARNING, f"The connection {HOOK} is UPDATING. {LOST}", "in a minute"),
        (without_connection, PROBLEM, f"The connection {HOOK} doesn't exist. {LOST}", "again"),
        (without_destination, PROBLEM, f"The API destination {HOOK} doesn't exist. {LOST}", "again"),
        (inactive, PROBLEM, f"The API destination {HOOK} is INACTIVE. {LOST}", "new secret"),
        (distrusted, PROBLEM, f"events.amazonaws.com can't assume the role {ROLE}.", "undo manual changes"),
        (denied, PROBLEM, f"{ROLE} may not events:InvokeApiDestination on", "undo manual changes"),
    ],
)
def test_what_keeps_messages_from_a_recipient_is_found(
    stack: HealthyStack, cause: Cause, level: str, message: str, fix: str
):
    cause(stack)
    [(found, words, how)] = stack.problems("etl")
    assert (found, message in words, fix in how) == (level, True, True), (words, how)


@pytest.mark.parametrize("operation", sorted(READ))
def test_a_denied_call_is_a_finding(stack: HealthyStack, operation: str):
    name = operation.split(".")[1]
    stack.cloud.rules.insert(0, ("", lambda request: stack.refuse(name, request)))
    [(level, words, _)] = stack.problems("etl")
    assert (level, f"alice may not x:{name}" in words) == (UNKNOWN, True)


def test_rules_are_compared_with_their_quota(stack: HealthyStack):
    # AWS: Amazon EventBridge user guide, quotas: 300 rules per event bus by default.
    assert (OK, "The default event bus has 5 of 300 rules.", "") in stack.findings("etl")
    stack.rule_quota = 6.0
    fix = "Request an increase in Service Quotas: events, L-244521F2."
    assert stack.problems("etl") == [(WARNING, "The default event bus has 5 of 6 rules.", fix)]
    stack.rule_quota = 0
    [(level, words, _)] = stack.problems("etl")
    assert (level, "The default event bus has 5 rules." in words) == (UNKNOWN, True)
