"""Names of resources of other services, which calls and office hours act on."""

from typing import Annotated

from ..aws import patterns
from ..keys.annotations import Matches

DatabaseName = Annotated[str, Matches(patterns.DATABASE, "a DB instance", "its identifier, such as orders, or its ARN")]
DatabaseClusterName = Annotated[
    str, Matches(patterns.DATABASE_CLUSTER, "a DB cluster", "its identifier, such as orders, or its ARN")
]
InstanceId = Annotated[str, Matches(patterns.INSTANCE, "an EC2 instance", "its ID, such as i-0123456789abcdef0")]
RedshiftName = Annotated[
    str, Matches(patterns.REDSHIFT, "a cluster of Amazon Redshift", "its identifier, such as warehouse")
]
ServiceName = Annotated[
    str, Matches(patterns.ECS_SERVICE, "an ECS service", "cluster/service, such as main/web, or its ARN")
]
