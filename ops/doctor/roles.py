"""Roles: whether they can be taken on, and what they may do, as IAM works it out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.supervised.ending import OUTCOME_SOURCE

from .case import Case
from .finding import OK, PROBLEM, UNKNOWN, Finding, attempt, some
from .launch import Launch
from .trust import distrust

Data = Mapping[str, Any]

SCHEDULER, STATES, TASKS = "scheduler.amazonaws.com", "states.amazonaws.com", "ecs-tasks.amazonaws.com"
_BATCH = 25
"""Resources of one simulation."""
_AS_DEPLOYED = (
    "pulumi up --refresh puts back what was changed; a permissions boundary or the organization may deny it too."
)


def trust_findings(case: Case) -> list[Finding]:
    """Whether each role lets its service take it on: one call for a role."""
    found: list[Finding] = []
    for role_arn, (service, source_arn) in _trusts(case).items():
        found += attempt("", f"the role {_name(role_arn)}", _trust, case, role_arn, service, source_arn)
    return found


def _trusts(case: Case) -> dict[str, tuple[str, str]]:
    """The roles that are taken on, by whom and for what."""
    found = {each.schedule.target["RoleArn"]: (SCHEDULER, case.deployment.arn) for each in case.patients}
    found |= {machine.role_arn: (STATES, machine.arn) for machine in case.machines}
    return found | {arn: (TASKS, launch.tasks_arn) for launch in case.launches[:1] for arn in passed_roles(case)}


def _trust(case: Case, role_arn: str, service: str, source_arn: str) -> Finding:
    iam, name = case.deployment.client("iam"), _name(role_arn)
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return Finding(PROBLEM, "", f"the role {name} is not there", "pulumi up --refresh makes it again.")
    problem = distrust(
        role["AssumeRolePolicyDocument"],
        service=service,
        account_id=case.deployment.account_id,
        source_arn=source_arn,
    )
    if problem and problem.sure:
        return Finding(PROBLEM, "", f"the role {name} cannot be taken on: {problem.words}", _AS_DEPLOYED)
    if problem:
        return Finding(UNKNOWN, "", f"whether {service} can take on the role {name}: {problem.words}.")
    return Finding(OK, "", f"{service} can take on the role {name}")


@dataclass(frozen=True, slots=True)
class Need:
    """What a role has to be allowed."""

    role_arn: str
    action: str
    resources: tuple[str, ...]
    context: tuple[tuple[str, str], ...] = ()
    """Condition keys, as they are when it is used."""


def permission_findings(case: Case) -> list[Finding]:
    """Whether each role may do what it is for: one simulation for a role and an action."""
    found: list[Finding] = []
    every = list(needs(case))
    for need in every:
        what = f"whether {_name(need.role_arn)} may {need.action}"
        found += attempt("", what, _permission, case, need, _context(need, every))
    return found


def _context(need: Need, every: Iterable[Need]) -> dict[str, str]:
    """The condition keys that a role's policies ask for. Those for its other actions as well: of an action that is not
    allowed IAM names all keys that any statement of the policies asks for and that it was not told, so that without
    them a denial would look like a condition that is not known (AWS: IAM API reference, SimulatePrincipalPolicy)."""
    others = {key: value for each in every if each.role_arn == need.role_arn for key, value in each.context}
    return {"iam:PassedToService": TASKS, **others, **dict(need.context)}


def needs(case: Case) -> Iterator[Need]:
    """What the roles have to be allowed, so that all runs start."""
    for role_arn in dict.fromkeys(launch.role_arn for launch in case.launches):
        launches = [launch for launch in case.launches if launch.role_arn == role_arn]
        yield from _to_run(role_arn, launches)
        if roles := passed_roles(case, role_arn):
            yield Need(role_arn, "iam:PassRole", tuple(sorted(roles)), (("iam:PassedToService", TASKS),))
    for role_arn in dict.fromkeys(patient.schedule.target["RoleArn"] for patient in case.patients):
        targets = [each.schedule.target for each in case.patients if each.schedule.target["RoleArn"] == role_arn]
        if queues := {each["DeadLetterConfig"]["Arn"] for each in targets if "DeadLetterConfig" in each}:
            yield Need(role_arn, "sqs:SendMessage", tuple(sorted(queues)))
        if machines := {each["Arn"] for each in targets if ":states:" in each["Arn"]}:
            yield Need(role_arn, "states:StartExecution", tuple(sorted(machines)))
    for role_arn in dict.fromkeys(machine.role_arn for machine in case.machines):
        tables = {each.lease_table for each in case.machines if each.role_arn == role_arn and each.lease_table}
        if tables:
            arns = (case.deployment.resource("dynamodb", f"table/{table}") for table in tables)
            yield Need(role_arn, "dynamodb:PutItem", tuple(sorted(arns)))
        bus = case.deployment.resource("events", "event-bus/default")
        yield Need(role_arn, "events:PutEvents", (bus,), (("events:source", OUTCOME_SOURCE),))


def _to_run(role_arn: str, launches: Iterable[Launch]) -> Iterator[Need]:
    by_cluster: dict[str, list[Launch]] = {}
    for launch in launches:
        by_cluster.setdefault(launch.cluster_arn, []).append(launch)
    for cluster_arn, there in by_cluster.items():
        definitions = tuple(sorted({launch.task_definition_arn for launch in there}))
        yield Need(role_arn, "ecs:RunTask", definitions, (("ecs:cluster", cluster_arn),))
        yield Need(role_arn, "ecs:TagResource", (there[0].tasks_arn,), (("ecs:CreateAction", "RunTask"),))


def passed_roles(case: Case, role_arn: str | None = None) -> set[str]:
    """The roles that runs take on; those of the runs that a role starts, where one is named."""
    definitions = (
        patient.definition
        for patient in case.patients
        if patient.definition and patient.launch and role_arn in (None, patient.launch.role_arn)
    )
    return {
        definition[key]
        for definition in definitions
        for key in ("taskRoleArn", "executionRoleArn")
        if key in definition
    }


def _permission(case: Case, need: Need, context: Mapping[str, str]) -> Finding:
    denied, unsure = _simulated(case.deployment.client("iam"), need, context)
    name = _name(need.role_arn)
    if denied:
        words = f"{name} may not {need.action} on {some(_name(arn) for arn in denied)}"
        return Finding(PROBLEM, "", words, _AS_DEPLOYED)
    if unsure:
        return Finding(UNKNOWN, "", f"whether {name} may {need.action}: its policy asks for {some(unsure)}.")
    return Finding(OK, "", f"{name} may {need.action}")


def _simulated(iam: Any, need: Need, context: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """The resources that are denied, and condition keys that IAM would have to know."""
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in context.items()
    ]
    denied, unsure = set[str](), set[str]()
    for start in range(0, len(need.resources), _BATCH):
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=need.role_arn,
            ActionNames=[need.action],
            ResourceArns=list(need.resources[start : start + _BATCH]),
            ContextEntries=entries,
        )
        for page in pages:
            for name, decision, missing in _decisions(page["EvaluationResults"]):
                if decision == "allowed":
                    continue
                unsure.update(missing)
                if not missing:
                    denied.add(name)
    return denied, unsure


def _decisions(results: Iterable[Data]) -> Iterator[tuple[str, str, Sequence[str]]]:
    for result in results:
        specific: Sequence[Data] = result.get("ResourceSpecificResults", ())
        for each in specific:
            yield each["EvalResourceName"], each["EvalResourceDecision"], each.get("MissingContextValues", ())
        if not specific:
            yield result.get("EvalResourceName", "*"), result["EvalDecision"], result.get("MissingContextValues", ())


def _name(arn: str) -> str:
    """The last part of an ARN."""
    return arn.rsplit("/", 1)[-1].rsplit(":stateMachine:", 1)[-1]
