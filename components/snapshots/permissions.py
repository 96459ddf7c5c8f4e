"""The policy of the role of a state machine of snapshots. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ..aws import policies
from ..aws.account import Account
from ..aws.names import GroupNames
from ..aws.policies import Statement
from ..supervised.ending import OUTCOME_SOURCE
from ..supervised.lease import CLAIM_SEPARATOR
from .retention import MARK, Retention


def snapshots_policy(of: Retention, names: GroupNames, account: Account, *, tracing: bool) -> str:
    """The permissions of a snapshot with `keep`: create and tag the task's own snapshots, list those of the database,
    delete its own, record scheduled times, and report outcomes.

    Args:
        of: The snapshots.
        names: Names of the group's resources.
        account: The account and Region.
        tracing: Whether X-Ray traces the executions.
    """
    return policies.call_machine_policy(
        work=snapshot_statements(of),
        item_actions=["dynamodb:PutItem"],
        table_arn=account.arn("dynamodb", f"table/{names.lease_table}"),
        keys=[f"{of.task}{CLAIM_SEPARATOR}*"],
        event_bus_arn=account.arn("events", "event-bus/default"),
        event_source=OUTCOME_SOURCE,
        tracing=tracing,
    )


def snapshot_statements(of: Retention) -> Iterable[Statement]:
    """The permissions for snapshots. AWS: Service Authorization Reference, Amazon RDS.

    The names of the task's own snapshots contain a hash of the task. To delete one, it must also have the task's tag.
    """
    noun = "DBSnapshot" if of.kind == "database" else "DBClusterSnapshot"
    source, own = str(of.source), of.snapshots(f"{of.prefix}*")
    tagged = {"StringEquals": {f"aws:ResourceTag/{MARK}": of.mark}}
    yield policies.allow("CreateSnapshots", f"rds:Create{noun}", [source, own])
    yield policies.allow("TagSnapshots", "rds:AddTagsToResource", [own])
    # A list of the snapshots of a database needs the permission for all of its snapshots, whose names can be any.
    yield policies.allow("ListSnapshots", f"rds:Describe{noun}s", [source, of.snapshots("*")])
    yield policies.allow("DeleteSnapshots", f"rds:Delete{noun}", [own], tagged)
