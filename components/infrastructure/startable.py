"""Task definitions and roles that the roles of a group may use to start runs, and the policies that allow it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..aws import limits, policies
from ..aws.account import Account
from ..aws.names import INDEX_END, GroupNames
from ..aws.policies import Statement
from ..aws.policy_sizes import Divided, divided, length_in_list
from ..resolved import Group
from ..supervised.ending import OUTCOME_SOURCE

if TYPE_CHECKING:
    from .task_definitions import ExistingDefinition

SUPERVISOR = "supervisor"
"""The end of the name of the role of state machines."""
SYNC_RULE = "StepFunctionsGetEventsForECSTaskRule"
"""The managed rule by which Step Functions learns that ECS tasks it started have ended."""

EXECUTION_SYNC_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
"""The managed rule by which Step Functions learns that executions it started have ended. AWS: Step Functions developer
guide, "IAM policies for AWS Step Functions"."""


def supervisor_path(names: GroupNames, account: Account) -> str:
    """The path of the role of the state machines of supervised tasks."""
    return machine_role_path(names, account, names.role(SUPERVISOR))


def machine_role_path(names: GroupNames, account: Account, role: str) -> str:
    """The path of a role of state machines: that of the group, or a shorter one if Step Functions needs it."""
    arn = account.iam_arn(f"role{names.iam_path}{role}")
    excess = len(arn) - limits.STATE_MACHINE_ROLE_ARN
    return names.shorter_iam_path(excess) if excess > 0 else names.iam_path


UNKNOWN_ROLE = f"arn:aws-us-gov:iam::123456789012:role/{'x' * (511 + 64)}"
"""Stands for an execution role whose ARN is an output: the longest that IAM allows. AWS: IAM API reference, CreateRole,
Path and RoleName."""


@dataclass(frozen=True, slots=True)
class Startable:
    """Task definitions and roles of a policy."""

    task_definition_arns: tuple[str, ...] = ()
    role_arns: tuple[str, ...] = ()

    def divided(self, inline: Callable[[Startable], str], clusters: Sequence[str]) -> Divided[Startable]:
        """Those of the inline policy, and those of each managed policy. `inline` makes the inline policy.

        The policies contain the ARNs of the clusters. One can be an output, but the number of policies must be known.
        """
        items = [(arn, False) for arn in self.task_definition_arns] + [(arn, True) for arn in self.role_arns]
        empty = policies.more_runs_policy(task_definition_arns=["*"], cluster_arns=clusters, role_arns=["*"])
        found = divided(items, lambda item: length_in_list(item[0]), inline=inline(Startable()), managed=empty)
        return Divided(_of_items(found.inline), tuple(map(_of_items, found.managed)))

    def with_execution_role(self, arn: str | None) -> Startable:
        """The same with the execution role of the group, if its ARN was not known."""
        if arn is None or UNKNOWN_ROLE not in self.role_arns:
            return self
        return replace(self, role_arns=tuple(arn if role == UNKNOWN_ROLE else role for role in self.role_arns))

    def more(self, clusters: Sequence[str]) -> str:
        """The managed policy that allows it on clusters."""
        return policies.more_runs_policy(
            task_definition_arns=self.task_definition_arns, cluster_arns=clusters, role_arns=self.role_arns
        )


def _of_items(items: tuple[tuple[str, bool], ...]) -> Startable:
    return Startable(
        tuple(arn for arn, is_role in items if not is_role), tuple(arn for arn, is_role in items if is_role)
    )


def startable(
    names: GroupNames,
    account: Account,
    group: Group,
    existing: Sequence[ExistingDefinition],
    *,
    own_roles: bool = True,
) -> Startable:
    """A group's own task definitions and roles, and the existing ones that it names.

    `own_roles`: the deployment creates roles of runs.
    """
    return Startable(
        task_definition_arns=(
            account.arn("ecs", f"task-definition/{names.family_prefix}*:*"),
            *dict.fromkeys(definition.arn for definition in existing),
        ),
        role_arns=(
            *([account.iam_arn(f"role{names.run_role_path}*")] if own_roles else []),
            *dict.fromkeys(
                [
                    *_execution_role(group),
                    *group.pass_role_arns,
                    *(role for definition in existing for role in definition.role_arns),
                ]
            ),
        ),
    )


def _execution_role(group: Group) -> list[str]:
    """The existing execution role of a group."""
    if group.execution_role is None:
        return []
    return [group.execution_role if isinstance(group.execution_role, str) else UNKNOWN_ROLE]


def scheduler_policy(
    names: GroupNames, account: Account, group: Group, clusters: Sequence[str], may_start: Startable
) -> str:
    """The inline policy of the scheduler role."""
    encryption = group.encryption
    state_machines = account.arn("states", f"stateMachine:{names.state_machine_prefix}*")
    return policies.scheduler_policy(
        task_definition_arns=may_start.task_definition_arns,
        cluster_arns=clusters,
        role_arns=may_start.role_arns,
        dead_letter_queue_arn=account.arn("sqs", names.dead_letter_queue),
        key_arns=[arn for arn in (encryption.dead_letters, encryption.schedules) if arn is not None],
        state_machines_arn=state_machines if group.supervised else "",
    )


def supervisor_policy(
    names: GroupNames, account: Account, group: Group, clusters: Sequence[str], may_start: Startable
) -> str:
    """The inline policy of the role of state machines."""
    return policies.supervisor_policy(
        task_definition_arns=may_start.task_definition_arns,
        cluster_arns=clusters,
        role_arns=may_start.role_arns,
        table_arn=account.arn("dynamodb", f"table/{names.lease_table}"),
        sync_rule_arn=account.arn("events", f"rule/{SYNC_RULE}"),
        event_bus_arn=account.arn("events", "event-bus/default"),
        event_source=OUTCOME_SOURCE,
        tracing=group.monitoring.tracing,
        parallel=_run_tasks_of_runs(names, account) if group.parallel else (),
    )


def _run_tasks_of_runs(names: GroupNames, account: Account) -> list[Statement]:
    machines = f"{names.state_machine_prefix}*{INDEX_END}"
    return policies.run_tasks_of_runs(
        state_machines_arn=account.arn("states", f"stateMachine:{machines}"),
        executions_arn=account.arn("states", f"execution:{machines}:*"),
        sync_rule_arn=account.arn("events", f"rule/{EXECUTION_SYNC_RULE}"),
    )
