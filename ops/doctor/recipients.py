"""Checks that messages reach the recipients that EventBridge sends requests to: rules, API destinations, connections.

AWS: Amazon EventBridge API reference, DescribeApiDestination and DescribeConnection.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from components.aws.arn import Arn

from ..aws.parallel import call_in_parallel
from ..output import counted
from .finding import OK, PROBLEM, RECREATE, STACK, WARNING, Finding, attempt, resource
from .inventory import Inventory
from .role_needs import Need
from .roles import EVENTS, permission_findings_of, trust_finding

_AUTHORIZED = ("AUTHORIZED", "ACTIVE")
_CHANGING = ("CREATING", "UPDATING", "AUTHORIZING")
_LOST = "Its recipient gets no messages."
_AUTHORIZE = "Store a new secret for the recipient with: pulumi config set --secret. Then run: pulumi up"


@dataclass(frozen=True, slots=True)
class _Target:
    """An API destination that a rule sends to."""

    rule: str
    arn: str
    role_arn: str


def recipient_findings(inventory: Inventory) -> list[Finding]:
    """Check that messages reach each recipient.

    Makes one call for a stack without recipients, and one more per rule, API destination and connection.
    """
    prefix = inventory.deployment.names.notify_prefix
    pages = inventory.deployment.client("events").get_paginator("list_rules").paginate(NamePrefix=prefix)
    states = {rule["Name"]: rule["State"] for page in pages for rule in page["Rules"]}
    found: list[Finding] = []
    targets: list[_Target] = []
    for rule, future in call_in_parallel(lambda name: _targets(inventory, name), states):
        found += attempt(STACK, f"the rule {rule}", _rule, rule, states[rule], future.result, targets)
    for role_arn in sorted({target.role_arn for target in targets}):
        found += _role(inventory, role_arn, [target for target in targets if target.role_arn == role_arn])
    connections: dict[str, int] = {}
    for arn in sorted({target.arn for target in targets}):
        what = f"the API destination {_destination(arn)}"
        rules = sum(target.arn == arn for target in targets)
        found += attempt(STACK, what, _api_destination, inventory, arn, rules, connections)
    for arn, rules in connections.items():
        found += attempt(STACK, f"the connection {_destination(arn)}", _connection, inventory, arn, rules)
    return found


def _targets(inventory: Inventory, rule: str) -> list[_Target]:
    pages = inventory.deployment.client("events").get_paginator("list_targets_by_rule").paginate(Rule=rule)
    return [
        _Target(rule, target["Arn"], target.get("RoleArn", ""))
        for page in pages
        for target in page["Targets"]
        if Arn.parse(target["Arn"]).resource.startswith("api-destination/")
    ]


def _rule(rule: str, state: str, read: Callable[[], list[_Target]], targets: list[_Target]) -> Iterator[Finding]:
    """Check a rule, and add its targets to the known ones."""
    if state == "DISABLED":
        fix = f"To enable it, run: aws events enable-rule --name {rule}"
        yield Finding(PROBLEM, STACK, f"The rule {rule} is disabled. Its recipient gets no messages from it.", fix)
    own = read()
    targets += own
    if not own:
        message = "sends to no API destination. Its recipient gets no messages from it."
        yield resource("rule", rule).finding(PROBLEM, STACK, message, RECREATE)


def _role(inventory: Inventory, role_arn: str, targets: Sequence[_Target]) -> list[Finding]:
    """Check that EventBridge can assume the role of these targets, and that the role may send to them."""
    if not role_arn:
        rules = ", ".join(target.rule for target in targets)
        return [Finding(PROBLEM, STACK, f"These rules have no role to send messages: {rules}.", RECREATE)]
    source_arn = inventory.deployment.resource("events", f"rule/{targets[0].rule}")
    found = attempt(
        STACK, f"the role {Arn.parse(role_arn).name}", trust_finding, inventory, role_arn, EVENTS, source_arn
    )
    if inventory.deployment.aws.emulated:
        return found
    arns = tuple(sorted({target.arn for target in targets}))
    return found + permission_findings_of(inventory, Need(role_arn, ("events:InvokeApiDestination",), arns))


def _api_destination(inventory: Inventory, arn: str, rules: int, connections: dict[str, int]) -> Iterator[Finding]:
    """Check an API destination, and add its rules to those of its connection."""
    events, name = inventory.deployment.client("events"), _destination(arn)
    subject = resource("API destination", name)
    try:
        found = events.describe_api_destination(Name=name)
    except events.exceptions.ResourceNotFoundException:
        yield subject.finding(PROBLEM, STACK, f"doesn't exist. {_LOST}", RECREATE)
        return
    connection = found["ConnectionArn"]
    connections[connection] = connections.get(connection, 0) + rules
    if found["ApiDestinationState"] != "ACTIVE":
        yield subject.finding(PROBLEM, STACK, f"is {found['ApiDestinationState']}. {_LOST}", _AUTHORIZE)


def _connection(inventory: Inventory, arn: str, rules: int) -> Finding:
    """Check that a connection has a secret that EventBridge can send."""
    events, name = inventory.deployment.client("events"), _destination(arn)
    subject = resource("connection", name)
    try:
        found = events.describe_connection(Name=name)
    except events.exceptions.ResourceNotFoundException:
        return subject.finding(PROBLEM, STACK, f"doesn't exist. {_LOST}", RECREATE)
    state, reason = found["ConnectionState"], found.get("StateReason", "")
    if state in _AUTHORIZED:
        return subject.finding(OK, STACK, f"is authorized for the messages of {counted(rules, 'rule')}.")
    why = f" AWS's reason: {reason.rstrip('.')}." if reason else ""
    if state in _CHANGING:
        return subject.finding(WARNING, STACK, f"is {state}.{why} {_LOST}", "Run doctor again in a minute.")
    return subject.finding(PROBLEM, STACK, f"is {state}.{why} {_LOST}", _AUTHORIZE)


def _destination(arn: str) -> str:
    """The name of an API destination or a connection. AWS adds an ID to its ARN: `connection/<name>/<id>`."""
    return Arn.parse(arn).resource.split("/")[1]
