"""Subnets that are looked up: by kind, by id and by tags, on mocks that answer as AWS filters."""

from typing import Any, cast

import pytest

from components import ScheduledTask, ScheduledTaskGroup, ScheduledTaskGroupArgs
from components.checks.errors import InvalidArgumentsError
from tests.mocks import Answers, Recorded, run

SUBNETS: dict[str, dict[str, str]] = {
    "subnet-0a": {"vpc-id": "vpc-0d", "map-public-ip-on-launch": "true", "tag:tier": "web"},
    "subnet-0b": {"vpc-id": "vpc-0d", "map-public-ip-on-launch": "false", "tag:tier": "jobs", "tag:zone": "b"},
    "subnet-0c": {"vpc-id": "vpc-0d", "map-public-ip-on-launch": "false", "tag:tier": "jobs", "tag:zone": "c"},
    "subnet-0e": {"vpc-id": "vpc-0e", "map-public-ip-on-launch": "false", "tag:tier": "jobs"},
}
VPCS: dict[str, dict[str, Any]] = {
    "vpc-0d": {"default": True, "tags": {"env": "dev"}},
    "vpc-0e": {"default": False, "tags": {"env": "prod"}},
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
    return {}, [("", "no matching EC2 VPC found")]


AWS: Answers = {
    "aws:ec2/getSubnets:getSubnets": find_subnets,
    "aws:ec2/getVpc:getVpc": find_vpc,
    "aws:ec2/getSubnet:getSubnet": lambda args: {"vpcId": SUBNETS[args["id"]]["vpc-id"]},
}


def deployed(network: dict[str, Any], answers: Answers | None = None) -> Recorded:
    def program() -> None:
        group = cast("ScheduledTaskGroupArgs", {"prefix": "shop-dev", "cluster": "main", "network": network})
        made = ScheduledTaskGroup("tasks", group)
        ScheduledTask("job", {"image": "job:1", "schedule": "rate(1 day)", "group": made.reference})

    return run(program, preview=False, answers={**AWS, **(answers or {})})


FOUND: dict[str, tuple[dict[str, Any], list[str], bool]] = {
    "nothing said": ({}, ["subnet-0a"], True),
    "private ones": ({"subnets": "private"}, ["subnet-0b", "subnet-0c"], False),
    "public ones of a VPC": ({"vpc": "vpc-0d", "subnets": "public"}, ["subnet-0a"], True),
    "a VPC": ({"vpc": "vpc-0e"}, ["subnet-0e"], False),
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
    recorded = deployed(network)
    assert recorded.error is None
    found = recorded.named("job-schedule").inputs["target"]["ecsParameters"]["networkConfiguration"]
    assert (found["subnets"], found["assignPublicIp"]) == (subnets, public)
    assert recorded.named("tasks-runs").inputs["vpcId"] == SUBNETS[subnets[0]]["vpc-id"]


def test_the_vpc_of_subnets_is_not_looked_up_if_security_groups_are_given():
    recorded = deployed({"subnet_ids": ["subnet-0b"], "security_group_ids": ["sg-0a"]})
    assert recorded.error is None
    assert "aws:ec2/getSubnet:getSubnet" not in recorded.invokes
    found = recorded.named("job-schedule").inputs["target"]["ecsParameters"]["networkConfiguration"]
    assert (found["subnets"], found["securityGroups"]) == (["subnet-0b"], ["sg-0a"])


NOT_FOUND: dict[str, tuple[dict[str, Any], str, str]] = {
    "a VPC": ({"vpc": "vpc-0f"}, "network.vpc", "vpc-0f"),
    "a VPC by tags": ({"vpc_tags": {"env": "test"}}, "network.vpc_tags", "no matching EC2 VPC found"),
    "an id": ({"subnet_ids": ["subnet-0b", "subnet-0f"]}, "network.subnet_ids", "subnet-0f"),
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
