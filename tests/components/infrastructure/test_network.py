"""Subnets that are looked up: by kind, by id and by tags, on mocks that answer as AWS filters."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup
from components.checks import checked_group, checked_task
from components.checks.errors import InvalidArgumentsError
from tests.mocks import ACCOUNT, REGION, UNMONITORED, Answers, Recorded, not_found, route_table, run

# Each subnet, with the filters of EC2 that match it. MapPublicIpOnLaunch says nothing about its routes.
SUBNETS: dict[str, dict[str, str]] = {
    "subnet-0a": {"vpc-id": "vpc-0d", "map-public-ip-on-launch": "false", "tag:tier": "web"},
    "subnet-0b": {"vpc-id": "vpc-0d", "map-public-ip-on-launch": "true", "tag:tier": "jobs", "tag:zone": "b"},
    "subnet-0c": {"vpc-id": "vpc-0d", "map-public-ip-on-launch": "false", "tag:tier": "jobs", "tag:zone": "c"},
    "subnet-0d": {"vpc-id": "vpc-0d", "map-public-ip-on-launch": "false", "tag:tier": "data"},
    "subnet-0e": {"vpc-id": "vpc-0e", "map-public-ip-on-launch": "false", "tag:tier": "jobs"},
    "subnet-0f": {"vpc-id": "vpc-0f", "map-public-ip-on-launch": "false"},
    "subnet-0e1": {"vpc-id": "vpc-0b", "map-public-ip-on-launch": "false"},
}
# 0a is public by an explicit association. 0b and 0c are private by the main route table. 0d is isolated.
# AWS: https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types: "The subnet has a direct
# route to an internet gateway", "does not have a direct route to an internet gateway", "has no routes to destinations
# outside its VPC".
TABLES: dict[str, dict[str, Any]] = {
    "rtb-0d": route_table("rtb-0d", "nat-0a", main=True),
    "rtb-0a": route_table("rtb-0a", "igw-0a", subnets=["subnet-0a"]),
    "rtb-0i": route_table("rtb-0i", subnets=["subnet-0d"]),
    "rtb-0e": route_table("rtb-0e", "tgw-0e", vpc="vpc-0e", main=True),
    "rtb-0g": route_table("rtb-0g", "igw-0b", vpc="vpc-0b", subnets=["subnet-0e1"]),
    "rtb-0f": route_table("rtb-0f", vpc="vpc-0f", main=True),
}
VPCS: dict[str, dict[str, Any]] = {
    "vpc-0d": {"default": True, "tags": {"env": "dev"}},
    "vpc-0e": {"default": False, "tags": {"env": "prod"}},
    "vpc-0f": {"default": False, "tags": {"env": "isolated"}},
}


def find_subnets(args: dict[str, Any]) -> dict[str, Any]:
    """AWS: EC2 API reference, DescribeSubnets: a subnet matches every filter with one of its values."""

    def matches(subnet: str) -> bool:
        known = {**SUBNETS[subnet], "subnet-id": subnet}
        return all(known.get(wanted["name"]) in wanted["values"] for wanted in args["filters"])

    return {"ids": [subnet for subnet in reversed(SUBNETS) if matches(subnet)]}


def find_vpc(args: dict[str, Any]) -> Any:
    for vpc, known in VPCS.items():
        if all(args[key] == {**known, "id": vpc}[key] for key in ("id", "default", "tags") if key in args):
            return {"id": vpc}
    return not_found("no matching EC2 VPC found")


def find_tables(args: dict[str, Any], propagated: tuple[str, ...] = ()) -> dict[str, Any]:
    wanted = {it["name"]: it["values"] for it in args["filters"]}
    if "route.origin" in wanted:
        assert wanted["route.origin"] == ["EnableVgwRoutePropagation"]
        return {"ids": [table for table in propagated if table in wanted["route-table-id"]]}
    own = {subnet: name for name, table in TABLES.items() for it in table["associations"] if (subnet := it["subnetId"])}
    return {"ids": sorted({own[subnet] for subnet in wanted["association.subnet-id"] if subnet in own})}


def find_table(args: dict[str, Any]) -> Any:
    if "routeTableId" in args:
        return TABLES[args["routeTableId"]]
    assert args["filters"] == [{"name": "association.main", "values": ["true"]}]
    return next(
        table for table in TABLES.values() if table["vpcId"] == args["vpcId"] and table["associations"][0]["main"]
    )


AWS: Answers = {
    "aws:ec2/getSubnets:getSubnets": find_subnets,
    "aws:ec2/getVpc:getVpc": find_vpc,
    "aws:ec2/getSubnet:getSubnet": lambda args: {"vpcId": SUBNETS[args["id"]]["vpc-id"]},
    "aws:ec2/getRouteTables:getRouteTables": find_tables,
    "aws:ec2/getRouteTable:getRouteTable": find_table,
}


def endpoints(*services: str, tables: tuple[str, ...] = ("rtb-0f", "rtb-0i")) -> Answers:
    """A VPC with these endpoints."""

    def find(args: dict[str, Any]) -> Any:
        wanted = {it["name"]: it["values"] for it in args["filters"]}
        service = wanted["service-name"][0].removeprefix(f"com.amazonaws.{REGION}.")
        assert args["state"] == "available"
        assert wanted["vpc-endpoint-type"] == ["Gateway" if service == "s3" else "Interface"]
        if service not in services:
            return not_found("no matching EC2 VPC Endpoint found")
        return {"id": f"vpce-{service}", "routeTableIds": list(tables) if service == "s3" else []}

    return {"aws:ec2/getVpcEndpoint:getVpcEndpoint": find}


def deployed(
    network: dict[str, Any], answers: Answers | None = None, task: dict[str, Any] | None = None, *, known: bool = False
) -> Recorded:
    """A group with one task. `known`: the group knows its task before it is created, as in the program of this project."""
    of_group = {"prefix": "shop-dev", "cluster": "main", "network": network, **UNMONITORED}
    args = cast("ScheduledTaskArgs", {"image": "job:1", "schedule": "rate(1 day)", **(task or {})})

    def program() -> None:
        group, problems = checked_group(of_group)
        assert not problems
        made, problems = checked_task("job", args)
        assert not problems
        if known:
            group = replace(group, tasks={"job": made, "other": replace(made, name="other")})
        ScheduledTask("job", made.in_group(ScheduledTaskGroup("tasks", group).reference))

    return run(program, preview=False, answers={**AWS, **(answers or {})})


FOUND: dict[str, tuple[dict[str, Any], list[str], bool]] = {
    "nothing said": ({}, ["subnet-0a"], True),
    "private ones": ({"subnets": "private"}, ["subnet-0b", "subnet-0c"], False),
    "public ones of a VPC": ({"vpc": "vpc-0d", "subnets": "public"}, ["subnet-0a"], True),
    "a VPC": ({"vpc": "vpc-0e"}, ["subnet-0e"], False),
    "an isolated one": ({"subnet_tags": {"tier": "data"}}, ["subnet-0d"], False),
    "isolated ones of a VPC": ({"vpc": "vpc-0f"}, ["subnet-0f"], False),
    "a VPC by tags": ({"vpc_tags": {"env": "prod"}}, ["subnet-0e"], False),
    "the default VPC by tags": ({"vpc_tags": {"env": "dev"}}, ["subnet-0b", "subnet-0c"], False),
    "one id": ({"subnet_ids": ["subnet-0b"]}, ["subnet-0b"], False),
    "ids": ({"subnet_ids": ["subnet-0c", "subnet-0b"]}, ["subnet-0b", "subnet-0c"], False),
    "a public id": ({"subnet_ids": ["subnet-0a"]}, ["subnet-0a"], True),
    "an id and no address": ({"subnet_ids": ["subnet-0a"], "assign_public_ip": "false"}, ["subnet-0a"], False),
    "ids of both kinds and an address": ({"subnet_ids": ["subnet-0a", "subnet-0b"], "assign_public_ip": "true"}, ["subnet-0a", "subnet-0b"], True),
    "tags": ({"subnet_tags": {"tier": "jobs"}}, ["subnet-0b", "subnet-0c"], False),
    "two tags": ({"subnet_tags": {"tier": "jobs", "zone": "c"}}, ["subnet-0c"], False),
    "a public one by tags": ({"subnet_tags": {"tier": "web"}}, ["subnet-0a"], True),
    "tags in another VPC": ({"vpc": "vpc-0e", "subnet_tags": {"tier": "jobs"}}, ["subnet-0e"], False),
}  # fmt: skip


@pytest.mark.parametrize(("network", "subnets", "public"), FOUND.values(), ids=FOUND)
def test_subnets_are_found(network: dict[str, Any], subnets: list[str], public: bool):
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/job:1"
    recorded = deployed(
        network, endpoints("ecr.api", "ecr.dkr", "s3", "logs", tables=("rtb-0a", "rtb-0f", "rtb-0i")), {"image": image}
    )
    assert recorded.error is None
    found = recorded.named("job-schedule").inputs["target"]["ecsParameters"]["networkConfiguration"]
    assert (found["subnets"], found["assignPublicIp"]) == (subnets, public)
    assert recorded.named("tasks-runs").inputs["vpcId"] == SUBNETS[subnets[0]]["vpc-id"]


def test_the_vpc_of_subnets_with_their_own_route_table_is_not_looked_up():
    recorded = deployed({"subnet_ids": ["subnet-0a"], "security_group_ids": ["sg-0a"]})
    assert recorded.error is None
    assert "aws:ec2/getSubnet:getSubnet" not in recorded.invokes
    found = recorded.named("job-schedule").inputs["target"]["ecsParameters"]["networkConfiguration"]
    assert (found["subnets"], found["securityGroups"]) == (["subnet-0a"], ["sg-0a"])


NOT_FOUND: dict[str, tuple[dict[str, Any], str, str]] = {
    "a VPC": ({"vpc": "vpc-0c"}, "network.vpc", "vpc-0c"),
    "a private one of isolated ones": ({"vpc": "vpc-0f"}, "network.subnets", "only isolated ones without a route out of the VPC: subnet-0f."),
    "subnets of two VPCs": ({"subnet_ids": ["subnet-0a", "subnet-0e1"]}, "network.subnet_ids", "are in several VPCs: vpc-0b and vpc-0d."),
    "a VPC by tags": ({"vpc_tags": {"env": "test"}}, "network.vpc_tags", "no matching EC2 VPC found"),
    "an id": ({"subnet_ids": ["subnet-0b", "subnet-0ff"]}, "network.subnet_ids", "subnet-0ff"),
    "tags": ({"subnet_tags": {"tier": "db"}}, "network.subnet_tags", "vpc-0d"),
    "public ones of a VPC": ({"vpc": "vpc-0e", "subnets": "public"}, "network.subnets", "private"),
    "one kind by id": ({"subnet_ids": ["subnet-0a", "subnet-0b"]}, "network.assign_public_ip", "subnet-0a"),
    "one kind by tags": ({"subnet_tags": {"tier": "both"}}, "network.assign_public_ip", "subnet-0a"),
}  # fmt: skip


@pytest.mark.parametrize(("network", "path", "part"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_subnets_are_not_found(monkeypatch: pytest.MonkeyPatch, network: dict[str, Any], path: str, part: str):
    if "both" in str(network):
        for subnet in ("subnet-0a", "subnet-0b"):
            monkeypatch.setitem(SUBNETS, subnet, {**SUBNETS[subnet], "tag:tier": "both"})
    recorded = deployed(network)
    assert isinstance(recorded.error, InvalidArgumentsError), recorded.error
    assert recorded.of_aws == []
    [problem] = str(recorded.error).split("\n  - ")[1:]
    assert problem.startswith(f"{path}: ")
    assert part in problem


@pytest.mark.parametrize(("count", "error"), [(16, False), (17, True)])
def test_aws_takes_16_subnets(count: int, error: bool):
    many = {"ids": [f"subnet-{number:08x}" for number in range(count)]}
    recorded = deployed({"subnets": "private"}, {"aws:ec2/getSubnets:getSubnets": lambda _: many})
    assert isinstance(recorded.error, InvalidArgumentsError) is error
    assert ("17" in str(recorded.error)) is error


def test_an_account_that_cannot_be_looked_up():
    def denied(_: dict[str, Any]) -> Any:
        return {}, [("", "ExpiredToken")]

    recorded = deployed({}, {"aws:index/getCallerIdentity:getCallerIdentity": denied})
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert "ExpiredToken" in str(recorded.error)


@pytest.mark.parametrize("token", ["aws:ec2/getSubnets:getSubnets", "aws:ec2/getSubnet:getSubnet"])
def test_subnets_that_may_not_be_looked_up(token: str):
    def denied(_: dict[str, Any]) -> Any:
        return {}, [("", "UnauthorizedOperation")]

    recorded = deployed({"subnet_ids": ["subnet-0b"]}, {token: denied})
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert "network: UnauthorizedOperation" in str(recorded.error)


def test_a_task_definition_that_is_not_active_is_refused():
    def program() -> None:
        ScheduledTaskGroup("tasks", {"prefix": "shop-dev", "cluster": "main", "task_definitions": ["legacy:3"]})

    inactive = {"arn": "a", "status": "INACTIVE", "requiresCompatibilities": [], "networkMode": "awsvpc"}
    recorded = run(program, preview=False, answers={"aws:ecs/getTaskDefinition:getTaskDefinition": lambda _: inactive})
    assert isinstance(recorded.error, InvalidArgumentsError)
    [problem] = str(recorded.error).split("\n  - ")[1:]
    assert problem.startswith("task_definitions.0: ")
    assert "INACTIVE" in problem


ECR_IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/job:1"
ISOLATED = {"vpc": "vpc-0f", "subnet_ids": ["subnet-0f"]}
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:a-Ab12Cd"
IMAGE_ENDPOINTS = ("ecr.api", "ecr.dkr", "s3")
EVERYTHING = (*IMAGE_ENDPOINTS, "logs", "secretsmanager")


def vpc_route(target: str, destination: str = "0.0.0.0/0") -> dict[str, Any]:
    table = route_table("rtb-0f", target, vpc="vpc-0f", main=True)
    [route] = table["routes"]
    return {**table, "routes": [{**route, "cidrBlock": destination}]}


# AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html: images in ECR need the
# endpoints ecr.dkr and ecr.api and the gateway endpoint for S3; secrets and logs need the endpoints of their services.
# Network, task, endpoints, and the end of the problem, or None.
STARTS: dict[str, tuple[dict[str, Any], dict[str, Any], Answers, str | None]] = {
    "image on Docker Hub": (ISOLATED, {}, endpoints(*EVERYTHING), "because there is no route to the internet, and their image is not in ECR."),
    "image in ECR": (ISOLATED, {"image": ECR_IMAGE}, endpoints(*EVERYTHING), None),
    "image in ECR of another Region": (ISOLATED, {"image": ECR_IMAGE.replace(REGION, "us-east-1")}, endpoints(*EVERYTHING), None),
    "image in a registry that may be in the VPC": (ISOLATED, {"image": "registry.corp.example/job:1"}, endpoints(*EVERYTHING), None),
    "no endpoint for images": (ISOLATED, {"image": ECR_IMAGE}, endpoints("ecr.api", "logs"), "no endpoint for ecr.dkr and s3 (a gateway endpoint)."),
    "S3 for other subnets": (ISOLATED, {"image": ECR_IMAGE}, endpoints(*EVERYTHING, tables=("rtb-0i",)), "no endpoint for s3 (a gateway endpoint)."),
    "no endpoint for logs": (ISOLATED, {"image": ECR_IMAGE}, endpoints(*IMAGE_ENDPOINTS), "no endpoint for logs."),
    "no endpoint for secrets": (ISOLATED, {"image": ECR_IMAGE, "secrets": {"A": SECRET}}, endpoints(*IMAGE_ENDPOINTS, "logs"), "no endpoint for secretsmanager."),
    "endpoint for secrets": (ISOLATED, {"image": ECR_IMAGE, "secrets": {"A": SECRET}}, endpoints(*EVERYTHING), None),
    "image of a sidecar": (ISOLATED, {"image": ECR_IMAGE, "sidecars": {"a": {"image": "proxy:1"}}}, endpoints(*EVERYTHING), "their image is not in ECR."),
    "instances pull images": (ISOLATED, {"launch": "ec2"}, {}, None),
    "no address in a public subnet": ({"subnet_ids": ["subnet-0a"], "assign_public_ip": "false"}, {}, {}, "because the route there leads to an internet gateway and they get no public IP address, and their image is not in ECR."),
    "NAT gateway": ({"vpc": "vpc-0d"}, {}, {}, None),
    "transit gateway": ({"vpc": "vpc-0e"}, {}, {}, None),
    "no permission to look for endpoints": (ISOLATED, {"image": ECR_IMAGE}, {"aws:ec2/getVpcEndpoint:getVpcEndpoint": lambda _: not_found("UnauthorizedOperation")}, None),
    "several endpoints": (ISOLATED, {"image": ECR_IMAGE}, {"aws:ec2/getVpcEndpoint:getVpcEndpoint": lambda _: not_found("multiple EC2 VPC Endpoints matched")}, None),
}  # fmt: skip


@pytest.mark.parametrize("known", [False, True], ids=["component", "program"])
@pytest.mark.parametrize(("network", "task", "answers", "problem"), STARTS.values(), ids=STARTS)
def test_runs_that_cannot_start_in_any_subnet_are_refused(
    network: dict[str, Any], task: dict[str, Any], answers: Answers, problem: str | None, known: bool
):
    network = {key: value for key, value in network.items() if not (key == "vpc" and "subnet_ids" in network)}
    recorded = deployed(network, answers, task, known=known)
    if problem is None:
        assert recorded.error is None
        return
    assert isinstance(recorded.error, InvalidArgumentsError), recorded.error
    assert problem in str(recorded.error)
    if known:
        assert recorded.of_aws == []
        # The tasks with one cause share one problem.
        assert "1 problem" in str(recorded.error)
        assert "runs of job and other can't start in" in str(recorded.error)
    else:
        assert not [it for it in recorded.of_aws if it.name.startswith("job-")]


@pytest.mark.parametrize("known", [False, True], ids=["component", "program"])
def test_a_subnet_in_which_runs_cannot_start_is_a_warning_if_others_work(known: bool):
    network = {"subnet_ids": ["subnet-0b", "subnet-0d"]}
    recorded = deployed(network, endpoints(), {"image": ECR_IMAGE}, known=known)
    assert recorded.error is None
    [warning] = recorded.warnings
    assert "can't start in subnet-0d, because there is no route to the internet" in warning
    assert warning.endswith("They start in the other subnets.")


def test_routes_that_may_not_lead_to_the_internet_are_a_warning(monkeypatch: pytest.MonkeyPatch):
    # Routes to other networks may lead to endpoints or proxies there.
    monkeypatch.setitem(TABLES, "rtb-0f", vpc_route("tgw-0f", "10.0.0.0/8"))
    recorded = deployed({"vpc": "vpc-0f"}, endpoints(), {"image": ECR_IMAGE})
    assert recorded.error is None
    [warning] = recorded.warnings
    assert "may not start in subnet-0f, because the routes there may not lead to the internet" in warning
    assert deployed({"vpc": "vpc-0f"}, endpoints(*EVERYTHING), {"image": ECR_IMAGE}).warnings == []


def test_routes_that_a_vpn_propagates_are_found():
    # The provider leaves them out of the routes of a table. AWS: EC2 API reference, DescribeRouteTables, route.origin.
    answers: Answers = {"aws:ec2/getRouteTables:getRouteTables": lambda args: find_tables(args, ("rtb-0f",))}
    recorded = deployed({"vpc": "vpc-0f"}, {**answers, **endpoints()}, {"image": ECR_IMAGE})
    assert recorded.error is None
    assert "may not start" in recorded.warnings[0]


def test_endpoints_are_only_looked_up_without_internet_access():
    token = "aws:ec2/getVpcEndpoint:getVpcEndpoint"
    assert token not in deployed({"vpc": "vpc-0d"}).invokes
    isolated = deployed({"subnet_ids": ["subnet-0f"]}, endpoints(*EVERYTHING), {"image": ECR_IMAGE})
    assert isolated.invokes.count(token) == 6
    known = deployed({"subnet_ids": ["subnet-0f"]}, endpoints(*EVERYTHING), {"image": ECR_IMAGE}, known=True)
    assert known.invokes.count(token) == 4


def test_an_existing_definition_needs_what_its_containers_need():
    containers = [{"name": "main", "image": "web:1", "logConfiguration": {"logDriver": "awslogs"}, "secrets": [{"name": "A", "valueFrom": "name"}]}]  # fmt: skip
    definition = {"arn": "a", "status": "ACTIVE", "requiresCompatibilities": [], "networkMode": "awsvpc", "cpu": "256", "memory": "512", "taskRoleArn": "", "executionRoleArn": ""}  # fmt: skip
    found: Answers = {
        "aws:ecs/getTaskDefinition:getTaskDefinition": lambda _: {**definition, "containerDefinitions": json.dumps([{**containers[0], "image": ECR_IMAGE}])}
    }  # fmt: skip

    def program() -> None:
        network: dict[str, Any] = {"subnet_ids": ["subnet-0f"]}
        ScheduledTask("job", cast("ScheduledTaskArgs", {"task_definition": "legacy", "schedule": "rate(1 day)", "group_args": {"cluster": "main", "network": network}}))  # fmt: skip

    recorded = run(program, preview=False, answers={**AWS, **endpoints(*IMAGE_ENDPOINTS), **found})
    assert "no endpoint for logs and ssm" in str(recorded.error)
    assert recorded.of_aws == []
