"""Capacity, placement and network mode that AWS refuses."""

from typing import Any

import pytest

from .refused import Case, assert_one, in_task, in_task_arguments

WINDOWS = {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf"
OLD: dict[str, Any] = {"platformVersion": "1.3.0"}
"""AWS: Amazon ECS developer guide, "Fargate platform versions" (docs.aws.amazon.com/AmazonECS/latest/developerguide/
platform-fargate.html) and botocore ecs: EphemeralStorage, Volume and memory need 1.4.0; "secrets-envvar-secrets-manager"
for JSON keys; "ecs-exec" for exec. Windows has 1.0.0. 1.0.0 to 1.2.0 of Linux ended on December 14, 2020."""
MANAGED = {"managedInstances": [{"provider": "gpu"}]}
CASES: dict[str, Case] = {
    "Windows on Fargate Spot": ({**WINDOWS, "launch": "fargateSpot"}, "launch", "Windows"),
    "Windows on a strategy with Spot": ({**WINDOWS, "launch": [{"provider": "FARGATE_SPOT"}]}, "launch", "Windows"),
    "Windows on EXTERNAL": ({**WINDOWS, "launch": "external"}, "operatingSystem", "xternal"),
    "platform version on EC2": ({"launch": "ec2", "platformVersion": "1.4.0"}, "platformVersion", "Fargate"),
    "platform version on EXTERNAL": ({"launch": "external", "platformVersion": "1.4.0"}, "platformVersion", "Fargate"),
    "EFS on an old platform version": (OLD | {"volumes": {"a": {"path": "/a", "efs": "fs-0a"}}}, "platformVersion", "EFS"),
    "storage on an old platform version": (OLD | {"ephemeralStorage": 30}, "platformVersion", "1.4.0"),
    "storage of a schedule on an old platform version": (OLD | {"schedule": None, "schedules": [{"expression": "rate(1 day)", "ephemeralStorage": 30}]}, "platformVersion", "storage"),
    "8 vCPU on an old platform version": (OLD | {"cpu": 8192, "memory": 16384}, "platformVersion", "8 vCPU"),
    "JSON key on an old platform version": (OLD | {"secrets": {"X": f"{SECRET}:a::"}}, "platformVersion", "JSON keys"),
    "JSON key of a sidecar on an old platform version": (OLD | {"sidecars": {"a": {"image": "a:1", "secrets": {"X": f"{SECRET}:a::"}}}}, "platformVersion", "JSON keys"),
    "exec on an old platform version": (OLD | {"exec": True}, "platformVersion", "exec"),
    "ARM on an old platform version": (OLD | {"architecture": "arm64"}, "platformVersion", "arm64"),
    "platform version that ended": ({"platformVersion": "1.2.0"}, "platformVersion", "LATEST"),
    "platform version of Linux on Windows": ({**WINDOWS, "platformVersion": "1.4.0"}, "platformVersion", "1.0.0"),
    "Windows that Fargate does not run": ({**WINDOWS, "operatingSystem": "WINDOWS_SERVER_2025_CORE"}, "operatingSystem", "WINDOWS_SERVER_2022_CORE"),
    "exec on an old Windows": ({**WINDOWS, "launch": "ec2", "operatingSystem": "WINDOWS_SERVER_2016_FULL", "exec": True}, "exec", "2016"),
    "bridge network on Windows": ({**WINDOWS, "launch": "ec2", "networkMode": "bridge"}, "networkMode", "default"),
    "network of Windows on Linux": ({"launch": "ec2", "networkMode": "default"}, "networkMode", "bridge"),
    "network of Windows on EXTERNAL": ({"launch": "external", "networkMode": "default"}, "networkMode", "external"),
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
    "2 strategies of a direct task": (
        {"launch": "ec2", "placementStrategies": [{"type": "spread", "field": "instanceId"}, {"type": "random"}]}, "placementStrategies", "overlap",
    ),
    "strategies on Fargate Spot": ({"launch": "fargateSpot", "placementStrategies": [{"type": "random"}]}, "placementStrategies", "Fargate"),
    "host network on Fargate": ({"networkMode": "host"}, "networkMode", "host"),
    "awsvpc on EXTERNAL": ({"launch": "external", "networkMode": "awsvpc"}, "networkMode", "external"),
    # AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Amazon ECS Managed Instances" (docs.aws.
    # amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html); botocore ecs, RunTaskRequest.launchType.
    "Managed Instances without a provider": ({"launch": "managedInstances"}, "launch", "provider"),
    "Managed Instances on Fargate": ({"launch": {"managedInstances": [{"provider": "FARGATE"}]}}, "launch.0.provider", "FARGATE"),
    "bridge network on Managed Instances": ({"launch": MANAGED, "networkMode": "bridge"}, "networkMode", "awsvpc or host"),
    "Windows on Managed Instances": ({**WINDOWS, "launch": MANAGED}, "operatingSystem", "Linux"),
    "IPC mode on Managed Instances": ({"launch": MANAGED, "ipcMode": "task"}, "ipcMode", "Managed Instances"),
    "path of the host on Managed Instances": ({"launch": MANAGED, "volumes": {"a": {"path": "/a", "host": "/mnt"}}}, "volumes.a.host", "Managed Instances"),
    "storage on Managed Instances": ({"launch": MANAGED, "ephemeralStorage": 30}, "ephemeralStorage", "Fargate"),
    "shared memory on Managed Instances": ({"launch": MANAGED, "linux": {"sharedMemory": 64}}, "linux.sharedMemory", "Managed Instances"),
    "networking on Managed Instances": ({"launch": MANAGED, "disableNetworking": True}, "disableNetworking", "Managed Instances"),
    "labels on Managed Instances": ({"launch": MANAGED, "dockerLabels": {"a": "b"}}, "dockerLabels", "Managed Instances"),
    "security options on Managed Instances": ({"launch": MANAGED, "securityOptions": ["no-new-privileges"]}, "securityOptions", "Managed Instances"),
    "host name on Managed Instances": ({"launch": MANAGED, "networkMode": "host", "hostname": "a"}, "hostname", "Managed Instances"),
    "DNS on Managed Instances": ({"launch": MANAGED, "networkMode": "host", "dns": {"servers": ["10.0.0.2"]}}, "dns", "Managed Instances"),
    "hosts on Managed Instances": ({"launch": MANAGED, "networkMode": "host", "extraHosts": {"a": "10.0.0.2"}}, "extraHosts", "Managed Instances"),
    "platform version on Managed Instances": ({"launch": MANAGED, "platformVersion": "1.4.0"}, "platformVersion", "Fargate"),
    "no such network mode": ({"networkMode": "nat"}, "networkMode", '"nat"'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_capacity_that_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.{path}", part)


ACCEPTED: dict[str, dict[str, Any]] = {
    "secrets, dependencies and timeouts since 1.3.0": {
        **OLD,
        "secrets": {"X": SECRET},
        "sidecars": {"a": {"image": "a:1"}},
        "dependsOn": {"a": "START"},
        "stopTimeout": "60s",
        "launch": "fargateSpot",
    },
    "a later version": {"platformVersion": "1.10.0", "exec": True, "ephemeralStorage": 30},
    "the version of Windows": {**WINDOWS, "platformVersion": "1.0.0", "exec": True},
    "Managed Instances": {"launch": MANAGED, "networkMode": "host", "cpu": 700, "memory": 900},
    # aws.amazon.com/about-aws/whats-new/2026/01/amazon-ecs-tmpfs-mounts-aws-fargate-managed-instances/.
    "tmpfs on Managed Instances": {"launch": MANAGED, "linux": {"tmpfs": {"/tmp": {"size": 64}}}},
    "tmpfs on Fargate": {"linux": {"tmpfs": {"/tmp": {"size": 64}}}},
    "the default of the cluster": {"launch": "clusterDefault", "networkMode": "bridge", "cpu": 700},
    "Windows on EC2": {**WINDOWS, "launch": "ec2", "operatingSystem": "WINDOWS_SERVER_2025_FULL"},
    "the default network of Windows": {**WINDOWS, "launch": "ec2", "networkMode": "default"},
}


@pytest.mark.parametrize("values", ACCEPTED.values(), ids=ACCEPTED)
def test_what_the_platform_supports(values: dict[str, Any]):
    # The schedule is wrong, so that there is a problem to find.
    assert_one(in_task({**values, "schedule": "never"}), "tasks.job.schedule", "")


def test_a_launch_type_and_a_strategy():
    problems = in_task_arguments({"launch": "ec2", "capacity_providers": [{"provider": "FARGATE"}]})
    assert_one(problems, "launch", "capacity_providers")
