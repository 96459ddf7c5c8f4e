"""The snapshots that a task with `keep` creates and deletes: their names and their tag. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..args import SnapshotArgs
from ..aws.account import Account
from ..aws.arn import Arn
from ..aws.names import GROUP_TAG, TASK_TAG, GroupNames
from ..calls.databases import cluster_arn, database_arn, snapshot_prefix
from ..json_values import Data
from ..keys.resolution import resolve
from ..resolved import Snapshot

Kind: TypeAlias = Literal["database", "cluster"]
MARK = f"{GROUP_TAG}/keep"
"""The tag of the snapshots that a task makes. Its value is the task, in its project and stack."""
_ID_LENGTH = 8
_TIME = "20261127-030000"
END_LENGTH = len("-") + _ID_LENGTH + len("-") + len(_TIME)
"""Characters of the name of a snapshot after its beginning."""


@dataclass(frozen=True, slots=True)
class Retention:
    """A database whose snapshots a task makes and deletes."""

    kind: Kind
    source: Arn
    """The DB instance or DB cluster."""
    prefix: str
    """Beginning of the names of the task's snapshots, and of no other task's. Ends in a hyphen."""
    mark: str
    """Value of the tag of the task's snapshots. At most 256 characters. AWS: Amazon RDS API reference, Tag."""
    task: str
    keep: int
    """Number of snapshots that are kept: 1 to 100."""

    @property
    def label(self) -> str:
        """The database, for readers: `database orders`."""
        return f"{self.kind} {self.source.resource_id}"

    @property
    def id(self) -> str:
        """The end of the prefix, by which the names differ from those of other tasks."""
        return _id(self.mark)

    @property
    def name_length(self) -> int:
        """Characters of the name of a snapshot. `components.checks.calls` compares them with AWS's bounds."""
        return len(self.prefix) + len(_TIME)

    @property
    def tags(self) -> dict[str, str]:
        """The tags of a snapshot."""
        return {MARK: self.mark, TASK_TAG: self.task}

    def snapshots(self, names: str) -> str:
        """The ARN of snapshots of this kind. `names` is a pattern."""
        kind = "snapshot" if self.kind == "database" else "cluster-snapshot"
        return str(self.source.sibling(f"{kind}:{names}"))


def retention(what: Snapshot, account: Account, names: GroupNames, task: str) -> Retention:
    """The snapshots of a task that has `keep`.

    The names contain a hash of the task, because IAM policies compare names: `orders-*` would include the snapshots of
    the database `orders-eu`.

    Args:
        what: The snapshot. Values of other resources must be known.
        account: The account and Region.
        names: Names of the group's resources.
        task: Name of the task.
    """
    assert what.keep is not None
    kind: Kind = "database" if what.database is not None else "cluster"
    source = database_arn(account, what.database) if kind == "database" else cluster_arn(account, what.cluster)
    mark = names.family(task)
    return Retention(kind, source, f"{snapshot_prefix(what, source)}-{_id(mark)}", mark, task, what.keep)


def _id(mark: str) -> str:
    return f"{hashlib.sha256(mark.encode()).hexdigest()[:_ID_LENGTH]}-"


def retention_of(args: Data, account: Account, names: GroupNames, task: str) -> Retention | None:
    """The same from the arguments of a task, which are validated; None without `keep`."""
    given: Data = args.get("snapshot", {})
    if given.get("keep") is None:
        return None
    return retention(resolve(Snapshot, SnapshotArgs, given), account, names, task)
