"""Checks that the resources that calls act on exist, and are in a state in which the call works."""

from collections.abc import Iterator, Mapping

from components.aws.arn import Arn

from ...aws import errors
from ...aws.deployment import Deployment
from ..finding import UNKNOWN, Cause, Finding, attempt, own_resource
from ..inventory import CheckedSchedule, Inventory
from ..role_needs import Need
from ..roles import permission_findings_of
from . import resources
from .compute import group_states, instance_states, service_states
from .databases import database_cluster_states, database_states, warehouse_states
from .machines import changed_by
from .messages import bus_states, queue_states, topic_states
from .resources import Called, called
from .state import MISSING, Reader, State
from .work import (
    build_states,
    function_states,
    glue_job_states,
    job_definition_states,
    job_queue_states,
    pipeline_states,
    replication_states,
    runbook_states,
    state_machine_states,
)

_READERS: Mapping[str, Reader] = {
    resources.DATABASE: database_states,
    resources.DATABASE_CLUSTER: database_cluster_states,
    resources.WAREHOUSE: warehouse_states,
    resources.INSTANCE: instance_states,
    resources.SERVICE: service_states,
    resources.GROUP: group_states,
    resources.FUNCTION: function_states,
    resources.STATE_MACHINE: state_machine_states,
    resources.JOB_QUEUE: job_queue_states,
    resources.JOB_DEFINITION: job_definition_states,
    resources.GLUE_JOB: glue_job_states,
    resources.BUILD: build_states,
    resources.PIPELINE: pipeline_states,
    resources.REPLICATION: replication_states,
    resources.RUNBOOK: runbook_states,
    resources.QUEUE: queue_states,
    resources.TOPIC: topic_states,
    resources.BUS: bus_states,
}
_NOT_FOUND = frozenset({
    "DBInstanceNotFound", "DBInstanceNotFoundFault", "DBClusterNotFoundFault", "ClusterNotFound",
    "ClusterNotFoundFault", "InvalidInstanceID.NotFound", "ClusterNotFoundException", "ResourceNotFoundException",
    "ResourceNotFoundFault", "StateMachineDoesNotExist", "EntityNotFoundException", "PipelineNotFoundException",
    "InvalidDocument", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "NotFound",
    "NotFoundException",
})  # fmt: skip
"""Codes of errors for a resource that doesn't exist. AWS: botocore, the errors of each operation that reads one;
Amazon EC2 API reference, error codes."""
_MANAGED_BY_AWS = "alias/aws/"
"""The start of the aliases of keys that AWS manages, which roles of the account may use through the service."""
_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
"""AWS: Amazon SQS developer guide, "Key management"; Amazon SNS developer guide, "Key management"."""
_KEY_FIX = "Set `kmsKey` of the message and run: pulumi up. An existing role needs these permissions on the key itself."


def called_findings(inventory: Inventory) -> Iterator[Finding]:
    """Check the resources of all calls. Makes one call or two per schedule and resource."""
    for each in inventory.schedules:
        schedule = each.schedule
        if schedule.is_call:
            for one in called(schedule.target_arn, schedule.input):
                what = f"the {one.kind} {_name(one)}"
                yield from attempt(each.task, what, _findings, inventory, each, one)
    for arn, machine in inventory.call_machines.items():
        each = next(each for each in inventory.schedules if each.schedule.target_arn == arn)
        for one in changed_by(machine.definition):
            yield from attempt(each.task, f"the {one.kind} {_name(one)}", _findings, inventory, each, one)


def _findings(inventory: Inventory, each: CheckedSchedule, one: Called) -> Iterator[Finding]:
    subject = own_resource(one.kind, _name(one))
    if _is_elsewhere(inventory.deployment, one):
        why = "It is in another account or Region."
        message = f"Can't check the {one.kind} {_name(one)}. {why}"
        yield Finding(UNKNOWN, each.task, message, cause=Cause(f"Can't check the {one.kind}. {why}"))
        return
    for state in _states(inventory.deployment, one):
        yield subject.finding(state.level, each.task, state.predicate, state.fix)
        if state.key and not state.key.startswith(_MANAGED_BY_AWS) and not inventory.deployment.aws.emulated:
            yield from _key_findings(inventory, each.schedule.role_arn, state.key)


def _states(deployment: Deployment, one: Called) -> list[State]:
    try:
        return list(_READERS[one.kind](deployment.aws.called_client, one))
    except Exception as error:
        if errors.error_code(error) not in _NOT_FOUND:
            raise
        return [MISSING]


def _key_findings(inventory: Inventory, role_arn: str, key: str) -> Iterator[Finding]:
    """Check that the role may use the key that encrypts a queue or topic."""
    arn = inventory.deployment.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    yield from permission_findings_of(
        inventory, Need(role_arn, _KEY_ACTIONS, (arn,), has_resource_policy=True, fix=_KEY_FIX)
    )


def _is_elsewhere(deployment: Deployment, one: Called) -> bool:
    arn, account = Arn.parse_if_arn(one.name), deployment.account
    if arn is None:
        return False
    return arn.region not in ("", account.region) or arn.account_id not in ("", account.account_id)


def _name(one: Called) -> str:
    arn = Arn.parse_if_arn(one.name)
    if arn is None:
        return one.name.rsplit("/", 1)[-1] if one.name.startswith("https://") else one.name
    return arn.resource if arn.service in ("sqs", "sns") else arn.resource_id
