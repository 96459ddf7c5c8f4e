"""VPC and subnets of runs, looked up before anything is created."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import pulumi
from pulumi_aws import ec2

from ..args import SubnetReference
from ..aws.limits import SUBNETS
from ..aws.routes import IMAGE_SERVICES, Endpoint, Reach, RouteTable, internet_access, reachable_services, subnet_type
from ..keys.annotations import has_output
from ..problems import Problem, key, listed
from ..resolved import Network
from ..scope import Scope
from .lookup import NotFoundError, ask
from .routes import find_endpoints, find_tables

if TYPE_CHECKING:
    from pulumi_awsx import ec2 as awsx_ec2

Filter = ec2.GetSubnetsFilterArgsDict


@dataclass(frozen=True, slots=True)
class RunNetwork:
    """The subnets of runs, and what follows from them."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    assign_public_ip: bool
    vpc_id: pulumi.Input[str] | None
    """The VPC of the subnets; None if nothing needs it, because the group names its security groups."""
    reach: tuple[Reach, ...] = ()
    """Destinations that runs in each subnet reach. Empty for subnets that can't be looked up."""
    created: "awsx_ec2.Vpc | None" = None
    """The VPC that the group creates, if it does."""


def reach_references(reach: Iterable[Reach]) -> list[SubnetReference]:
    """Destinations that runs reach, for the reference of a group."""
    return [
        {
            "subnet_id": it.subnet_id,
            "subnet_type": it.subnet_type,
            "internet": it.internet,
            "services": sorted(it.services),
        }
        for it in reach
    ]


class _NotFoundError(Exception):
    def __init__(self, name: str, message: str):
        super().__init__(message)
        self.problem = Problem(("network", name), message)


def find_network(
    network: Network, region: str, services: frozenset[str], options: pulumi.InvokeOptions
) -> RunNetwork | Problem:
    """The subnets that a group names. The number of look-ups depends only on the number of their route tables.

    `services` are the services that runs may need an endpoint for.
    """
    if network.subnet_ids is not None and has_output(network.subnet_ids):
        return RunNetwork(network.subnet_ids, network.assign_public_ip == "true", network.vpc_id)
    try:
        return _look_up(network, region, services, options)
    except _NotFoundError as error:
        return error.problem
    except NotFoundError as error:
        return Problem(("network",), str(error))


def _look_up(network: Network, region: str, services: frozenset[str], options: pulumi.InvokeOptions) -> RunNetwork:
    if network.subnet_ids is not None:
        vpc_id, ids = None, _plain(network.subnet_ids)
        found = _subnets([_filter("subnet-id", *ids)], options)
        if missing := sorted(set(ids) - set(found)):
            raise _NotFoundError("subnet_ids", f"there is no subnet {listed(missing)} in this account and Region.")
    else:
        vpc_id = _vpc(network, options)
        tags = network.subnet_tags or {}
        by_tags = [_filter(f"tag:{name}", value) for name, value in sorted(tags.items())]
        found = _subnets([_filter("vpc-id", vpc_id), *by_tags], options)
        if not found:
            raise _NotFoundError(*_no_subnet(network, vpc_id))
    tables = find_tables(found, vpc_id, options)
    if len(vpcs := sorted({table.vpc_id for table in tables.values()})) > 1:
        raise _NotFoundError("subnet_ids", f"are in several VPCs: {listed(vpcs, 'and')}. Name subnets of one VPC.")
    look = _Look(tables, vpcs[0], region, services | set(IMAGE_SERVICES), options)
    by_type = network.subnet_ids is None and network.subnet_tags is None
    chosen = _of_type(network, tables, look) if by_type else tables
    if len(chosen) > SUBNETS[1]:
        raise _NotFoundError(
            "subnets", f"match {len(chosen)} subnets. AWS accepts at most {SUBNETS[1]}. Name some by ID."
        )
    public_ip = _assign_public_ip(network, chosen)
    return RunNetwork(sorted(chosen), public_ip, look.vpc_id, look.reach(chosen, public_ip=public_ip))


class _Look:
    """The endpoints of one VPC, which are looked up only if a subnet has no internet access."""

    def __init__(
        self,
        tables: Mapping[str, RouteTable],
        vpc_id: str,
        region: str,
        services: frozenset[str],
        options: pulumi.InvokeOptions,
    ):
        table_ids = [table.table_id for table in tables.values()]
        self.vpc_id = vpc_id
        self._tables = tables
        self._find = partial(find_endpoints, vpc_id, region, services, table_ids, options)

    @cached_property
    def endpoints(self) -> list[Endpoint] | None:
        """None without permission to look for them."""
        return self._find()

    def reach(self, subnet_ids: Iterable[str], *, public_ip: bool) -> tuple[Reach, ...]:
        """Destinations that runs in each subnet reach."""
        return tuple(self._of_subnet(subnet, public_ip=public_ip) for subnet in sorted(subnet_ids))

    def _of_subnet(self, subnet_id: str, *, public_ip: bool) -> Reach:
        table = self._tables[subnet_id]
        internet, kind = internet_access(table, public_ip=public_ip), subnet_type(table)
        if internet == "yes":
            return Reach(subnet_id, kind, internet)
        if self.endpoints is None:
            return Reach(subnet_id, kind, "unknown")
        return Reach(subnet_id, kind, internet, reachable_services(table, self.endpoints))


def _plain(identifiers: object) -> list[str]:
    assert isinstance(identifiers, Sequence)
    return [str(identifier) for identifier in identifiers]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _vpc(network: Network, options: pulumi.InvokeOptions) -> str:
    try:
        if network.vpc_tags is not None:
            tags = network.vpc_tags
            return ask(lambda: ec2.get_vpc(tags=tags, opts=options)).id
        if network.vpc == "default":
            return ask(lambda: ec2.get_vpc(default=True, opts=options)).id
        return ask(lambda: ec2.get_vpc(id=network.vpc, opts=options)).id
    except NotFoundError as error:
        if network.vpc_tags is not None:
            raise _NotFoundError("vpc_tags", f"these tags do not match exactly one VPC: {error}.") from error
        which = "default VPC" if network.vpc == "default" else f'VPC "{network.vpc}"'
        raise _NotFoundError("vpc", f"there is no {which} in this account and Region: {error}.") from error


def _no_subnet(network: Network, vpc_id: str) -> tuple[str, str]:
    if network.subnet_tags is not None:
        return "subnet_tags", f"no subnet of {vpc_id} has these tags."
    return "subnets", f"{vpc_id} has no {network.subnets} subnet, because it has none at all."


def _of_type(network: Network, tables: Mapping[str, RouteTable], look: _Look) -> Mapping[str, RouteTable]:
    """The public or private subnets. Isolated subnets count as private only if endpoints make up for routes."""
    wanted = network.subnets
    chosen = {subnet: table for subnet, table in tables.items() if subnet_type(table) == wanted}
    isolated = {subnet: table for subnet, table in tables.items() if subnet_type(table) == "isolated"}
    if chosen or wanted == "public" or not isolated:
        if not chosen:
            other = "private" if wanted == "public" else "public"
            raise _NotFoundError(
                "subnets",
                f"{look.vpc_id} has no {wanted} subnet. {_MEANING[wanted]} Write {key('subnets')}: {other}, or name "
                "subnets by ID or tags.",
            )
        return chosen
    reach = look.reach(isolated, public_ip=False)
    served = {it.subnet_id for it in reach if it.internet == "unknown" or it.services.issuperset(IMAGE_SERVICES)}
    if not served:
        missing = sorted(set(IMAGE_SERVICES) - reach[0].services)
        raise _NotFoundError(
            "subnets",
            f"{look.vpc_id} has no private subnet, only isolated ones without a route out of the VPC: "
            f"{listed(sorted(isolated), 'and')}. Add a NAT gateway and a route to it, or, for images in ECR, endpoints "
            f"for {listed(missing, 'and')} (s3 as a gateway endpoint). Or write {key('subnets')}: public.",
        )
    return {subnet: table for subnet, table in isolated.items() if subnet in served}


_MEANING = {
    "public": "A public subnet has a route to an internet gateway.",
    "private": "A private subnet has a route out of the VPC, but none to an internet gateway.",
}


def _assign_public_ip(network: Network, tables: Mapping[str, RouteTable]) -> bool:
    if network.assign_public_ip != "auto":
        return network.assign_public_ip == "true"
    public = sorted(subnet for subnet, table in tables.items() if subnet_type(table) == "public")
    if public and len(public) < len(tables):
        raise _NotFoundError(
            "assign_public_ip",
            f"{listed(public, 'and')} are public and the other subnets are private. Instead of auto, write "
            "whether runs get a public IP address.",
        )
    return bool(public)


def _subnets(filters: list[Filter], options: pulumi.InvokeOptions) -> list[str]:
    return sorted(ask(lambda: ec2.get_subnets(filters=filters, opts=options)).ids)


def _filter(name: str, *values: str) -> Filter:
    return {"name": name, "values": list(values)}


def create_security_group(
    scope: Scope, vpc_id: pulumi.Input[str] | None, physical_name: str | None = None
) -> ec2.SecurityGroup:
    """A security group for runs that allows all outbound and no inbound traffic. Its default name is the group's."""
    return ec2.SecurityGroup(
        f"{scope.name}-runs",
        name=physical_name or scope.names.security_group,
        # A change would replace the security group.
        description="Runs of scheduled tasks: out to anywhere, nothing in",
        vpc_id=vpc_id,
        egress=[
            {
                "protocol": "-1",
                "from_port": 0,
                "to_port": 0,
                "cidr_blocks": ["0.0.0.0/0"],
                "ipv6_cidr_blocks": ["::/0"],
            }
        ],
        ingress=[],
        tags=scope.tags,
        opts=scope.opts,
    )
