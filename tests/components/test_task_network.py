"""A task with a network of its own."""

from typing import Any, cast

import pulumi
import pytest

from components import ScheduledTask, ScheduledTaskGroup
from components.checks.errors import InvalidArgumentsError
from tests.mocks import ACCOUNT, REGION, UNMONITORED, Answers, Recorded, route_table, run

ECR = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/job:1"
PRIVATE = {"subnet-1a": "rtb-1", "subnet-1b": "rtb-1"}
"""Subnets of another VPC, with a NAT gateway."""


def _subnets(args: dict[str, Any]) -> dict[str, Any]:
    filters = {each["name"]: each["values"] for each in args["filters"]}
    if ids := filters.get("subnet-id"):
        return {"ids": ids}
    return {"ids": list(PRIVATE) if filters["vpc-id"] == ["vpc-1"] else ["subnet-0a", "subnet-0b"]}


def _tables(args: dict[str, Any]) -> dict[str, Any]:
    found = {PRIVATE[value] for each in args["filters"] for value in each["values"] if value in PRIVATE}
    return {"ids": sorted(found)}


def _table(args: dict[str, Any]) -> dict[str, Any]:
    if args.get("routeTableId") == "rtb-1":
        return route_table("rtb-1", "nat-1", vpc="vpc-1", subnets=list(PRIVATE))
    return route_table("rtb-0main", "igw-0a", main=True)


ANSWERS: Answers = {
    "aws:ec2/getSubnets:getSubnets": _subnets,
    "aws:ec2/getRouteTables:getRouteTables": _tables,
    "aws:ec2/getRouteTable:getRouteTable": _table,
}


def deployed(
    tasks: dict[str, dict[str, Any]], group: dict[str, Any] | None = None, answers: Answers | None = None
) -> Recorded:
    def program() -> None:
        made = ScheduledTaskGroup(
            "tasks", cast("Any", {"prefix": "shop-dev", "cluster": "main", **UNMONITORED, **(group or {})})
        )
        for name, task in tasks.items():
            args: Any = {"image": ECR, "schedule": "rate(1 hour)", **task, "group": made.reference}
            ScheduledTask(name, args)

    recorded = run(program, preview=False, answers={**ANSWERS, **(answers or {})})
    if recorded.error:
        raise recorded.error
    return recorded


def network(recorded: Recorded, task: str = "job") -> dict[str, Any]:
    return recorded.named(f"{task}-schedule").inputs["target"]["ecsParameters"]["networkConfiguration"]


DEFAULT = {"subnets": ["subnet-0a", "subnet-0b"], "securityGroups": ["tasks-runs-id"], "assignPublicIp": True}


def shared(recorded: Recorded) -> dict[str, Any]:
    return {**DEFAULT, "securityGroups": network(recorded, "plain")["securityGroups"]}


def own(given: dict[str, Any], group: dict[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, Any], Recorded]:
    recorded = deployed({"plain": {}, "job": {"network": given}}, group)
    assert network(recorded, "plain")["subnets"] == DEFAULT["subnets"], "the other task keeps the group's network"
    return network(recorded), shared(recorded), recorded


def security_groups(recorded: Recorded) -> list[str]:
    return [it.name for it in recorded.of_aws if it.type == "aws:ec2/securityGroup:SecurityGroup"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"security_group_ids": ["sg-1"]}, {"securityGroups": ["sg-1"]}),
        ({"subnet_ids": ["subnet-0a"]}, {"subnets": ["subnet-0a"]}),
        ({"subnets": "public"}, {}),
        ({"assign_public_ip": "auto"}, {}),
        ({"assign_public_ip": "true"}, {}),
        ({"subnet_ids": ["subnet-1a"], "security_group_ids": ["sg-1"]}, {"subnets": ["subnet-1a"], "securityGroups": ["sg-1"], "assignPublicIp": False}),
        ({"vpc": "vpc-1", "security_group_ids": ["sg-1"]}, {"subnets": ["subnet-1a", "subnet-1b"], "securityGroups": ["sg-1"], "assignPublicIp": False}),
    ],
    ids=str,
)  # fmt: skip
def test_runs_use_the_network_of_the_group_for_whatever_is_left_out(given: dict[str, Any], expected: dict[str, Any]):
    found, group, recorded = own(given)
    assert found == {**group, **expected}
    assert security_groups(recorded) == ["tasks-runs"]


def test_a_task_in_another_vpc_has_its_own_security_group():
    found, group, recorded = own({"vpc": "vpc-1"})
    assert security_groups(recorded) == ["tasks-runs", "job-runs"]
    created = recorded.named("job-runs").inputs
    assert (created["vpcId"], created["name"]) == ("vpc-1", "ecs-shop-dev__job")
    assert found["securityGroups"] != group["securityGroups"]


def test_a_supervised_task_runs_in_its_own_network():
    recorded = deployed(
        {"job": {"timeout": "1h", "network": {"vpc": "vpc-1", "security_group_ids": ["sg-1"]}}}, {"supervised": True}
    )
    assert '"Subnets":["subnet-1a","subnet-1b"]' in recorded.named("job-supervisor").inputs["definition"]


def test_a_network_is_looked_up_once_for_all_tasks_of_a_group():
    def count(tasks: int) -> int:
        given = {"network": {"vpc": "vpc-1", "security_group_ids": ["sg-1"]}}
        return len(deployed({f"job{number}": given for number in range(tasks)}).invokes)

    assert count(1) == count(5)
    assert count(1) > len(deployed({"job": {}}).invokes)


def test_no_run_starts_without_a_way_to_its_image():
    with pytest.raises(InvalidArgumentsError) as refused:
        deployed(
            {"job": {"image": "hub:1", "network": {"assign_public_ip": "false"}}},
            answers={"aws:ec2/getVpcEndpoint:getVpcEndpoint": lambda _: ({}, [("", "no matching")])},
        )
    assert "job" in str(refused.value)
    assert "can't start in subnet-0a and subnet-0b" in str(refused.value)


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "two ways": ({"network": {"subnets": "public", "subnet_ids": ["subnet-0a"]}}, {}, "network.subnet_ids: name the subnets in one way only."),
    "two VPCs": ({"network": {"vpc": "vpc-1", "vpc_tags": {"a": "b"}}}, {}, "network.vpc_tags: name the VPC by vpc or vpc_tags."),
    # AWS: botocore ecs, RunTaskRequest.networkConfiguration: "required for task definitions that use the awsvpc network mode ... not supported for other network modes".
    "network mode": ({"launch": "ec2", "network_mode": "bridge", "network": {"subnet_ids": ["subnet-0a"]}}, {}, "network: is for network_mode: awsvpc, and the task has bridge."),
    "new VPC": ({"network": {"subnets": "public"}}, {"network": {"create_vpc": {}}}, "network.subnets: select subnets of the group's VPC, which is not known before the deployment."),
    "no subnet": ({"network": {"vpc": "vpc-1", "subnets": "public"}}, {}, "network.subnets: vpc-1 has no public subnet."),
    "empty": ({"network": {"vpc_tags": {}}}, {}, "network.vpc_tags: is empty"),
    "create": ({"network": {"create_vpc": {}}}, {}, "network.create_vpc: unknown key"),
}  # fmt: skip


@pytest.mark.parametrize(("task", "group", "message"), REFUSED.values(), ids=REFUSED)
def test_networks_that_are_refused(task: dict[str, Any], group: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentsError) as refused:
        deployed({"job": task}, group)
    assert message in str(refused.value)


def test_an_existing_definition_in_another_network_mode_has_no_network():
    bridge = {
        "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/old:1",
        "status": "ACTIVE",
        "networkMode": "bridge",
    }
    known = {**bridge, "requiresCompatibilities": ["EC2"], "containerDefinitions": '[{"name": "main", "image": "a"}]', "cpu": "1", "memory": "1", "taskRoleArn": "", "executionRoleArn": ""}  # fmt: skip
    task: dict[str, Any] = {
        "image": None,
        "task_definition": "old",
        "launch": "ec2",
        "network": {"subnet_ids": ["subnet-0a"]},
    }

    def program() -> None:
        group = ScheduledTaskGroup("tasks", {"cluster": "main", "task_definitions": ["old"]})
        args: Any = {key: value for key, value in task.items() if value is not None}
        ScheduledTask("job", cast("Any", {**args, "schedule": "rate(1 hour)", "group": group.reference}))

    recorded = run(
        program, preview=False, answers={**ANSWERS, "aws:ecs/getTaskDefinition:getTaskDefinition": lambda _: known}
    )
    assert isinstance(recorded.error, InvalidArgumentsError)
    assert 'network: is for the network mode awsvpc, and "old" has bridge. Remove it.' in str(recorded.error)


def test_subnets_of_a_task_can_be_outputs():
    def program() -> None:
        ids = pulumi.Output.from_input(["subnet-1a"])
        made = ScheduledTaskGroup("tasks", {"prefix": "shop-dev", "cluster": "main"})
        args: Any = {"image": ECR, "schedule": "rate(1 hour)", "group": made.reference}
        network: Any = {"subnet_ids": ids, "assign_public_ip": False, "vpc_id": pulumi.Output.from_input("vpc-1")}
        ScheduledTask("job", cast("Any", {**args, "network": network}))

    recorded = run(program, preview=False, answers=ANSWERS)
    assert recorded.error is None
    assert network(recorded)["subnets"] == ["subnet-1a"]
    assert network(recorded)["assignPublicIp"] is False
    assert recorded.named("job-runs").inputs["vpcId"] == "vpc-1"


def test_the_group_of_a_single_task_has_the_network_of_the_task():
    def program() -> None:
        ScheduledTask(
            "job", image=ECR, schedule="rate(1 hour)", network={"vpc": "vpc-1"}, group_args={"cluster": "main"}
        )

    recorded = run(program, preview=False, answers=ANSWERS)
    assert recorded.error is None
    assert network(recorded)["subnets"] == ["subnet-1a", "subnet-1b"]
    assert security_groups(recorded) == ["job-group-runs"]
