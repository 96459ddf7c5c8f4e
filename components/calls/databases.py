"""Calls that stop, start and copy databases and instances. Pure.

AWS: Service Authorization Reference, Amazon RDS, Amazon EC2 and Amazon Redshift.
"""

from __future__ import annotations

from ..aws.account import Account
from ..aws.arn import Arn
from ..resolved import Snapshot, Stop
from .model import Call
from .parameters import with_samples
from .resources import named, simple_call

RESTARTS_AFTER_DAYS = 7
"""AWS starts a stopped DB instance or DB cluster again after these days.

AWS: Amazon RDS user guide, "Stopping an Amazon RDS DB instance temporarily"; Amazon Aurora user guide, "Stopping and
starting an Amazon Aurora DB cluster".
"""
_EXECUTION = "<aws.scheduler.execution-id>"
END_LENGTH = len(with_samples(f"-{_EXECUTION}"))
"""Characters of the name of a snapshot after its beginning."""
LONGEST_SNAPSHOT = {"database": 255, "cluster": 63}
"""Characters of the names of snapshots. AWS: Amazon RDS API reference, CreateDBSnapshot, DBSnapshotIdentifier;
CreateDBClusterSnapshot, DBClusterSnapshotIdentifier."""


def stop(what: Stop, account: Account) -> Call:
    """Stop a database or instances, or pause a Redshift cluster. It changes nothing if it is stopped already."""
    return _switch(what, account, "stop", "pause")


def start_up(what: Stop, account: Account) -> Call:
    """Start a database or instances, or resume a Redshift cluster. It changes nothing if it runs already."""
    return _switch(what, account, "start", "resume")


def _switch(what: Stop, account: Account, verb: str, redshift_verb: str) -> Call:
    if what.database is not None:
        arn = database_arn(account, what.database)
        parameters = {"DbInstanceIdentifier": arn.resource_id}
        return simple_call(f"rds:{verb}DBInstance", parameters, [arn], idempotent=True)
    if what.cluster is not None:
        arn = cluster_arn(account, what.cluster)
        parameters = {"DbClusterIdentifier": arn.resource_id}
        return simple_call(f"rds:{verb}DBCluster", parameters, [arn], idempotent=True)
    if what.redshift is not None:
        arn = named(account, "redshift", "cluster:", what.redshift)
        parameters = {"ClusterIdentifier": arn.resource_id}
        return simple_call(f"redshift:{redshift_verb}Cluster", parameters, [arn], idempotent=True)
    ids = [str(instance) for instance in what.instances]
    arns = [named(account, "ec2", "instance/", instance) for instance in ids]
    return simple_call(f"ec2:{verb}Instances", {"InstanceIds": ids}, arns, idempotent=True)


def snapshot(what: Snapshot, account: Account) -> Call:
    """Create a snapshot with the ID of the launch in its name.

    A retry is harmless: while a snapshot is being created, AWS refuses another. AWS: Amazon RDS API reference,
    CreateDBSnapshot, InvalidDBInstanceState.
    """
    if what.database is not None:
        source, member, kind = database_arn(account, what.database), "DbInstanceIdentifier", "snapshot"
        operation, name = "rds:createDBSnapshot", "DbSnapshotIdentifier"
    else:
        source, member, kind = cluster_arn(account, what.cluster), "DbClusterIdentifier", "cluster-snapshot"
        operation, name = "rds:createDBClusterSnapshot", "DbClusterSnapshotIdentifier"
    prefix = snapshot_prefix(what, source)
    return simple_call(
        operation,
        {member: source.resource_id, name: f"{prefix}-{_EXECUTION}"},
        [source, source.sibling(f"{kind}:{prefix}-*")],
        idempotent=True,
    )


def snapshot_prefix(what: Snapshot, source: Arn) -> str:
    """The beginning of the names of snapshots. Amazon RDS keeps them in lowercase."""
    return (what.name or source.resource_id).lower()


def database_arn(account: Account, written: object) -> Arn:
    """The ARN of a DB instance."""
    return _lowercase(named(account, "rds", "db:", written))


def cluster_arn(account: Account, written: object) -> Arn:
    """The ARN of a DB cluster."""
    return _lowercase(named(account, "rds", "cluster:", written))


def _lowercase(arn: Arn) -> Arn:
    """Amazon RDS keeps identifiers in lowercase, and IAM compares their case. AWS: Amazon RDS API reference,
    CreateDBInstance, DBInstanceIdentifier."""
    return arn.sibling(arn.resource.lower())
