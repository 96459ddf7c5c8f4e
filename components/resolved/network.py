"""VPC, subnets and security groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .. import args
from ..args import NatGateways, PublicIp, SubnetKind
from ..keys.resolution import resolves

if TYPE_CHECKING:
    from pulumi import Input


@resolves(args.VpcArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """A VPC to create."""

    cidr: str
    nat_gateways: NatGateways
    zones: int


@resolves(args.NetworkArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """VPC, subnets and security groups of runs."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"subnets"})

    vpc: str
    """`default`, or an ID."""
    create_vpc: Vpc | None
    vpc_tags: Mapping[str, str] | None
    subnets: SubnetKind
    subnet_ids: Input[Sequence[Input[str]]] | None
    subnet_tags: Mapping[str, str] | None
    security_group_ids: Input[Sequence[Input[str]]] | None
    assign_public_ip: PublicIp
    vpc_id: Input[str] | None
