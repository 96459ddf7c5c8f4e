"""Route tables and endpoints of existing subnets, looked up before anything is created."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi
from pulumi_aws import ec2

from ..aws.routes import GATEWAY_ONLY, Endpoint, Route, RouteTable
from .lookup import NotFoundError, ask

_TARGETS = (
    "nat_gateway_id", "transit_gateway_id", "network_interface_id", "instance_id", "vpc_peering_connection_id",
    "egress_only_gateway_id", "carrier_gateway_id", "local_gateway_id", "core_network_arn", "gateway_id",
    "vpc_endpoint_id",
)  # fmt: skip
_PROPAGATED = Route(destination="", target="a virtual private gateway")
"""The provider leaves out routes that a VPN propagates, so their destination is not known."""


def find_tables(
    subnet_ids: Sequence[str], vpc_id: str | None, options: pulumi.InvokeOptions
) -> Mapping[str, RouteTable]:
    """The route table of each subnet: its own, otherwise the main one of its VPC.

    One look-up lists the subnets' own tables, and one reads each of them. Two more read the main table and find
    propagated routes, if they are needed. Raises NotFoundError.
    """
    own = ask(lambda: ec2.get_route_tables(filters=[_filter("association.subnet-id", *subnet_ids)], opts=options)).ids
    tables = [_read(options, route_table_id=table_id) for table_id in sorted(own)]
    found = {subnet_id: table for table in tables for subnet_id in table.subnet_ids if subnet_id in subnet_ids}
    if others := [subnet_id for subnet_id in subnet_ids if subnet_id not in found]:
        vpc_id = vpc_id or next((table.vpc_id for table in tables), None) or _vpc_of(others[0], options)
        main = _read(options, vpc_id=vpc_id, filters=[_filter("association.main", "true")])
        found |= dict.fromkeys(others, main)
    return _with_propagated(found, options)


def _read(options: pulumi.InvokeOptions, **which: Any) -> RouteTable:
    table = ask(lambda: ec2.get_route_table(**which, opts=options))
    return RouteTable(
        table_id=table.route_table_id,
        vpc_id=table.vpc_id,
        main=any(each.main for each in table.associations),
        subnet_ids=frozenset(each.subnet_id for each in table.associations if each.subnet_id),
        # The provider leaves out local routes and those to gateway endpoints.
        routes=tuple(
            Route(
                destination=route.cidr_block or route.ipv6_cidr_block or route.destination_prefix_list_id,
                target=next((target for name in _TARGETS if (target := getattr(route, name))), ""),
            )
            for route in table.routes
        ),
    )


def _with_propagated(tables: Mapping[str, RouteTable], options: pulumi.InvokeOptions) -> Mapping[str, RouteTable]:
    """The tables, with a route for those that look isolated but have routes that a VPN propagates."""
    isolated = sorted({table.table_id for table in tables.values() if not table.routes})
    if not isolated:
        return tables
    filters = [_filter("route-table-id", *isolated), _filter("route.origin", "EnableVgwRoutePropagation")]
    propagated = ask(lambda: ec2.get_route_tables(filters=filters, opts=options)).ids
    return {
        subnet_id: replace(table, routes=(_PROPAGATED,)) if table.table_id in propagated else table
        for subnet_id, table in tables.items()
    }


def _vpc_of(subnet_id: str, options: pulumi.InvokeOptions) -> str:
    return ask(lambda: ec2.get_subnet(id=subnet_id, opts=options)).vpc_id


def find_endpoints(
    vpc_id: str, region: str, services: Iterable[str], table_ids: Iterable[str], options: pulumi.InvokeOptions
) -> list[Endpoint] | None:
    """The available endpoints of a VPC for some services; None if they can't be looked up. One look-up per service.

    `table_ids` are the route tables that several gateway endpoints of one service are assumed to serve.
    """
    endpoints: list[Endpoint] = []
    for service in sorted(services):
        gateway = service == GATEWAY_ONLY
        filters: list[ec2.GetVpcEndpointFilterArgsDict] = [
            # AWS China prefixes the names of most interface endpoints.
            {"name": "service-name", "values": [f"{cn}com.amazonaws.{region}.{service}" for cn in ("", "cn.")]},
            {"name": "vpc-endpoint-type", "values": ["Gateway" if gateway else "Interface"]},
        ]
        try:
            found = ask(
                lambda filters=filters: ec2.get_vpc_endpoint(
                    vpc_id=vpc_id, state="available", filters=filters, opts=options
                )
            )
        except NotFoundError as error:
            if "multiple" in str(error):
                endpoints.append(Endpoint(service, gateway, frozenset(table_ids)))
            elif "no matching" not in str(error):
                return None
        else:
            endpoints.append(Endpoint(service, gateway, frozenset(found.route_table_ids)))
    return endpoints


def _filter(name: str, *values: str) -> ec2.GetRouteTablesFilterArgsDict:
    return {"name": name, "values": list(values)}
