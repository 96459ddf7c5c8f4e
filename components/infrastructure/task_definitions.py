"""Task definitions that are made elsewhere: found, and pinned to a revision."""

import pulumi
from pulumi_aws import ecs

from ..args import TaskDefinitionReference
from ..problems import Problem
from .lookup import NotFoundError, ask


def find_definition(reference: str, options: pulumi.InvokeOptions) -> TaskDefinitionReference | str:
    """An active task definition, by `family`, `family:revision` or ARN; or what is wrong with it. One
    look-up.

    A family stands for its newest active revision (AWS: ECS DescribeTaskDefinition).
    """
    try:
        found = ask(lambda: ecs.get_task_definition(task_definition=reference, opts=options))
    except NotFoundError as error:
        return f'there is no task definition "{reference}" in this account and Region: {error}.'
    if found.status != "ACTIVE":
        return f'"{reference}" is {found.status}: AWS starts no tasks from it. Name a newer revision.'
    return {
        "arn": found.arn,
        "role_arns": [arn for arn in (found.task_role_arn, found.execution_role_arn) if arn],
        "compatibilities": found.requires_compatibilities,
        "network_mode": found.network_mode,
    }


def find_definitions(
    references: list[str], options: pulumi.InvokeOptions
) -> tuple[dict[str, TaskDefinitionReference], list[Problem]]:
    """All of them, each looked up once, with the problems of those that cannot be had."""
    found: dict[str, TaskDefinitionReference] = {}
    problems: list[Problem] = []
    for position, reference in enumerate(references):
        definition = find_definition(reference, options)
        if isinstance(definition, str):
            problems.append(Problem(("task_definitions", position), definition))
        else:
            found[reference] = definition
    return found, problems
