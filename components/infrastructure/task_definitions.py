"""Existing task definitions: found, and pinned to a revision."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ecs

from ..args import TaskDefinitionReference
from ..aws.arn import Arn
from ..json_values import Data
from ..problems import Problem
from .lookup import NotFoundError, ask


@dataclass(frozen=True, slots=True)
class Container:
    """A container of an existing task definition."""

    name: str
    image: str
    essential: bool
    services: frozenset[str]
    """AWS services that ECS reaches for its logs and secrets."""
    secrets: tuple[str, ...]
    """Its environment variables that are secrets."""


@dataclass(frozen=True, slots=True)
class ExistingDefinition:
    """An active task definition."""

    arn: str
    """ARN with the revision that schedules are pinned to."""
    task_role_arn: str
    """Empty for none."""
    execution_role_arn: str
    """Empty for none."""
    compatibilities: tuple[str, ...]
    """Empty if it is not restricted to some launch types."""
    network_mode: str
    containers: tuple[Container, ...]
    cpu: int
    """CPU units of the task. 0 if only its containers have a size."""
    memory: int
    """MiB of the task. 0 if only its containers have a size."""

    @property
    def role_arns(self) -> list[str]:
        """Its task role and execution role, if it has them."""
        return [arn for arn in (self.task_role_arn, self.execution_role_arn) if arn]

    @property
    def reference(self) -> TaskDefinitionReference:
        """Values that a task needs from it."""
        return {
            "arn": self.arn,
            "task_role_arn": self.task_role_arn,
            "execution_role_arn": self.execution_role_arn,
            "compatibilities": list(self.compatibilities),
            "network_mode": self.network_mode,
            "containers": [container.name for container in self.containers],
            "essential": [container.name for container in self.containers if container.essential],
            "images": [container.image for container in self.containers],
            "services": sorted({service for container in self.containers for service in container.services}),
            "secrets": {container.name: list(container.secrets) for container in self.containers},
            "cpu": self.cpu,
            "memory": self.memory,
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
        task_role_arn=found.task_role_arn,
        execution_role_arn=found.execution_role_arn,
        compatibilities=tuple(found.requires_compatibilities),
        # AWS leaves out the default.
        network_mode=found.network_mode or "bridge",
        containers=parse_containers(found.container_definitions),
        cpu=int(found.cpu or 0),
        memory=int(found.memory or 0),
    )


def parse_containers(definitions: str) -> tuple[Container, ...]:
    """The containers in the JSON of a task definition."""
    containers: list[Data] = json.loads(definitions)
    return tuple(
        Container(
            name=container["name"],
            image=container.get("image", ""),
            # A container is essential unless it says otherwise (AWS: Amazon ECS API reference, ContainerDefinition).
            essential=container.get("essential", True),
            services=frozenset(_services(container)),
            secrets=tuple(secret["name"] for secret in container.get("secrets", ())),
        )
        for container in containers
    )


def _services(container: Data) -> Iterator[str]:
    if container.get("logConfiguration", {}).get("logDriver") == "awslogs":
        yield "logs"
    secrets: Sequence[Data] = container.get("secrets") or ()
    for secret in secrets:
        # A name without an ARN is a parameter (AWS: Amazon ECS API reference, Secret).
        arn = Arn.parse_if_arn(secret["valueFrom"])
        yield arn.service if arn else "ssm"


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
