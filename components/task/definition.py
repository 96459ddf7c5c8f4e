"""Task definitions, as data.

The JSON is written as AWS reads it back: keys sorted, lists that AWS adds when empty present, variables
sorted by name. Anything else would show as a change on every deployment, and each would register a new
revision.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..aws import fargate
from ..schedules import durations
from .capacity import is_windows, network_mode, reads_only_root, runs_on

Args = Mapping[str, Any]

CONTAINER_NAME = "main"
"""The container whose exit code decides. All tasks have the same name for it, so that one event pattern
covers a whole stack."""

READABLE_KEYS = ("image", "command", "entry_point", "environment")
"""What everybody who can describe the task definition reads."""
_HEALTH_DEFAULTS = {"interval": "30s", "timeout": "5s", "retries": 3}


def deciding_container(args: Args) -> str:
    """The container of a task whose exit code decides: of a task definition made elsewhere, the one that it names."""
    return args.get("container", CONTAINER_NAME)


def log_configuration(*, group: str, region: str, stream_prefix: str, mode: str) -> dict[str, Any]:
    """The awslogs driver; a run's streams are `<stream_prefix>/<container>/<task id>`.

    AWS: Amazon ECS API reference, LogConfiguration.
    """
    options = {
        "awslogs-group": group,
        "awslogs-region": region,
        "awslogs-stream-prefix": stream_prefix,
        "mode": mode,
    }
    return {"logDriver": "awslogs", "options": options}


def container_definitions(args: Args, *, log: Args, secrets: Mapping[str, str]) -> str:
    """The containers of a scheduled task as canonical JSON: `main`, then the sidecars by name.

    `args` are the task's, with its image and without outputs; `secrets` are ARNs by variable.
    AWS: Amazon ECS API reference, ContainerDefinition. What is not said is left to the image, or to AWS's default.
    """
    volumes: Mapping[str, Args] = args.get("volumes", {})
    main = _container(
        {**args, "read_only_root": reads_only_root(args)},
        name=CONTAINER_NAME,
        log=log,
        secrets=secrets,
        mounts=[_mount(name, volume["path"], volume) for name, volume in sorted(volumes.items())],
    )
    if is_windows(args) and runs_on(args) == "EC2":
        # AWS ignores a task's size for Windows on EC2 (Amazon ECS developer guide, task size).
        main.update({"cpu": args.get("cpu", fargate.DEFAULT_CPU), "memory": args.get("memory", fargate.DEFAULT_MEMORY)})
    sidecars = [_sidecar(name, sidecar, log, volumes) for name, sidecar in sorted(args.get("sidecars", {}).items())]
    return json.dumps([main, *sidecars], sort_keys=True, separators=(",", ":"))


def _sidecar(name: str, sidecar: Args, log: Args, volumes: Mapping[str, Args]) -> dict[str, Any]:
    mounts = [_mount(volume, path, volumes[volume]) for volume, path in sorted(sidecar.get("mounts", {}).items())]
    container = _container(sidecar, name=name, log=log, secrets=sidecar.get("secrets", {}), mounts=mounts)
    container.update({"essential": sidecar.get("essential", False), "cpu": sidecar.get("cpu", 0)})
    optional = {
        "memory": sidecar.get("memory"),
        "healthCheck": _health_check(sidecar["health_check"]) if "health_check" in sidecar else None,
    }
    return {**container, **_given(optional)}


def _container(
    args: Args, *, name: str, log: Args, secrets: Mapping[str, str], mounts: Sequence[Args]
) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": name,
        "image": args["image"],
        "essential": True,
        "cpu": 0,
        "environment": _sorted_pairs(args.get("environment", {}), "value"),
        "logConfiguration": dict(log),
        "mountPoints": list(mounts),
        "portMappings": [],
        "systemControls": [],
        "volumesFrom": [],
    }
    optional = {
        "command": list(args["command"]) if "command" in args else None,
        "entryPoint": list(args["entry_point"]) if "entry_point" in args else None,
        "secrets": _sorted_pairs(secrets, "valueFrom") or None,
        "stopTimeout": durations.seconds(args["stop_timeout"]) if "stop_timeout" in args else None,
        "workingDirectory": args.get("working_directory"),
        "user": args.get("user"),
        "readonlyRootFilesystem": args.get("read_only_root"),
        "linuxParameters": {"initProcessEnabled": True} if args.get("init") else None,
        "ulimits": _ulimits(args.get("ulimits", {})) or None,
        "dependsOn": _dependencies(args.get("depends_on", {})) or None,
    }
    return {**container, **_given(optional)}


def _given(values: Args) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _mount(volume: str, path: str, args: Args) -> dict[str, Any]:
    return {"sourceVolume": volume, "containerPath": path, "readOnly": args.get("read_only", False)}


def _ulimits(ulimits: Mapping[str, Args]) -> list[dict[str, Any]]:
    return [
        {"name": name, "softLimit": limit["soft"], "hardLimit": limit["hard"]}
        for name, limit in sorted(ulimits.items())
    ]


def _dependencies(conditions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"containerName": name, "condition": condition} for name, condition in sorted(conditions.items())]


def _health_check(check: Args) -> dict[str, Any]:
    # All is said, as AWS fills in what is not, and that would show as a change.
    given: dict[str, Any] = {**_HEALTH_DEFAULTS, **check}
    health: dict[str, Any] = {
        "command": list(given["command"]),
        "interval": durations.seconds(given["interval"]),
        "timeout": durations.seconds(given["timeout"]),
        "retries": given["retries"],
    }
    start = {"startPeriod": durations.seconds(given["start_period"])} if "start_period" in given else {}
    return {**health, **start}


def task_settings(args: Args) -> dict[str, Any]:
    """What a task definition says of the task as a whole: size, platform, network mode and volumes.

    Keys are those of `pulumi_aws.ecs.TaskDefinition`; the ids of file systems and access points may be outputs.
    AWS: Amazon ECS API reference, RegisterTaskDefinition.
    """
    settings: dict[str, Any] = {
        "cpu": str(args.get("cpu", fargate.DEFAULT_CPU)),
        "memory": str(args.get("memory", fargate.DEFAULT_MEMORY)),
        "network_mode": network_mode(args),
        "requires_compatibilities": [runs_on(args)],
        "runtime_platform": {
            "operating_system_family": args.get("operating_system", "LINUX"),
            "cpu_architecture": args.get("architecture", "x86_64").upper(),
        },
    }
    if "ephemeral_storage" in args:
        settings["ephemeral_storage"] = {"size_in_gib": args["ephemeral_storage"]}
    if volumes := [_volume(name, volume) for name, volume in sorted(args.get("volumes", {}).items())]:
        settings["volumes"] = volumes
    return settings


def _volume(name: str, args: Args) -> dict[str, Any]:
    if "efs" not in args:
        return {"name": name}
    configuration: dict[str, Any] = {"file_system_id": args["efs"], "transit_encryption": "ENABLED"}
    if "access_point" in args:
        configuration["authorization_config"] = {"access_point_id": args["access_point"], "iam": "DISABLED"}
    else:
        configuration["root_directory"] = args.get("root_directory", "/")
    return {"name": name, "efs_volume_configuration": configuration}


def _sorted_pairs(values: Mapping[str, str], value_key: str) -> list[dict[str, str]]:
    return [{"name": name, value_key: values[name]} for name in sorted(values)]
