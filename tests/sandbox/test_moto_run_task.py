"""Runs that AWS refuses to start, in the emulator."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox.moto_fixes import apply_fixes

REGION = "eu-west-1"
CONTAINER = {"name": "app", "image": "a:1", "memory": 128}
NETWORK: dict[str, Any] = {"awsvpcConfiguration": {"securityGroups": []}}


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    apply_fixes()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        client: Any = boto3.client("ecs", region_name=REGION)  # pyright: ignore[reportUnknownMemberType]
        client.create_cluster(clusterName="main", capacityProviders=["FARGATE"])
        ec2: Any = boto3.client("ec2", region_name=REGION)  # pyright: ignore[reportUnknownMemberType]
        NETWORK["awsvpcConfiguration"]["subnets"] = [ec2.describe_subnets()["Subnets"][0]["SubnetId"]]
        yield client


# Task definition, parameters of RunTask, and AWS's text. Its sources are public reports of RunTask, such as
# https://github.com/dask/dask-cloudprovider/issues/328 and https://github.com/boto/boto3/issues/3173.
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "launch type that is not required": ({"requiresCompatibilities": ["EC2"]}, {"launchType": "FARGATE"}, "Task definition does not support launch_type FARGATE."),
    "capacity provider that is not required": ({"requiresCompatibilities": ["EC2"]}, {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}, "Task definition does not support launch_type FARGATE."),
    # botocore ecs, RunTaskRequest.launchType.
    "Managed Instances by launch type": ({}, {"launchType": "MANAGED_INSTANCES"}, "MANAGED_INSTANCES needs a capacityProviderStrategy"),
    "Fargate without awsvpc": ({"networkMode": "bridge"}, {"launchType": "FARGATE"}, "Task definition does not support launch_type FARGATE."),
    "capacity provider of another cluster": ({"networkMode": "awsvpc"}, {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}, "cannot contain a capacity provider that is not associated with the cluster"),
    "ECS Exec without a task role": ({"networkMode": "awsvpc"}, {"launchType": "FARGATE", "enableExecuteCommand": True}, "The execute command failed because a valid task role is not being used."),
    "container that does not exist": ({"networkMode": "awsvpc"}, {"launchType": "FARGATE", "overrides": {"containerOverrides": [{"name": "main"}]}}, "Override for container named main is not a container in the TaskDefinition."),
    # AWS's text of RegisterTaskDefinition: docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
    "size that Fargate does not offer": ({"networkMode": "awsvpc"}, {"launchType": "FARGATE", "overrides": {"memory": "700"}}, "No Fargate configuration exists for given values: 256 CPU, 700 memory."),
    "CPU that Fargate does not offer": ({"networkMode": "awsvpc"}, {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}], "overrides": {"cpu": "300"}}, "No Fargate configuration exists for given values: 300 CPU, 512 memory."),
    # botocore ecs, RunTaskRequest.startedBy; AWS's own text is not known.
    "startedBy with another character": ({"networkMode": "awsvpc"}, {"launchType": "FARGATE", "startedBy": "ops/a b"}, "startedBy"),
    "long startedBy": ({"networkMode": "awsvpc"}, {"launchType": "FARGATE", "startedBy": "a" * 129}, "startedBy"),
    "ephemeral storage beyond its bounds": ({"networkMode": "awsvpc"}, {"launchType": "FARGATE", "overrides": {"ephemeralStorage": {"sizeInGiB": 201}}}, "ephemeral storage"),
}  # fmt: skip


@pytest.mark.parametrize(("definition", "run", "message"), REFUSED.values(), ids=REFUSED)
def test_runs_that_aws_refuses(ecs: Any, definition: dict[str, Any], run: dict[str, Any], message: str):
    ecs.register_task_definition(
        family="legacy", containerDefinitions=[CONTAINER], cpu="256", memory="512", **definition
    )
    with pytest.raises(ClientError, match=message):
        ecs.run_task(cluster="main", taskDefinition="legacy", networkConfiguration=NETWORK, **run)


@pytest.mark.parametrize(
    "run",
    [{"launchType": "FARGATE"}, {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}],
    ids=["launch type", "capacity provider"],
)
def test_a_definition_that_requires_nothing_runs_on_fargate_with_awsvpc(ecs: Any, run: dict[str, Any]):
    ecs.register_task_definition(
        family="legacy", containerDefinitions=[CONTAINER], cpu="256", memory="512", networkMode="awsvpc"
    )
    assert ecs.run_task(cluster="main", taskDefinition="legacy", networkConfiguration=NETWORK, **run)["tasks"]


def test_step_functions_starts_tasks_under_its_own_name(ecs: Any):
    # The output of runTask.sync in real executions, from many public reports: "StartedBy": "AWS Step Functions".
    ecs.register_task_definition(
        family="legacy", containerDefinitions=[CONTAINER], cpu="256", memory="512", networkMode="awsvpc"
    )
    started = ecs.run_task(
        cluster="main",
        taskDefinition="legacy",
        networkConfiguration=NETWORK,
        launchType="FARGATE",
        startedBy="AWS Step Functions",
    )["tasks"]
    assert [task["startedBy"] for task in started] == ["AWS Step Functions"]


def test_a_run_starts_in_a_vpc_without_dns_hostnames(ecs: Any):
    # AWS: Amazon VPC user guide, "DNS attributes for your VPC": enableDnsHostnames is false, except in a default VPC.
    ec2: Any = boto3.client("ec2", region_name=REGION)  # pyright: ignore[reportUnknownMemberType]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    ecs.register_task_definition(
        family="legacy", containerDefinitions=[CONTAINER], cpu="256", memory="512", networkMode="awsvpc"
    )
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}}
    assert ecs.run_task(cluster="main", taskDefinition="legacy", launchType="FARGATE", networkConfiguration=network)[
        "tasks"
    ]
