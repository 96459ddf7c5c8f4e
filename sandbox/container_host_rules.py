"""Rules for the members of container definitions that the host applies, for log drivers, and for files on S3.

Sources: botocore ecs, ContainerDefinition, LinuxParameters, KernelCapabilities, Tmpfs, SystemControl, EnvironmentFile,
LogConfiguration, FirelensConfiguration, ContainerRestartPolicy and RegisterTaskDefinitionRequest;
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html. Fargate supports tmpfs:
https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-ecs-tmpfs-mounts-aws-fargate-managed-instances/.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .definition_platform import is_for, is_windows, network_mode

Params = Mapping[str, Any]

_NOT_ON_FARGATE = ("dnsSearchDomains", "dnsServers", "extraHosts", "privileged")
_LINUX_NOT_ON_FARGATE = ("sharedMemorySize", "maxSwap", "swappiness")
_NOT_ON_WINDOWS = (
    "dnsSearchDomains", "dnsServers", "environmentFiles", "extraHosts", "firelensConfiguration", "linuxParameters",
    "privileged", "readonlyRootFilesystem", "systemControls", "ulimits", "user",
)  # fmt: skip
"""environmentFiles: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html.
firelensConfiguration: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html."""
_NOT_WITH_AWSVPC = ("dnsServers", "extraHosts")
"""Docker refuses both for a container in the network of another one, and then no run starts:
https://github.com/moby/moby, runconfig/hostconfig.go, validateNetContainerMode."""
_IPC = re.compile(r"kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\..+")
_ROUTER_NEEDS_USER = "If 'user' field is specified on firelens container, then 'UID' has to be '0'."
"""AWS's own text: https://github.com/cloudposse/terraform-aws-ecs-container-definition/pull/97."""
_USER_NEEDS_ROUTER = (
    "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured "
    "in one of the containers."
)
"""AWS's own text: https://github.com/turnerlabs/fargate/issues/60."""
_ROUTER_NEEDS_USERS = (
    "When a firelensConfiguration object is specified, at least one container has to be configured with the "
    "awsfirelens log driver."
)
"""AWS's own text: https://github.com/hashicorp/terraform-provider-aws/issues/11551."""
_TMPFS_SIZE = "The container has an invalid tmpfs size value specified. It must be a non-zero, non-negative integer."
"""AWS's own text: https://github.com/aws/amazon-ecs-agent/issues/2226."""


@dataclass(frozen=True, slots=True)
class _Definition:
    fargate: bool
    windows: bool
    mode: str
    ipc_mode: str
    has_memory: bool


def host_problems(params: Params) -> Iterator[str]:
    """Return what AWS refuses, or what no run starts with."""
    definition = _Definition(
        fargate=is_for(params, "FARGATE"),
        windows=is_windows(params),
        mode=network_mode(params),
        ipc_mode=params.get("ipcMode", ""),
        has_memory=bool(params.get("memory")),
    )
    if definition.fargate and params.get("pidMode", "task") != "task":
        yield "pidMode: Fargate supports only task"
    if definition.windows and params.get("pidMode"):
        yield "pidMode: is not supported for Windows containers"
    containers: list[Params] = params.get("containerDefinitions", [])
    yield from _routers(containers)
    for container in containers:
        for problem in _container(container, definition):
            yield f"container {container.get('name')!r}: {problem}"


def _container(container: Params, definition: _Definition) -> Iterator[str]:
    if definition.fargate:
        yield from _on_fargate(container)
    for name in _NOT_ON_WINDOWS:
        if definition.windows and container.get(name):
            yield f"{name}: is not supported for Windows containers"
    if definition.windows and definition.fargate and container.get("restartPolicy", {}).get("enabled"):
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
        yield "restartPolicy: is not supported for Windows containers on Fargate"
    for name in _NOT_WITH_AWSVPC:
        if definition.mode == "awsvpc" and not definition.fargate and container.get(name):
            yield f"no run could start, because {name} is not possible when networkMode=awsvpc"
    yield from _memory(container, definition)
    yield from _linux(container.get("linuxParameters", {}))
    yield from _controls(container, definition)
    yield from _files(container)
    yield from _restart(container.get("restartPolicy", {}))


def _on_fargate(container: Params) -> Iterator[str]:
    linux: Params = container.get("linuxParameters", {})
    for name in _NOT_ON_FARGATE:
        if container.get(name):
            yield f"Fargate compatible task definitions do not support {name}"
    for name in _LINUX_NOT_ON_FARGATE:
        if linux.get(name) is not None:
            yield f"Fargate compatible task definitions do not support {name}"
    yield from _limits_of_fargate(container, linux)


def _limits_of_fargate(container: Params, linux: Params) -> Iterator[str]:
    if added := set(linux.get("capabilities", {}).get("add", [])) - {"SYS_PTRACE"}:
        yield f"Fargate compatible task definitions do not support adding {', '.join(sorted(added))}"
    if any(each.get("type") == "GPU" for each in container.get("resourceRequirements", [])):
        yield "Fargate compatible task definitions do not support gpu"
    for name in ("startTimeout", "stopTimeout"):
        if not 2 <= container.get(name, 2) <= 120:
            yield f"{name}: the valid values for Fargate are 2-120 seconds"
    if container.get("firelensConfiguration", {}).get("options", {}).get("config-file-type") == "s3":
        yield "firelensConfiguration: tasks hosted on Fargate only support the file configuration file type"


def _memory(container: Params, definition: _Definition) -> Iterator[str]:
    hard, soft = container.get("memory"), container.get("memoryReservation")
    if not (definition.has_memory or hard or soft):
        # AWS's own text, which moto has too.
        yield "At least one of 'memory' or 'memoryReservation' must be specified."
    if hard and soft and hard <= soft:
        yield "memory must be greater than memoryReservation"


def _linux(linux: Params) -> Iterator[str]:
    for mount in linux.get("tmpfs", []):
        if mount.get("size", 0) <= 0:
            yield _TMPFS_SIZE
    if not 0 <= linux.get("swappiness", 0) <= 100:
        yield "swappiness: must be from 0 to 100"
    if linux.get("maxSwap", 0) < 0:
        yield "maxSwap: accepted values are 0 or any positive integer"


def _controls(container: Params, definition: _Definition) -> Iterator[str]:
    for control in container.get("systemControls", []):
        name = str(control.get("namespace"))
        of_network = name.startswith("net.")
        if not of_network and not _IPC.fullmatch(name):
            yield f"systemControls: {name!r} is not a namespaced kernel parameter that ECS accepts"
        if (of_network and definition.mode == "host") or (not of_network and definition.ipc_mode == "host"):
            yield f"systemControls: {name!r} is not supported in the namespace of the host"


def _files(container: Params) -> Iterator[str]:
    files: list[Params] = container.get("environmentFiles", [])
    if len(files) > 10:
        yield f"environmentFiles: has {len(files)} files, the maximum is 10"
    for file in files:
        if not re.fullmatch(r"arn:[a-z-]+:s3:::[^/]+/.+\.env", str(file.get("value"))):
            yield f"environmentFiles: {file.get('value')!r} is not the ARN of an S3 object that ends in .env"


def _restart(policy: Params) -> Iterator[str]:
    if len(policy.get("ignoredExitCodes", [])) > 50:
        yield "restartPolicy.ignoredExitCodes: the maximum is 50"
    if not 60 <= policy.get("restartAttemptPeriod", 300) <= 1800:
        yield "restartPolicy.restartAttemptPeriod: must be from 60 to 1800 seconds"


def _routers(containers: list[Params]) -> Iterator[str]:
    routers = [each for each in containers if each.get("firelensConfiguration")]
    users = [each for each in containers if each.get("logConfiguration", {}).get("logDriver") == "awsfirelens"]
    if users and not routers:
        yield _USER_NEEDS_ROUTER
    if routers and not users:
        yield _ROUTER_NEEDS_USERS
    if len(routers) > 1:
        yield "only one container of a task definition can have a firelensConfiguration"
    for router in routers:
        yield from _router(router, containers)
        if router in users:
            yield "a container with a firelensConfiguration can't use the awsfirelens log driver"


def _router(router: Params, containers: list[Params]) -> Iterator[str]:
    if str(router.get("user", "0")).split(":")[0] != "0":
        yield _ROUTER_NEEDS_USER
    options: Params = router["firelensConfiguration"].get("options", {})
    if options.get("config-file-type", "file") not in ("s3", "file"):
        yield f"firelensConfiguration: config-file-type {options['config-file-type']!r} is not s3 or file"
    # AWS: using_firelens.html: "ensure that each container has a START or HEALTHY condition requirement".
    for container in containers:
        for wait in container.get("dependsOn", []):
            if wait.get("containerName") == router.get("name") and wait.get("condition") not in (
                "START",
                "HEALTHY",
            ):
                yield "the condition of a dependency on the firelens container must be START or HEALTHY"
