"""Whether runs get out of their subnets to where their images are. Data in, data out.

AWS: Amazon ECS developer guide, "Fargate task networking", "Amazon ECS interface VPC endpoints"; Amazon VPC user guide,
"Route tables".
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .finding import OK, PROBLEM, WARNING

Data = Mapping[str, Any]

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
"""Where an image in ECR comes from: its layers are in S3."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way out of a subnet."""

    level: str
    words: str
    fix: str = ""


def way_out(subnet: Data, tables: Iterable[Data], endpoints: Collection[str], *, public_ip: bool, ecr: bool) -> Way:
    """The way out of a subnet. `endpoints` are the services that its VPC has an endpoint for, such as `ecr.api`; `ecr`
    says whether all images are in ECR."""
    route = _default_route(route_table(subnet, tables))
    if route is not None and route.get("State") != "blackhole":
        target = next((str(route[key]) for key in _TARGETS if route.get(key)), "somewhere")
        if not target.startswith("igw-") or public_ip:
            return Way(OK, f"out by {target}")
    private = [service for service in _ECR if service not in endpoints]
    if not private and ecr:
        logs = "" if "logs" in endpoints else ", and none for logs"
        return Way(WARNING if logs else OK, f"to ECR by endpoints{logs}", "Add an endpoint for logs." if logs else "")
    return Way(PROBLEM, _why_not(route), _WAYS)


_WAYS = (
    "Set `assignPublicIp`, for runs on Fargate in public subnets; or else add a NAT gateway, or, for images in ECR, "
    "endpoints for ecr.api, ecr.dkr, s3 and logs."
)


def _why_not(route: Data | None) -> str:
    if route is None:
        return "no way out: there is no route to 0.0.0.0/0"
    if route.get("State") == "blackhole":
        return "no way out: the route to 0.0.0.0/0 leads to what is gone"
    return f"no way out: the route leads to {route['GatewayId']}, and runs have no public address"


def route_table(subnet: Data, tables: Iterable[Data]) -> Data | None:
    """The route table of a subnet: its own, or else the main one of its VPC."""
    of_vpc = [table for table in tables if table["VpcId"] == subnet["VpcId"]]
    own = [table for table in of_vpc if _is_for(table, subnet["SubnetId"])]
    main = [table for table in of_vpc if any(each.get("Main") for each in table["Associations"])]
    return next(iter([*own, *main]), None)


def endpoints_of(vpc_id: str, endpoints: Iterable[Data]) -> set[str]:
    """The services that a VPC has an endpoint for: `ecr.api`, `s3`."""
    return {
        str(endpoint["ServiceName"]).split(".", 3)[-1]
        for endpoint in endpoints
        if endpoint["VpcId"] == vpc_id and str(endpoint.get("State", "available")).lower() == "available"
    }


def _is_for(table: Data, subnet_id: str) -> bool:
    return any(each.get("SubnetId") == subnet_id for each in table["Associations"])


def _default_route(table: Data | None) -> Data | None:
    routes: Sequence[Data] = table["Routes"] if table else ()
    found = [
        route
        for route in routes
        if route.get("DestinationCidrBlock") in _EVERYWHERE or route.get("DestinationIpv6CidrBlock") in _EVERYWHERE
    ]
    return min(found, key=lambda route: "DestinationIpv6CidrBlock" in route, default=None)
