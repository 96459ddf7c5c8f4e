"""Task definitions, as data.

The JSON is written as AWS reads it back: keys sorted, lists that AWS adds when empty present, variables sorted by name.
Anything else would show as a change on every deployment, and each would register a new revision. Values may be outputs,
which are passed on unchanged.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..json_values import Data, Object
from ..passthrough.merging import merged_container, provider_properties
from ..resolved import MAIN_CONTAINER, Container, HealthCheck, Sidecar, Task, Ulimit, Volume

if TYPE_CHECKING:
    from pulumi import Input


def log_configuration(*, group: str, region: str, stream_prefix: str, mode: str) -> Object:
    """The awslogs driver. The streams of a run are `<stream_prefix>/<container>/<task id>`.

    AWS: Amazon ECS API reference, LogConfiguration.
    """
    options = {
        "awslogs-group": group,
        "awslogs-region": region,
        "awslogs-stream-prefix": stream_prefix,
        "mode": mode,
    }
    return {"logDriver": "awslogs", "options": options}


def container_definitions(
    task: Task, *, image: "Input[str]", log: Data, secrets: Mapping[str, "Input[str]"]
) -> list[Object]:
    """The containers of a scheduled task: `main`, then the sidecars by name.

    For keys that the task does not set, the image's values or AWS's defaults apply.

    Args:
        task: The task.
        image: Its image, which may have just been built.
        log: The log configuration of all containers.
        secrets: ARNs of secrets by environment variable.

    AWS: Amazon ECS API reference, ContainerDefinition.
    """
    main = _container(
        task,
        name=MAIN_CONTAINER,
        image=image,
        secrets=secrets,
        log=log,
        mounts=[_mount(name, volume.path, volume) for name, volume in sorted(task.volumes.items())],
    )
    if task.is_windows and task.launch_type == "EC2":
        # AWS ignores a task's size for Windows on EC2 (Amazon ECS developer guide, task size).
        main.update({"cpu": task.cpu, "memory": task.memory})
    sidecars = sorted(task.sidecars.items())
    return [
        merged_container(main, task.aws.container, network_mode=task.network_mode),
        *(
            merged_container(_sidecar(name, sidecar, log, task), sidecar.aws.container, network_mode=task.network_mode)
            for name, sidecar in sidecars
        ),
    ]


def canonical(containers: Sequence[Object]) -> str:
    """Container definitions without outputs, as canonical JSON."""
    return json.dumps(containers, sort_keys=True, separators=(",", ":"))


def definition_bytes(task: Task, *, log: Data) -> int:
    """Bytes of the task definition. Outputs count as empty strings, and a built image as 200 bytes.

    ECS counts compact JSON. AWS: Amazon ECS developer guide, "Amazon ECS service quotas", task definition size.
    """
    image = "x" * 200 if task.image is None else task.image
    secrets = {**task.secrets, **dict.fromkeys(task.secret_values, "x" * 150)}
    whole = {
        **task_settings(task),
        "containerDefinitions": container_definitions(task, image=image, log=log, secrets=secrets),
        "family": "x" * 60,
        "executionRoleArn": "x" * 100,
        "taskRoleArn": "x" * 100,
    }
    return len(json.dumps(whole, separators=(",", ":"), ensure_ascii=False, default=lambda _: "").encode())


def _sidecar(name: str, sidecar: Sidecar, log: Data, task: Task) -> Object:
    mounts = [
        _mount(volume, path, task.volumes[volume])
        for volume, path in sorted(sidecar.mounts.items())
        # The size is also needed of a task with a misspelled volume, which is a problem of its own.
        if volume in task.volumes
    ]
    container = _container(sidecar, name=name, image=sidecar.image, secrets=sidecar.secrets, log=log, mounts=mounts)
    own = {} if sidecar.memory is None else {"memory": sidecar.memory}
    return {**container, **own, "essential": sidecar.essential, "cpu": sidecar.cpu}


def _container(
    settings: Container,
    *,
    name: str,
    image: "Input[str]",
    secrets: Mapping[str, "Input[str]"],
    log: Data,
    mounts: Sequence[Object],
) -> Object:
    """One container. Values that are None are left out, so that the image's value or AWS's default applies."""
    container: Object = {
        "name": name,
        "image": image,
        "essential": True,
        "cpu": 0,
        "environment": _sorted_pairs(settings.environment, "value"),
        "logConfiguration": dict(log),
        "mountPoints": list(mounts),
        "portMappings": [],
        "systemControls": [],
        "volumesFrom": [],
        "secrets": _sorted_pairs(secrets, "valueFrom") or None,
        "command": _list(settings.command),
        "entryPoint": _list(settings.entry_point),
        "stopTimeout": settings.stop_timeout,
        "workingDirectory": settings.working_directory,
        "user": settings.user,
        "readonlyRootFilesystem": settings.read_only_root,
        "linuxParameters": {"initProcessEnabled": True} if settings.init else None,
        "ulimits": _ulimits(settings.ulimits) or None,
        "dependsOn": _dependencies(settings.depends_on) or None,
        "healthCheck": _health_check(settings.health_check) if settings.health_check else None,
    }
    return {key: value for key, value in container.items() if value is not None}


def _list(values: "Sequence[Input[str]] | None") -> "list[Input[str]] | None":
    return None if values is None else list(values)


def _mount(volume: str, path: str, settings: Volume) -> Object:
    return {"sourceVolume": volume, "containerPath": path, "readOnly": settings.read_only}


def _ulimits(ulimits: Mapping[str, Ulimit]) -> list[Object]:
    return [{"name": name, "softLimit": limit.soft, "hardLimit": limit.hard} for name, limit in sorted(ulimits.items())]


def _dependencies(conditions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"containerName": name, "condition": condition} for name, condition in sorted(conditions.items())]


def _health_check(check: HealthCheck) -> Object:
    # Everything is set, as AWS fills in what is missing, and that would show as a change.
    start = {} if check.start_period is None else {"startPeriod": check.start_period}
    return {
        "command": list(check.command),
        "interval": check.interval,
        "timeout": check.timeout,
        "retries": check.retries,
        **start,
    }


def task_settings(task: Task) -> Object:
    """The settings of a task definition as a whole: size, platform, network mode and volumes.

    Keys are those of `pulumi_aws.ecs.TaskDefinition`. AWS: Amazon ECS API reference, RegisterTaskDefinition.
    """
    settings: Object = {
        "cpu": str(task.cpu),
        "memory": str(task.memory),
        "requires_compatibilities": [task.launch_type],
        "runtime_platform": {
            "operating_system_family": task.operating_system,
            "cpu_architecture": task.architecture.upper(),
        },
    }
    if task.network_mode != "default":
        settings["network_mode"] = task.network_mode
    if task.ephemeral_storage is not None:
        settings["ephemeral_storage"] = {"size_in_gib": task.ephemeral_storage}
    if volumes := [_volume(name, volume) for name, volume in sorted(task.volumes.items())]:
        settings["volumes"] = volumes
    return {**settings, **provider_properties(task.aws.task_definition, "RegisterTaskDefinitionRequest")}


def _volume(name: str, volume: Volume) -> Object:
    if volume.efs is None:
        return {"name": name}
    configuration: Object = {"file_system_id": volume.efs, "transit_encryption": "ENABLED"}
    if volume.access_point is not None:
        configuration["authorization_config"] = {"access_point_id": volume.access_point, "iam": "DISABLED"}
    else:
        configuration["root_directory"] = volume.root_directory
    return {"name": name, "efs_volume_configuration": configuration}


def _sorted_pairs(values: Mapping[str, "Input[str]"], value_key: str) -> list[Object]:
    return [{"name": name, value_key: values[name]} for name in sorted(values)]
