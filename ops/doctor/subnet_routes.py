"""Tells if runs in a subnet can reach their images and logs. Pure functions of AWS's answers.

AWS: Amazon ECS developer guide, "Fargate task networking" and "Amazon ECS interface VPC endpoints"; Amazon VPC user
guide, "Route tables".
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .finding import OK, PROBLEM, WARNING

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import RouteTableTypeDef, RouteTypeDef, SubnetTypeDef, VpcEndpointTypeDef

_EVERYWHERE = ("0.0.0.0/0", "::/0")
_TARGETS = (
    "NatGatewayId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "GatewayId",
)
_ECR = ("ecr.api", "ecr.dkr", "s3")
"""Endpoints for images in ECR, whose layers are in S3."""
_FIX = (
    "Set `assignPublicIp` for runs on Fargate in public subnets, or add a NAT gateway. For images in ECR, endpoints "
    "for ecr.api, ecr.dkr, s3 and logs are enough."
)


@dataclass(frozen=True, slots=True)
class Egress:
    """How runs in a subnet reach their images and logs."""

    level: str
    message: str
    fix: str = ""


def subnet_egress(
    subnet: "SubnetTypeDef",
    tables: "Iterable[RouteTableTypeDef]",
    endpoints: Collection[str],
    *,
    public_ip: bool,
    ecr: bool,
) -> Egress:
    """Return how runs in a subnet reach their images and logs.

    Args:
        subnet: The subnet.
        tables: Route tables of its VPC. Those of other VPCs are ignored.
        endpoints: Services with an endpoint in the VPC, such as `ecr.api`.
        public_ip: Whether the runs get a public IP address.
        ecr: Whether all images are in ECR.
    """
    route = _default_route(route_table(subnet, tables))
    if route is not None and route.get("State") != "blackhole":
        target = next((str(route[key]) for key in _TARGETS if route.get(key)), "an unknown target")
        if not target.startswith("igw-") or public_ip:
            return Egress(OK, f"Internet access through {target}.")
    if ecr and all(service in endpoints for service in _ECR):
        if "logs" in endpoints:
            return Egress(OK, "Access to ECR and logs through endpoints.")
        return Egress(
            WARNING, "Access to ECR through endpoints, but no endpoint for logs.", "Add an endpoint for logs."
        )
    return Egress(PROBLEM, _problem(route), _FIX)


def _problem(route: "RouteTypeDef | None") -> str:
    if route is None:
        return "No route to the internet."
    if route.get("State") == "blackhole":
        return "No internet access. The target of the route to 0.0.0.0/0 doesn't exist any more."
    return f"No internet access. The route leads to {route['GatewayId']}, but runs have no public IP address."


def route_table(subnet: "SubnetTypeDef", tables: "Iterable[RouteTableTypeDef]") -> "RouteTableTypeDef | None":
    """Return the route table of a subnet: its own, or else the main one of its VPC."""
    of_vpc = [table for table in tables if table["VpcId"] == subnet["VpcId"]]
    own = [table for table in of_vpc if _is_for(table, subnet["SubnetId"])]
    main = [table for table in of_vpc if any(each.get("Main") for each in table["Associations"])]
    return next(iter([*own, *main]), None)


def endpoint_services(vpc_id: str, endpoints: "Iterable[VpcEndpointTypeDef]") -> set[str]:
    """Return the services with an available endpoint in a VPC, such as `ecr.api` and `s3`."""
    return {
        endpoint["ServiceName"].split(".", 3)[-1]
        for endpoint in endpoints
        # EC2 sends `available`, and its API reference says `Available`.
        if endpoint["VpcId"] == vpc_id and endpoint["State"].lower() == "available"
    }


def _is_for(table: "RouteTableTypeDef", subnet_id: str) -> bool:
    return any(each.get("SubnetId") == subnet_id for each in table["Associations"])


def _default_route(table: "RouteTableTypeDef | None") -> "RouteTypeDef | None":
    found = [
        route
        for route in (table["Routes"] if table else ())
        if route.get("DestinationCidrBlock") in _EVERYWHERE or route.get("DestinationIpv6CidrBlock") in _EVERYWHERE
    ]
    return min(found, key=lambda route: "DestinationIpv6CidrBlock" in route, default=None)
