"""A model of Amazon RDS as strict as AWS: snapshots that take time, pages, quotas, and databases that are busy.

AWS: Amazon RDS API reference, CreateDBSnapshot, DescribeDBSnapshots, DeleteDBSnapshot; Amazon RDS user guide, "Quotas
and constraints for Amazon RDS".
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from components.args import SnapshotArgs
from components.aws.account import Account
from components.aws.names import GroupNames
from components.keys.resolution import resolve
from components.keys.validation import validated
from components.resolved import Snapshot
from components.snapshots.machine import Snapshots, definition
from components.snapshots.retention import Retention, retention
from tests.interpreter import ACCOUNT, REGION, TABLE, Ended, Interpreter, client, error, interpreter

NAMES = GroupNames("shop-dev")
FIRST = datetime(2020, 1, 1, 3, tzinfo=UTC)
QUOTA = 100
"""AWS: Amazon RDS user guide, "Quotas and constraints for Amazon RDS": manual DB instance snapshots."""


def kept(partition: str = "aws", task: str = "backup", **keys: Any) -> Retention:
    """The snapshots of the task `backup` in the group `shop-dev`."""
    given = {"keep": 3, **({} if "cluster" in keys else {"database": "orders"}), **keys}
    found = validated(SnapshotArgs, given, from_yaml=True)
    assert found.problems == []
    what = resolve(Snapshot, SnapshotArgs, found.values)
    return retention(what, Account(partition, REGION, ACCOUNT), NAMES, task)


def machine(of: Retention, *, exceptions: bool = False) -> str:
    """The state machine that creates and deletes them."""
    return definition(Snapshots(of, "shop-dev", TABLE, exceptions))


@dataclass
class Saved:
    """A manual snapshot."""

    name: str
    source: str
    tags: Mapping[str, str]
    status: str = "available"
    looks: int = 0
    """Looks until it is available."""
    then: str = "available"
    created: datetime = FIRST

    def look(self) -> None:
        self.looks -= 1
        if self.status == "creating" and self.looks < 0:
            self.status = self.then


@dataclass
class World:
    """The databases and snapshots of an account."""

    snapshots: dict[str, Saved] = field(default_factory=dict[str, Saved])
    deleted: list[str] = field(default_factory=list[str])
    busy: int = 0
    """Requests for a snapshot that RDS refuses, because the database is busy."""
    quota: int = QUOTA
    slow: int = 2
    ends: str = "available"
    """The status of new snapshots after they have been created."""
    repeats: bool = False
    """Whether a page begins with the last snapshot of the page before."""
    unlisted: int = 0
    """Lists without the newest snapshot."""

    def save(self, *saved: Saved) -> None:
        self.snapshots |= {each.name: each for each in saved}

    def own(self, of: Retention, count: int, status: str = "available") -> list[str]:
        """Snapshots that the task made on days before."""
        days = [FIRST + timedelta(days=day) for day in range(count)]
        names = [f"{of.prefix}{day:%Y%m%d-%H%M%S}" for day in days]
        self.save(*(Saved(name, of.source.resource_id, of.tags, status) for name in names))
        return names

    def available(self, of: Retention) -> list[str]:
        """The task's own snapshots that can be restored, oldest first."""
        return sorted(
            each.name
            for each in self.snapshots.values()
            if each.status == "available" and dict(each.tags) == of.tags and each.name.startswith(of.prefix)
        )


class Rds:
    """boto3's client. `kind` is `DBSnapshot` or `DBClusterSnapshot`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def create_db_snapshot(self, **given: Any) -> dict[str, Any]:
        return self._create("DBInstance", "DBSnapshot", given)

    def create_db_cluster_snapshot(self, **given: Any) -> dict[str, Any]:
        return self._create("DBCluster", "DBClusterSnapshot", given)

    def describe_db_snapshots(self, **given: Any) -> dict[str, Any]:
        return self._describe("DBInstance", "DBSnapshot", given)

    def describe_db_cluster_snapshots(self, **given: Any) -> dict[str, Any]:
        return self._describe("DBCluster", "DBClusterSnapshot", given)

    def delete_db_snapshot(self, **given: Any) -> dict[str, Any]:
        return self._delete("DBSnapshot", given)

    def delete_db_cluster_snapshot(self, **given: Any) -> dict[str, Any]:
        return self._delete("DBClusterSnapshot", given)

    def _create(self, source: str, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        name = given[f"{kind}Identifier"]
        # AWS: botocore rds, CreateDBSnapshotMessage: letters, digits and single hyphens, first a letter, 255 at most.
        assert re.fullmatch(r"[a-z](?:-?[a-z0-9])*", name), name
        # CreateDBClusterSnapshotMessage: 63 at most.
        assert len(name) <= (255 if kind == "DBSnapshot" else 63)
        if name in self.world.snapshots:
            raise error(f"{kind}AlreadyExists{_end(kind)}", "CreateDBSnapshot")
        if self.world.busy > 0:
            self.world.busy -= 1
            raise error(f"Invalid{source}State{_end(kind)}", "CreateDBSnapshot")
        if len(self.world.snapshots) >= self.world.quota:
            raise error("SnapshotQuotaExceeded", "CreateDBSnapshot")
        tags = {tag["Key"]: tag["Value"] for tag in given["Tags"]}
        self.world.save(Saved(name, given[f"{source}Identifier"], tags, "creating", self.world.slow, self.world.ends))
        return {kind: {}}

    def _describe(self, source: str, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        for each in self.world.snapshots.values():
            each.look()
        if name := given.get(f"{kind}Identifier"):
            if name not in self.world.snapshots:
                raise error(f"{kind}NotFound{_end(kind)}", "DescribeDBSnapshots")
            return {f"{kind}s": [_described(kind, self.world.snapshots[name])]}
        assert given["SnapshotType"] == "manual"
        # AWS: botocore rds, DescribeDBSnapshots, MaxRecords: minimum 20, maximum 100.
        assert 20 <= given["MaxRecords"] <= 100
        listed = [each for each in self.world.snapshots.values() if each.source == given[f"{source}Identifier"]]
        if self.world.unlisted > 0:
            self.world.unlisted -= 1
            listed = listed[:-1]
        start = int(given.get("Marker", 0))
        page = listed[max(0, start - 1) if self.world.repeats else start :][: given["MaxRecords"]]
        end = listed.index(page[-1]) + 1 if page else 0
        more = {"Marker": str(end)} if end < len(listed) else {}
        return {f"{kind}s": [_described(kind, each) for each in page], **more}

    def _delete(self, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        found = self.world.snapshots.get(given[f"{kind}Identifier"])
        if found is None:
            raise error(f"{kind}NotFound{_end(kind)}", "DeleteDBSnapshot")
        if found.status != "available":
            raise error(f"Invalid{kind}State{_end(kind)}", "DeleteDBSnapshot")
        del self.world.snapshots[found.name]
        self.world.deleted.append(found.name)
        return {kind: {}}


def _end(kind: str) -> str:
    """The end of error codes. AWS: botocore rds, CreateDBSnapshot and CreateDBClusterSnapshot, errors."""
    return "Fault" if kind == "DBClusterSnapshot" else ""


def _described(kind: str, saved: Saved) -> dict[str, Any]:
    tags = [{"Key": key, "Value": value} for key, value in saved.tags.items()]
    return {
        f"{kind}Identifier": saved.name,
        "Status": saved.status,
        "SnapshotCreateTime": saved.created,
        **({"TagList": tags} if tags else {}),
    }


@contextmanager
def keeper(world: World, of: Retention) -> Generator[Interpreter]:
    """An interpreter whose state machine makes and deletes snapshots of a world."""
    with interpreter() as states:
        states.services["rds"] = Rds(world)
        states.create(machine(of))
        yield states


def execute(states: Interpreter, name: str, time: str = "") -> Ended:
    """Start an execution as a schedule does, and wait until it ends."""
    given = json.dumps({"schedule": "nightly", "time": time or f"at {name}"})
    answer = client("stepfunctions").start_execution(stateMachineArn=states.machine, name=name, input=given)
    return states.end(answer["executionArn"])
