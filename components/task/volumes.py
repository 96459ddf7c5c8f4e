"""Volumes of a task as data: for its task definition, its mounts, and the policy of its task role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..aws import file_systems
from ..aws.account import Account
from ..aws.policies import Statement
from ..json_values import Object
from ..resolved import DockerVolume, FsxVolume, S3FilesVolume, Sidecar, Task, Volume

if TYPE_CHECKING:
    from pulumi import Input


def mounts_of_main(task: Task) -> list[Object]:
    """The mounts of the container `main`, by volume."""
    return [_mount(name, it.path, read_only=it.read_only) for name, it in sorted(task.volumes.items())]


def mounts_of(sidecar: Sidecar, task: Task) -> list[Object]:
    """The mounts of a sidecar, by volume."""
    return [
        _mount(name, path, read_only=_is_read_only(sidecar, name, task.volumes[name]))
        for name, path in sorted(sidecar.mounts.items())
        # The size is also needed of a task with a misspelled volume, which is a problem of its own.
        if name in task.volumes
    ]


def _mount(volume: str, path: str, *, read_only: bool) -> Object:
    return {"sourceVolume": volume, "containerPath": path, "readOnly": read_only}


def _is_read_only(sidecar: Sidecar, name: str, volume: Volume) -> bool:
    return sidecar.read_only_mounts.get(name, volume.read_only)


def volumes_of(task: Task) -> list[Object]:
    """The volumes of a task definition. Keys are those of `pulumi_aws.ecs.TaskDefinition`.

    AWS: Amazon ECS API reference, Volume.
    """
    return [{"name": name, **_settings(volume)} for name, volume in sorted(task.volumes.items())]


def _settings(volume: Volume) -> Object:
    if volume.efs is not None:
        return {"efs_volume_configuration": _efs(volume, volume.efs)}
    if volume.s3_files:
        return {"s3files_volume_configuration": _s3_files(volume, volume.s3_files)}
    if volume.fsx:
        return {"fsx_windows_file_server_volume_configuration": _fsx(volume.fsx)}
    if volume.docker:
        return {"docker_volume_configuration": _docker(volume.docker)}
    return {} if volume.host is None else {"host_path": volume.host}


def _efs(volume: Volume, file_system: Input[str]) -> Object:
    # IAM authorization and access points need encryption in transit.
    configuration: Object = {"file_system_id": file_system, "transit_encryption": "ENABLED", **_port(volume)}
    authorization = "ENABLED" if volume.iam else "DISABLED"
    if volume.access_point is not None:
        configuration["authorization_config"] = {"access_point_id": volume.access_point, "iam": authorization}
        return configuration
    if volume.iam:
        configuration["authorization_config"] = {"iam": authorization}
    return {**configuration, "root_directory": volume.root_directory}


def _s3_files(volume: Volume, given: S3FilesVolume) -> Object:
    if given.access_point is not None:
        return {"file_system_arn": given.file_system, "access_point_arn": given.access_point, **_port(volume)}
    return {"file_system_arn": given.file_system, "root_directory": given.root_directory, **_port(volume)}


def _port(volume: Volume) -> Object:
    port = volume.transit_encryption_port
    return {} if port is None else {"transit_encryption_port": port}


def _fsx(given: FsxVolume) -> Object:
    return {
        "file_system_id": given.file_system,
        "root_directory": given.root_directory,
        "authorization_config": {"credentials_parameter": given.credentials, "domain": given.domain},
    }


def _docker(given: DockerVolume) -> Object:
    return {
        "driver": given.driver,
        "scope": given.scope,
        **({"autoprovision": True} if given.autoprovision else {}),
        **({"driver_opts": dict(given.options)} if given.options else {}),
        **({"labels": dict(given.labels)} if given.labels else {}),
    }


def references_of(task: Task) -> dict[str, dict[str, Input[str]]]:
    """The file systems that the policy of the task role names, by volume. Values may be outputs."""
    return {name: _references(volume) for name, volume in sorted(task.volumes.items()) if volume.by_task_role}


def _references(volume: Volume) -> dict[str, Input[str]]:
    files = volume.s3_files
    given = {
        "efs": volume.efs,
        "access_point": files.access_point if files else volume.access_point,
        "file_system": files.file_system if files else None,
        "bucket": files.bucket if files else None,
    }
    return {key: value for key, value in given.items() if value is not None}


def statements_of(task: Task, account: Account, known: Mapping[str, Mapping[str, str]]) -> list[Statement]:
    """The statements that the task role needs to mount its volumes.

    Args:
        task: The task.
        account: Its account and Region.
        known: The values of `references_of`.
    """
    found: list[Statement] = []
    for name, given in known.items():
        write, root = _is_written(task, name), task.volumes[name].root_access
        if "efs" in given:
            point = given.get("access_point")
            found.append(
                file_systems.efs_statement(
                    account, file_system=given["efs"], access_point=point, write=write, root=root
                )
            )
        else:
            found += file_systems.s3_files_statements(
                file_system=given["file_system"],
                access_point=given.get("access_point"),
                bucket=given.get("bucket"),
                write=write,
                root=root,
            )
    return [statement for position, statement in enumerate(found) if statement not in found[:position]]


def _is_written(task: Task, name: str) -> bool:
    """Whether a container mounts a volume so that it can write."""
    volume = task.volumes[name]
    of_sidecars = [_is_read_only(sidecar, name, volume) for sidecar in task.sidecars.values() if name in sidecar.mounts]
    return not all([volume.read_only, *of_sidecars])
