"""The task definition that follows from a stack's configuration. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from components.task import definition as task_definition

Data = Mapping[str, Any]


def definition_of(args: Data, *, secrets: Mapping[str, str]) -> dict[str, Any]:
    """The task definition that a deployment would register, in the shape of DescribeTaskDefinition.

    It has the containers, the size, the platform and the volumes. `secrets` maps variables to the sources of their
    values.
    """
    containers = task_definition.container_definitions(args, log={}, secrets=secrets)
    settings = task_definition.task_settings(args)
    return {
        "containerDefinitions": json.loads(containers),
        "cpu": settings["cpu"],
        "memory": settings["memory"],
        "runtimePlatform": {"cpuArchitecture": settings["runtime_platform"]["cpu_architecture"]},
        "volumes": settings.get("volumes", []),
    }
