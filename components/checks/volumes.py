"""Checks of volumes, and of the paths at which containers mount them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..aws.arn import Arn
from ..aws.container_paths import is_absolute, mount_path_problem, normalized
from ..aws.file_systems import is_access_point_of
from ..aws.patterns import CONTAINER
from ..problems import Name, Problem, key, listed, nearest
from ..resolved import VOLUME_KINDS, DockerVolume, FsxVolume, LaunchType, S3FilesVolume, Task, Volume, VolumeKind
from .check import reads

_WORDS: dict[VolumeKind, str] = {
    "efs": "EFS volumes",
    "s3_files": "S3 Files volumes",
    "fsx": "FSx for Windows File Server volumes",
    "host": "paths of the instance",
    "docker": "Docker volumes",
}
_LAUNCH_TYPES: dict[VolumeKind, tuple[LaunchType, ...]] = {
    "efs": ("FARGATE", "EC2", "MANAGED_INSTANCES"),
    "s3_files": ("FARGATE", "MANAGED_INSTANCES"),
    "fsx": ("EC2",),
    "host": ("EC2", "EXTERNAL"),
    "docker": ("EC2",),
}
"""Launch types that support each kind of volume.

AWS: Amazon ECS developer guide, "Storage options for Amazon ECS tasks", "Configuring S3 Files for Amazon ECS", "Amazon
ECS task definition differences for Amazon ECS Managed Instances", "Amazon ECS clusters for external instances";
botocore ecs, HostVolumeProperties and DockerVolumeConfiguration.
"""
_SHOWN: dict[LaunchType, str] = {
    "FARGATE": "Fargate",
    "EC2": "EC2",
    "EXTERNAL": "external instances",
    "MANAGED_INSTANCES": "ECS Managed Instances",
}
_LINUX_ONLY: tuple[VolumeKind, ...] = ("efs", "s3_files")


@reads("volumes", "operating_system", "launch", "capacity_providers", each=("volumes",))
def volumes(task: Task) -> Iterator[Problem]:
    """Volumes, each mounted at its own path."""
    seen: dict[str, str] = {}
    for name, volume in task.volumes.items():
        place = ("volumes", Name(name))
        if not re.fullmatch(CONTAINER, name):
            yield Problem(place, "is not a volume name. Use up to 255 letters, digits, - and _.")
        yield from (problem.within(*place) for problem in _volume(name, volume, task))
        path = normalized(volume.path, windows=task.is_windows)
        if (other := seen.setdefault(path, name)) != name:
            yield Problem((*place, "path"), f'"{volume.path}" is the path of volume {other} already.')


def _volume(name: str, volume: Volume, task: Task) -> Iterator[Problem]:
    if problem := mount_path_problem(volume.path, windows=task.is_windows):
        yield Problem(("path",), problem)
    given = task.args.get("volumes", {})[name]
    kinds = [kind for kind in VOLUME_KINDS if kind in given]
    if len(kinds) > 1:
        yield Problem(
            (kinds[1],), f"a volume has only one of {listed(map(key, VOLUME_KINDS))}, and this one has {key(kinds[0])}."
        )
        return
    yield from _where(volume.kind, task)
    yield from _file_system(volume, given.keys() - {"path", "read_only"})
    if volume.s3_files:
        yield from (problem.within("s3_files") for problem in _s3_files(volume.s3_files))
    if volume.fsx:
        yield from (problem.within("fsx") for problem in _fsx(volume.fsx))
    if volume.docker:
        yield from (problem.within("docker") for problem in _docker(volume.docker, task))
    if volume.host is not None and not is_absolute(volume.host, windows=task.is_windows):
        example = "C:\\data" if task.is_windows else "/mnt/data"
        yield Problem(("host",), f'"{volume.host}" is not an absolute path. Write one such as {example}.')


def _where(kind: VolumeKind, task: Task) -> Iterator[Problem]:
    """Whether what the task runs on can mount such a volume."""
    if kind == "empty":
        return
    if kind in _LINUX_ONLY and task.is_windows:
        yield Problem((kind,), f"Windows containers cannot mount {_WORDS[kind]}.")
    elif kind == "fsx" and not task.is_windows:
        yield Problem(
            (kind,), f"only Windows containers can mount {_WORDS[kind]}. Write {key('operating_system')}, or use EFS."
        )
    elif task.launch_type not in _LAUNCH_TYPES[kind]:
        where = listed([_SHOWN[each] for each in _LAUNCH_TYPES[kind]], "and")
        yield Problem(
            (kind,),
            f"AWS supports {_WORDS[kind]} on {where} only, and this task runs on {_SHOWN[task.launch_type]}. Change "
            f"{key('launch')}, or use another kind of volume.",
        )


def _file_system(volume: Volume, given: set[str]) -> Iterator[Problem]:
    """Keys of file systems. Without one, nothing of it can be set."""
    if volume.efs is None:
        yield from _without_efs(volume)
    if volume.root_access and not volume.by_task_role:
        yield Problem(
            ("root_access",), f"is for a volume that the task role mounts. Write {key('iam')}: true, or remove it."
        )
    if volume.transit_encryption_port is not None and volume.kind not in ("efs", "s3_files"):
        yield Problem(("transit_encryption_port",), f"is for {key('efs')} and {key('s3_files')}. Remove it.")
    if volume.efs is not None and "root_directory" in given:
        if "access_point" in given:
            yield Problem(("root_directory",), f"the {key('access_point')} sets it. Remove one of them.")
        else:
            yield from _root_directory(volume.root_directory)


def _without_efs(volume: Volume) -> Iterator[Problem]:
    for name, default in (("access_point", None), ("root_directory", "/"), ("iam", False)):
        if getattr(volume, name) != default:
            yield Problem((name,), f"is for an EFS file system. Name the file system under {key('efs')}.")


def _root_directory(directory: str) -> Iterator[Problem]:
    if not directory.startswith("/"):
        yield Problem(
            ("root_directory",),
            f'"{directory}" is not an absolute path. Write it from the root of the file system, such as /{directory}.',
        )


def _s3_files(given: S3FilesVolume) -> Iterator[Problem]:
    """AWS: botocore ecs, S3FilesVolumeConfiguration."""
    point, system = given.access_point, given.file_system
    if point is None:
        yield from _root_directory(given.root_directory)
    elif given.root_directory != "/":
        yield Problem(("root_directory",), f"the {key('access_point')} sets it. Remove one of them.")
    if isinstance(point, str) and isinstance(system, str) and not is_access_point_of(point, system):
        yield Problem(("access_point",), f'"{point}" is not an access point of the file system "{system}".')


def _fsx(given: FsxVolume) -> Iterator[Problem]:
    """AWS: botocore ecs, FSxWindowsFileServerAuthorizationConfig: the ARN of the stored credentials."""
    if isinstance(given.credentials, str) and not Arn.parse_if_arn(given.credentials):
        yield Problem(
            ("credentials",), "is not an ARN. Write the ARN of the secret or the parameter with the credentials."
        )
    if not given.root_directory:
        yield Problem(("root_directory",), "is empty. Write the directory of the file system, such as share.")


def _docker(given: DockerVolume, task: Task) -> Iterator[Problem]:
    """AWS: botocore ecs, DockerVolumeConfiguration."""
    if given.autoprovision and given.scope != "shared":
        yield Problem(("autoprovision",), f"is for {key('scope')}: shared. ECS always creates a volume per run.")
    if task.is_windows and given.driver != "local":
        yield Problem(("driver",), f'"{given.driver}" is not supported on Windows, which has only local. Remove it.')


@reads("sidecars", "volumes", "operating_system", each=("sidecars",))
def sidecar_mounts(task: Task) -> Iterator[Problem]:
    """Sidecars mount volumes that the task has, each at its own path."""
    for name, sidecar in task.sidecars.items():
        seen: dict[str, str] = {}
        for volume, path in sidecar.mounts.items():
            place = ("sidecars", Name(name), "mounts", Name(volume))
            if volume not in task.volumes:
                yield Problem(place, f"the task has no volume of this name.{nearest(volume, task.volumes)}")
            elif problem := mount_path_problem(path, windows=task.is_windows):
                yield Problem(place, problem)
            other = seen.setdefault(normalized(path, windows=task.is_windows), volume)
            if other != volume:
                yield Problem(place, f'"{path}" is the path of volume {other} already.')
        for volume in sidecar.read_only_mounts:
            if volume not in sidecar.mounts:
                yield Problem(
                    ("sidecars", Name(name), "read_only_mounts", Name(volume)),
                    f"is not mounted. Write its path under {key('mounts')}.{nearest(volume, sidecar.mounts)}",
                )
