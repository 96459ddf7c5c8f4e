"""The task definition that follows from a stack's configuration. Pure."""

import json
from collections.abc import Mapping

from components.json_values import Object
from components.passthrough.merging import aws_members
from components.resolved import Task
from components.task import definition as task_definition
from components.task.container_logs import LogPlace


def definition_of(
    task: Task,
    *,
    image: str,
    secrets: Mapping[str, str],
    log: LogPlace | None = None,
    built: Mapping[str, str] | None = None,
) -> Object:
    """The task definition that a deployment would register, in the shape of DescribeTaskDefinition, without roles.

    Args:
        task: The task.
        image: The image of the main container, which can be a local build.
        secrets: The sources of the values of variables.
        log: The log group; None to leave out log configurations.
        built: Images of sidecars that are built, by name.
    """
    containers = task_definition.container_definitions(task, image=image, log=log, secrets=secrets, built=built)
    settings = aws_members(task_definition.task_settings(task), "RegisterTaskDefinitionRequest")
    return {"volumes": [], **settings, "containerDefinitions": json.loads(task_definition.canonical(containers))}
