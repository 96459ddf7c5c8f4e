"""Names of snapshots of DB clusters in the sandbox."""

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox.moto_fixes import apply_fixes
from tests.mocks import REGION


def test_a_name_of_more_than_63_characters_is_refused():
    """AWS: Amazon RDS API reference, CreateDBClusterSnapshot, DBClusterSnapshotIdentifier."""
    apply_fixes()
    with mock_aws():
        rds = boto3.client("rds", region_name=REGION)
        rds.create_db_cluster(
            DBClusterIdentifier="orders", Engine="aurora-mysql", MasterUsername="a", MasterUserPassword="password1"
        )
        rds.create_db_cluster_snapshot(DBClusterIdentifier="orders", DBClusterSnapshotIdentifier="a" * 63)
        with pytest.raises(ClientError, match="longer than 63 characters"):
            rds.create_db_cluster_snapshot(DBClusterIdentifier="orders", DBClusterSnapshotIdentifier="a" * 64)
