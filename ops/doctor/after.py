"""Checks of the rules that start tasks after others, and of the roles that they do it with."""

from collections.abc import Iterator

from .finding import OK, PROBLEM, WARNING, Finding, resource
from .inventory import CheckedSchedule, Inventory
from .role_needs import Need
from .roles import EVENTS, permission_findings_of, trust_finding

_RESTORE = "To restore it, run: pulumi up --refresh"


def after_findings(inventory: Inventory, each: CheckedSchedule) -> Iterator[Finding]:
    """Check the rule of a task that starts after another one: its state, its target, and its role."""
    schedule, deployment = each.schedule, inventory.deployment
    events, name = deployment.client("events"), deployment.names.after_rule(each.schedule.name)
    rule, lost = resource("rule", name), f"{each.task} doesn't start after {schedule.after}."
    states = {it["Name"]: it["State"] for it in events.list_rules(NamePrefix=name)["Rules"]}
    if name not in states:
        yield rule.finding(PROBLEM, each.task, f"doesn't exist. {lost}", _RESTORE)
        return
    if states[name] == "DISABLED":
        fix = f"If it isn't disabled on purpose, run: aws events enable-rule --name {name}"
        yield rule.finding(WARNING, each.task, f"is disabled. {lost}", fix)
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    target = next((it for it in targets if it["Arn"] == schedule.target_arn), None)
    if target is None:
        yield rule.finding(PROBLEM, each.task, f"has no target that starts its runs. {lost}", _RESTORE)
        return
    if not target.get("DeadLetterConfig", {}).get("Arn"):
        yield rule.finding(WARNING, each.task, "has no dead-letter queue. Failed starts are lost.", _RESTORE)
    if states[name] == "ENABLED":
        yield rule.finding(OK, each.task, f"starts it after each success of {schedule.after}.")
    role_arn = target.get("RoleArn", "")
    yield trust_finding(inventory, role_arn, EVENTS, deployment.resource("events", f"rule/{name}"))
    if not deployment.aws.emulated:
        yield from permission_findings_of(inventory, Need(role_arn, ("states:StartExecution",), (schedule.target_arn,)))
