"""The resources of office hours: a state machine, and the role that it assumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import iam, sfn

from ..args import GroupReference
from ..infrastructure.roles import role_with_policy
from ..infrastructure.startable import machine_role_path
from ..infrastructure.trust import machine_trust
from ..scope import Scope
from ..supervised.resources import log_errors
from .machine import OfficeHours, definition
from .permissions import hours_policy
from .sleepers import sleepers_of

HOURS = "hours"
"""The purpose of the role."""


@dataclass(frozen=True, slots=True)
class HoursResources:
    """The resources of office hours."""

    state_machine: sfn.StateMachine
    role: iam.Role


def create_hours(scope: Scope, args: pulumi.Output[Any], group: GroupReference) -> HoursResources:
    """Create the state machine of office hours, and its role.

    Args:
        scope: The scope of the task.
        args: The keys that describe the call.
        group: Its group, which has supervised tasks.
    """
    names, account = scope.names, scope.account
    known = args.apply(lambda given: sleepers_of(given, account))
    role_name = names.task_role(scope.name, HOURS)
    created = role_with_policy(
        scope,
        HOURS,
        physical_name=role_name,
        path=machine_role_path(names, account, role_name),
        description="Stops and starts resources at office hours",
        trust=machine_trust(account, names.hours_machine(scope.name)),
        policy_name=HOURS,
        policy=known.apply(lambda found: hours_policy(names, account, scope.name, found, tracing=group["tracing"])),
    )
    # The lease table exists when both are known.
    with_table = pulumi.Output.all(known, group["supervisor_role_arn"], group["supervisor_log_group_arn"])
    machine = sfn.StateMachine(
        f"{scope.name}-{HOURS}",
        name=names.hours_machine(scope.name),
        role_arn=created.arn,
        definition=with_table.apply(lambda parts: definition(OfficeHours.of(scope.name, names, account, parts[0]))),
        logging_configuration=log_errors(group),
        tracing_configuration={"enabled": group["tracing"]},
        tags=scope.tags,
        opts=scope.opts,
    )
    return HoursResources(machine, created.role)
