"""Functions of the provider, which look up existing resources."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from .aws import Aws
from .resource import tag_map
from .values import Props

Function = Callable[[Aws, Props], Props]


class LookupFailedError(Exception):
    """The resource does not exist, or there is more than one."""


def _caller_identity(aws: Aws, args: Props) -> Props:
    identity = aws.client("sts").get_caller_identity()
    return {
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "userId": identity["UserId"],
        "id": identity["Account"],
    }


def _region(aws: Aws, args: Props) -> Props:
    name = args.get("region") or aws.region
    return {"region": name, "name": name, "id": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}


def _cluster(aws: Aws, args: Props) -> Props:
    answer = aws.client("ecs").describe_clusters(clusters=[args["clusterName"]], include=["TAGS", "SETTINGS"])
    if not answer["clusters"]:
        raise LookupFailedError(f"reading ECS Cluster ({args['clusterName']}): couldn't find resource")
    cluster = answer["clusters"][0]
    return {
        "id": cluster["clusterArn"],
        "arn": cluster["clusterArn"],
        "clusterName": cluster["clusterName"],
        "status": cluster["status"],
        "pendingTasksCount": cluster.get("pendingTasksCount", 0),
        "runningTasksCount": cluster.get("runningTasksCount", 0),
        "registeredContainerInstancesCount": cluster.get("registeredContainerInstancesCount", 0),
        "serviceConnectDefaults": [],
        "settings": cluster.get("settings", []),
        "tags": tag_map(cluster.get("tags"), "key", "value"),
        "region": aws.region,
    }


def _task_definition(aws: Aws, args: Props) -> Props:
    try:
        found = aws.client("ecs").describe_task_definition(taskDefinition=args["taskDefinition"])["taskDefinition"]
    except ClientError as error:
        raise LookupFailedError(f"reading ECS Task Definition ({args['taskDefinition']}): {error}") from error
    arn: str = found["taskDefinitionArn"]
    return {
        "id": arn,
        "arn": arn,
        "arnWithoutRevision": arn.rsplit(":", 1)[0],
        "taskDefinition": args["taskDefinition"],
        "containerDefinitions": json.dumps(found["containerDefinitions"], sort_keys=True, separators=(",", ":")),
        "family": found["family"],
        "revision": found["revision"],
        "status": found.get("status", "ACTIVE"),
        "networkMode": found.get("networkMode", ""),
        "taskRoleArn": found.get("taskRoleArn", ""),
        "executionRoleArn": found.get("executionRoleArn", ""),
        # Not `compatibilities`, which the official provider doesn't read.
        "requiresCompatibilities": found.get("requiresCompatibilities", []),
        "cpu": found.get("cpu", ""),
        "memory": found.get("memory", ""),
        "region": aws.region,
    }


def _filters(args: Props) -> list[dict[str, Any]]:
    given = [{"Name": item["name"], "Values": item["values"]} for item in args.get("filters") or []]
    return given + [{"Name": f"tag:{key}", "Values": [value]} for key, value in (args.get("tags") or {}).items()]


def _only_one(found: list[Any], what: str) -> Any:
    """Return the only item found. Raises LookupFailedError with the official provider's text."""
    if len(found) != 1:
        number = "no" if not found else "multiple"
        raise LookupFailedError(f"{number} matching {what}{'s' if found else ''} found")
    return found[0]


def _vpc(aws: Aws, args: Props) -> Props:
    filters = _filters(args)
    if args.get("default"):
        filters.append({"Name": "isDefault", "Values": ["true"]})
    if args.get("id"):
        filters.append({"Name": "vpc-id", "Values": [args["id"]]})
    vpc = _only_one(aws.client("ec2").describe_vpcs(Filters=filters)["Vpcs"], "EC2 VPC")
    return {
        "id": vpc["VpcId"],
        "cidrBlock": vpc["CidrBlock"],
        "default": vpc["IsDefault"],
        "state": vpc["State"],
        "tags": tag_map(vpc.get("Tags")),
        "region": aws.region,
    }


def _subnets(aws: Aws, args: Props) -> Props:
    # moto does not support the filter map-public-ip-on-launch, so it is applied to the response.
    filters = _filters(args)
    public = [item["Values"] for item in filters if item["Name"] == "map-public-ip-on-launch"]
    sent = [item for item in filters if item["Name"] != "map-public-ip-on-launch"]
    found = aws.client("ec2").describe_subnets(Filters=sent)["Subnets"]
    ids = [
        subnet["SubnetId"]
        for subnet in found
        if all(str(subnet["MapPublicIpOnLaunch"]).lower() in values for values in public)
    ]
    return {"id": aws.region, "ids": ids, "tags": args.get("tags") or {}, "region": aws.region}


def _subnet(aws: Aws, args: Props) -> Props:
    found = aws.client("ec2").describe_subnets(SubnetIds=[args["id"]])["Subnets"][0]
    return {
        "id": found["SubnetId"],
        "vpcId": found["VpcId"],
        "cidrBlock": found["CidrBlock"],
        "availabilityZone": found["AvailabilityZone"],
        "mapPublicIpOnLaunch": found["MapPublicIpOnLaunch"],
        "tags": tag_map(found.get("Tags")),
        "region": aws.region,
    }


def _nat_gateways(aws: Aws, args: Props) -> Props:
    filters = [*_filters(args), *([{"Name": "vpc-id", "Values": [args["vpcId"]]}] if args.get("vpcId") else [])]
    found = aws.client("ec2").describe_nat_gateways(Filters=filters)["NatGateways"]
    ids = [gateway["NatGatewayId"] for gateway in found]
    return {"id": aws.region, "ids": ids, "vpcId": args.get("vpcId", ""), "region": aws.region}


def _vpc_endpoint(aws: Aws, args: Props) -> Props:
    filters = [{"Name": "vpc-id", "Values": [args["vpcId"]]}, {"Name": "service-name", "Values": [args["serviceName"]]}]
    found = aws.client("ec2").describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    endpoint = _only_one(found, "EC2 VPC Endpoint")
    return {
        "id": endpoint["VpcEndpointId"],
        "vpcId": endpoint["VpcId"],
        "serviceName": endpoint["ServiceName"],
        "state": endpoint["State"],
        "region": aws.region,
    }


FUNCTIONS: Mapping[str, tuple[Function, frozenset[str]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": (_caller_identity, frozenset({"id"})),
    "aws:index/getRegion:getRegion": (_region, frozenset({"region", "id", "name", "endpoint"})),
    "aws:ecs/getCluster:getCluster": (_cluster, frozenset({"clusterName", "region", "tags"})),
    "aws:ecs/getTaskDefinition:getTaskDefinition": (_task_definition, frozenset({"taskDefinition", "region"})),
    "aws:ec2/getVpc:getVpc": (_vpc, frozenset({"id", "default", "tags", "filters", "region"})),
    "aws:ec2/getSubnets:getSubnets": (_subnets, frozenset({"filters", "tags", "region"})),
    "aws:ec2/getSubnet:getSubnet": (_subnet, frozenset({"id", "region"})),
    "aws:ec2/getNatGateways:getNatGateways": (_nat_gateways, frozenset({"vpcId", "filters", "tags", "region"})),
    "aws:ec2/getVpcEndpoint:getVpcEndpoint": (_vpc_endpoint, frozenset({"vpcId", "serviceName", "region"})),
}
"""Each function, with the arguments that it supports."""
