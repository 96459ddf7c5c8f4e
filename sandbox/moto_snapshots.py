"""Names of snapshots of DB clusters, whose length moto doesn't check."""

from typing import Any

from moto.rds.exceptions import InvalidParameterValue
from moto.rds.responses import RDSResponse

MOST = 63
"""AWS: Amazon RDS API reference, CreateDBClusterSnapshot, DBClusterSnapshotIdentifier: 1 to 63 characters."""


def fix_snapshots() -> None:
    """Apply the fix to moto in this process."""
    response: Any = RDSResponse
    create = response.create_db_cluster_snapshot

    def checked(self: Any) -> Any:
        if len(str(self.params["DBClusterSnapshotIdentifier"])) > MOST:
            # The text is AWS's for other identifiers: https://github.com/aws/aws-sdk/issues/673
            raise InvalidParameterValue(
                "The parameter DBClusterSnapshotIdentifier is not a valid identifier because it is longer than "
                f"{MOST} characters."
            )
        return create(self)

    response.create_db_cluster_snapshot = checked
