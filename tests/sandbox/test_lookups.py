"""The look-ups of the sandbox's provider answer the same as those of the official provider.

Source: terraform-provider-aws, internal/service/ec2/vpc_*_data_source.go, internal/service/ecs/*_data_source.go and
internal/tfresource/not_found_error.go.
"""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sandbox.moto_fixes import apply_fixes
from sandbox.plugin.functions import FUNCTIONS
from sandbox.plugin.network_functions import LookupFailedError

REGION = "eu-west-1"
Client = Any


class Emulator:
    """Stands for the connection of the provider."""

    region = REGION

    def client(self, service: str) -> Client:
        return boto3.client(service, region_name=REGION)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownMemberType, reportUnknownVariableType]


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    apply_fixes()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        yield Emulator().client("ec2")


def look_up(name: str, **args: Any) -> dict[str, Any]:
    [token] = [token for token in FUNCTIONS if token.endswith(f":{name}")]
    function, known = FUNCTIONS[token]
    assert args.keys() <= known
    aws: Any = Emulator()
    return function(aws, args)


def filters(**values: str) -> list[dict[str, Any]]:
    return [{"name": name.replace("__", ".").replace("_", "-"), "values": [value]} for name, value in values.items()]


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("getVpc", {"id": "vpc-0a"}, "no matching EC2 VPC found"),
        ("getVpc", {}, "multiple EC2 VPCs matched; use additional constraints to reduce matches to a single EC2 VPC"),
        ("getSubnet", {"id": "subnet-0a"}, "no matching EC2 Subnet found"),
        ("getRouteTable", {"routeTableId": "rtb-0a"}, "no matching Route Table found"),
        ("getRouteTable", {"filters": filters(association__main="true")}, "multiple Route Tables matched; use additional constraints to reduce matches to a single Route Table"),
        ("getVpcEndpoint", {"vpcId": "vpc-0a", "serviceName": "com.amazonaws.eu-west-1.logs"}, "no matching EC2 VPC Endpoint found"),
        ("getResource", {"typeName": "AWS::ECS::Cluster", "identifier": "gone"}, "couldn't find resource"),
    ],
)  # fmt: skip
def test_no_result_and_several_are_errors(ec2: Client, name: str, args: dict[str, Any], message: str):
    ec2.create_vpc(CidrBlock="10.1.0.0/16")
    with pytest.raises(LookupFailedError, match=message):
        look_up(name, **args)


@pytest.mark.parametrize("name", ["getSubnets", "getRouteTables"])
def test_a_list_can_be_empty(ec2: Client, name: str):
    assert look_up(name, filters=filters(vpc_id="vpc-0a"))["ids"] == []


def test_the_default_vpc_has_public_subnets(ec2: Client):
    # AWS: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html: "Add a route to the main route table that
    # points all traffic (0.0.0.0/0) to the internet gateway."
    vpc = look_up("getVpc", default=True)
    table = look_up("getRouteTable", vpcId=vpc["id"], filters=filters(association__main="true"))
    assert table["id"] == vpc["mainRouteTableId"]
    [route] = table["routes"]
    assert route["cidrBlock"] == "0.0.0.0/0"
    assert route["gatewayId"].startswith("igw-")
    [association] = table["associations"]
    assert (association["main"], association["subnetId"]) == (True, "")


def test_only_explicit_associations_name_a_subnet(ec2: Client):
    # AWS: EC2 API reference, RouteTableAssociation: "A subnet ID is not returned for an implicit association."
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    own, other = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24")["Subnet"]["SubnetId"] for number in (1, 2)
    )
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=own)
    ids = look_up("getRouteTables", filters=[{"name": "association.subnet-id", "values": [own, other]}])["ids"]
    assert ids == [table]
    # AWS: "Route tables that do not have an association ID are not returned" for association.main.
    unused = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    for main in ("true", "false"):
        assert unused not in look_up("getRouteTables", filters=filters(association__main=main))["ids"]


def test_the_provider_leaves_out_some_routes(ec2: Client):
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    table = look_up("getRouteTable", vpcId=vpc)
    assert table["routes"] == []
    described = ec2.describe_route_tables(RouteTableIds=[table["id"]])["RouteTables"][0]["Routes"]
    assert [route["GatewayId"] for route in described] == ["local"]


def test_endpoints_by_service_type_and_state(ec2: Client):
    vpc = look_up("getVpc", default=True)
    ec2.create_vpc_endpoint(
        VpcId=vpc["id"], ServiceName="com.amazonaws.eu-west-1.s3", VpcEndpointType="Gateway", RouteTableIds=[vpc["mainRouteTableId"]]
    )  # fmt: skip
    wanted = [{"name": "service-name", "values": ["com.amazonaws.eu-west-1.s3", "cn.com.amazonaws.eu-west-1.s3"]}]
    found = look_up("getVpcEndpoint", vpcId=vpc["id"], state="available", filters=[*wanted, *filters(vpc_endpoint_type="Gateway")])  # fmt: skip
    assert found["routeTableIds"] == [vpc["mainRouteTableId"]]
    with pytest.raises(LookupFailedError):
        look_up("getVpcEndpoint", vpcId=vpc["id"], filters=[*wanted, *filters(vpc_endpoint_type="Interface")])


def test_a_filter_that_is_not_supported_is_refused(ec2: Client):
    with pytest.raises(ValueError, match="does not support the filter owner-id"):
        look_up("getSubnets", filters=filters(owner_id="1"))


def test_a_task_definition_has_only_the_compatibilities_that_it_requires(ec2: Client):
    # AWS: ECS API reference, RegisterTaskDefinition, requiresCompatibilities: omitted from the response without a value.
    ecs = Emulator().client("ecs")
    container = {"name": "app", "image": "a:1", "memory": 128, "essential": False}
    ecs.register_task_definition(family="legacy", containerDefinitions=[container, {**container, "name": "b"}])
    found = look_up("getTaskDefinition", taskDefinition="legacy")
    assert found["requiresCompatibilities"] == []
    assert [(it["name"], it["essential"]) for it in json.loads(found["containerDefinitions"])] == [
        ("app", False),
        ("b", False),
    ]
    ecs.register_task_definition(
        family="legacy", containerDefinitions=[container], requiresCompatibilities=["EC2"], networkMode="bridge"
    )
    assert look_up("getTaskDefinition", taskDefinition="legacy")["requiresCompatibilities"] == ["EC2"]


def test_cloud_control_names_the_capacity_providers_of_a_cluster(ec2: Client):
    ecs = Emulator().client("ecs")
    ecs.create_cluster(clusterName="plain")
    ecs.create_cluster(clusterName="main", capacityProviders=["FARGATE"])
    properties = [json.loads(look_up("getResource", typeName="AWS::ECS::Cluster", identifier=name)["properties"]) for name in ("plain", "main")]  # fmt: skip
    assert [found.get("CapacityProviders") for found in properties] == [None, ["FARGATE"]]
