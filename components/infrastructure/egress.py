"""Whether runs can reach the registry of their image.

A run that cannot fails to start, and neither the launch nor the dead-letter queue shows it.
"""

import pulumi
from pulumi_aws import ec2

from .lookup import NotFoundError, ask
from .network import RunNetwork


def egress_warning(network: RunNetwork, region: str, options: pulumi.InvokeOptions) -> str | None:
    """A warning if runs have no public IP address, and their VPC has neither a NAT gateway nor an endpoint for ECR.

    Transit gateways, proxies and NAT instances are not detected, so this is only a warning. At most two look-ups.
    """
    vpc_id = network.vpc_id
    if network.assign_public_ip or not isinstance(vpc_id, str):
        return None
    if _has_nat_gateway(vpc_id, options) or _has_endpoint(vpc_id, region, options):
        return None
    return (
        f"network: runs have no public IP address, and {vpc_id} has neither a NAT gateway nor a VPC endpoint for ECR. "
        "Unless there is another route to the internet, no image can be pulled and no run will start. Add one "
        "of these, or use public subnets."
    )


def _has_nat_gateway(vpc_id: str, options: pulumi.InvokeOptions) -> bool:
    state: ec2.GetNatGatewaysFilterArgsDict = {"name": "state", "values": ["available", "pending"]}
    try:
        return bool(ask(lambda: ec2.get_nat_gateways(vpc_id=vpc_id, filters=[state], opts=options)).ids)
    except NotFoundError:
        # Without permission to look, there is nothing to warn about.
        return True


def _has_endpoint(vpc_id: str, region: str, options: pulumi.InvokeOptions) -> bool:
    service = f"com.amazonaws.{region}.ecr.dkr"
    try:
        ask(lambda: ec2.get_vpc_endpoint(vpc_id=vpc_id, service_name=service, opts=options))
    except NotFoundError:
        return False
    return True
