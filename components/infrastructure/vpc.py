"""A new VPC (awsx.ec2.Vpc), with the VPC endpoints that private subnets need without a NAT gateway."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi
from pulumi_aws import ec2

from ..resolved import Network, Vpc
from ..scope import Scope
from .network import RunNetwork

if TYPE_CHECKING:
    from pulumi_awsx import ec2 as awsx_ec2

_NAT_STRATEGIES = {"none": "None", "single": "Single", "perZone": "OnePerAz"}
INTERFACES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages", "kms")
"""AWS services that runs need to start, to write logs, and for ECS Exec. AWS: Amazon ECS developer guide, "Amazon ECS
interface VPC endpoints"."""


def create_network(scope: Scope, network: Network, settings: Vpc) -> RunNetwork:
    """A VPC, and its private or public subnets for runs."""
    # awsx is slow to load, and most stacks have a VPC already.
    from pulumi_awsx import ec2 as awsx

    public = network.subnets == "public"
    # NAT gateways serve private subnets. If runs are in public subnets, nothing would use them.
    nat = "none" if public else settings.nat_gateways
    inner = awsx.SubnetType.ISOLATED if nat == "none" else awsx.SubnetType.PRIVATE
    vpc = awsx.Vpc(
        f"{scope.name}-vpc",
        cidr_block=settings.cidr,
        number_of_availability_zones=settings.zones,
        nat_gateways=awsx.NatGatewayConfigurationArgs(strategy=awsx.NatGatewayStrategy(_NAT_STRATEGIES[nat])),
        subnet_specs=[awsx.SubnetSpecArgs(type=inner), awsx.SubnetSpecArgs(type=awsx.SubnetType.PUBLIC)],
        subnet_strategy=awsx.SubnetAllocationStrategy.AUTO,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags=scope.tags,
        opts=scope.opts,
    )
    if nat == "none" and not public:
        _create_endpoints(scope, vpc, settings.cidr)
    inner_ids = vpc.isolated_subnet_ids if nat == "none" else vpc.private_subnet_ids
    return RunNetwork(
        subnet_ids=vpc.public_subnet_ids if public else inner_ids,
        assign_public_ip=public if network.assign_public_ip == "auto" else network.assign_public_ip == "true",
        vpc_id=vpc.vpc_id,
        created=vpc,
    )


def _create_endpoints(scope: Scope, vpc: "awsx_ec2.Vpc", cidr: str) -> None:
    """Routes to AWS services from subnets without internet access. S3 holds the layers of images."""
    security_group = ec2.SecurityGroup(
        f"{scope.name}-endpoints",
        # A change would replace the security group.
        description="HTTPS from within the VPC to the endpoints of AWS services",
        vpc_id=vpc.vpc_id,
        ingress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": [cidr]}],
        egress=[],
        tags=scope.tags,
        opts=scope.opts,
    )
    for service in INTERFACES:
        ec2.VpcEndpoint(
            f"{scope.name}-endpoint-{service}",
            vpc_id=vpc.vpc_id,
            service_name=_service_name(scope, service),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=vpc.isolated_subnet_ids,
            security_group_ids=[security_group.id],
            tags=scope.tags,
            opts=scope.opts,
        )
    ec2.VpcEndpoint(
        f"{scope.name}-endpoint-s3",
        vpc_id=vpc.vpc_id,
        service_name=_service_name(scope, "s3"),
        vpc_endpoint_type="Gateway",
        route_table_ids=pulumi.Output.from_input(vpc.route_tables).apply(_ids),
        tags=scope.tags,
        opts=scope.opts,
    )


def _service_name(scope: Scope, service: str) -> str:
    return f"com.amazonaws.{scope.account.region}.{service}"


def _ids(tables: Sequence[ec2.RouteTable]) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*(table.id for table in tables))
