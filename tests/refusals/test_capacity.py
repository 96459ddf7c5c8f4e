"""Capacity, placement and network mode that AWS refuses."""

import pytest

from .refused import Case, assert_one, in_task, in_task_arguments

WINDOWS = {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048}
CASES: dict[str, Case] = {
    "Windows on Fargate Spot": ({**WINDOWS, "launch": "fargateSpot"}, "launch", "Windows"),
    "Windows on a strategy with Spot": ({**WINDOWS, "launch": [{"provider": "FARGATE_SPOT"}]}, "launch", "Windows"),
    "Windows on EXTERNAL": ({**WINDOWS, "launch": "external"}, "operatingSystem", "xternal"),
    "platform version on EC2": ({"launch": "ec2", "platformVersion": "1.4.0"}, "platformVersion", "Fargate"),
    "platform version on EXTERNAL": ({"launch": "external", "platformVersion": "1.4.0"}, "platformVersion", "Fargate"),
    "no such platform version": ({"platformVersion": "1.4"}, "platformVersion", '"1.4"'),
    "7 entries": ({"launch": [{"provider": f"asg-{number}"} for number in range(7)]}, "launch", "7"),
    "two bases": ({"launch": [{"provider": "FARGATE", "base": 1}, {"provider": "FARGATE_SPOT", "base": 2}]}, "launch", "base"),
    "a provider twice": ({"launch": [{"provider": "FARGATE"}, {"provider": "FARGATE", "weight": 2}]}, "launch", "provider"),
    "both kinds of providers": ({"launch": [{"provider": "FARGATE"}, {"provider": "asg"}]}, "launch", "Fargate"),
    "no weight": ({"launch": [{"provider": "FARGATE", "weight": 0}, {"provider": "FARGATE_SPOT", "weight": 0}]}, "launch", "0"),
    "weight": ({"launch": [{"provider": "FARGATE"}, {"provider": "FARGATE_SPOT", "weight": 1001}]}, "launch.1.weight", "1001"),
    "negative weight": ({"launch": [{"provider": "FARGATE", "weight": -1}]}, "launch.0.weight", "-1"),
    "base": ({"launch": [{"provider": "FARGATE", "base": 100001}]}, "launch.0.base", "100001"),
    "a name that AWS reserves": ({"launch": [{"provider": "ecs-own"}]}, "launch.0.provider", '"ecs-own"'),
    "a name that is too long": ({"launch": [{"provider": "a" * 256}]}, "launch.0.provider", "a" * 256),
    "expression of distinctInstance": (
        {"launch": "ec2", "placementConstraints": [{"type": "distinctInstance", "expression": "x"}]},
        "placementConstraints.0.expression", "distinctInstance",
    ),
    "memberOf without an expression": ({"launch": "ec2", "placementConstraints": [{"type": "memberOf"}]}, "placementConstraints.0.expression", ""),
    "type of a constraint": ({"launch": "ec2", "placementConstraints": [{"type": "memberof"}]}, "placementConstraints.0.type", '"memberof"'),
    "11 constraints": ({"launch": "ec2", "placementConstraints": [{"type": "distinctInstance"}] * 11}, "placementConstraints", "11"),
    "type of a strategy": ({"launch": "ec2", "placementStrategies": [{"type": "tight"}]}, "placementStrategies.0.type", '"tight"'),
    "spread over nothing": ({"launch": "ec2", "placementStrategies": [{"type": "spread"}]}, "placementStrategies.0.field", "instanceId"),
    "binpack by nothing": ({"launch": "ec2", "placementStrategies": [{"type": "binpack"}]}, "placementStrategies.0.field", "memory"),
    "binpack by disk": ({"launch": "ec2", "placementStrategies": [{"type": "binpack", "field": "disk"}]}, "placementStrategies.0.field", "memory"),
    "random by a field": ({"launch": "ec2", "placementStrategies": [{"type": "random", "field": "cpu"}]}, "placementStrategies.0.field", "random"),
    "6 strategies": ({"launch": "ec2", "placementStrategies": [{"type": "random"}] * 6}, "placementStrategies", "6"),
    "constraints on Fargate": ({"placementConstraints": [{"type": "distinctInstance"}]}, "placementConstraints", "Fargate"),
    "strategies on Fargate Spot": ({"launch": "fargateSpot", "placementStrategies": [{"type": "random"}]}, "placementStrategies", "Fargate"),
    "host network on Fargate": ({"networkMode": "host"}, "networkMode", "host"),
    "awsvpc on EXTERNAL": ({"launch": "external", "networkMode": "awsvpc"}, "networkMode", "external"),
    "no such network mode": ({"networkMode": "nat"}, "networkMode", '"nat"'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_capacity_that_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.{path}", part)


def test_a_launch_type_and_a_strategy():
    problems = in_task_arguments({"launch": "ec2", "capacity_providers": [{"provider": "FARGATE"}]})
    assert_one(problems, "launch", "capacity_providers")
