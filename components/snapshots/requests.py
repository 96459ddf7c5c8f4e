"""The requests to Amazon RDS, as Step Functions spells them. Pure.

AWS: Amazon RDS API reference, CreateDBSnapshot, DescribeDBSnapshots, DeleteDBSnapshot, and the same for DB clusters;
Step Functions developer guide, "Learning to use AWS service SDK integrations".
"""

from __future__ import annotations

from dataclasses import dataclass

from ..json_values import Json
from ..supervised.language import expression, literal
from .retention import MARK, Retention

PAGE = 20
"""Snapshots per request, the fewest that AWS accepts. An answer has at most 256 KiB, and each snapshot can have 50
tags. AWS: Step Functions developer guide, "Quotas"."""
NAME = "$name"
"""The variable with the name of the new snapshot."""


@dataclass(frozen=True, slots=True)
class Requests:
    """The operations and members for one kind of database."""

    create: str
    describe: str
    delete: str
    source: str
    snapshot: str
    listed: str
    """The member of the answer with the snapshots."""


_OF_DATABASE = Requests(
    create="aws-sdk:rds:createDBSnapshot",
    describe="aws-sdk:rds:describeDBSnapshots",
    delete="aws-sdk:rds:deleteDBSnapshot",
    source="DbInstanceIdentifier",
    snapshot="DbSnapshotIdentifier",
    listed="DbSnapshots",
)
_OF_CLUSTER = Requests(
    create="aws-sdk:rds:createDBClusterSnapshot",
    describe="aws-sdk:rds:describeDBClusterSnapshots",
    delete="aws-sdk:rds:deleteDBClusterSnapshot",
    source="DbClusterIdentifier",
    snapshot="DbClusterSnapshotIdentifier",
    listed="DbClusterSnapshots",
)


def requests_of(of: Retention) -> Requests:
    """The operations for the database of a task."""
    return _OF_DATABASE if of.kind == "database" else _OF_CLUSTER


def creation(of: Retention) -> dict[str, Json]:
    """The parameters that create the snapshot."""
    its = requests_of(of)
    tags: list[Json] = [{"Key": key, "Value": value} for key, value in of.tags.items()]
    return {its.source: of.source.resource_id, its.snapshot: expression(NAME), "Tags": tags}


def listing(of: Retention) -> str:
    """The parameters that list a page of the manual snapshots of the database, as an expression. The first page has no
    marker."""
    given = {requests_of(of).source: of.source.resource_id, "SnapshotType": "manual"}
    members = ", ".join(f"'{name}': {literal(value)}" for name, value in given.items())
    return expression(f"$merge([{{{members}, 'MaxRecords': {PAGE}}}, $marker = '' ? {{}} : {{'Marker': $marker}}])")


def own(of: Retention) -> str:
    """The names of the task's own snapshots on a page, as an expression: those that are available, and have the form of
    its names and its tag."""
    its = requests_of(of)
    conditions = (
        "Status = 'available'",
        f"$substring({its.snapshot}, 0, {len(of.prefix)}) = {literal(of.prefix)}",
        f"$length({its.snapshot}) = {of.name_length}",
        f"$count(TagList[Key = {literal(MARK)} and Value = {literal(of.mark)}]) > 0",
    )
    return f"$states.result.{its.listed}[{' and '.join(conditions)}].{its.snapshot}"
