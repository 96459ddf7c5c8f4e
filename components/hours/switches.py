"""Resources that are either on or off: databases, clusters and instances. Pure.

AWS: Amazon RDS user guide, "Stopping an Amazon RDS DB instance temporarily", and "Viewing DB instance status"; Amazon
Aurora user guide, "Stopping and starting an Amazon Aurora DB cluster"; Amazon Redshift management guide, "Pausing and
resuming a cluster"; Amazon EC2 user guide, "Amazon EC2 instance state changes".
"""

from __future__ import annotations

from collections.abc import Mapping

from ..aws.account import Account
from ..calls.databases import cluster_arn, database_arn
from ..calls.resources import named
from ..json_values import Json
from ..supervised.language import literal, or_empty
from .sleeper import Look, Needed, Refusal, Sleeper, Step


def database(account: Account, written: object) -> Sleeper:
    """A DB instance of Amazon RDS. AWS stops a member of a DB cluster only with its cluster."""
    arn = database_arn(account, written)
    name = arn.resource_id
    first = "$states.result.DbInstances[0]"
    member = "'AWS stops it only with its DB cluster. In sleeps, write cluster: ' & $seen.cluster & '.'"
    return _switch(
        "database",
        name,
        look=("rds:describeDBInstances", {"DbInstanceIdentifier": name}),
        value=f"{{'status': {first}.DbInstanceStatus, 'cluster': {or_empty(f'{first}.DbClusterIdentifier')}}}",
        on_off=("available", "stopped"),
        switch=("rds:startDBInstance", "rds:stopDBInstance", {"DbInstanceIdentifier": name}),
        refusals=(Refusal("$seen.cluster != ''", member),),
        needs=[Needed(("rds:DescribeDBInstances", "rds:StartDBInstance", "rds:StopDBInstance"), (str(arn),))],
    )


def cluster(account: Account, written: object) -> Sleeper:
    """A DB cluster of Amazon Aurora or Amazon RDS."""
    arn = cluster_arn(account, written)
    name = arn.resource_id
    return _switch(
        "cluster",
        name,
        look=("rds:describeDBClusters", {"DbClusterIdentifier": name}),
        value="{'status': $states.result.DbClusters[0].Status}",
        on_off=("available", "stopped"),
        switch=("rds:startDBCluster", "rds:stopDBCluster", {"DbClusterIdentifier": name}),
        needs=[Needed(("rds:DescribeDBClusters", "rds:StartDBCluster", "rds:StopDBCluster"), (str(arn),))],
    )


def redshift(account: Account, written: object) -> Sleeper:
    """A provisioned cluster of Amazon Redshift."""
    arn = named(account, "redshift", "cluster:", written)
    name = arn.resource_id
    return _switch(
        "redshift",
        name,
        look=("redshift:describeClusters", {"ClusterIdentifier": name}),
        value="{'status': $states.result.Clusters[0].ClusterStatus}",
        on_off=("available", "paused"),
        switch=("redshift:resumeCluster", "redshift:pauseCluster", {"ClusterIdentifier": name}),
        needs=[Needed(("redshift:DescribeClusters", "redshift:PauseCluster", "redshift:ResumeCluster"), (str(arn),))],
    )


def instance(account: Account, written: object) -> Sleeper:
    """An EC2 instance. DescribeInstances has no resource types. AWS: Service Authorization Reference, Amazon EC2."""
    arn = named(account, "ec2", "instance/", written)
    name = arn.resource_id
    gone = "$seen.status in ['shutting-down', 'terminated', 'missing']"
    found = "$states.result.Reservations[0].Instances[0].State.Name"
    return _switch(
        "instance",
        name,
        look=("ec2:describeInstances", {"InstanceIds": [name]}),
        value=f"{{'status': $exists({found}) ? {found} : 'missing'}}",
        on_off=("running", "stopped"),
        switch=("ec2:startInstances", "ec2:stopInstances", {"InstanceIds": [name]}),
        refusals=(Refusal(gone, "'It is ' & $seen.status & '. Remove it from sleeps.'"),),
        needs=[
            Needed(("ec2:StartInstances", "ec2:StopInstances"), (str(arn),)),
            Needed(("ec2:DescribeInstances",), ("*",)),
        ],
    )


def _switch(
    kind: str,
    name: str,
    *,
    look: tuple[str, Mapping[str, Json]],
    value: str,
    on_off: tuple[str, str],
    switch: tuple[str, str, Mapping[str, Json]],
    needs: list[Needed],
    refusals: tuple[Refusal, ...] = (),
) -> Sleeper:
    """A resource with a status. While it changes, or AWS maintains it, its status is another, and AWS refuses both.

    `on_off` are the statuses when it runs and when it is stopped; `switch` are the actions that start and stop it.
    """
    running, stopped = (f"$seen.status = {literal(status)}" for status in on_off)
    start, stop, arguments = switch
    return Sleeper(
        kind=kind,
        name=name,
        looks=(Look("look", f"aws-sdk:{look[0]}", look[1], "seen", value),),
        refusals=refusals,
        status="$seen.status",
        memory="$seen",
        asleep=stopped,
        may_stop=running,
        stop=(Step("stop", f"aws-sdk:{stop}", arguments),),
        awake=running,
        may_start=stopped,
        start=(Step("start", f"aws-sdk:{start}", arguments),),
        needs=needs,
    )
