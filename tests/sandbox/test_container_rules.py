"""Containers that the sandbox refuses, same as AWS, and RunTask's overrides that do not fit them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.plugin.aws import Session
from sandbox.rules import rule_problems

REGION = "eu-west-1"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/token"
SHARED = (
    "The secret name must be unique and not shared with any new or existing environment variables set on the container"
)
"""AWS's own text: github.com/dagster-io/dagster/issues/11622."""
DIGEST = f"sha256:{'0' * 64}"
Container = dict[str, Any]


def registered(container: Container, **settings: Any) -> list[str]:
    """The reasons for the sandbox to refuse a task definition with this container."""
    params = {
        "family": "job",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "1024",
        "memory": "2048",
        "containerDefinitions": [{"name": "main", "image": "job:1", **container}],
        "volumes": [{"name": mount["sourceVolume"]} for mount in container.get("mountPoints", [])],
        **settings,
    }
    return rule_problems("ecs", "RegisterTaskDefinition", params)


def secrets(*values: str) -> Container:
    return {"secrets": [{"name": f"S{number}", "valueFrom": value} for number, value in enumerate(values)]}


def mounts(*paths: str) -> Container:
    return {"mountPoints": [{"sourceVolume": f"v{n}", "containerPath": path} for n, path in enumerate(paths)]}


def limit(name: str, soft: int, hard: int) -> Container:
    return {"ulimits": [{"name": name, "softLimit": soft, "hardLimit": hard}]}


ACCEPTED: dict[str, Container] = {
    "image with host, tag and digest": {"image": f"host.io:5000/a/b__c:Tag-1.0@{DIGEST}"},
    "secrets": secrets(
        SECRET, f"{SECRET}:key::", f"{SECRET}::AWSPREVIOUS:", PARAMETER, f"{PARAMETER}:3", "/prod/db", "token"
    ),
    "mounts": mounts("/a", "/a/b"),
    "files": limit("nofile", 1024, 65536),
}
REFUSED: dict[str, tuple[Container, str]] = {
    "image with a space": ({"image": "job: 1"}, "Container.image contains invalid characters."),
    "variable in an image": ({"image": "$IMAGE:1"}, "Container.image contains invalid characters."),
    "no image": ({"image": ""}, "Container.image should not be null or empty."),
    "long image": ({"image": "a" * 256}, "256"),
    "image by its URL": ({"image": "https://quay.io/job:1"}, "no run could start"),
    "image in upper case": ({"image": "Job:1"}, "no run could start"),
    "image with two tags": ({"image": "job:1:2"}, "no run could start"),
    "image with a short digest": ({"image": "job@sha256:0a"}, "no run could start"),
    "JSON key without its colons": (secrets(f"{SECRET}:key"), "'S0'"),
    "JSON key of a parameter": (secrets(f"{PARAMETER}:key::"), "'S0'"),
    "two slashes": (secrets(PARAMETER.replace("/token", "//token")), "'S0'"),
    "another service": (secrets("arn:aws:s3:::bucket"), "'S0'"),
    "a secret twice": ({"secrets": [{"name": "A", "valueFrom": SECRET}] * 2}, "Duplicate secret names found: A."),
    "a variable and a secret": ({"environment": [{"name": "S0", "value": "x"}], **secrets(SECRET)}, "such as 'S0'"),
    "relative path": (mounts("data"), "'data' is not absolute"),
    "the root": (mounts("/"), "'/'"),
    "a mode": (mounts("/data:ro"), "'/data:ro'"),
    "a place twice": (mounts("/data", "/data/"), "two mount points"),
    "another limit on Fargate": (limit("core", 1, 1), "'core'"),
    "soft over hard": (limit("nofile", 2, 1), "above its hard limit"),
    "unlimited over hard": (limit("nproc", -1, 1), "above its hard limit"),
    "unlimited files": (limit("nofile", -1, -1), "the kernel refuses"),
}


@pytest.mark.parametrize("container", ACCEPTED.values(), ids=ACCEPTED)
def test_containers_that_start(container: Container):
    assert registered(container) == []


@pytest.mark.parametrize(("container", "part"), REFUSED.values(), ids=REFUSED)
def test_containers_that_aws_refuses(container: Container, part: str):
    assert part in " ".join(registered(container))


def test_paths_on_windows():
    windows: Any = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
    assert registered(mounts("C:\\data"), **windows) == []
    for path in ("/data", "C:\\", "C:\\a:b"):
        assert path.replace("\\", "\\\\") in " ".join(registered(mounts(path), **windows))


def test_sizes_of_fargate():
    for cpu, memory in ((256, 512), (256, 2048), (4096, 30720), (8192, 20480), (16384, 122880), (32768, 249856)):
        assert registered({}, cpu=str(cpu), memory=str(memory)) == []
    for cpu, memory in ((128, 512), (256, 3072), (1024, 1024), (8192, 18432), (32768, 65536)):
        text = f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
        assert registered({}, cpu=str(cpu), memory=str(memory)) == [text]


def test_windows_on_fargate_and_ec2():
    for family, cpu, refused in (
        ("WINDOWS_SERVER_2022_FULL", "1024", False),
        ("WINDOWS_SERVER_2022_FULL", "512", True),
        ("WINDOWS_SERVER_2025_FULL", "1024", True),
    ):
        platform = {"operatingSystemFamily": family}
        assert bool(registered({}, runtimePlatform=platform, cpu=cpu)) is refused
    windows: Any = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2025_FULL"}}
    assert registered({}, requiresCompatibilities=["EC2"], **windows) == []
    refused = registered({}, requiresCompatibilities=["EC2"], networkMode="bridge", **windows)
    assert refused == ["networkMode: must be awsvpc or left out for WINDOWS_SERVER_2025_FULL"]


PLATFORMS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a version that ended": ({}, {"platformVersion": "1.2.0"}, "PlatformUnknownException"),
    "a version of Windows": ({}, {"platformVersion": "1.0.0"}, "PlatformUnknownException"),
    "EFS": ({"volumes": [{"name": "a", "efsVolumeConfiguration": {"fileSystemId": "fs-0a"}}]}, {"platformVersion": "1.3.0"}, "PlatformTaskDefinitionIncompatibilityException"),
    "ephemeral storage": ({"ephemeralStorage": {"sizeInGiB": 30}}, {"platformVersion": "1.3.0"}, "PlatformTaskDefinitionIncompatibilityException"),
    "8 vCPU": ({"cpu": "8192", "memory": "16384"}, {"platformVersion": "1.3.0"}, "PlatformTaskDefinitionIncompatibilityException"),
    "JSON key": ({"containerDefinitions": [{"name": "main", "image": "job:1", **secrets(f"{SECRET}:a::")}]}, {"platformVersion": "1.3.0"}, "PlatformTaskDefinitionIncompatibilityException"),
    "process namespace": ({"pidMode": "task"}, {"platformVersion": "1.3.0"}, "PlatformTaskDefinitionIncompatibilityException"),
    "ARM64": ({"runtimePlatform": {"cpuArchitecture": "ARM64"}}, {"platformVersion": "1.3.0"}, "PlatformTaskDefinitionIncompatibilityException"),
    "exec": ({"taskRoleArn": "arn:aws:iam::123456789012:role/a"}, {"platformVersion": "1.3.0", "enableExecuteCommand": True}, "PlatformTaskDefinitionIncompatibilityException"),
    "exec without a task role": ({}, {"enableExecuteCommand": True}, "InvalidParameterException"),
}  # fmt: skip


@pytest.mark.parametrize(("settings", "request_", "code"), PLATFORMS.values(), ids=PLATFORMS)
def test_platforms_that_run_task_refuses(
    session: Session, settings: dict[str, Any], request_: dict[str, Any], code: str
):
    ecs = session.client("ecs", REGION)
    ecs.create_cluster(clusterName="main")
    plain = {"networkMode": "awsvpc", "cpu": "256", "memory": "512", "requiresCompatibilities": ["FARGATE"]}
    containers = [{"name": "main", "image": "job:1"}]
    ecs.register_task_definition(family="job", **{**plain, "containerDefinitions": containers, **settings})
    subnet = session.client("ec2", REGION).describe_subnets()["Subnets"][0]["SubnetId"]
    group = session.client("ec2", REGION).describe_security_groups()["SecurityGroups"][0]["GroupId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
    start = {"cluster": "main", "taskDefinition": "job", "launchType": "FARGATE", "networkConfiguration": network}
    with pytest.raises(ClientError) as refused:
        ecs.run_task(**start, **request_)
    assert refused.value.response["Error"]["Code"] == code
    if "platformVersion" in request_:
        assert ecs.run_task(**start, **{**request_, "platformVersion": "LATEST"})["tasks"]


@pytest.mark.parametrize(
    ("definition", "refused"),
    [
        ({"networkMode": "awsvpc", "cpu": "256", "memory": "512"}, ""),
        ({"networkMode": "bridge", "cpu": "256", "memory": "512"}, "does not support launch_type FARGATE"),
        ({"networkMode": "awsvpc", "cpu": "700", "memory": "512"}, "No Fargate configuration exists"),
    ],
)
def test_the_default_strategy_of_the_cluster(session: Session, definition: dict[str, Any], refused: str):
    """AWS: botocore ecs, RunTaskRequest.capacityProviderStrategy."""
    ecs = session.client("ecs", REGION)
    ecs.create_cluster(
        clusterName="main",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
    )
    ecs.register_task_definition(
        family="job", containerDefinitions=[{"name": "main", "image": "job:1", "memory": 512}], **definition
    )
    subnet = session.client("ec2", REGION).describe_subnets()["Subnets"][0]["SubnetId"]
    group = session.client("ec2", REGION).describe_security_groups()["SecurityGroups"][0]["GroupId"]
    network: Any = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
    start: Any = {"cluster": "main", "taskDefinition": "job", "networkConfiguration": network}
    if refused:
        with pytest.raises(ClientError, match=refused):
            ecs.run_task(**start)
    else:
        assert ecs.run_task(**start)["tasks"]


def test_sizes_of_instances():
    """AWS: botocore ecs, RegisterTaskDefinition.cpu."""
    for launch_type in ("EC2", "EXTERNAL", "MANAGED_INSTANCES"):
        for cpu, refused in ((127, True), (128, False), (700, False), (196608, False), (196609, True)):
            found = registered({}, requiresCompatibilities=[launch_type], cpu=str(cpu))
            assert ("Invalid 'cpu' setting for task." in found) is refused


@pytest.mark.parametrize(
    ("override", "code", "message"),
    [
        (
            {"name": "app"},
            "InvalidParameterException",
            "Override for container named app is not a container in the TaskDefinition.",
        ),
        (
            {"name": "main", "environment": [{"name": "TOKEN", "value": "x"}]},
            "ClientException",
            f"{SHARED}, such as 'TOKEN'.",
        ),
    ],
    ids=["no such container", "a variable that is a secret"],
)
def test_overrides_that_run_task_refuses(session: Session, override: Container, code: str, message: str):
    ecs = session.client("ecs", REGION)
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(
        family="job",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {"name": "main", "image": "job:1", "secrets": [{"name": "TOKEN", "valueFrom": PARAMETER}]}
        ],
    )
    subnet = session.client("ec2", REGION).describe_subnets()["Subnets"][0]["SubnetId"]
    group = session.client("ec2", REGION).describe_security_groups()["SecurityGroups"][0]["GroupId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
    start = {"cluster": "main", "taskDefinition": "job", "launchType": "FARGATE", "networkConfiguration": network}
    with pytest.raises(ClientError) as refused:
        ecs.run_task(**start, overrides={"containerOverrides": [override]})
    assert refused.value.response["Error"] == {"Code": code, "Message": message}
