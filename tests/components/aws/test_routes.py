"""Destinations that routes lead to."""

from components.aws.routes import Route, RouteTable, internet_access


def table(*routes: Route) -> RouteTable:
    return RouteTable("rtb-1", "vpc-1", main=True, subnet_ids=frozenset(), routes=routes)


def test_a_route_whose_target_is_gone_gives_no_internet_access():
    """AWS: Amazon EC2 API reference, Route, state: "blackhole" if the target isn't available."""
    assert internet_access(table(Route("0.0.0.0/0", "nat-1")), public_ip=False) == "yes"
    assert internet_access(table(Route("0.0.0.0/0", "nat-1", active=False)), public_ip=False) == "no"
