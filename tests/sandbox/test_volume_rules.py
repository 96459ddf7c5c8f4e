"""Volumes and Managed Instances that the sandbox refuses, same as AWS. AWS's pages are named in the rules."""

from typing import Any

import pytest

from sandbox.rules import rule_problems

ROLE = "arn:aws:iam::123456789012:role/job"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:files-AbCdEf"
FILE_SYSTEM = "arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0a"
Params = dict[str, Any]
EC2: Params = {"requiresCompatibilities": ["EC2"], "networkMode": "bridge"}
MANAGED: Params = {"requiresCompatibilities": ["MANAGED_INSTANCES"]}
EXTERNAL: Params = {"requiresCompatibilities": ["EXTERNAL"], "networkMode": "bridge"}
WINDOWS: Params = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
ROLES: Params = {"taskRoleArn": ROLE, "executionRoleArn": ROLE}


def registered(*volumes: Params, **settings: Any) -> list[str]:
    params = {
        "family": "job",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "1024",
        "memory": "2048",
        "containerDefinitions": [{"name": "main", "image": "job:1"}],
        "volumes": [{"name": f"v{number}", **volume} for number, volume in enumerate(volumes)],
        **settings,
    }
    return rule_problems("ecs", "RegisterTaskDefinition", params)


def efs(**settings: Any) -> Params:
    return {"efsVolumeConfiguration": {"fileSystemId": "fs-0a", **settings}}


def s3_files(**settings: Any) -> Params:
    return {"s3filesVolumeConfiguration": {"fileSystemArn": FILE_SYSTEM, **settings}}


def docker(**settings: Any) -> Params:
    return {"dockerVolumeConfiguration": {"driver": "local", **settings}}


FSX: Params = {
    "fsxWindowsFileServerVolumeConfiguration": {
        "fileSystemId": "fs-0123456789a",
        "rootDirectory": "share",
        "authorizationConfig": {"credentialsParameter": SECRET, "domain": "corp.example.com"},
    }
}
IAM: Params = efs(transitEncryption="ENABLED", authorizationConfig={"iam": "ENABLED"})
HOST: Params = {"host": {"sourcePath": "/data"}}
LAUNCH: Params = {"configuredAtLaunch": True}

ACCEPTED: dict[str, tuple[list[Params], Params]] = {
    "an empty volume": ([{}, {"host": {}}], {}),
    "EFS": ([efs(rootDirectory="/a")], {}),
    "EFS with IAM": ([IAM], ROLES),
    "EFS on Managed Instances": ([IAM], {**MANAGED, **ROLES}),
    "S3 Files": ([s3_files(rootDirectory="/a")], ROLES),
    "S3 Files on Managed Instances": ([s3_files()], {**MANAGED, **ROLES}),
    "a path of the host": ([HOST], EC2),
    "a path of an external host": ([HOST], EXTERNAL),
    "Docker volume": ([docker(scope="shared", autoprovision=True)], EC2),
    "FSx": ([FSX], {**EC2, **WINDOWS, **ROLES, "networkMode": "awsvpc"}),
    "EBS": ([LAUNCH, {}], {}),
    "a mount": ([{}], {"containerDefinitions": [{"name": "a", "image": "a:1", "mountPoints": [{"sourceVolume": "v0", "containerPath": "/a"}]}]}),
    # https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-ecs-tmpfs-mounts-aws-fargate-managed-instances/
    "tmpfs on Managed Instances": ([], {**MANAGED, "containerDefinitions": [{"name": "a", "image": "a:1", "linuxParameters": {"tmpfs": [{"containerPath": "/a", "size": 1}]}}]}),
    "host network of Managed Instances": ([], {**MANAGED, "networkMode": "host"}),
}  # fmt: skip
REFUSED: dict[str, tuple[list[Params], Params, str]] = {
    "two kinds": ([{**efs(), **HOST}], EC2, "may only specify one"),
    "two volumes of one name": ([{"name": "a"}, {"name": "a"}], {}, "unique"),
    "unknown volume": ([], {"containerDefinitions": [{"name": "a", "image": "a:1", "mountPoints": [{"sourceVolume": "v0", "containerPath": "/a"}]}]}, "Unknown volume 'v0'."),
    "EFS with IAM and without encryption": ([efs(authorizationConfig={"iam": "ENABLED"})], ROLES, "transitEncryption"),
    "access point without encryption": ([efs(authorizationConfig={"accessPointId": "fsap-0a"})], {}, "transitEncryption"),
    "access point with a directory": ([efs(transitEncryption="ENABLED", rootDirectory="/a", authorizationConfig={"accessPointId": "fsap-0a"})], {}, "rootDirectory"),
    "access point of S3 Files with a directory": ([s3_files(accessPointArn=f"{FILE_SYSTEM}/access-point/fsap-0a", rootDirectory="/a")], ROLES, "rootDirectory"),
    "EFS with IAM and without a role": ([IAM], {}, "task role"),
    "S3 Files without a role": ([s3_files()], {}, "task role"),
    "S3 Files on EC2": ([s3_files()], {**EC2, **ROLES}, "S3 Files"),
    "EFS on Windows": ([efs()], {**EC2, **WINDOWS, "networkMode": "awsvpc"}, "Windows"),
    "EFS on external instances": ([efs()], EXTERNAL, "EFS"),
    "a path of the host on Fargate": ([HOST], {}, "sourcePath"),
    "a path of the host on Managed Instances": ([HOST], MANAGED, "sourcePath"),
    "Docker volume on Fargate": ([docker()], {}, "Docker"),
    "Docker volume on Managed Instances": ([docker()], MANAGED, "Docker"),
    "a volume per task that exists already": ([docker(scope="task", autoprovision=True)], EC2, "autoprovision"),
    "a driver on Windows": ([docker(driver="rexray/ebs")], {**EC2, **WINDOWS, "networkMode": "awsvpc"}, "local"),
    "FSx on Linux": ([FSX], {**EC2, **ROLES}, "Windows"),
    "FSx on Fargate": ([FSX], {**WINDOWS, **ROLES}, "FSx"),
    "FSx without a role": ([FSX], {**EC2, **WINDOWS, "networkMode": "awsvpc"}, "execution role"),
    "two EBS volumes": ([LAUNCH, LAUNCH], {}, "only one"),
    "EBS on external instances": ([LAUNCH], EXTERNAL, "EBS"),
    "bridge network of Managed Instances": ([], {**MANAGED, "networkMode": "bridge"}, "networkMode"),
    "Windows on Managed Instances": ([], {**MANAGED, **WINDOWS}, "Linux"),
    "storage on Managed Instances": ([], {**MANAGED, "ephemeralStorage": {"sizeInGiB": 30}}, "ephemeralStorage"),
    "labels on Managed Instances": ([], {**MANAGED, "containerDefinitions": [{"name": "a", "image": "a:1", "dockerLabels": {"a": "b"}}]}, "dockerLabels"),
    "shared memory on Managed Instances": ([], {**MANAGED, "containerDefinitions": [{"name": "a", "image": "a:1", "linuxParameters": {"sharedMemorySize": 64}}]}, "sharedMemorySize"),
}  # fmt: skip


@pytest.mark.parametrize("case", ACCEPTED.values(), ids=ACCEPTED)
def test_the_sandbox_accepts(case: tuple[list[Params], Params]):
    volumes, settings = case
    assert registered(*volumes, **settings) == []


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_the_sandbox_refuses(case: tuple[list[Params], Params, str]):
    volumes, settings, part = case
    [problem] = registered(*volumes, **settings)
    assert part in problem
