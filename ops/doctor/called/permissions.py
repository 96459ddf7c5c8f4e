"""The permissions that the roles of calls need, from the targets of their schedules. Pure."""

from collections.abc import Iterator

from components.aws.account import Account
from components.aws.arn import Arn
from components.calls.permissions import derived_resources
from components.calls.references import operation
from components.problems import Problem

from ...aws.call_targets import UNIVERSAL, operation_of, parameters_of
from ...aws.schedules import Schedule
from ..inventory import Inventory
from ..role_needs import Need

_ANY = "any"
"""In place of a part of a resource that isn't known, such as the ID of an Auto Scaling group."""


def call_needs(inventory: Inventory) -> list[Need]:
    """The permission of each call. Calls whose resources don't follow from their parameters are left out."""
    account = inventory.deployment.account
    schedules = (each.schedule for each in inventory.schedules if each.schedule.is_call and each.schedule.role_arn)
    return list(dict.fromkeys(need for schedule in schedules for need in call_need(schedule, account)))


def call_need(schedule: Schedule, account: Account) -> Iterator[Need]:
    """The permission that the role of a schedule needs for its call."""
    target = Arn.parse(schedule.target_arn)
    parameters = parameters_of(schedule.target_arn, schedule.input)
    if target.service != UNIVERSAL:
        yield from _templated(schedule, target)
        return
    reference = operation_of(schedule.target_arn)
    if reference == "applicationautoscaling:registerScalableTarget":
        yield _scaling(schedule, account, str(parameters.get("ScalableDimension", "")))
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
    yield Need(schedule.role_arn, (permission.action,), known)


def _scaling(schedule: Schedule, account: Account, dimension: str) -> Need:
    """AWS: Service Authorization Reference, Application Auto Scaling."""
    context = (
        ("application-autoscaling:service-namespace", dimension.split(":")[0]),
        ("application-autoscaling:scalable-dimension", dimension),
    )
    resource = account.arn("application-autoscaling", f"scalable-target/{_ANY}")
    return Need(schedule.role_arn, ("application-autoscaling:RegisterScalableTarget",), (resource,), context)


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
