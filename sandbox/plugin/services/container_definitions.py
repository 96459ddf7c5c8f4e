"""When two lists of container definitions are the same to the official provider.

AWS, and emulators even more, return members that nobody set: empty lists and defaults. The official provider compares
without them. Source: Terraform AWS provider, internal/service/ecs/container_definitions.go.
"""

import json
from typing import Any

from ..values import Plain, Props

_HEALTH_CHECK = {"interval": 30, "retries": 3, "timeout": 5}
"""AWS: Amazon ECS API reference, HealthCheck."""
_BY_NAME = ("environment", "secrets")
"""Lists that AWS returns in another order."""


def same_containers(old: str, new: str) -> bool:
    """Whether two JSON strings describe the same containers."""
    try:
        return _reduced(json.loads(old)) == _reduced(json.loads(new))
    except ValueError:
        return old == new


def _reduced(containers: Plain) -> Plain:
    if not isinstance(containers, list):
        return containers
    found: list[Props] = [_container(each) for each in containers if isinstance(each, dict)]
    return sorted(found, key=_name)


def _container(given: Props) -> Props:
    container: Props = {"essential": True, **_without_empty(given)}
    if not container.get("cpu"):
        container.pop("cpu", None)
    if check := container.get("healthCheck"):
        container["healthCheck"] = {**_HEALTH_CHECK, **check}
    if ports := container.get("portMappings"):
        container["portMappings"] = [_port(each) for each in ports]
    for key in _BY_NAME:
        if key in container:
            container[key] = sorted(container[key], key=_name)
    return container


def _port(given: Props) -> Props:
    return {key: value for key, value in given.items() if (key, value) not in (("protocol", "tcp"), ("hostPort", 0))}


def _without_empty(value: Any) -> Any:
    """Return the data without null, empty lists and empty objects, at any depth."""
    if isinstance(value, dict):
        members: Props = value
        kept = {key: _without_empty(item) for key, item in members.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    if isinstance(value, list):
        items: list[Plain] = value
        return [kept for item in items if (kept := _without_empty(item)) not in (None, [], {})]
    return value


def _name(item: Plain) -> str:
    return str(item.get("name", "")) if isinstance(item, dict) else ""
