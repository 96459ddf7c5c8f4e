"""Checks of roles: their trust policies, and their permissions according to IAM's policy simulator."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.supervised.ending import OUTCOME_SOURCE

from .finding import OK, PROBLEM, RECREATE, RESTORE, STACK, UNKNOWN, Cause, Finding, abbreviate, attempt
from .inventory import Inventory
from .launch import Launch
from .trust_policy import distrust

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef, EvaluationResultTypeDef

SCHEDULER, STATES, TASKS = "scheduler.amazonaws.com", "states.amazonaws.com", "ecs-tasks.amazonaws.com"
_ROLES = "Roles"
_NAMES = 50
"""Denied resources to name. Each stands for a task."""
_BATCH = 25
"""Resources per simulation."""
_POLICY_KEYS = {
    "iam:PassedToService": TASKS,
    "ecs:CreateAction": "RunTask",
    "ecs:cluster": "arn:aws:ecs:::cluster/any",
    "events:source": OUTCOME_SOURCE,
}
"""All condition keys in the policies of a stack's roles. The value matters only for an action that needs the key."""
_LISTS = frozenset({"events:source"})
"""Condition keys with several values per request. AWS: service authorization reference, type ArrayOfString."""


def trust_findings(inventory: Inventory) -> list[Finding]:
    """Check that each role can be assumed by its service. Makes one call per role."""
    found: list[Finding] = []
    for role_arn, (service, source_arn) in _assumed_roles(inventory).items():
        found += attempt(STACK, f"the role {_name(role_arn)}", _trust, inventory, role_arn, service, source_arn)
    return found


def _assumed_roles(inventory: Inventory) -> dict[str, tuple[str, str]]:
    """Return each role with the service that assumes it and the resource on whose behalf it does."""
    found = {each.schedule.role_arn: (SCHEDULER, inventory.deployment.arn) for each in inventory.schedules}
    found |= {machine.role_arn: (STATES, machine.arn) for machine in inventory.machines}
    found |= {arn: (TASKS, launch.tasks_arn) for launch in inventory.launches[:1] for arn in passed_roles(inventory)}
    # A missing role is a finding of its schedule or state machine.
    found.pop("", None)
    return found


def _trust(inventory: Inventory, role_arn: str, service: str, source_arn: str) -> Finding:
    iam, name = inventory.deployment.client("iam"), _name(role_arn)
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        cause = Cause("A role doesn't exist.", _ROLES, name)
        return Finding(PROBLEM, STACK, f"The role {name} doesn't exist.", RECREATE, cause=cause)
    reason = distrust(
        json.loads(json.dumps(role["AssumeRolePolicyDocument"])),
        service=service,
        account_id=inventory.deployment.account_id,
        source_arn=source_arn,
    )
    if reason is None:
        cause = Cause(f"{service} can assume its roles.", _ROLES, name)
        return Finding(OK, STACK, f"{service} can assume the role {name}.", cause=cause)
    if reason.sure:
        message = f"{service} can't assume the role {name}. {reason.message}"
        cause = Cause(f"{service} can't assume a role. {reason.message}", _ROLES, name)
        return Finding(PROBLEM, STACK, message, RESTORE, cause=cause)
    message = f"Can't tell if {service} can assume the role {name}. {reason.message}"
    cause = Cause(f"Can't tell if {service} can assume a role. {reason.message}", _ROLES, name)
    return Finding(UNKNOWN, STACK, message, cause=cause)


@dataclass(frozen=True, slots=True)
class Need:
    """A permission that a role needs."""

    role_arn: str
    action: str
    resources: tuple[str, ...]
    context: tuple[tuple[str, str], ...] = ()
    """The condition keys of the call with their values."""


def permission_findings(inventory: Inventory) -> list[Finding]:
    """Check that each role has its permissions. Makes one simulation per role and action."""
    found: list[Finding] = []
    for need in needs(inventory):
        what = f"if {_name(need.role_arn)} may {need.action}"
        # For a denied action, IAM lists the unknown keys of all statements as missing. Then a denial would look like an
        # unknown condition. AWS: IAM API reference, SimulatePrincipalPolicy.
        context = {**_POLICY_KEYS, **dict(need.context)}
        found += attempt(STACK, what, _permission, inventory, need, context)
    return found


def needs(inventory: Inventory) -> Iterator[Need]:
    """Yield the permissions that the roles need to start all runs."""
    return (need for need in _needs(inventory) if need.role_arn)


def _needs(inventory: Inventory) -> Iterator[Need]:
    for role_arn in dict.fromkeys(launch.role_arn for launch in inventory.launches):
        yield from _run_task_needs(role_arn, [each for each in inventory.launches if each.role_arn == role_arn])
        if roles := passed_roles(inventory, role_arn):
            yield Need(role_arn, "iam:PassRole", tuple(sorted(roles)), (("iam:PassedToService", TASKS),))
    schedules = [each.schedule for each in inventory.schedules]
    for role_arn in dict.fromkeys(schedule.role_arn for schedule in schedules):
        own = [schedule for schedule in schedules if schedule.role_arn == role_arn]
        if queues := {schedule.dead_letter_queue_arn for schedule in own} - {""}:
            yield Need(role_arn, "sqs:SendMessage", tuple(sorted(queues)))
        if machines := {schedule.target_arn for schedule in own if schedule.supervised}:
            yield Need(role_arn, "states:StartExecution", tuple(sorted(machines)))
    for role_arn in dict.fromkeys(machine.role_arn for machine in inventory.machines):
        tables = {each.lease_table for each in inventory.machines if each.role_arn == role_arn and each.lease_table}
        if tables:
            arns = (inventory.deployment.resource("dynamodb", f"table/{table}") for table in tables)
            yield Need(role_arn, "dynamodb:PutItem", tuple(sorted(arns)))
        bus = inventory.deployment.resource("events", "event-bus/default")
        yield Need(role_arn, "events:PutEvents", (bus,), (("events:source", OUTCOME_SOURCE),))


def _run_task_needs(role_arn: str, launches: Iterable[Launch]) -> Iterator[Need]:
    by_cluster: dict[str, list[Launch]] = {}
    for launch in launches:
        by_cluster.setdefault(launch.cluster_arn, []).append(launch)
    for cluster_arn, in_cluster in by_cluster.items():
        definitions = tuple(sorted({launch.task_definition_arn for launch in in_cluster}))
        yield Need(role_arn, "ecs:RunTask", definitions, (("ecs:cluster", cluster_arn),))
        yield Need(role_arn, "ecs:TagResource", (in_cluster[0].tasks_arn,), (("ecs:CreateAction", "RunTask"),))


def passed_roles(inventory: Inventory, role_arn: str | None = None) -> set[str]:
    """Return the roles that runs assume: all, or those of the runs that a role starts."""
    return {
        role
        for each in inventory.schedules
        if each.definition and each.launch and role_arn in (None, each.launch.role_arn)
        for role in each.definition.roles
    }


def _permission(inventory: Inventory, need: Need, context: Mapping[str, str]) -> Finding:
    denied, missing = _simulate(inventory.deployment.client("iam"), need, context)
    name = _name(need.role_arn)
    if denied:
        message = f"{name} may not {need.action} on {abbreviate(map(_name, denied), _NAMES)}."
        return Finding(PROBLEM, STACK, message, RESTORE)
    if missing:
        message = f"Can't tell if {name} may {need.action}. Its policy has a condition on {abbreviate(missing)}."
        sentence = f"Can't tell if {name} has its permissions. Its policy has a condition on {abbreviate(missing)}."
        return Finding(UNKNOWN, STACK, message, cause=Cause(sentence, "Actions", need.action))
    cause = Cause(f"{name} has its permissions.", "Actions", need.action)
    return Finding(OK, STACK, f"{name} may {need.action}.", cause=cause)


def _simulate(iam: "IAMClient", need: Need, context: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Return the denied resources, and the condition keys that the simulator doesn't know."""
    entries: list[ContextEntryTypeDef] = [
        {
            "ContextKeyName": key,
            "ContextKeyValues": [value],
            "ContextKeyType": "stringList" if key in _LISTS else "string",
        }
        for key, value in context.items()
    ]
    denied, unknown = set[str](), set[str]()
    for start in range(0, len(need.resources), _BATCH):
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=need.role_arn,
            ActionNames=[need.action],
            ResourceArns=list(need.resources[start : start + _BATCH]),
            ContextEntries=entries,
        )
        for name, decision, missing in _decisions(each for page in pages for each in page["EvaluationResults"]):
            if decision == "allowed":
                continue
            unknown.update(missing)
            if not missing:
                denied.add(name)
    return denied, unknown


def _decisions(results: "Iterable[EvaluationResultTypeDef]") -> Iterator[tuple[str, str, Sequence[str]]]:
    for result in results:
        specific = result.get("ResourceSpecificResults", [])
        for each in specific:
            yield each["EvalResourceName"], each["EvalResourceDecision"], each.get("MissingContextValues", [])
        if not specific:
            yield result["EvalResourceName"], result["EvalDecision"], result.get("MissingContextValues", [])


def _name(arn: str) -> str:
    """Return the last part of an ARN."""
    return arn.rsplit("/", 1)[-1].rsplit(":stateMachine:", 1)[-1]
