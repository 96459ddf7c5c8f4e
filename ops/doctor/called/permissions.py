"""The permissions that the roles of calls need, from the targets of their schedules. Pure."""

from collections.abc import Iterator, Mapping

from components.aws.account import Account
from components.aws.arn import Arn
from components.calls.permissions import derived_resources
from components.calls.references import operation
from components.json_values import Json
from components.problems import Problem

from ...aws.call_targets import UNIVERSAL, operation_of, parameters_of
from ...aws.schedules import Schedule
from ..inventory import CallMachine, Inventory
from ..role_needs import Need
from .machines import OwnSnapshots, requests_of, snapshots_of

_ANY = "any"
"""In place of a part of a resource that isn't known, such as the ID of an Auto Scaling group."""


def call_needs(inventory: Inventory) -> list[Need]:
    """The permission of each call. Calls whose resources don't follow from their parameters are left out."""
    account = inventory.deployment.account
    schedules = (each.schedule for each in inventory.schedules if each.schedule.is_call and each.schedule.role_arn)
    of_schedules = [need for schedule in schedules for need in call_need(schedule, account)]
    of_machines = [need for machine in inventory.call_machines.values() for need in machine_needs(machine, account)]
    return list(dict.fromkeys([*of_schedules, *of_machines]))


def call_need(schedule: Schedule, account: Account) -> Iterator[Need]:
    """The permission that the role of a schedule needs for its call."""
    target = Arn.parse(schedule.target_arn)
    parameters = parameters_of(schedule.target_arn, schedule.input)
    if target.service != UNIVERSAL:
        yield from _templated(schedule, target)
        return
    yield from _universal(schedule.role_arn, operation_of(schedule.target_arn), parameters, account)


def machine_needs(machine: CallMachine, account: Account) -> Iterator[Need]:
    """The permissions that the role of the state machine of a call needs for its changes of known resources."""
    for request in requests_of(machine.definition):
        if request.is_complete:
            yield from _universal(machine.role_arn, request.operation, request.parameters, account)
    if (own := snapshots_of(machine.definition)) is not None:
        yield from _snapshots(machine.role_arn, own, account)


def _snapshots(role: str, own: OwnSnapshots, account: Account) -> Iterator[Need]:
    """Create, tag, list and delete snapshots. AWS: Service Authorization Reference, Amazon RDS."""
    kinds = ("db", "snapshot") if own.noun == "DBSnapshot" else ("cluster", "cluster-snapshot")
    source, made = (
        account.arn("rds", f"{kind}:{name}")
        for kind, name in zip(kinds, (own.source, f"{own.prefix}{_ANY}"), strict=True)
    )
    tags = tuple((f"aws:ResourceTag/{name}", value) for name, value in own.tags.items())
    yield Need(role, (f"rds:Create{own.noun}", f"rds:Describe{own.noun}s"), (source, made))
    yield Need(role, ("rds:AddTagsToResource",), (made,))
    yield Need(role, (f"rds:Delete{own.noun}",), (made,), tags)


def _universal(role_arn: str, reference: str, parameters: Mapping[str, Json], account: Account) -> Iterator[Need]:
    if reference == "applicationautoscaling:registerScalableTarget":
        yield _scaling(role_arn, account, str(parameters.get("ScalableDimension", "")))
        return
    found = operation(reference)
    if isinstance(found, Problem):
        return
    resources = derived_resources(found, parameters, account)
    permission = found.service.permission(found.name)
    if resources is None or permission is None:
        return
    # The role may use any revision of a job definition. The request has one.
    one_each = [arn for arn in resources if arn.removesuffix(":*") == arn or arn.removesuffix(":*") not in resources]
    known = tuple(arn if arn == "*" else arn.replace("*", _ANY) for arn in one_each)
    yield Need(role_arn, (permission.action,), known)


def _scaling(role_arn: str, account: Account, dimension: str) -> Need:
    """AWS: Service Authorization Reference, Application Auto Scaling."""
    context = (
        ("application-autoscaling:service-namespace", dimension.split(":")[0]),
        ("application-autoscaling:scalable-dimension", dimension),
    )
    resource = account.arn("application-autoscaling", f"scalable-target/{_ANY}")
    return Need(role_arn, ("application-autoscaling:RegisterScalableTarget",), (resource,), context)


def _templated(schedule: Schedule, target: Arn) -> Iterator[Need]:
    """AWS: EventBridge Scheduler user guide, "Using templated targets"; Step Functions developer guide, "Authorization
    for versions and aliases in Step Functions workflows"."""
    role, whole = schedule.role_arn, str(target)
    if target.service == "states":
        name, _, qualifier = target.resource_id.partition(":")
        context = (("states:StateMachineQualifier", qualifier),) if qualifier else ()
        yield Need(role, ("states:StartExecution",), (str(target.sibling(f"stateMachine:{name}")),), context)
    elif target.service == "events":
        source = str(schedule.target.get("EventBridgeParameters", {}).get("Source", ""))
        yield Need(role, ("events:PutEvents",), (whole,), (("events:source", source),))
    elif action := {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}.get(
        target.service
    ):
        yield Need(role, (action,), (whole,))
