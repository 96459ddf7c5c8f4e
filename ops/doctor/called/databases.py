"""Called databases and warehouses.

AWS: Amazon RDS user guide, "Stopping an Amazon RDS DB instance temporarily", limitations; Amazon RDS API reference,
StopDBInstance, CreateDBSnapshot; Amazon Aurora user guide, "Stopping and starting an Amazon Aurora DB cluster",
limitations; Amazon Redshift API reference, Cluster.
"""

from collections.abc import Iterator

from ...aws import errors
from ...aws.called_clients import Answer, CalledClients
from ..finding import UNKNOWN
from .resources import Called
from .state import State, doubtful, in_order, refused

_SWITCHES = ("rds:stopDBInstance", "rds:startDBInstance")
_CLUSTER_SWITCHES = ("rds:stopDBCluster", "rds:startDBCluster")
_SNAPSHOTS = ("rds:createDBSnapshot", "rds:createDBClusterSnapshot")
_BROKEN = (
    "failed", "inaccessible-encryption-credentials", "incompatible-create", "incompatible-network",
    "incompatible-option-group", "incompatible-parameters", "incompatible-restore", "restore-error", "deleting",
    "hardware-failure", "incompatible-hsm",
)  # fmt: skip
"""States that don't end by themselves. AWS: Amazon RDS user guide, "Viewing DB instance status"; Amazon Redshift API
reference, Cluster, ClusterStatus."""
_REPAIR = "Repair it, or pause the task."
_RECOVERABLE = "inaccessible-encryption-credentials-recoverable"
"""A start recovers such a database within 7 days, if its KMS key is enabled again. AWS: re:Post knowledge center,
"How do I resolve an Amazon RDS instance or Amazon Aurora cluster that's in an inaccessible encryption state?"."""
_ENABLED, _NO_KEY = "Enabled", "NotFoundException"
"""AWS: botocore kms, KeyState, and the errors of DescribeKey."""
_MODES = {
    "serverless": "uses Aurora Serverless v1",
    "parallelquery": "uses Aurora parallel query",
    "multimaster": "is an Aurora multi-master cluster",
    "global": "is a member of an Aurora global database",
}
"""Engine modes of clusters that can't be stopped. AWS: Systems Manager Automation runbook reference,
AWS-StartStopAuroraCluster."""


def database_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a DB instance can be stopped, started or copied."""
    # AWS: Amazon RDS API reference, DescribeDBInstances: an identifier or an ARN.
    [found] = clients("rds").describe_db_instances(DBInstanceIdentifier=called.name)["DBInstances"]
    status, engine = str(found["DBInstanceStatus"]), str(found.get("Engine", ""))
    if called.operation in _SWITCHES:
        if cluster := found.get("DBClusterIdentifier"):
            yield refused(
                f"is a member of the DB cluster {cluster}. AWS stops and starts only whole clusters.",
                f"Name the cluster instead: cluster: {cluster}",
            )
            return
        if engine.startswith("custom-"):
            yield refused("uses Amazon RDS Custom, which this call doesn't apply to.", "Remove the task.")
            return
    if called.operation == "rds:stopDBInstance":
        source = found.get("ReadReplicaSourceDBInstanceIdentifier")
        replicas = found.get("ReadReplicaDBInstanceIdentifiers") or found.get("ReadReplicaDBClusterIdentifiers")
        if source:
            yield refused(f"is a read replica of {source}. AWS doesn't stop read replicas.", "Remove the task.")
            return
        if replicas:
            yield refused(
                f"has the read replica {replicas[0]}. AWS doesn't stop databases that have read replicas.",
                "Delete the read replicas, or remove the task.",
            )
            return
        if engine.startswith("sqlserver") and found.get("MultiAZ"):
            yield refused(
                "is a Multi-AZ deployment of SQL Server, which AWS doesn't stop.",
                "Change it to a single Availability Zone, or remove the task.",
            )
            return
    yield _status(called, status)
    yield from _key(clients, found)


def database_cluster_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a DB cluster can be stopped, started or copied."""
    [found] = clients("rds").describe_db_clusters(DBClusterIdentifier=called.name)["DBClusters"]
    mode, replicas = str(found.get("EngineMode", "")), found.get("ReadReplicaIdentifiers")
    if called.operation in _CLUSTER_SWITCHES:
        why = _MODES.get(mode) or (_MODES["global"] if found.get("GlobalClusterIdentifier") else "")
        if why:
            yield refused(f"{why}. AWS doesn't stop such clusters.", "Remove the task.")
            return
    if called.operation == "rds:stopDBCluster" and replicas:
        yield refused(
            f"has the read replica {str(replicas[0]).rsplit(':', 1)[-1]} in another Region. AWS doesn't stop such "
            "clusters.",
            "Delete the read replicas, or remove the task.",
        )
        return
    yield _status(called, str(found["Status"]))
    yield from _key(clients, found)


def warehouse_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a cluster of Amazon Redshift can be paused or resumed."""
    [found] = clients("redshift").describe_clusters(ClusterIdentifier=called.name)["Clusters"]
    yield _status(called, str(found["ClusterStatus"]))


def _status(called: Called, status: str) -> State:
    if status in _BROKEN:
        return refused(f"is in the state {status}, in which AWS refuses the call.", _REPAIR)
    if status == _RECOVERABLE:
        return refused(
            f"is in the state {status}: AWS can't use its KMS key, and gives it up after 7 days.",
            "Enable the key, and start the database.",
        )
    if called.operation in _SNAPSHOTS and status == "stopped":
        return doubtful(
            "is stopped now. AWS creates snapshots only of databases that are available.",
            "Schedule the snapshot before the stop.",
        )
    return in_order(status)


def _key(clients: CalledClients, found: Answer) -> Iterator[State]:
    """Say if AWS can use the KMS key of an encrypted database.

    The caller of a snapshot needs no permission on it, as far as AWS documents: `CreateDBSnapshot` has no error for a
    key, unlike `CopyDBSnapshot`. AWS: botocore rds, KMSKeyNotAccessibleFault of StartDBInstance; AWS KMS developer
    guide, "Key states of AWS KMS keys".
    """
    key = found.get("KmsKeyId") if found.get("StorageEncrypted") else None
    if not key:
        return
    short = str(key).rsplit("/", 1)[-1]
    try:
        state = clients("kms").describe_key(KeyId=str(key))["KeyMetadata"].get("KeyState", _ENABLED)
    except Exception as error:
        if errors.error_code(error) == _NO_KEY:
            state = "deleted"
        elif (line := errors.explained(error)) is None:
            raise
        else:
            yield State(UNKNOWN, f"is encrypted with the KMS key {short}, whose state is unknown. {line}")
            return
    if state != _ENABLED:
        yield refused(
            f"is encrypted with the KMS key {short}, which is {state}. AWS can neither start nor copy it.",
            "Enable the key, or cancel its deletion.",
        )
