"""Existing task definitions: found, and pinned to a revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ecs

from ..args import TaskDefinitionReference
from ..problems import Problem
from .lookup import NotFoundError, ask


@dataclass(frozen=True, slots=True)
class ExistingDefinition:
    """An active task definition."""

    arn: str
    """ARN with the revision that schedules are pinned to."""
    role_arns: tuple[str, ...]
    """Its task role and execution role, if it has them."""
    compatibilities: tuple[str, ...]
    network_mode: str

    @property
    def reference(self) -> TaskDefinitionReference:
        """Values that a task needs from it."""
        return {
            "arn": self.arn,
            "role_arns": list(self.role_arns),
            "compatibilities": list(self.compatibilities),
            "network_mode": self.network_mode,
        }


def find_definition(reference: str, options: pulumi.InvokeOptions) -> ExistingDefinition | str:
    """An active task definition by `family`, `family:revision` or ARN, or what is wrong with it. One look-up.

    A family selects its newest active revision (AWS: ECS DescribeTaskDefinition).
    """
    try:
        found = ask(lambda: ecs.get_task_definition(task_definition=reference, opts=options))
    except NotFoundError as error:
        return f'there is no task definition "{reference}" in this account and Region: {error}.'
    if found.status != "ACTIVE":
        return f'"{reference}" is {found.status}, so AWS starts no tasks from it. Name a newer revision.'
    return ExistingDefinition(
        arn=found.arn,
        role_arns=tuple(arn for arn in (found.task_role_arn, found.execution_role_arn) if arn),
        compatibilities=tuple(found.requires_compatibilities),
        network_mode=found.network_mode,
    )


def find_definitions(
    references: Sequence[str], options: pulumi.InvokeOptions
) -> tuple[dict[str, ExistingDefinition], list[Problem]]:
    """All of them, each looked up once, and the problems of those that cannot be used."""
    found: dict[str, ExistingDefinition] = {}
    problems: list[Problem] = []
    for position, reference in enumerate(references):
        definition = find_definition(reference, options)
        if isinstance(definition, str):
            problems.append(Problem(("task_definitions", position), definition))
        else:
            found[reference] = definition
    return found, problems
