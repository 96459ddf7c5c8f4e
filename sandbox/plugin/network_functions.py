"""Functions of the provider, which look up VPCs, subnets, route tables and endpoints.

They answer the same as the official provider, with its errors for no result and for several. The emulator doesn't
support all filters, so they are applied to its responses. AWS: EC2 API reference, "Listing and filtering".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from .aws import Aws
from .resource import tag_map
from .values import Props

Function = Callable[[Aws, Props], Props]
Filters = list[dict[str, Any]]
Values = Mapping[str, Callable[[Any], Iterable[str]]]
"""The values of a resource by filter."""


class LookupFailedError(Exception):
    """The resource does not exist, or there is more than one."""


def _filters(args: Props, **attributes: str) -> Filters:
    """The filters of a request: those of the program, its tags, and attributes such as `vpc_id`."""
    given = [{"Name": item["name"], "Values": item["values"]} for item in args.get("filters") or []]
    tags = [{"Name": f"tag:{key}", "Values": [value]} for key, value in (args.get("tags") or {}).items()]
    own = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in attributes.items() if value]
    return [*given, *tags, *own]


def _matching(found: Iterable[Any], filters: Filters, values: Values) -> list[Any]:
    """The resources that match all filters, each with one of its values, which can have wildcards."""
    for each in filters:
        if each["Name"] not in values and not each["Name"].startswith("tag:"):
            raise ValueError(f"the sandbox does not support the filter {each['Name']}")
    return [item for item in found if all(_matches(item, each, values) for each in filters)]


def _matches(item: Any, wanted: Mapping[str, Any], values: Values) -> bool:
    name: str = wanted["Name"]
    if name.startswith("tag:"):
        actual: list[str] = [tag["Value"] for tag in item.get("Tags", []) if tag["Key"] == name.removeprefix("tag:")]
    else:
        actual = list(values[name](item))
    return any(fnmatchcase(value, pattern) for value in actual for pattern in wanted["Values"])


def _only_one(found: Sequence[Any], what: str) -> Any:
    """Return the only item found. Raises LookupFailedError with the official provider's text.

    Source: terraform-provider-aws, internal/tfresource/not_found_error.go, SingularDataSourceFindError.
    """
    if not found:
        raise LookupFailedError(f"no matching {what} found")
    if len(found) > 1:
        raise LookupFailedError(
            f"multiple {what}s matched; use additional constraints to reduce matches to a single {what}"
        )
    return found[0]


def _vpc(aws: Aws, args: Props) -> Props:
    filters = _filters(args, vpc_id=args.get("id", ""), is_default="true" if args.get("default") else "")
    values: Values = {
        "vpc-id": lambda it: [it["VpcId"]],
        "is-default": lambda it: [str(it["IsDefault"]).lower()],
        "cidr-block": lambda it: [it["CidrBlock"]],
    }
    vpc = _only_one(_matching(aws.client("ec2").describe_vpcs()["Vpcs"], filters, values), "EC2 VPC")
    main = _matching(
        _route_tables_of(aws), _filters({}, vpc_id=vpc["VpcId"], **{"association.main": "true"}), _TABLE_VALUES
    )
    return {
        "id": vpc["VpcId"],
        "cidrBlock": vpc["CidrBlock"],
        "default": vpc["IsDefault"],
        "mainRouteTableId": main[0]["RouteTableId"] if main else "",
        "state": vpc["State"],
        "tags": tag_map(vpc.get("Tags")),
        "region": aws.region,
    }


_SUBNET_VALUES: Values = {
    "subnet-id": lambda it: [it["SubnetId"]],
    "vpc-id": lambda it: [it["VpcId"]],
    "availability-zone": lambda it: [it["AvailabilityZone"]],
    "map-public-ip-on-launch": lambda it: [str(it["MapPublicIpOnLaunch"]).lower()],
}


def _subnets(aws: Aws, args: Props) -> Props:
    """The official provider returns an empty list if nothing matches."""
    found = _matching(aws.client("ec2").describe_subnets()["Subnets"], _filters(args), _SUBNET_VALUES)
    ids = [subnet["SubnetId"] for subnet in found]
    return {"id": aws.region, "ids": ids, "tags": args.get("tags") or {}, "region": aws.region}


def _subnet(aws: Aws, args: Props) -> Props:
    filters = _filters({}, subnet_id=args["id"])
    found = _only_one(_matching(aws.client("ec2").describe_subnets()["Subnets"], filters, _SUBNET_VALUES), "EC2 Subnet")
    return {
        "id": found["SubnetId"],
        "vpcId": found["VpcId"],
        "cidrBlock": found["CidrBlock"],
        "availabilityZone": found["AvailabilityZone"],
        "mapPublicIpOnLaunch": found["MapPublicIpOnLaunch"],
        "tags": tag_map(found.get("Tags")),
        "region": aws.region,
    }


_TABLE_VALUES: Values = {
    "vpc-id": lambda it: [it["VpcId"]],
    "route-table-id": lambda it: [it["RouteTableId"]],
    # An implicit association has no subnet, and a table without associations has no value.
    "association.subnet-id": lambda it: [each["SubnetId"] for each in it["Associations"] if "SubnetId" in each],
    "association.main": lambda it: [str(each["Main"]).lower() for each in it["Associations"]],
    **{
        f"route.{name}": lambda it, member=member: [str(each[member]) for each in it["Routes"] if each.get(member)]
        for name, member in (
            ("destination-cidr-block", "DestinationCidrBlock"),
            ("gateway-id", "GatewayId"),
            ("nat-gateway-id", "NatGatewayId"),
            ("origin", "Origin"),
            ("state", "State"),
        )
    },
}


def _route_tables_of(aws: Aws) -> list[Any]:
    return aws.client("ec2").describe_route_tables()["RouteTables"]


def _route_tables(aws: Aws, args: Props) -> Props:
    """The official provider returns an empty list if nothing matches."""
    found = _matching(_route_tables_of(aws), _filters(args, vpc_id=args.get("vpcId", "")), _TABLE_VALUES)
    ids = [table["RouteTableId"] for table in found]
    return {"id": aws.region, "ids": ids, "vpcId": args.get("vpcId", ""), "region": aws.region}


_ROUTE = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
    "carrierGatewayId": "CarrierGatewayId",
    "coreNetworkArn": "CoreNetworkArn",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "instanceId": "InstanceId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}


def _route(route: Mapping[str, Any]) -> Props:
    gateway = route.get("GatewayId", "")
    is_endpoint = gateway.startswith("vpce-")
    return {
        **{name: route.get(member, "") for name, member in _ROUTE.items()},
        "gatewayId": "" if is_endpoint else gateway,
        "vpcEndpointId": gateway if is_endpoint else "",
    }


def _is_shown(route: Mapping[str, Any]) -> bool:
    """Whether the official provider returns a route.

    It leaves out local routes, propagated ones, and those to gateway endpoints. Source: terraform-provider-aws,
    internal/service/ec2/vpc_route_table_data_source.go.
    """
    gateway = route.get("GatewayId", "")
    to_endpoint = "DestinationPrefixListId" in route and gateway.startswith("vpce-")
    return gateway != "local" and route.get("Origin") != "EnableVgwRoutePropagation" and not to_endpoint


def _route_table(aws: Aws, args: Props) -> Props:
    filters = _filters(
        args,
        vpc_id=args.get("vpcId", ""),
        route_table_id=args.get("routeTableId", ""),
        **{"association.subnet-id": args.get("subnetId", "")},
    )
    table = _only_one(_matching(_route_tables_of(aws), filters, _TABLE_VALUES), "Route Table")
    return {
        "id": table["RouteTableId"],
        "routeTableId": table["RouteTableId"],
        "vpcId": table["VpcId"],
        "associations": [
            {
                "routeTableAssociationId": each["RouteTableAssociationId"],
                "routeTableId": each["RouteTableId"],
                "main": each["Main"],
                "subnetId": each.get("SubnetId", ""),
                "gatewayId": each.get("GatewayId", ""),
            }
            for each in table["Associations"]
        ],
        "routes": [_route(route) for route in table["Routes"] if _is_shown(route)],
        "tags": tag_map(table.get("Tags")),
        "region": aws.region,
    }


def _nat_gateways(aws: Aws, args: Props) -> Props:
    values: Values = {"vpc-id": lambda it: [it["VpcId"]], "state": lambda it: [it["State"]]}
    filters = _filters(args, vpc_id=args.get("vpcId", ""))
    found = _matching(aws.client("ec2").describe_nat_gateways()["NatGateways"], filters, values)
    ids = [gateway["NatGatewayId"] for gateway in found]
    return {"id": aws.region, "ids": ids, "vpcId": args.get("vpcId", ""), "region": aws.region}


def _vpc_endpoint(aws: Aws, args: Props) -> Props:
    values: Values = {
        "vpc-id": lambda it: [it["VpcId"]],
        "service-name": lambda it: [it["ServiceName"]],
        "vpc-endpoint-type": lambda it: [it["VpcEndpointType"]],
        "vpc-endpoint-state": lambda it: [it["State"]],
    }
    filters = _filters(
        args,
        vpc_id=args.get("vpcId", ""),
        service_name=args.get("serviceName", ""),
        vpc_endpoint_state=args.get("state", ""),
    )
    found = _matching(aws.client("ec2").describe_vpc_endpoints()["VpcEndpoints"], filters, values)
    endpoint = _only_one(found, "EC2 VPC Endpoint")
    return {
        "id": endpoint["VpcEndpointId"],
        "vpcId": endpoint["VpcId"],
        "serviceName": endpoint["ServiceName"],
        "state": endpoint["State"],
        "vpcEndpointType": endpoint["VpcEndpointType"],
        "routeTableIds": endpoint.get("RouteTableIds", []),
        "subnetIds": endpoint.get("SubnetIds", []),
        "privateDnsEnabled": endpoint.get("PrivateDnsEnabled", False),
        "region": aws.region,
    }


_SEARCH = ("filters", "tags", "region")
NETWORK_FUNCTIONS: Mapping[str, tuple[Function, frozenset[str]]] = {
    "aws:ec2/getVpc:getVpc": (_vpc, frozenset({"id", "default", *_SEARCH})),
    "aws:ec2/getSubnets:getSubnets": (_subnets, frozenset(_SEARCH)),
    "aws:ec2/getSubnet:getSubnet": (_subnet, frozenset({"id", "region"})),
    "aws:ec2/getRouteTables:getRouteTables": (_route_tables, frozenset({"vpcId", *_SEARCH})),
    "aws:ec2/getRouteTable:getRouteTable": (_route_table, frozenset({"routeTableId", "vpcId", "subnetId", *_SEARCH})),
    "aws:ec2/getNatGateways:getNatGateways": (_nat_gateways, frozenset({"vpcId", *_SEARCH})),
    "aws:ec2/getVpcEndpoint:getVpcEndpoint": (
        _vpc_endpoint,
        frozenset({"vpcId", "serviceName", "state", *_SEARCH}),
    ),
}
"""Each function, with the arguments that it supports."""
