"""Platform versions of Fargate, and what needs them.

AWS: Amazon ECS developer guide, "Fargate platform versions", its page on deprecation, and the pages of each feature.
"""

from __future__ import annotations

from ..problems import listed

LATEST = "LATEST"
LINUX = ("1.4.0", "1.3.0")
"""Versions for Linux that start new runs. 1.0.0, 1.1.0 and 1.2.0 ended on December 14, 2020."""
WINDOWS = ("1.0.0",)
WITH_SECRETS = WITH_DEPENDENCIES = WITH_SPOT = "1.3.0"
"""Least versions for Linux of secrets, container dependencies and stop timeouts, and Fargate Spot."""
WITH_EFS = WITH_STORAGE = WITH_LARGE_SIZES = WITH_PARTS_OF_SECRETS = WITH_EXEC = WITH_ARM = "1.4.0"
"""Least versions for Linux of EFS volumes, ephemeral storage, 8 vCPU and more, JSON keys and versions of secrets, ECS
Exec, and ARM. AWS: botocore ecs, Volume, EphemeralStorage, RegisterTaskDefinition.memory; Amazon ECS developer guide,
"Pass Secrets Manager secrets through Amazon ECS environment variables", "ECS Exec"; AWS blog, "Announcing AWS Graviton2
Support for AWS Fargate"."""
WITH_ENVIRONMENT_FILES = WITH_CAPABILITIES = WITH_PID_MODE = WITH_SYSTEM_CONTROLS = "1.4.0"
"""Least versions for Linux of environment files, added capabilities, shared process namespaces and system controls.
AWS: botocore ecs, EnvironmentFile, LinuxParameters.capabilities, RegisterTaskDefinition.pidMode, SystemControl."""
LARGE_CPU = 8192
"""CPU units from which a run needs the version WITH_LARGE_SIZES."""

Feature = tuple[str, str]
"""A feature in words, and the least version that supports it."""


def is_older(version: str, other: str) -> bool:
    """Whether a version comes before another."""
    return _number(version) < _number(other)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def version_problem(version: str, *, windows: bool, features: list[Feature]) -> str:
    """Why runs can't start on a platform version, and what to write; empty if they can.

    `features` are those of a Linux task. Later versions than the known ones are accepted.
    """
    if version == LATEST:
        return ""
    known = WINDOWS if windows else LINUX
    if windows and version not in known:
        return f"{version} is a version for Linux. Write {LATEST} or {listed(known)}, the version for Windows."
    if is_older(version, min(known, key=_number)):
        return f"{version} starts no runs anymore. Write {LATEST} or {listed(known)}."
    missing = [(words, least) for words, least in features if not windows and is_older(version, least)]
    if not missing:
        return ""
    least = max((least for _, least in missing), key=_number)
    return f"{version} does not support {listed([words for words, _ in missing], 'and')}. Write {LATEST} or {least}."
