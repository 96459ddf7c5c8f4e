"""Answers of the mocks to the look-ups of the components, and outputs of components of others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

ACCOUNT = "123456789012"
"""The account that the mocks answer."""
REGION = "eu-west-1"
"""The Region that the mocks answer."""

Answers = Mapping[str, Callable[[dict[str, Any]], Any]]
"""The answers of look-ups, by token, such as `aws:ec2/getVpc:getVpc`. Each is a function of the look-up's arguments."""
Outputs = Mapping[str, Mapping[str, Any]]
"""The outputs of resources, by type, such as `pulumi:pulumi:StackReference`."""


def route_table(
    table_id: str, target: str = "", *, vpc: str = "vpc-0d", main: bool = False, subnets: Sequence[str] = ()
) -> dict[str, Any]:
    """A route table as the provider answers it, with a route to all addresses if there is a target.

    Args:
        table_id: Its ID.
        target: The ID of what the route leads to: `igw-...`, `nat-...`, `tgw-...` or `eni-...`. Empty for no route.
        vpc: The ID of its VPC.
        main: Whether it is the main route table of the VPC.
        subnets: The IDs of its subnets.
    """
    member = next((name for prefix, name in _TARGETS.items() if target.startswith(prefix)), "gatewayId")
    route = dict.fromkeys(("cidrBlock", "ipv6CidrBlock", "destinationPrefixListId", *_ROUTE_TARGETS), "")
    associations = [{"main": False, "subnetId": subnet} for subnet in subnets]
    return {
        "routeTableId": table_id,
        "vpcId": vpc,
        "routes": [{**route, "cidrBlock": "0.0.0.0/0", member: target}] if target else [],
        "associations": [*([{"main": True, "subnetId": ""}] if main else []), *associations],
    }


_TARGETS = {"nat-": "natGatewayId", "tgw-": "transitGatewayId", "eni-": "networkInterfaceId"}
_ROUTE_TARGETS = (
    "natGatewayId", "transitGatewayId", "networkInterfaceId", "instanceId", "vpcPeeringConnectionId",
    "egressOnlyGatewayId", "carrierGatewayId", "localGatewayId", "coreNetworkArn", "gatewayId", "vpcEndpointId",
)  # fmt: skip


def not_found(message: str) -> Any:
    """The answer of a look-up that fails with the provider's text."""
    return {}, [("", message)]


def _subnets(args: Mapping[str, Any]) -> dict[str, Any]:
    """The subnets that a look-up names by ID, or two."""
    filters: Sequence[Mapping[str, Any]] = args.get("filters") or ()
    named = next((each["values"] for each in filters if each["name"] == "subnet-id"), None)
    return {"ids": named or ["subnet-0b", "subnet-0a"]}


LOOKUPS: Answers = {
    "aws:index/getCallerIdentity:getCallerIdentity": lambda _: {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/test",
        "userId": "test",
        "id": ACCOUNT,
    },
    "aws:index/getRegion:getRegion": lambda _: {"region": REGION, "name": REGION, "id": REGION},
    "aws:ecs/getCluster:getCluster": lambda args: {
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{args['clusterName']}",
        "clusterName": args["clusterName"],
        "status": "ACTIVE",
    },
    "aws:ec2/getVpc:getVpc": lambda args: {"id": args.get("id", "vpc-0d")},
    "aws:ec2/getSubnets:getSubnets": _subnets,
    "aws:ec2/getSubnet:getSubnet": lambda _: {"vpcId": "vpc-0d"},
    # All subnets have the main route table, which leads to an internet gateway.
    "aws:ec2/getRouteTables:getRouteTables": lambda _: {"ids": []},
    "aws:ec2/getRouteTable:getRouteTable": lambda _: route_table("rtb-0main", "igw-0a", main=True),
    "aws:ec2/getVpcEndpoint:getVpcEndpoint": lambda _: {"id": "vpce-0a", "routeTableIds": ["rtb-0main"]},
    "aws:cloudcontrol/getResource:getResource": lambda _: {
        "properties": '{"CapacityProviders":["FARGATE","FARGATE_SPOT"]}'
    },
    "aws:ecs/getTaskDefinition:getTaskDefinition": lambda args: {
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{args['taskDefinition'].split(':')[0]}:7",
        "status": "ACTIVE",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": json.dumps(
            [{"name": "main", "image": "legacy:7", "essential": True}, {"name": "app", "essential": False}]
        ),
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/legacy",
        "executionRoleArn": "",
    },
}
"""The answers to the look-ups of the components, in an account where everything exists that a program names."""

AWSX: Outputs = {
    "awsx:ec2:Vpc": {
        "vpcId": "vpc-0new",
        "privateSubnetIds": ["subnet-0p"],
        "isolatedSubnetIds": ["subnet-0i"],
        "publicSubnetIds": ["subnet-0u"],
        "routeTables": [],
    },
    "awsx:ecr:Repository": {"url": "repo"},
    "awsx:ecr:Image": {"imageUri": "repo@sha256:built"},
}
"""Outputs of the components of awsx."""
