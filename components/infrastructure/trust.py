"""The trust policies of a group's roles: which service may assume each, and for which resources."""

from __future__ import annotations

from ..aws import policies
from ..aws.account import Account
from ..aws.names import GroupNames


def scheduler_trust(names: GroupNames, account: Account, *, rules: bool = False) -> str:
    """EventBridge Scheduler may assume the role for the group's schedules.

    With `rules`, EventBridge may too, for the rules of tasks that start after others: for an existing role.
    """
    return policies.scheduler_trust(
        account_id=account.account_id,
        schedule_group_arn=account.arn("scheduler", f"schedule-group/{names.schedule_group}"),
        rules_arn=account.arn("events", f"rule/{names.state_machine_prefix}*") if rules else None,
    )


def rule_trust(account: Account, rule: str) -> str:
    """EventBridge may assume the role for one rule."""
    return policies.event_trust(account_id=account.account_id, rules_arn=account.arn("events", f"rule/{rule}"))


def supervisor_trust(names: GroupNames, account: Account) -> str:
    """Step Functions may assume the role for the group's state machines."""
    return policies.supervisor_trust(
        account_id=account.account_id,
        state_machines_arn=account.arn("states", f"stateMachine:{names.state_machine_prefix}*"),
    )


def machine_trust(account: Account, state_machine: str) -> str:
    """Step Functions may assume the role for one state machine."""
    return policies.supervisor_trust(
        account_id=account.account_id, state_machines_arn=account.arn("states", f"stateMachine:{state_machine}")
    )


def task_trust(account: Account) -> str:
    """ECS may assume the role for the account's tasks."""
    return policies.task_trust(partition=account.partition, region=account.region, account_id=account.account_id)
