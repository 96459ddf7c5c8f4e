"""The platform that a task definition is for, in a RegisterTaskDefinition request or in AWS's answer.

Defaults: botocore ecs, RuntimePlatform and RegisterTaskDefinitionRequest.networkMode.
"""

from collections.abc import Mapping
from typing import Any


def is_for(params: Mapping[str, Any], launch_type: str) -> bool:
    """Return whether the task definition has to be compatible with a launch type, such as FARGATE."""
    return launch_type in params.get("requiresCompatibilities", [])


def operating_system(params: Mapping[str, Any]) -> str:
    """Return the operating system family."""
    return (params.get("runtimePlatform") or {}).get("operatingSystemFamily", "LINUX")


def is_windows(params: Mapping[str, Any]) -> bool:
    """Return whether the containers run on Windows."""
    return operating_system(params) != "LINUX"


def network_mode(params: Mapping[str, Any]) -> str:
    """Return the network mode. `bridge` is the default."""
    return params.get("networkMode", "bridge")
