"""Checks of roles: their trust policies, and their permissions according to IAM's policy simulator."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from components.supervised.ending import OUTCOME_SOURCE

from .called.permissions import call_needs
from .finding import (
    OK,
    PROBLEM,
    RECREATE,
    RESTORE,
    STACK,
    UNKNOWN,
    WARNING,
    Finding,
    Subject,
    abbreviate,
    attempt,
    resource,
)
from .inventory import Inventory
from .role_needs import TASKS, Need, needs, passed_roles
from .service_policies import EVERYONE, refusal
from .stack_roles import is_created_by

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef, EvaluationResultTypeDef

SCHEDULER, STATES, EVENTS = "scheduler.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com"
_GRANT = (
    f"{RESTORE} If the stack doesn't create this role, give it the policies that this command writes: scheduled-tasks "
    "policies"
)
_CREATE = (
    f"{RECREATE}. If the stack doesn't create this role, create it with the policies that this command writes: "
    "scheduled-tasks policies"
)
_KEY = "Add the key under `encryption.secrets`, and deploy. An existing role needs kms:Decrypt on the key itself."
_NAMES = 50
"""Denied resources to name. Each stands for a task."""
_BATCH = 25
"""Resources per simulation."""
_POLICY_KEYS = {
    "iam:PassedToService": TASKS,
    "ecs:CreateAction": "RunTask",
    "ecs:cluster": "arn:aws:ecs:::cluster/any",
    "events:source": OUTCOME_SOURCE,
    "application-autoscaling:service-namespace": "any",
    "application-autoscaling:scalable-dimension": "any",
    "states:StateMachineQualifier": "any",
}
"""All condition keys in the policies of a stack's roles. The value matters only for an action that needs the key."""
_LISTS = frozenset({"events:source", "states:StateMachineQualifier"})
"""Condition keys with several values per request. AWS: service authorization reference, type ArrayOfString."""


def trust_findings(inventory: Inventory) -> list[Finding]:
    """Check that each role can be assumed by its service. Makes one call per role."""
    found: list[Finding] = []
    for role_arn, (service, source_arn) in _assumed_roles(inventory).items():
        found += attempt(STACK, f"the role {_name(role_arn)}", trust_finding, inventory, role_arn, service, source_arn)
    return found


def _assumed_roles(inventory: Inventory) -> dict[str, tuple[str, str]]:
    """Return each role with the service that assumes it and the resource on whose behalf it does."""
    found = {each.schedule.role_arn: (SCHEDULER, inventory.deployment.arn) for each in inventory.schedules}
    found |= {machine.role_arn: (STATES, machine.arn) for machine in inventory.machines}
    found |= {arn: (TASKS, launch.tasks_arn) for launch in inventory.launches[:1] for arn in passed_roles(inventory)}
    # A missing role is a finding of its schedule or state machine.
    found.pop("", None)
    return found


def trust_finding(inventory: Inventory, role_arn: str, service: str, source_arn: str) -> Finding:
    """Check that a service can assume a role on behalf of a resource. Makes one call."""
    iam, name = inventory.deployment.client("iam"), _name(role_arn)
    subject = resource("role", name)
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        fix = RECREATE if is_created_by(inventory.deployment.names, role_arn) else _CREATE
        return subject.finding(PROBLEM, STACK, "doesn't exist.", fix)
    reason = refusal(
        json.loads(json.dumps(role["AssumeRolePolicyDocument"])),
        services=(service, EVERYONE),
        action="sts:AssumeRole",
        values={"aws:sourceaccount": inventory.deployment.account_id, "aws:sourcearn": source_arn},
    )
    if reason is None:
        return subject.said(OK, STACK, lambda it: f"{service} can assume {it}.")
    why = f"Its trust policy {reason.words}"
    if reason.sure:
        fix = _fix(inventory, role_arn)
        return subject.said(PROBLEM, STACK, lambda it: f"{service} can't assume {it}. {why}", fix)
    return subject.said(UNKNOWN, STACK, lambda it: f"Can't tell if {service} can assume {it}. {why}")


def permission_findings(inventory: Inventory) -> list[Finding]:
    """Check that each role has its permissions. Makes one simulation per role and kind of resource."""
    return [
        finding
        for need in [*needs(inventory), *call_needs(inventory)]
        for finding in permission_findings_of(inventory, need)
    ]


def permission_findings_of(inventory: Inventory, need: Need) -> list[Finding]:
    """Check one need. Makes one simulation."""
    what = f"if {_name(need.role_arn)} may {abbreviate(need.actions)}"
    # For a denied action, IAM lists the unknown keys of all statements as missing. Then a denial would look like an
    # unknown condition. AWS: IAM API reference, SimulatePrincipalPolicy.
    context = {**_POLICY_KEYS, **dict(need.context)}
    return attempt(STACK, what, _permission, inventory, need, context)


def _permission(inventory: Inventory, need: Need, context: Mapping[str, str]) -> Iterator[Finding]:
    denied, missing = _simulate(inventory.deployment.client("iam"), need, context)
    name = _name(need.role_arn)
    for action in need.actions:
        subject = Subject(f"may {action}", "has its permissions", "has its permissions", "Actions", action)
        if resources := denied.get(action):
            message = f"{name} may not {action} on {abbreviate(map(_name, resources), _NAMES)}."
            if need.has_resource_policy:
                also = "The policy of the key can allow it too. This check doesn't read that policy."
                yield Finding(WARNING, STACK, f"{message} {also}", need.fix or _KEY)
            else:
                yield Finding(PROBLEM, STACK, message, _fix(inventory, need.role_arn))
        elif keys := missing.get(action):
            why = f"Its policy has a condition on {abbreviate(keys)}."
            yield subject.said(UNKNOWN, STACK, lambda it, why=why: f"Can't tell if {name} {it}. {why}")
        else:
            yield subject.said(OK, STACK, lambda it: f"{name} {it}.")


def _fix(inventory: Inventory, role_arn: str) -> str:
    return RESTORE if is_created_by(inventory.deployment.names, role_arn) else _GRANT


def _simulate(
    iam: "IAMClient", need: Need, context: Mapping[str, str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the denied resources of each action, and the condition keys that the simulator doesn't know."""
    entries: list[ContextEntryTypeDef] = [
        {
            "ContextKeyName": key,
            "ContextKeyValues": [value],
            "ContextKeyType": "stringList" if key in _LISTS else "string",
        }
        for key, value in context.items()
    ]
    denied: dict[str, set[str]] = {}
    unknown: dict[str, set[str]] = {}
    for start in range(0, len(need.resources), _BATCH):
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=need.role_arn,
            ActionNames=list(need.actions),
            ResourceArns=list(need.resources[start : start + _BATCH]),
            ContextEntries=entries,
        )
        for action, name, decision, missing in _decisions(each for page in pages for each in page["EvaluationResults"]):
            if decision == "allowed":
                continue
            unknown.setdefault(action, set()).update(missing)
            if not missing:
                denied.setdefault(action, set()).add(name)
    return denied, unknown


def _decisions(results: "Iterable[EvaluationResultTypeDef]") -> Iterator[tuple[str, str, str, Sequence[str]]]:
    for result in results:
        action = result["EvalActionName"]
        specific = result.get("ResourceSpecificResults", [])
        for each in specific:
            yield action, each["EvalResourceName"], each["EvalResourceDecision"], each.get("MissingContextValues", [])
        if not specific:
            yield action, result["EvalResourceName"], result["EvalDecision"], result.get("MissingContextValues", [])


def _name(arn: str) -> str:
    """Return the last part of an ARN."""
    return arn.rsplit("/", 1)[-1].rsplit(":stateMachine:", 1)[-1]
