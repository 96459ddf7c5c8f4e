"""Destinations that a subnet reaches, from its route table and the endpoints of its VPC. Pure.

AWS: Amazon VPC user guide, "Subnets for your VPC" (subnet types), "Subnet route tables" and "Gateway endpoints"; Amazon
ECS developer guide, "Amazon ECS interface VPC endpoints".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .images import ImageReference

SubnetType = Literal["public", "private", "isolated"]
Answer = Literal["yes", "no", "unknown"]

EVERYWHERE, EVERYWHERE_IPV6 = "0.0.0.0/0", "::/0"
IMAGE_SERVICES = ("ecr.api", "ecr.dkr", "s3")
"""Services with an endpoint that images in ECR need. Their layers are in S3."""
GATEWAY_ONLY = "s3"
"""ECR doesn't use interface endpoints for S3. AWS: Amazon ECS developer guide, "Amazon ECS interface VPC endpoints"."""

_PUBLIC = (
    "", "docker.io", "index.docker.io", "registry-1.docker.io", "public.ecr.aws", "ghcr.io", "quay.io", "gcr.io",
    "registry.k8s.io", "mcr.microsoft.com", "registry.gitlab.com",
)  # fmt: skip
"""Hosts of public registries. Without a host, an image is on Docker Hub."""
_PUBLIC_SUFFIXES = (".gcr.io", ".pkg.dev")


@dataclass(frozen=True, slots=True)
class Route:
    """A route to a destination outside of the VPC."""

    destination: str
    """A CIDR block or a prefix list. Empty if it isn't known."""
    target: str
    """ID of the target, such as `igw-0a` or `nat-0a`."""
    active: bool = True
    """False if the target doesn't exist any more (`blackhole`)."""

    @property
    def to_internet_gateway(self) -> bool:
        """Whether it leads to an internet gateway."""
        return self.target.startswith("igw-")


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table without its local routes and its routes to gateway endpoints."""

    table_id: str
    vpc_id: str
    main: bool
    """Whether it applies to the subnets of the VPC that have no route table of their own."""
    subnet_ids: frozenset[str]
    """The subnets with an explicit association."""
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An available endpoint of a VPC."""

    service: str
    """Such as `ecr.api`."""
    gateway: bool
    """Whether it is a gateway endpoint, which only serves the subnets of its route tables."""
    route_table_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """Destinations that runs in one subnet reach."""

    subnet_id: str
    subnet_type: SubnetType
    internet: Answer
    services: frozenset[str] = frozenset()
    """Services with an endpoint, such as `ecr.api`. Empty if nothing needs them, because `internet` is `yes`."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Destinations that ECS needs to reach before the containers of a run start, in the network of the run.

    AWS: Amazon ECS developer guide, "Migrating to Linux platform version 1.4.0": on Fargate, all traffic flows through
    the network interface of the run.
    """

    services: frozenset[str] = frozenset()
    """Services with an endpoint, such as `ecr.api` and `logs`."""
    image_elsewhere: str = ""
    """An image that is not in ECR in the same Region, which needs internet access. Empty for none."""
    on_internet: bool = True
    """Whether the registry of that image is on the internet for sure."""

    def from_subnet(self, reach: Reach) -> Answer:
        """Whether runs in a subnet reach all of them."""
        if reach.internet == "yes":
            return "yes"
        missing = self.services - reach.services
        if not missing and not self.image_elsewhere:
            return "yes"
        if reach.internet == "unknown":
            return "unknown"
        return "no" if missing or self.on_internet else "unknown"


def start_needs(images: Sequence[str], services: Iterable[str], region: str) -> Needs:
    """The needs of a run with some images. `services` are those of its logs and secrets."""
    found, elsewhere = set(services), [image for image in images if not _in_ecr(image, region)]
    if any(_in_ecr(image, region) for image in images):
        found.update(IMAGE_SERVICES)
    public = next(filter(_is_public, elsewhere), "")
    return Needs(frozenset(found), public or next(iter(elsewhere), ""), on_internet=bool(public))


def _in_ecr(image: str, region: str) -> bool:
    reference = ImageReference.parse_if_valid(image)
    return reference is not None and reference.ecr is not None and reference.ecr.region == region


def _is_public(image: str) -> bool:
    """Whether an image is in a registry that is on the internet for sure."""
    reference = ImageReference.parse_if_valid(image)
    return reference is not None and (reference.host in _PUBLIC or reference.host.endswith(_PUBLIC_SUFFIXES))


def table_of(subnet_id: str, vpc_id: str, tables: Iterable[RouteTable]) -> RouteTable | None:
    """The route table of a subnet: its own, otherwise the main one of its VPC."""
    of_vpc = [table for table in tables if table.vpc_id == vpc_id]
    own = (table for table in of_vpc if subnet_id in table.subnet_ids)
    return next(own, next((table for table in of_vpc if table.main), None))


def subnet_type(table: RouteTable) -> SubnetType:
    """The type of the subnets of a route table.

    A public subnet has a route to an internet gateway. An isolated subnet has no route to a destination outside of its
    VPC. All others are private.
    """
    if any(route.to_internet_gateway for route in table.routes):
        return "public"
    return "private" if table.routes else "isolated"


def default_route(table: RouteTable | None) -> Route | None:
    """The route to all other addresses: for IPv4, otherwise for IPv6."""
    routes = table.routes if table else ()
    for destination in (EVERYWHERE, EVERYWHERE_IPV6):
        for route in routes:
            if route.destination == destination:
                return route
    return None


def internet_access(table: RouteTable, *, public_ip: bool) -> Answer:
    """Whether runs reach the internet. `unknown` if the routes alone don't tell, such as those to other networks."""
    route = default_route(table)
    if route is None:
        return "unknown" if table.routes else "no"
    if not route.active:
        return "no"
    if route.destination == EVERYWHERE_IPV6:
        return "unknown"
    if route.to_internet_gateway and not public_ip:
        ipv6 = any(other.destination == EVERYWHERE_IPV6 for other in table.routes)
        return "unknown" if ipv6 else "no"
    return "yes"


def reachable_services(table: RouteTable, endpoints: Iterable[Endpoint]) -> frozenset[str]:
    """Services that the subnets of a route table reach through endpoints of the VPC."""
    return frozenset(
        endpoint.service
        for endpoint in endpoints
        if (table.table_id in endpoint.route_table_ids if endpoint.gateway else endpoint.service != GATEWAY_ONLY)
    )
