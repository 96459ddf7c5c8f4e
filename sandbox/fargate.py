"""Sizes and platform versions of Fargate, as AWS documents them. Written without the product's own list of sizes.

AWS: Amazon ECS developer guide, docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html (task
CPU and memory) and platform-fargate.html; botocore ecs, RegisterTaskDefinition.memory.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Params = Mapping[str, Any]

_GIB = 1024


def fargate_has(cpu: str, memory: str, *, windows: bool) -> bool:
    """Whether Fargate offers CPU units with MiB of memory, as strings of digits."""
    if not (cpu.isdecimal() and memory.isdecimal()):
        return False
    size, mib = int(cpu), int(memory)
    if windows and size not in (1024, 2048, 4096):
        return False
    if size == 256:
        return mib in (512, _GIB, 2 * _GIB)
    if size == 32768:
        return mib in (60 * _GIB, 120 * _GIB, 244 * _GIB)
    least, most, step = {
        512: (1, 4, 1),
        1024: (2, 8, 1),
        2048: (4, 16, 1),
        4096: (8, 30, 1),
        8192: (16, 60, 4),
        16384: (32, 120, 8),
    }.get(size, (1, 0, 1))
    return mib in range(least * _GIB, most * _GIB + 1, step * _GIB)


def platform_version_exists(version: str, *, windows: bool) -> bool:
    """Whether new runs can name a platform version."""
    return version in ("", "LATEST", *(("1.0.0",) if windows else ("1.3.0", "1.4.0")))


def needs_1_4_0(definition: Params, overrides: Params, *, enter: bool) -> Iterator[str]:
    """Yield what platform version 1.3.0 of Linux lacks, and a run uses. `enter` is for ECS Exec.

    AWS: botocore ecs, EphemeralStorage, RegisterTaskDefinitionRequest.memory and .pidMode, EnvironmentFile,
    LinuxParameters.capabilities, SystemControl and CapacityProviderStrategyItem;
    https://aws.amazon.com/blogs/aws/announcing-aws-graviton2-support-for-aws-fargate-get-up-to-40-better-price-performance-for-your-serverless-containers/.
    """
    if enter:
        yield "ECS Exec"
    if any("efsVolumeConfiguration" in volume for volume in definition.get("volumes") or ()):
        yield "EFS"
    if definition.get("ephemeralStorage") or overrides.get("ephemeralStorage"):
        yield "ephemeral storage"
    if int(overrides.get("cpu") or definition.get("cpu") or 0) >= 8192:
        yield "8 vCPU"
    if definition.get("pidMode"):
        yield "a process namespace of the task"
    if (definition.get("runtimePlatform") or {}).get("cpuArchitecture") == "ARM64":
        yield "ARM64"
    for container in definition.get("containerDefinitions") or ():
        yield from _container_needs_1_4_0(container)


def _container_needs_1_4_0(container: Params) -> Iterator[str]:
    for secret in container.get("secrets", ()):
        if ":secretsmanager:" in secret["valueFrom"] and secret["valueFrom"].count(":") > 6:
            yield "a JSON key or version of a secret"
    for name in ("environmentFiles", "systemControls"):
        if container.get(name):
            yield name
    if ((container.get("linuxParameters") or {}).get("capabilities") or {}).get("add"):
        yield "added capabilities"
