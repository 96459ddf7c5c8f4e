"""Checks of subnets and security groups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from components.aws.routes import IMAGE_SERVICES, Needs, start_needs, table_of

from .finding import PROBLEM, STACK, WARNING, Finding, abbreviate
from .inventory import Inventory
from .subnet_routes import Egress, available_endpoints, route_table, subnet_egress

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef, RouteTableTypeDef, SubnetTypeDef, VpcEndpointTypeDef

_FEW_ADDRESSES = 8


def network_findings(inventory: Inventory) -> Iterator[Finding]:
    """Check that subnets and security groups exist and let runs reach their images and logs. Makes five calls."""
    ec2 = inventory.deployment.client("ec2")
    wanted = sorted({subnet for launch in inventory.launches for subnet in launch.subnets})
    if not wanted:
        return
    pages = ec2.get_paginator("describe_subnets").paginate(Filters=_filter("subnet-id", wanted))
    subnets = {each["SubnetId"]: each for page in pages for each in page["Subnets"]}
    if missing := set(wanted) - subnets.keys():
        fix = "Correct the subnets in the configuration, or run pulumi up to look them up again."
        yield Finding(PROBLEM, STACK, f"There is no subnet {abbreviate(missing)}.", fix)
    groups = sorted({group for launch in inventory.launches for group in launch.security_groups})
    yield from _security_groups(ec2, groups)
    if vpcs := sorted({each["VpcId"] for each in subnets.values()}):
        tables = ec2.get_paginator("describe_route_tables").paginate(Filters=_filter("vpc-id", vpcs))
        endpoints = ec2.get_paginator("describe_vpc_endpoints").paginate(Filters=_filter("vpc-id", vpcs))
        yield from _subnets(
            inventory,
            subnets,
            [table for page in tables for table in page["RouteTables"]],
            [endpoint for page in endpoints for endpoint in page["VpcEndpoints"]],
        )


def _filter(name: str, values: Iterable[str]) -> "list[FilterTypeDef]":
    return [{"Name": name, "Values": list(values)}]


def _security_groups(ec2: "EC2Client", wanted: Sequence[str]) -> Iterator[Finding]:
    pages = ec2.get_paginator("describe_security_groups").paginate(Filters=_filter("group-id", wanted))
    groups = [group for page in pages for group in page["SecurityGroups"]] if wanted else []
    if missing := set(wanted) - {each["GroupId"] for each in groups}:
        fix = "Correct the security groups in the configuration, or run pulumi up --refresh to create the stack's own."
        yield Finding(PROBLEM, STACK, f"There is no security group {abbreviate(missing)}.", fix)
    if closed := {each["GroupId"] for each in groups if not each.get("IpPermissionsEgress")}:
        message = f"The security group {abbreviate(closed)} allows no outbound traffic."
        yield Finding(PROBLEM, STACK, message, "Allow outbound traffic to port 443, for images and logs.")


def _subnets(
    inventory: Inventory,
    subnets: "Mapping[str, SubnetTypeDef]",
    tables: "Sequence[RouteTableTypeDef]",
    endpoints: "Sequence[VpcEndpointTypeDef]",
) -> Iterator[Finding]:
    by_egress: dict[Egress, list[str]] = {}
    parsed = [route_table(table) for table in tables]
    used = {(subnet, launch.public_ip, launch.on_fargate) for launch in inventory.launches for subnet in launch.subnets}
    for subnet_id, public_ip, fargate in sorted(used):
        if (subnet := subnets.get(subnet_id)) is None:
            continue
        vpc_id = subnet["VpcId"]
        table, available = table_of(subnet_id, vpc_id, parsed), available_endpoints(vpc_id, endpoints)
        needs = _needs(inventory, subnet_id)
        egress = subnet_egress(table, available, needs, public_ip=public_ip, fargate=fargate)
        by_egress.setdefault(egress, []).append(subnet_id)
        if (free := subnet["AvailableIpAddressCount"]) < _FEW_ADDRESSES:
            message = f"{subnet_id} has {free} free IP address{'' if free == 1 else 'es'}. Each run needs one."
            yield Finding(WARNING if free else PROBLEM, STACK, message, "Add a subnet with more free addresses.")
    for egress, ids in by_egress.items():
        yield Finding(egress.level, STACK, f"{abbreviate(ids)}: {egress.message}", egress.fix)


def _needs(inventory: Inventory, subnet_id: str) -> Needs:
    """Return the needs of the runs of all checked tasks that use a subnet."""
    using = [each for each in inventory.schedules if each.launch and subnet_id in each.launch.subnets]
    definitions = list(dict.fromkeys(each.definition for each in using if each.definition))
    if not definitions:
        # Without a readable task definition, assume the least: an image in ECR, and logs.
        return Needs(frozenset({*IMAGE_SERVICES, "logs"}))
    services = {service for definition in definitions for service in definition.secret_services}
    if any(definition.log_groups for definition in definitions):
        services.add("logs")
    images = dict.fromkeys(image for definition in definitions for image in definition.images)
    return start_needs(list(images), services, inventory.deployment.region)
