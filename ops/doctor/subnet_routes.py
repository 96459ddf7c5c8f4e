"""Tells if runs in a subnet can reach their images, logs and secrets. Pure functions of AWS's answers.

AWS: Amazon ECS developer guide, "Fargate task networking" and "Amazon ECS interface VPC endpoints"; Amazon VPC user
guide, "Route tables".
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.aws.routes import Endpoint, Needs, Route, RouteTable, default_route, reachable_services
from components.problems import listed

from .finding import OK, PROBLEM, WARNING

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import RouteTableTypeDef, RouteTypeDef, VpcEndpointTypeDef

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
_NAT = "a NAT gateway and a route to it"


@dataclass(frozen=True, slots=True)
class Egress:
    """How runs in a subnet reach what they need."""

    level: str
    message: str
    fix: str = ""


def subnet_egress(
    table: RouteTable | None,
    endpoints: Iterable[Endpoint],
    needs: Needs,
    *,
    public_ip: bool,
    fargate: bool,
) -> Egress:
    """Return how runs in a subnet reach what they need.

    Args:
        table: The route table of the subnet. None if it wasn't found.
        endpoints: Available endpoints of the VPC.
        needs: Services and registries that the runs need to reach.
        public_ip: Whether the runs get a public IP address.
        fargate: Whether they run on Fargate. On EC2, instances pull images, read secrets and write logs.
    """
    route = default_route(table)
    if route and route.active and (public_ip or not route.to_internet_gateway):
        return Egress(OK, f"Internet access through {route.target}.")
    reached = reachable_services(table, endpoints) if table else frozenset[str]()
    missing = sorted(needs.services - reached)
    if not needs.image_elsewhere and not missing:
        return Egress(OK, f"Access to {listed(sorted(needs.services), 'and') or 'AWS'} through endpoints.")
    message, fix = _cause(table, route, fargate=fargate)
    if not fargate:
        return Egress(WARNING, f"{message} Only the runs need it: instances pull images and write logs.", fix)
    return Egress(PROBLEM, message, f"{fix} {_endpoints(needs, missing, table)}")


def _cause(table: RouteTable | None, route: Route | None, *, fargate: bool) -> tuple[str, str]:
    """The reason for missing internet access, and its fix."""
    if route is None:
        return "No route to the internet.", f"Add {_NAT}."
    if not route.active:
        name = table.table_id if table else "the route table"
        gone = f"{route.target}, the target of the route to {route.destination}, doesn't exist any more"
        fix = f"In {name}, replace the route to {route.destination} with one to an existing gateway."
        return f"No internet access. {gone}.", fix
    message = f"No internet access. The route leads to {route.target}, but runs have no public IP address."
    if fargate:
        return message, f"Set `assignPublicIp`, or use subnets with {_NAT}."
    return message, f"Runs on EC2 can't get a public IP address. Use subnets with {_NAT}."


def _endpoints(needs: Needs, missing: Collection[str], table: RouteTable | None) -> str:
    if needs.image_elsewhere:
        return f"Endpoints are not enough, because the image {needs.image_elsewhere} isn't in ECR."
    names = listed([_endpoint(service, table) for service in missing], "and")
    return f"Or add the missing endpoint{'' if len(missing) == 1 else 's'}: {names}."


def _endpoint(service: str, table: RouteTable | None) -> str:
    return f"s3 (a gateway endpoint for {table.table_id})" if service == "s3" and table else service


def route_table(found: "RouteTableTypeDef") -> RouteTable:
    """Return a route table, without its local routes and its routes to endpoints."""
    associations = found["Associations"]
    return RouteTable(
        table_id=found["RouteTableId"],
        vpc_id=found["VpcId"],
        main=any(each.get("Main") for each in associations),
        subnet_ids=frozenset(each["SubnetId"] for each in associations if "SubnetId" in each),
        routes=tuple(route for each in found["Routes"] if (route := _route(each))),
    )


def _route(route: "RouteTypeDef") -> Route | None:
    target = next((str(route[key]) for key in _TARGETS if route.get(key)), "an unknown target")
    if target == "local" or target.startswith("vpce-"):
        return None
    destination = (
        route.get("DestinationCidrBlock")
        or route.get("DestinationIpv6CidrBlock")
        or route.get("DestinationPrefixListId", "")
    )
    return Route(destination, target, active=route.get("State") != "blackhole")


def available_endpoints(vpc_id: str, endpoints: "Iterable[VpcEndpointTypeDef]") -> list[Endpoint]:
    """Return the available endpoints of a VPC."""
    return [
        Endpoint(
            service=endpoint["ServiceName"].split(".", 3)[-1],
            gateway=endpoint.get("VpcEndpointType") == "Gateway",
            route_table_ids=frozenset(endpoint.get("RouteTableIds", ())),
        )
        for endpoint in endpoints
        # EC2 sends `available`, and its API reference says `Available`.
        if endpoint["VpcId"] == vpc_id and endpoint["State"].lower() == "available"
    ]
