"""Rules for the volumes of task definitions that AWS registers, and from which a run can start."""

from collections.abc import Iterator, Mapping
from typing import Any

from .definition_platform import is_windows

Params = Mapping[str, Any]

_START = "no run could start, because"
_KINDS = (
    "configuredAtLaunch",
    "dockerVolumeConfiguration",
    "efsVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "host",
    "s3filesVolumeConfiguration",
)
_NOT_ON: Mapping[str, Mapping[str, str]] = {
    # botocore ecs, HostVolumeProperties.sourcePath, Volume.dockerVolumeConfiguration. Storage options for Amazon ECS
    # tasks, docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html: FSx for Windows File Server
    # on Amazon EC2 only.
    "FARGATE": {
        "dockerVolumeConfiguration": "Docker volumes",
        "fsxWindowsFileServerVolumeConfiguration": "FSx for Windows File Server",
    },
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html: parameters that are
    # not valid.
    "MANAGED_INSTANCES": {
        "dockerVolumeConfiguration": "Docker volumes",
        "fsxWindowsFileServerVolumeConfiguration": "FSx for Windows File Server",
    },
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/s3files-volumes.html: a task with S3 Files fails at launch on
    # EC2.
    "EC2": {"s3filesVolumeConfiguration": "S3 Files"},
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html: EFS volumes are not supported.
    "EXTERNAL": {
        "configuredAtLaunch": "EBS volumes",
        "efsVolumeConfiguration": "EFS",
        "fsxWindowsFileServerVolumeConfiguration": "FSx for Windows File Server",
        "s3filesVolumeConfiguration": "S3 Files",
    },
}
"""Kinds of volumes that a launch type does not support."""


def volume_problems(params: Params) -> Iterator[str]:
    """Return what AWS refuses in the volumes of RegisterTaskDefinition, at once or when a run starts."""
    volumes: list[Params] = params.get("volumes", [])
    names = [volume.get("name") for volume in volumes]
    if len(set(names)) < len(names):
        yield "volumes: names must be unique"
    for container in params.get("containerDefinitions", []):
        for mount in container.get("mountPoints", []):
            if mount.get("sourceVolume") not in names:
                # AWS's own text, from many public reports of RegisterTaskDefinition.
                yield f"Unknown volume '{mount.get('sourceVolume')}'."
    # botocore ecs, Volume: "only one volume configured at launch is supported".
    if sum(bool(volume.get("configuredAtLaunch")) for volume in volumes) > 1:
        yield "volumes: only one volume can be configured at launch"
    for volume in volumes:
        yield from (f"volume {volume.get('name')!r}: {problem}" for problem in _volume(volume, params))


def _volume(volume: Params, params: Params) -> Iterator[str]:
    kinds = [kind for kind in _KINDS if volume.get(kind)]
    if len(kinds) > 1:
        # botocore ecs, Volume.
        yield f"may only specify one of {', '.join(kinds)}"
    launch_types = params.get("requiresCompatibilities", [])
    for launch_type in launch_types:
        for kind, words in _NOT_ON.get(launch_type, {}).items():
            if volume.get(kind):
                yield f"{words} are not supported on {launch_type}"
    if {"FARGATE", "MANAGED_INSTANCES"} & {*launch_types} and (volume.get("host") or {}).get("sourcePath"):
        yield "host.sourcePath is not supported on Fargate and Amazon ECS Managed Instances"
    yield from _efs(volume.get("efsVolumeConfiguration") or {})
    yield from _s3_files(volume.get("s3filesVolumeConfiguration") or {})
    yield from _docker(volume.get("dockerVolumeConfiguration") or {})
    yield from _of_system(volume, params)


def _efs(given: Params) -> Iterator[str]:
    authorization: Params = given.get("authorizationConfig") or {}
    point = authorization.get("accessPointId")
    # botocore ecs, EFSAuthorizationConfig.accessPointId and .iam, EFSVolumeConfiguration.rootDirectory.
    if (point or authorization.get("iam") == "ENABLED") and given.get("transitEncryption") != "ENABLED":
        yield "transitEncryption must be ENABLED for an access point and for IAM authorization"
    if point and given.get("rootDirectory", "/") != "/":
        yield "rootDirectory must be left out or / with an access point"


def _s3_files(given: Params) -> Iterator[str]:
    # botocore ecs, S3FilesVolumeConfiguration.rootDirectory.
    if given.get("accessPointArn") and given.get("rootDirectory", "/") != "/":
        yield "rootDirectory must be left out or / with an access point"


def _docker(given: Params) -> Iterator[str]:
    # botocore ecs, DockerVolumeConfiguration.autoprovision: "only used if the scope is shared".
    if given.get("autoprovision") and given.get("scope") != "shared":
        yield "autoprovision is for the scope shared"


def _of_system(volume: Params, params: Params) -> Iterator[str]:
    """Yield what the operating system or the roles of the task definition do not support."""
    windows = is_windows(params)
    efs, s3_files = volume.get("efsVolumeConfiguration"), volume.get("s3filesVolumeConfiguration")
    fsx = volume.get("fsxWindowsFileServerVolumeConfiguration")
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html: supported operating systems.
    if windows and (efs or s3_files):
        yield f"{_START} Windows containers cannot mount EFS and S3 Files"
    if fsx and not windows:
        yield f"{_START} only Windows containers can mount FSx for Windows File Server"
    if windows and (volume.get("dockerVolumeConfiguration") or {}).get("driver", "local") != "local":
        # botocore ecs, DockerVolumeConfiguration: "Windows containers only support the use of the local driver."
        yield "Windows containers support the driver local only"
    by_role = s3_files or ((efs or {}).get("authorizationConfig") or {}).get("iam") == "ENABLED"
    if by_role and not params.get("taskRoleArn"):
        # botocore ecs, S3FilesVolumeConfiguration: "Your task definition must include a Task IAM Role."
        # EFSAuthorizationConfig.iam: the task role mounts the file system.
        yield f"{_START} the task definition has no task role to mount the file system with"
    if fsx and not params.get("executionRoleArn"):
        yield f"{_START} the task definition has no execution role to read the credentials with"
