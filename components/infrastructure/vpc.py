"""A VPC of the group's own (awsx.ec2.Vpc), with what private subnets need where there is no NAT gateway."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import ec2

from .network import Network

Args = Mapping[str, Any]

DEFAULT_CIDR = "10.0.0.0/16"
DEFAULT_ZONES = 2
NAT_STRATEGIES = {"none": "None", "single": "Single", "perZone": "OnePerAz"}
INTERFACES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages", "kms")
"""What runs need of AWS to start, write logs and be entered. AWS: Amazon ECS developer guide, "Amazon ECS interface
VPC endpoints"."""


def create_network(
    name: str, *, args: Args, network: Args, region: str, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> Network:
    """The VPC, and its private or public subnets for runs."""
    # awsx is slow to load, and most stacks have a VPC already.
    from pulumi_awsx import ec2 as awsx

    public = network.get("subnets", "private") == "public"
    # Gateways are for private subnets; nothing would use them where runs are in public ones.
    nat = "none" if public else args.get("nat_gateways", "single")
    inner = awsx.SubnetType.ISOLATED if nat == "none" else awsx.SubnetType.PRIVATE
    vpc = awsx.Vpc(
        f"{name}-vpc",
        cidr_block=args.get("cidr", DEFAULT_CIDR),
        number_of_availability_zones=args.get("zones", DEFAULT_ZONES),
        nat_gateways=awsx.NatGatewayConfigurationArgs(strategy=awsx.NatGatewayStrategy(NAT_STRATEGIES[nat])),
        subnet_specs=[awsx.SubnetSpecArgs(type=inner), awsx.SubnetSpecArgs(type=awsx.SubnetType.PUBLIC)],
        subnet_strategy=awsx.SubnetAllocationStrategy.AUTO,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags=tags,
        opts=opts,
    )
    if nat == "none" and not public:
        _endpoints(name, vpc=vpc, cidr=args.get("cidr", DEFAULT_CIDR), region=region, tags=tags, opts=opts)
    assign = network.get("assign_public_ip", "auto")
    inner_ids = vpc.isolated_subnet_ids if nat == "none" else vpc.private_subnet_ids
    return Network(
        subnet_ids=vpc.public_subnet_ids if public else inner_ids,
        assign_public_ip=public if assign == "auto" else assign == "true",
        vpc_id=vpc.vpc_id,
    )


def _endpoints(
    name: str, *, vpc: Any, cidr: str, region: str, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> None:
    """Ways to AWS's services out of subnets that have no other: S3 holds the layers of images."""
    door = ec2.SecurityGroup(
        f"{name}-endpoints",
        description="HTTPS from within the VPC to the endpoints of AWS services",
        vpc_id=vpc.vpc_id,
        ingress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": [cidr]}],
        egress=[],
        tags=tags,
        opts=opts,
    )
    for service in INTERFACES:
        ec2.VpcEndpoint(
            f"{name}-endpoint-{service}",
            vpc_id=vpc.vpc_id,
            service_name=f"com.amazonaws.{region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=vpc.isolated_subnet_ids,
            security_group_ids=[door.id],
            tags=tags,
            opts=opts,
        )
    ec2.VpcEndpoint(
        f"{name}-endpoint-s3",
        vpc_id=vpc.vpc_id,
        service_name=f"com.amazonaws.{region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=pulumi.Output.from_input(vpc.route_tables).apply(_ids),
        tags=tags,
        opts=opts,
    )


def _ids(tables: Sequence[ec2.RouteTable]) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*(table.id for table in tables))
