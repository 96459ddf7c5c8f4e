"""The task definition that follows from a stack's configuration. Pure."""

import json
from collections.abc import Mapping

from components.json_values import Object
from components.resolved import Task
from components.task import definition as task_definition


def definition_of(task: Task, *, image: str, secrets: Mapping[str, str]) -> Object:
    """The task definition that a deployment would register, in the shape of DescribeTaskDefinition.

    It has the containers, the size, the platform and the volumes. `image` is the image of the main container, which
    can be a local build. `secrets` maps variables to the sources of their values.
    """
    containers = task_definition.container_definitions(task, image=image, log=None, secrets=secrets)
    settings = task_definition.task_settings(task)
    return {
        "containerDefinitions": json.loads(task_definition.canonical(containers)),
        "cpu": settings["cpu"],
        **({"memory": settings["memory"]} if "memory" in settings else {}),
        "runtimePlatform": {"cpuArchitecture": settings["runtime_platform"]["cpu_architecture"]},
        "volumes": settings.get("volumes", []),
    }
