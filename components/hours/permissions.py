"""The policy of the role of a state machine of office hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..aws import policies
from ..aws.account import Account
from ..aws.names import GroupNames
from ..aws.policies import Condition, Statement
from ..supervised.ending import OUTCOME_SOURCE
from ..supervised.lease import CLAIM_SEPARATOR
from .sleeper import Needed, Sleeper


def hours_policy(names: GroupNames, account: Account, task: str, sleepers: Sequence[Sleeper], *, tracing: bool) -> str:
    """The permissions of office hours: describe, stop and start their resources, keep their own items in the lease
    table, and report outcomes.

    Args:
        names: Names of the group's resources.
        account: The account and Region.
        task: Name of the task.
        sleepers: The resources.
        tracing: Whether X-Ray traces the executions.
    """
    return policies.call_machine_policy(
        work=switch_statements(sleepers),
        item_actions=["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
        table_arn=account.arn("dynamodb", f"table/{names.lease_table}"),
        keys=[task, f"{task}{CLAIM_SEPARATOR}*"],
        event_bus_arn=account.arn("events", "event-bus/default"),
        event_source=OUTCOME_SOURCE,
        tracing=tracing,
    )


def switch_statements(sleepers: Iterable[Sleeper]) -> Iterable[Statement]:
    """The permissions to describe, stop and start resources: one statement per set of actions."""
    together: dict[tuple[str, ...], list[Needed]] = {}
    for sleeper in sleepers:
        for needed in sleeper.needs:
            together.setdefault(needed.actions, []).append(needed)
    for number, (actions, needs) in enumerate(together.items(), 1):
        condition: Condition | None = needs[0].condition
        resources = [resource for needed in needs for resource in needed.resources]
        yield policies.allow(f"SwitchResources{number}", list(actions), resources, condition)
