"""Where runs get their network interfaces: VPC and subnets, found before anything is created."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2

from ..aws.limits import SUBNETS
from ..checks.values import known
from ..problems import Problem, listed
from .lookup import NotFoundError, ask

Args = Mapping[str, Any]
Filter = ec2.GetSubnetsFilterArgsDict


@dataclass(frozen=True, slots=True)
class Network:
    """Subnets, and what follows from them."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    assign_public_ip: bool
    vpc_id: pulumi.Input[str] | None
    """The VPC of the subnets; None where it is not needed, because security groups are given."""


class _NoNetworkError(Exception):
    def __init__(self, key: str, message: str):
        super().__init__(message)
        self.problem = Problem(("network", key), message)


def find_network(args: Args, options: pulumi.InvokeOptions) -> Network | Problem:
    """The subnets that the arguments name; at most four look-ups, whatever the number of tasks."""
    if "subnet_ids" in args and not known(args["subnet_ids"]):
        return Network(args["subnet_ids"], args["assign_public_ip"] == "true", args.get("vpc_id"))
    try:
        return _look_up(args, options)
    except _NoNetworkError as error:
        return error.problem
    except NotFoundError as error:
        return Problem(("network",), str(error))


def _look_up(args: Args, options: pulumi.InvokeOptions) -> Network:
    if "subnet_ids" in args:
        filters = [_filter("subnet-id", *args["subnet_ids"])]
        found = _subnets(filters, options)
        missing = sorted(set(args["subnet_ids"]) - set(found))
        if missing:
            raise _NoNetworkError("subnet_ids", f"there is no subnet {listed(missing)} in this account and Region.")
        vpc_id = None if "security_group_ids" in args else _vpc_of(found[0], options)
    else:
        vpc_id = _vpc(args, options)
        filters = [_filter("vpc-id", vpc_id), *_subnet_filters(args)]
        found = _subnets(filters, options)
        if not found:
            raise _NoNetworkError(*_no_subnet(args, vpc_id))
    if len(found) > SUBNETS[1]:
        raise _NoNetworkError(
            "subnets", f"{len(found)} subnets are found, and AWS takes at most {SUBNETS[1]}. Name some by id."
        )
    return Network(found, _assign_public_ip(args, filters, found, options), vpc_id)


def _vpc(args: Args, options: pulumi.InvokeOptions) -> str:
    reference = args.get("vpc", "default")
    try:
        if "vpc_tags" in args:
            return ask(lambda: ec2.get_vpc(tags=args["vpc_tags"], opts=options)).id
        if reference == "default":
            return ask(lambda: ec2.get_vpc(default=True, opts=options)).id
        return ask(lambda: ec2.get_vpc(id=reference, opts=options)).id
    except NotFoundError as error:
        if "vpc_tags" in args:
            raise _NoNetworkError("vpc_tags", f"these tags do not find exactly one VPC: {error}.") from error
        which = "default VPC" if reference == "default" else f'VPC "{reference}"'
        raise _NoNetworkError("vpc", f"there is no {which} in this account and Region: {error}.") from error


def _subnet_filters(args: Args) -> list[Filter]:
    if "subnet_tags" in args:
        return [_filter(f"tag:{key}", value) for key, value in sorted(args["subnet_tags"].items())]
    return [_public_filter(public=_wants_public(args))]


def _wants_public(args: Args) -> bool:
    in_default_vpc = args.get("vpc", "default") == "default" and "vpc_tags" not in args
    return args.get("subnets", "public" if in_default_vpc else "private") == "public"


def _no_subnet(args: Args, vpc_id: str) -> tuple[str, str]:
    if "subnet_tags" in args:
        return "subnet_tags", f"no subnet of {vpc_id} has these tags."
    kind, other = ("public", "private") if _wants_public(args) else ("private", "public")
    return "subnets", f"{vpc_id} has no {kind} subnet. Write subnets: {other}, or name subnets by id or tags."


def _assign_public_ip(args: Args, filters: list[Filter], found: Sequence[str], options: pulumi.InvokeOptions) -> bool:
    wanted = args.get("assign_public_ip", "auto")
    if wanted != "auto":
        return wanted == "true"
    if "subnet_ids" not in args and "subnet_tags" not in args:
        return _wants_public(args)
    public = _subnets([*filters, _public_filter(public=True)], options)
    if public and len(public) < len(found):
        raise _NoNetworkError(
            "assign_public_ip",
            f"{listed(public, 'and')} are public and the others private: write true or false.",
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
