"""VPC and subnets of runs, looked up before anything is created."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from ..aws.limits import SUBNETS
from ..keys.annotations import has_output
from ..problems import Problem, key, listed
from ..resolved import Network
from ..scope import Scope
from .lookup import NotFoundError, ask

Filter = ec2.GetSubnetsFilterArgsDict


@dataclass(frozen=True, slots=True)
class RunNetwork:
    """The subnets of runs, and what follows from them."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    assign_public_ip: bool
    vpc_id: pulumi.Input[str] | None
    """The VPC of the subnets; None if nothing needs it, because the group names its security groups."""


class _NotFoundError(Exception):
    def __init__(self, name: str, message: str):
        super().__init__(message)
        self.problem = Problem(("network", name), message)


def find_network(network: Network, options: pulumi.InvokeOptions) -> RunNetwork | Problem:
    """The subnets that a group names. At most four look-ups, whatever the number of tasks."""
    if network.subnet_ids is not None and has_output(network.subnet_ids):
        return RunNetwork(network.subnet_ids, network.assign_public_ip == "true", network.vpc_id)
    try:
        return _look_up(network, options)
    except _NotFoundError as error:
        return error.problem
    except NotFoundError as error:
        return Problem(("network",), str(error))


def _look_up(network: Network, options: pulumi.InvokeOptions) -> RunNetwork:
    if network.subnet_ids is not None:
        ids = _plain(network.subnet_ids)
        filters = [_filter("subnet-id", *ids)]
        found = _subnets(filters, options)
        if missing := sorted(set(ids) - set(found)):
            raise _NotFoundError("subnet_ids", f"there is no subnet {listed(missing)} in this account and Region.")
        vpc_id = None if network.security_group_ids is not None else _vpc_of(found[0], options)
    else:
        vpc_id = _vpc(network, options)
        filters = [_filter("vpc-id", vpc_id), *_subnet_filters(network)]
        found = _subnets(filters, options)
        if not found:
            raise _NotFoundError(*_no_subnet(network, vpc_id))
    if len(found) > SUBNETS[1]:
        raise _NotFoundError(
            "subnets", f"match {len(found)} subnets. AWS accepts at most {SUBNETS[1]}. Name some by ID."
        )
    return RunNetwork(found, _assign_public_ip(network, filters, found, options), vpc_id)


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


def _subnet_filters(network: Network) -> list[Filter]:
    if network.subnet_tags is not None:
        return [_filter(f"tag:{name}", value) for name, value in sorted(network.subnet_tags.items())]
    return [_public_filter(public=network.subnets == "public")]


def _no_subnet(network: Network, vpc_id: str) -> tuple[str, str]:
    if network.subnet_tags is not None:
        return "subnet_tags", f"no subnet of {vpc_id} has these tags."
    kind, other = ("public", "private") if network.subnets == "public" else ("private", "public")
    return "subnets", f"{vpc_id} has no {kind} subnet. Write {key('subnets')}: {other}, or name subnets by ID or tags."


def _assign_public_ip(
    network: Network, filters: list[Filter], found: Sequence[str], options: pulumi.InvokeOptions
) -> bool:
    if network.assign_public_ip != "auto":
        return network.assign_public_ip == "true"
    if network.subnet_ids is None and network.subnet_tags is None:
        return network.subnets == "public"
    public = _subnets([*filters, _public_filter(public=True)], options)
    if public and len(public) < len(found):
        raise _NotFoundError(
            "assign_public_ip",
            f"{listed(public, 'and')} are public and the other subnets are private. Instead of auto, write "
            "whether runs get a public IP address.",
        )
    return bool(public)


def _vpc_of(subnet_id: str, options: pulumi.InvokeOptions) -> str:
    return ask(lambda: ec2.get_subnet(id=subnet_id, opts=options)).vpc_id


def _subnets(filters: list[Filter], options: pulumi.InvokeOptions) -> list[str]:
    return sorted(ask(lambda: ec2.get_subnets(filters=filters, opts=options)).ids)


def _filter(name: str, *values: str) -> Filter:
    return {"name": name, "values": list(values)}


def _public_filter(*, public: bool) -> Filter:
    return _filter("map-public-ip-on-launch", "true" if public else "false")


def create_security_group(scope: Scope, vpc_id: pulumi.Input[str] | None) -> pulumi.Output[str]:
    """A security group for runs that allows all outbound and no inbound traffic. Returns its ID."""
    created = ec2.SecurityGroup(
        f"{scope.name}-runs",
        name=scope.names.security_group,
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
    return created.id
