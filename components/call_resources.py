"""The resources of a call: its schedules, and the role that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, iam, scheduler, sfn

from .args import GroupReference
from .aws import policies
from .aws.spelling import snake_case
from .call_machines import create_call_machine
from .calls.any_call import any_call_problems
from .calls.kinds import CALL_KEYS, call_keys, call_of, machine_name, typical_call
from .calls.model import Call
from .checks.errors import refuse
from .infrastructure.roles import role_with_policy
from .infrastructure.trust import scheduler_trust
from .monitoring.call_rules import create_own_rules
from .monitoring.resources import create_call_alarm
from .resolved import CallTask, ScheduleTimes
from .schedule_resources import ScheduleOutput, create_schedules
from .scope import Scope
from .task import overrides, schedule_target

CALL = "call"
"""The purpose of the role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResources:
    """The resources of a `ScheduledCall`.

    Example:
        ```python
        aws.iam.RolePolicy("more", role=call.resources.role.name, policy=policy)
        ```
    """

    role: iam.Role | None
    """The role that EventBridge Scheduler assumes to make the call. None for an existing role."""
    state_machine: sfn.StateMachine | None
    """The state machine of office hours, or of a snapshot with `keep`. None for other calls."""
    state_machine_role: iam.Role | None
    """The role of that state machine."""
    alarm: cloudwatch.MetricAlarm | None
    """The alarm of `expect_success_within`."""
    rules: Mapping[str, cloudwatch.EventRule]
    """The rules on the work that the call starts, by their names in Pulumi. Empty if no service reports its end, or if
    the group has them."""
    schedules: tuple[scheduler.Schedule, ...]
    """The schedules, in the order of the arguments, without those that will never run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The resources of a call, and values that its outputs need."""

    resources: CallResources
    schedules: pulumi.Output[list[ScheduleOutput]]
    role_arn: pulumi.Output[str]
    target_arn: pulumi.Output[str]


def create_call(scope: Scope, task: CallTask, group: GroupReference, component: pulumi.Resource) -> Created:
    """Create the role of a call, unless it has an existing one, and its schedules.

    Args:
        scope: The scope of the call.
        task: The call.
        group: Its group.
        component: The component.
    """
    given: Any = {key: value for key, value in task.args.items() if key in CALL_KEYS}
    # Stacks in one account have different prefixes.
    unique = scope.names.family(scope.name)
    call: pulumi.Output[Call] = pulumi.Output.from_input(given).apply(lambda known: _known_call(known, scope, unique))
    typical = typical_call(given, scope.account, unique)
    parameters = typical.target_parameters
    target_arn = call.apply(lambda known: known.target_arn(scope.account.partition))
    kind = task.machine
    machine = None
    if kind is not None:
        known_args, exceptions = pulumi.Output.from_input(given), bool(task.exceptions)
        machine = create_call_machine(scope, kind, known_args, group, exceptions=exceptions)
        # The schedule waits for the state machine.
        target_arn = machine.state_machine.arn
    role, role_arn = None, task.role
    if role_arn is None and group.get("existing_scheduler_role"):
        role_arn = group["scheduler_role_arn"]
    if role_arn is None:
        created = role_with_policy(
            scope,
            CALL,
            physical_name=scope.names.task_role(scope.name, CALL),
            path=scope.names.iam_path,
            description="Makes one scheduled API call",
            trust=scheduler_trust(scope.names, scope.account),
            policy_name=CALL,
            policy=_policy(call, group),
        )
        role, role_arn = created.role, created.arn

    def target(schedule: ScheduleTimes, _: str) -> Any:
        left_out = overrides.exceptions(task, schedule, datetime.now(UTC).year)
        return {
            **schedule_target.target(
                task.retry,
                arn=target_arn,
                role_arn=role_arn,
                dead_letter_queue_arn=group["dead_letter_queue_arn"],
                parameters=None,
            ),
            "input": call.apply(lambda known: known.input_of(schedule.name, left_out) or None),
            **{_property(name): _properties(values) for name, values in parameters.items()},
        }

    rules = {} if task.machine else create_own_rules(scope, group, call, typical)
    alarm = None
    if task.expect_success_within is not None and group["enabled"] and not task.is_paused:
        alarm = create_call_alarm(scope, task.expect_success_within, group, call, target_arn if machine else None)
    schedules, described = create_schedules(scope, task, task.schedules, group, target, component)
    return Created(
        resources=CallResources(
            role=role,
            state_machine=machine.state_machine if machine else None,
            state_machine_role=machine.role if machine else None,
            alarm=alarm,
            rules=rules,
            schedules=schedules,
        ),
        schedules=described,
        role_arn=pulumi.Output.from_input(role_arn),
        target_arn=target_arn,
    )


def _known_call(args: Any, scope: Scope, unique: str) -> Call:
    """The call with the values of other resources, which nothing has checked before."""
    refuse(f'{CALL} "{scope.name}"', list(any_call_problems(call_keys(args))))
    return call_of(args, scope.account, unique, machine_name(args, scope.names, scope.name))


def _property(member: str) -> str:
    """`eventbridge_parameters` from `EventBridgeParameters`, as the provider spells it."""
    return snake_case(member.replace("EventBridge", "Eventbridge")).removeprefix("_")


def _properties(members: Mapping[str, str]) -> dict[str, str]:
    return {_property(name): value for name, value in members.items()}


def _policy(call: pulumi.Output[Call], group: GroupReference) -> pulumi.Output[str]:
    keys = [key for key in (group["dead_letters_kms_key"], group["schedules_kms_key"]) if key]
    return pulumi.Output.all(call=call, queue=group["dead_letter_queue_arn"]).apply(
        lambda known: policies.call_policy(known["call"].statements, known["queue"], keys)
    )
