"""The resources of a call whose work a state machine does: the state machine, and the role that it assumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import iam, sfn

from .args import GroupReference
from .aws.names import CallMachine
from .hours.machine import OfficeHours
from .hours.machine import definition as hours_definition
from .hours.permissions import hours_policy
from .hours.sleepers import sleepers_of
from .infrastructure.roles import role_with_policy
from .infrastructure.startable import machine_role_path
from .infrastructure.trust import machine_trust
from .json_values import Data
from .scope import Scope
from .snapshots.machine import Snapshots
from .snapshots.machine import definition as snapshots_definition
from .snapshots.permissions import snapshots_policy
from .snapshots.retention import retention_of
from .supervised.resources import log_errors

_DESCRIPTIONS: dict[CallMachine, str] = {
    "hours": "Stops and starts resources at office hours",
    "keep": "Creates snapshots and deletes older ones",
}
"""Descriptions of the roles."""


@dataclass(frozen=True, slots=True)
class CallMachineResources:
    """The resources of the state machine of a call."""

    state_machine: sfn.StateMachine
    role: iam.Role


def create_call_machine(
    scope: Scope, kind: CallMachine, args: pulumi.Output[Any], group: GroupReference, *, exceptions: bool
) -> CallMachineResources:
    """Create the state machine of a call, and its role.

    Args:
        scope: The scope of the task.
        kind: The work of the state machine, which is also the purpose of the role.
        args: The keys that describe the call.
        group: Its group, which has supervised tasks.
        exceptions: Whether its schedules leave out times.
    """
    names, account = scope.names, scope.account
    role_name = names.task_role(scope.name, kind)
    created = role_with_policy(
        scope,
        kind,
        physical_name=role_name,
        path=machine_role_path(names, account, role_name),
        description=_DESCRIPTIONS[kind],
        trust=machine_trust(account, names.call_machine(scope.name, kind)),
        policy_name=kind,
        policy=args.apply(lambda known: _policy(known, scope, tracing=group["tracing"])),
    )
    # The lease table exists when all are known.
    with_table = pulumi.Output.all(args, group["supervisor_role_arn"], group["supervisor_log_group_arn"])
    machine = sfn.StateMachine(
        f"{scope.name}-{kind}",
        name=names.call_machine(scope.name, kind),
        role_arn=created.arn,
        definition=with_table.apply(lambda parts: _definition(parts[0], scope, exceptions=exceptions)),
        logging_configuration=log_errors(group),
        tracing_configuration={"enabled": group["tracing"]},
        tags=scope.tags,
        opts=scope.opts,
    )
    return CallMachineResources(machine, created.role)


def _policy(args: Data, scope: Scope, *, tracing: bool) -> str:
    names, account = scope.names, scope.account
    kept = retention_of(args, account, names, scope.name)
    if kept is not None:
        return snapshots_policy(kept, names, account, tracing=tracing)
    return hours_policy(names, account, scope.name, sleepers_of(args, account), tracing=tracing)


def _definition(args: Data, scope: Scope, *, exceptions: bool) -> str:
    names, account = scope.names, scope.account
    kept = retention_of(args, account, names, scope.name)
    if kept is not None:
        return snapshots_definition(Snapshots.in_group(kept, names, exceptions=exceptions))
    sleepers = sleepers_of(args, account)
    return hours_definition(OfficeHours.of(scope.name, names, account, sleepers, exceptions=exceptions))
