"""Container definitions, as data.

The JSON is written as AWS reads it back: keys sorted, lists that AWS adds when empty present, variables
sorted by name. Anything else would show as a change on every deployment, and each would register a new
revision.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import fargate

CONTAINER_NAME = "main"
"""The container whose exit code decides. All tasks have the same name for it, so that one event pattern
covers a whole stack."""


def log_configuration(*, group: str, region: str, stream_prefix: str, mode: str) -> dict[str, Any]:
    """The awslogs driver; a run's stream is `<stream_prefix>/main/<task id>`.

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
    *,
    image: str,
    log: Mapping[str, Any],
    command: Sequence[str] | None = None,
    entry_point: Sequence[str] | None = None,
    environment: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    stop_timeout: int | None = None,
) -> str:
    """The container definitions of a scheduled task as canonical JSON.

    AWS: Amazon ECS API reference, ContainerDefinition. What is None is left to the image, or to AWS's
    default.
    """
    container: dict[str, Any] = {
        "name": CONTAINER_NAME,
        "image": image,
        "essential": True,
        "cpu": 0,
        "environment": _sorted_pairs(environment or {}, "value"),
        "logConfiguration": dict(log),
        "mountPoints": [],
        "portMappings": [],
        "systemControls": [],
        "volumesFrom": [],
    }
    optional = {
        "command": list(command) if command is not None else None,
        "entryPoint": list(entry_point) if entry_point is not None else None,
        "secrets": _sorted_pairs(secrets, "valueFrom") if secrets else None,
        "stopTimeout": stop_timeout,
    }
    container.update({key: value for key, value in optional.items() if value is not None})
    return json.dumps([container], sort_keys=True, separators=(",", ":"))


def size(args: Mapping[str, Any]) -> dict[str, Any]:
    """CPU, memory, processor and storage of a task definition (AWS: Amazon ECS API reference,
    RegisterTaskDefinition)."""
    size: dict[str, Any] = {
        "cpu": str(args.get("cpu", fargate.DEFAULT_CPU)),
        "memory": str(args.get("memory", fargate.DEFAULT_MEMORY)),
        "runtime_platform": {
            "operating_system_family": "LINUX",
            "cpu_architecture": args.get("architecture", "x86_64").upper(),
        },
    }
    storage = args.get("ephemeral_storage")
    return size if storage is None else {**size, "ephemeral_storage": {"size_in_gib": storage}}


def _sorted_pairs(values: Mapping[str, str], value_key: str) -> list[dict[str, str]]:
    return [{"name": name, value_key: values[name]} for name in sorted(values)]
