"""The account, its Region and partition."""

from ..aws import Aws
from ..function import Function
from ..values import Props


def _caller_identity(aws: Aws, args: Props) -> Props:
    identity = aws.client("sts").get_caller_identity()
    account = identity["Account"]
    return {"id": account, "accountId": account, "arn": identity["Arn"], "userId": identity["UserId"]}


def _region(aws: Aws, args: Props) -> Props:
    region = args.get("region", aws.region)
    return {"id": region, "name": region, "region": region, "description": region, "endpoint": f"ec2.{region}.{_suffix(region)}"}


def _partition(aws: Aws, args: Props) -> Props:
    partition = aws.partition
    suffix = _suffix(aws.region)
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": partition, "partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


def _suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


FUNCTIONS = (
    Function("aws:index/getCallerIdentity:getCallerIdentity", {}, _caller_identity),
    Function("aws:index/getRegion:getRegion", {}, _region),
    Function("aws:index/getPartition:getPartition", {}, _partition),
)
RESOURCES = ()
