"""Whether runs can reach the registry that their image is in: a run that cannot fails to start, and neither the launch
nor the dead-letter queue shows it."""

import pulumi
from pulumi_aws import ec2

from .lookup import NotFoundError, ask
from .network import Network


def way_out_problem(network: Network, region: str, options: pulumi.InvokeOptions) -> str | None:
    """What to warn of: runs without a public address in a VPC that has neither a NAT gateway nor an endpoint for ECR.

    A transit gateway, a proxy or a NAT instance is not seen, so this is no more than a warning. Two look-ups at most.
    """
    vpc_id = network.vpc_id
    if network.assign_public_ip or not isinstance(vpc_id, str):
        return None
    if _has_nat_gateway(vpc_id, options) or _has_endpoint(vpc_id, region, options):
        return None
    return (
        f"network: runs have no public address, and {vpc_id} has neither a NAT gateway nor an endpoint for ECR. Unless "
        "there is another way out, no image can be pulled and no run will start: add one of both, or use public "
        "subnets."
    )


def _has_nat_gateway(vpc_id: str, options: pulumi.InvokeOptions) -> bool:
    state: ec2.GetNatGatewaysFilterArgsDict = {"name": "state", "values": ["available", "pending"]}
    try:
        return bool(ask(lambda: ec2.get_nat_gateways(vpc_id=vpc_id, filters=[state], opts=options)).ids)
    except NotFoundError:
        # Whoever may not look is not told off for it.
        return True


def _has_endpoint(vpc_id: str, region: str, options: pulumi.InvokeOptions) -> bool:
    service = f"com.amazonaws.{region}.ecr.dkr"
    try:
        ask(lambda: ec2.get_vpc_endpoint(vpc_id=vpc_id, service_name=service, opts=options))
    except NotFoundError:
        return False
    return True
