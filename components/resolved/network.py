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


@resolves(args.TaskNetworkArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNetwork:
    """VPC, subnets and security groups of one task's runs. None is the group's."""

    vpc: str | None
    """`default`, or an ID."""
    vpc_tags: Mapping[str, str] | None
    subnets: SubnetKind | None
    subnet_ids: Input[Sequence[Input[str]]] | None
    subnet_tags: Mapping[str, str] | None
    security_group_ids: Input[Sequence[Input[str]]] | None
    assign_public_ip: PublicIp | None
    vpc_id: Input[str] | None

    @property
    def names_vpc(self) -> bool:
        """Whether it names a VPC, in which its subnets are selected."""
        return self.vpc is not None or self.vpc_tags is not None

    @property
    def names_subnets(self) -> bool:
        """Whether runs have subnets of their own."""
        own = (self.subnets, self.subnet_ids, self.subnet_tags)
        return self.names_vpc or any(value is not None for value in own)
