"""Task definitions, as data.

The JSON is written as AWS reads it back: keys sorted, lists that AWS adds when empty present, variables sorted by name.
Anything else would show as a change on every deployment, and each would register a new revision. Values may be outputs,
which are passed on unchanged.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..json_values import Object
from ..passthrough.merging import merged_container, provider_properties
from ..resolved import MAIN_CONTAINER, Container, HealthCheck, Sidecar, Task, Ulimit
from .container_host import host_members
from .container_logs import LogPlace, firelens_configuration, log_configuration
from .volumes import mounts_of, mounts_of_main, volumes_of

if TYPE_CHECKING:
    from pulumi import Input

ROUTER_USER = "0"
"""AWS's own text: "If 'user' field is specified on firelens container, then 'UID' has to be '0'."
https://github.com/cloudposse/terraform-aws-ecs-container-definition/pull/97"""


def container_definitions(
    task: Task,
    *,
    image: "Input[str]",
    log: LogPlace | None,
    secrets: Mapping[str, "Input[str]"],
    built: "Mapping[str, Input[str]] | None" = None,
) -> list[Object]:
    """The containers of a scheduled task: `main`, then the sidecars by name.

    For keys that the task does not set, the image's values or AWS's defaults apply.

    Args:
        task: The task.
        image: Its image, which may have just been built.
        log: The log group of all containers; None to leave out log configurations.
        secrets: ARNs of secrets by environment variable.
        built: Images of sidecars that were just built, by the name of the sidecar.

    AWS: Amazon ECS API reference, ContainerDefinition.
    """
    main = _container(
        task,
        name=MAIN_CONTAINER,
        image=image,
        secrets=secrets,
        log=log_configuration(task.logs, log) if log else None,
        mounts=mounts_of_main(task),
    )
    if task.is_windows and task.launch_type == "EC2":
        # AWS ignores a task's size for Windows on EC2 (Amazon ECS developer guide, task size).
        main.update({"cpu": task.cpu, **({"memory": task.memory} if task.has_memory_limit else {})})
    sidecars = sorted(task.sidecars.items())
    return [
        merged_container(main, task.aws.container, network_mode=task.network_mode),
        *(
            merged_container(
                _sidecar(name, sidecar, log, task, (built or {}).get(name)),
                sidecar.aws.container,
                network_mode=task.network_mode,
            )
            for name, sidecar in sidecars
        ),
    ]


_BUILT = "x" * 200
"""Stands for an image that the deployment builds."""


def canonical(containers: Sequence[Object]) -> str:
    """Container definitions without outputs, as canonical JSON."""
    return json.dumps(containers, sort_keys=True, separators=(",", ":"))


def definition_bytes(task: Task, *, log: LogPlace) -> int:
    """Bytes of the task definition. Outputs count as empty strings, and a built image as 200 bytes.

    ECS counts compact JSON. AWS: Amazon ECS developer guide, "Amazon ECS service quotas", task definition size.
    """
    image = _BUILT if task.image is None else task.image
    built = {name: _BUILT for name, sidecar in task.sidecars.items() if sidecar.image is None}
    secrets = {**task.secrets, **dict.fromkeys(task.secret_values, "x" * 150)}
    whole = {
        **task_settings(task),
        "containerDefinitions": container_definitions(task, image=image, log=log, secrets=secrets, built=built),
        "family": "x" * 60,
        "executionRoleArn": "x" * 100,
        "taskRoleArn": "x" * 100,
    }
    return len(json.dumps(whole, separators=(",", ":"), ensure_ascii=False, default=lambda _: "").encode())


def _sidecar(name: str, sidecar: Sidecar, log: LogPlace | None, task: Task, built: "Input[str] | None") -> Object:
    # Without either, the task has a problem, and only its size is needed.
    image = sidecar.image if built is None else built
    container = _container(
        sidecar,
        name=name,
        image="" if image is None else image,
        secrets=sidecar.secrets,
        log=log_configuration(task.logs_of(sidecar), log) if log else None,
        mounts=mounts_of(sidecar, task),
    )
    own: Object = {} if sidecar.memory is None else {"memory": sidecar.memory}
    if sidecar.firelens:
        # AWS sets the user of a log router itself, and accepts no other.
        own |= {"firelensConfiguration": firelens_configuration(sidecar.firelens), "user": ROUTER_USER}
    return {**container, **own, "essential": sidecar.essential, "cpu": sidecar.cpu}


def _container(
    settings: Container,
    *,
    name: str,
    image: "Input[str]",
    secrets: Mapping[str, "Input[str]"],
    log: Object | None,
    mounts: Sequence[Object],
) -> Object:
    """One container. Values that are None are left out, so that the image's value or AWS's default applies."""
    credentials, consistent = settings.registry_credentials, settings.version_consistency
    container: Object = {
        "name": name,
        "image": image,
        "repositoryCredentials": None if credentials is None else {"credentialsParameter": credentials},
        "essential": True,
        "cpu": 0,
        "environment": _sorted_pairs(settings.environment, "value"),
        "environmentFiles": [{"value": arn, "type": "s3"} for arn in settings.environment_files] or None,
        "logConfiguration": log,
        "mountPoints": list(mounts),
        "portMappings": [],
        "volumesFrom": [],
        "secrets": _sorted_pairs(secrets, "valueFrom") or None,
        "command": _list(settings.command),
        "entryPoint": _list(settings.entry_point),
        "stopTimeout": settings.stop_timeout,
        "startTimeout": settings.start_timeout,
        "memoryReservation": settings.memory_reservation,
        "versionConsistency": None if consistent is None else "enabled" if consistent else "disabled",
        "workingDirectory": settings.working_directory,
        "user": settings.user,
        "readonlyRootFilesystem": settings.read_only_root,
        "ulimits": _ulimits(settings.ulimits) or None,
        "dependsOn": _dependencies(settings.depends_on) or None,
        "healthCheck": _health_check(settings.health_check) if settings.health_check else None,
        **host_members(settings),
    }
    return {key: value for key, value in container.items() if value is not None}


def _list(values: "Sequence[Input[str]] | None") -> "list[Input[str]] | None":
    return None if values is None else list(values)


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
        **({"memory": str(task.memory)} if task.has_memory_limit else {}),
        **({"requires_compatibilities": task.compatibilities} if task.compatibilities else {}),
        "runtime_platform": {
            "operating_system_family": task.operating_system,
            "cpu_architecture": task.architecture.upper(),
        },
    }
    if task.network_mode != "default":
        settings["network_mode"] = task.network_mode
    if task.pid_mode is not None:
        settings["pid_mode"] = task.pid_mode
    if task.ipc_mode is not None:
        settings["ipc_mode"] = task.ipc_mode
    if task.ephemeral_storage is not None:
        settings["ephemeral_storage"] = {"size_in_gib": task.ephemeral_storage}
    if volumes := volumes_of(task):
        settings["volumes"] = volumes
    return {**settings, **provider_properties(task.aws.task_definition, "RegisterTaskDefinitionRequest")}


def _sorted_pairs(values: Mapping[str, "Input[str]"], value_key: str) -> list[Object]:
    return [{"name": name, value_key: values[name]} for name in sorted(values)]
