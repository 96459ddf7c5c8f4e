"""Resources of supervised tasks: a lease table, a role and a log group per group, and a state machine per task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
from pulumi_aws import cloudwatch, dynamodb, iam, sfn

from ..args import GroupReference
from ..aws.dependencies import after
from ..infrastructure.logs import create_log_group
from ..infrastructure.roles import GroupRole, role_with_policy, run_policies
from ..infrastructure.startable import SUPERVISOR, Startable, supervisor_path, supervisor_policy
from ..infrastructure.trust import supervisor_trust
from ..json_values import Data
from ..resolved import Group
from ..scope import Scope
from .language import Supervised
from .lease import EXPIRES, KEY
from .machine import definition, index_definition
from .run_task import run_task
from .settings import Supervision


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Resources that the supervised tasks of a group share."""

    role_arn: pulumi.Input[str]
    """ARN of the role of state machines, once everything exists that they need."""
    log_group_arn: pulumi.Input[str]
    role: iam.Role | None = None
    table: dynamodb.Table | None = None
    log_group: cloudwatch.LogGroup | None = None


NO_SUPERVISOR = Supervisor("", "")
"""The supervisor of a group without supervised tasks."""


def create_supervisor(
    scope: Scope, group: Group, may_start: Startable, cluster_arn: pulumi.Output[str], more_clusters: Sequence[str]
) -> Supervisor:
    """The lease table, the role and the log group of state machines.

    A group that has only calls gets no role: each state machine of a call has its own.
    """
    table = dynamodb.Table(
        f"{scope.name}-leases",
        name=scope.names.lease_table,
        billing_mode="PAY_PER_REQUEST",
        hash_key=KEY,
        attributes=[{"name": KEY, "type": "S"}],
        ttl={"attribute_name": EXPIRES, "enabled": True},
        tags=scope.tags,
        opts=scope.opts,
    )
    log_group = create_log_group(
        scope,
        "supervisor-logs",
        scope.names.supervisor_log_group,
        retention_days=group.retention_days,
        kms_key=group.logs.kms_key,
    )
    if not group.runs_containers:
        return Supervisor("", after(log_group.arn, table.id), None, table, log_group)
    role = _role(scope, group, may_start, cluster_arn, more_clusters)
    arn = after(role.arn, table.id, log_group.id)
    return Supervisor(arn, log_group.arn, role.role, table, log_group)


def _role(
    scope: Scope, group: Group, may_start: Startable, cluster_arn: pulumi.Output[str], more_clusters: Sequence[str]
) -> GroupRole:
    """The role of state machines: an existing one, or a new one."""
    if group.supervisor_role is not None:
        return GroupRole(pulumi.Output.from_input(group.supervisor_role), None)
    account, names = scope.account, scope.names
    policy = partial(supervisor_policy, names, account, group)
    inline, more = run_policies(policy, may_start, group, cluster_arn, more_clusters)
    created = role_with_policy(
        scope,
        SUPERVISOR,
        physical_name=names.role(SUPERVISOR),
        path=supervisor_path(names, account),
        description="Runs scheduled tasks that are supervised",
        trust=supervisor_trust(names, account),
        policy_name="supervise-runs",
        policy=inline,
        more=more,
    )
    return GroupRole(created.arn, created.role)


def create_state_machines(
    scope: Scope,
    settings: Supervision,
    *,
    container: str,
    parameters: Data,
    group: GroupReference,
) -> tuple[sfn.StateMachine, sfn.StateMachine | None]:
    """The state machine of a supervised task, and the one that runs one task of a run, for a task with `parallel`.

    Args:
        scope: The scope of the task's resources. Its name is the task's.
        settings: The settings of the task.
        container: The container whose exit code decides the outcome.
        parameters: RunTask's parameters, as in the target of a schedule that starts runs directly.
        group: The group of the task.
    """
    names = scope.names

    def create(
        end: str, name: str, define: Callable[[Supervised], str], index_machine_arn: pulumi.Input[str] = ""
    ) -> sfn.StateMachine:
        known = pulumi.Output.all(parameters, group["cluster_arn"], index_machine_arn)
        return sfn.StateMachine(
            f"{scope.name}-{end}",
            name=name,
            role_arn=group["supervisor_role_arn"],
            definition=known.apply(
                lambda parts: define(
                    Supervised(
                        task=scope.name,
                        container=container,
                        prefix=names.prefix,
                        table=names.lease_table,
                        settings=settings,
                        run=run_task(parts[0], cluster_arn=parts[1]),
                        index_machine_arn=parts[2],
                    )
                )
            ),
            logging_configuration=log_errors(group),
            tracing_configuration={"enabled": group["tracing"]},
            tags=scope.tags,
            opts=scope.opts,
        )

    index = create("index", names.index_machine(scope.name), index_definition) if settings.parallel else None
    whole = create("supervisor", names.state_machine(scope.name), definition, index.arn if index else "")
    return whole, index


def log_errors(group: GroupReference) -> sfn.StateMachineLoggingConfigurationArgsDict:
    """Errors of executions go to the log group of the group's state machines."""
    return {
        "level": "ERROR",
        "include_execution_data": True,
        "log_destination": pulumi.Output.concat(group["supervisor_log_group_arn"], ":*"),
    }
