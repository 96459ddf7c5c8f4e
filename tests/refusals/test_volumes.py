"""Volumes of file systems, of instances and of Docker that AWS refuses. The sandbox's rules name AWS's pages."""

from typing import Any

import pytest

from .refused import Case, assert_one, in_task

WINDOWS: dict[str, Any] = {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048, "launch": "ec2"}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:files-AbCdEf"
SYSTEM = "arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0a"
OTHER = SYSTEM.replace("fs-0a", "fs-0b")
FSX: dict[str, Any] = {
    "fileSystem": "fs-0a",
    "rootDirectory": "share",
    "domain": "corp.example.com",
    "credentials": SECRET,
}


def volume(**values: Any) -> dict[str, Any]:
    return {"volumes": {"data": {"path": "/data", **values}}}


def windows(**values: Any) -> dict[str, Any]:
    return {**WINDOWS, "volumes": {"data": {"path": "C:\\data", **values}}}


def s3_files(**values: Any) -> dict[str, Any]:
    return volume(s3Files={"fileSystem": SYSTEM, **values})


CASES: dict[str, Case] = {
    "two kinds": ({"launch": "ec2", **volume(efs="fs-0a", host="/mnt")}, "host", "efs"),
    "IAM without a file system": (volume(iam=True), "iam", "efs"),
    "root without IAM": (volume(efs="fs-0a", rootAccess=True), "rootAccess", "iam"),
    "port of an empty volume": (volume(transitEncryptionPort=2049), "transitEncryptionPort", "efs"),
    "port out of range": (volume(efs="fs-0a", transitEncryptionPort=65536), "transitEncryptionPort", "65536"),
    # botocore ecs, HostVolumeProperties.sourcePath.
    "path of the instance on Fargate": (volume(host="/mnt"), "host", "EC2"),
    "relative path of the instance": ({"launch": "ec2", **volume(host="mnt")}, "host", '"mnt"'),
    "path of Linux on a Windows instance": (windows(host="/mnt"), "host", "C:\\data"),
    # botocore ecs, DockerVolumeConfiguration: "only supported when you're using the EC2 launch type".
    "Docker volume on Fargate": (volume(docker={}), "docker", "EC2"),
    "Docker volume on EXTERNAL": ({"launch": "external", **volume(docker={})}, "docker", "external"),
    "Docker volume of a run that exists already": ({"launch": "ec2", **volume(docker={"autoprovision": True})}, "docker.autoprovision", "shared"),
    "Docker driver on Windows": (windows(docker={"driver": "rexray/ebs"}), "docker.driver", "local"),
    "scope of a Docker volume": ({"launch": "ec2", **volume(docker={"scope": "run"})}, "docker.scope", "shared"),
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html.
    "FSx on Linux": ({"launch": "ec2", **volume(fsx=FSX)}, "fsx", "Windows"),
    "FSx on Fargate": (windows(fsx=FSX) | {"launch": "fargate"}, "fsx", "EC2"),
    "FSx without a domain": (windows(fsx={key: value for key, value in FSX.items() if key != "domain"}), "fsx.domain", ""),
    "FSx with the name of a parameter": (windows(fsx={**FSX, "credentials": "/files/password"}), "fsx.credentials", "ARN"),
    "FSx without a directory": (windows(fsx={**FSX, "rootDirectory": ""}), "fsx.rootDirectory", "share"),
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/s3files-volumes.html.
    "S3 Files on EC2": ({"launch": "ec2", **s3_files()}, "s3Files", "Fargate"),
    "S3 Files on Windows": (windows(s3Files={"fileSystem": SYSTEM}) | {"launch": "fargate"}, "s3Files", "Windows"),
    "S3 Files with an ID": (s3_files(fileSystem="fs-0a"), "s3Files.fileSystem", '"fs-0a"'),
    "S3 Files with another's access point": (s3_files(accessPoint=f"{OTHER}/access-point/fsap-0a"), "s3Files.accessPoint", "fs-0b"),
    "S3 Files with an access point and a directory": (s3_files(accessPoint=f"{SYSTEM}/access-point/fsap-0a", rootDirectory="/x"), "s3Files.rootDirectory", "accessPoint"),
    "S3 Files with a relative directory": (s3_files(rootDirectory="x"), "s3Files.rootDirectory", "/x"),
    "access point of EFS for S3 Files": (volume(s3Files={"fileSystem": SYSTEM}, accessPoint="fsap-0a"), "accessPoint", "EFS"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_volumes_that_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.volumes.data.{path}", part)


def test_a_sidecar_says_read_only_of_a_volume_that_it_does_not_mount():
    sidecars = {"proxy": {"image": "proxy:1", "readOnlyMounts": {"data": True}}}
    problems = in_task({**volume(), "sidecars": sidecars})
    assert_one(problems, "tasks.job.sidecars.proxy.readOnlyMounts.data", "mounts")


ACCEPTED: dict[str, dict[str, Any]] = {
    "EFS with IAM, a port and root": volume(efs="fs-0a", iam=True, rootAccess=True, transitEncryptionPort=2049),
    "S3 Files": s3_files(rootDirectory="/x", bucket="arn:aws:s3:::b1b"),
    "a path of an external instance": {"launch": "external", **volume(host="/mnt")},
    "Docker": {"launch": "ec2", **volume(docker={"scope": "shared", "autoprovision": True})},
    "Docker on Windows": windows(docker={}),
    "FSx": windows(fsx=FSX),
}


@pytest.mark.parametrize("values", ACCEPTED.values(), ids=ACCEPTED)
def test_volumes_that_aws_accepts(values: dict[str, Any]):
    # The schedule is wrong, so that there is a problem to find.
    assert_one(in_task({**values, "schedule": "never"}), "tasks.job.schedule", "")
