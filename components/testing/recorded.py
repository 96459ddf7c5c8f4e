"""Resources that a program would deploy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..component_types import CALL_TYPE, TASK_TYPE


@dataclass
class Resource:
    """A resource as it was registered."""

    type: str
    """Its type, such as `aws:scheduler/schedule:Schedule`."""
    name: str
    """Its name in Pulumi."""
    urn: str
    parent: str
    """The URN of its parent."""
    inputs: dict[str, Any]
    """Its inputs, with keys in camelCase."""
    dependencies: list[str]
    """The URNs of the resources that it waits for."""
    aliases: list[str]
    """Its earlier URNs."""
    ignored: list[str]
    """Inputs that the engine takes from the last deployment."""


@dataclass(frozen=True)
class Schedule:
    """A schedule of a task."""

    name: str
    """Its name in AWS."""
    expression: str
    """`rate(...)`, `cron(...)` or `at(...)`."""
    timezone: str
    enabled: bool
    target: Mapping[str, Any]
    """Its target, with keys in camelCase."""


@dataclass(frozen=True)
class Task:
    """A task that a program deploys."""

    name: str
    schedules: Sequence[Schedule]
    """Its schedules, in the order of the arguments."""
    task_definition: Mapping[str, Any]
    """The inputs of its task definition, with keys in camelCase. Empty for an existing task definition."""
    containers: Mapping[str, Mapping[str, Any]]
    """Its containers by name, with the keys of ECS. The task's own is `main`."""


@dataclass(frozen=True)
class Call:
    """An API call that a program schedules."""

    name: str
    schedules: Sequence[Schedule]
    """Its schedules, in the order of the arguments."""
    target: str
    """ARN of the API operation, or of the function, state machine, queue, topic or event bus."""
    input: object
    """The parameters of the operation as EventBridge Scheduler spells them, or the payload. None for none."""
    statements: Sequence[Mapping[str, Any]]
    """The statements of its role's policy. Empty for an existing role."""


@dataclass
class Recorded:
    """The requests of a program to the engine."""

    resources: list[Resource] = field(default_factory=list[Resource])
    """All resources and components, in the order of their registration."""
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """The outputs of components, by URN."""
    invokes: list[str] = field(default_factory=list[str])
    """The tokens of all look-ups."""
    warnings: list[str] = field(default_factory=list[str])
    error: BaseException | None = None

    def named(self, name: str) -> Resource:
        """The resource with a name in Pulumi. Components do not count."""
        [found] = [resource for resource in self.of_aws if resource.name == name]
        return found

    def schedules(self, task: str) -> list[Resource]:
        """The schedules of a task, in the order of its list."""
        return [resource for resource in self.of_aws if resource.name.startswith(f"{task}-schedule")]

    @property
    def of_aws(self) -> list[Resource]:
        """The resources in AWS: all except components."""
        return [resource for resource in self.resources if resource.type.startswith("aws:")]

    def task(self, name: str) -> Task:
        """A task that the program deploys.

        Raises:
            KeyError: The program has no such task.
        """
        children = self._children(TASK_TYPE, name)
        definitions = [each.inputs for each in children if each.type == "aws:ecs/taskDefinition:TaskDefinition"]
        definition = definitions[0] if definitions else dict[str, Any]()
        containers: list[dict[str, Any]] = json.loads(definition.get("containerDefinitions", "[]"))
        return Task(
            name=name,
            schedules=[_schedule(each.inputs) for each in children if each.type == "aws:scheduler/schedule:Schedule"],
            task_definition=definition,
            containers={container["name"]: container for container in containers},
        )

    def call(self, name: str) -> Call:
        """An API call that the program schedules.

        Raises:
            KeyError: The program has no such call.
        """
        children = self._children(CALL_TYPE, name)
        schedules = [_schedule(each.inputs) for each in children if each.type == "aws:scheduler/schedule:Schedule"]
        policies = [each.inputs["policy"] for each in children if each.type == "aws:iam/rolePolicy:RolePolicy"]
        text = schedules[0].target.get("input") if schedules else None
        return Call(
            name=name,
            schedules=schedules,
            target=schedules[0].target["arn"] if schedules else "",
            input=_decoded(text),
            statements=[statement for policy in policies for statement in json.loads(policy)["Statement"]],
        )

    def _children(self, kind: str, name: str) -> list[Resource]:
        """The resources of a component. Raises KeyError if there is no such component."""
        urn = next((each.urn for each in self.resources if (each.type, each.name) == (kind, name)), None)
        if urn is None:
            raise KeyError(name)
        return [each for each in self.resources if each.parent == urn]


def _decoded(text: str | None) -> object:
    """The value of JSON text; other text as it is."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def _schedule(inputs: Mapping[str, Any]) -> Schedule:
    return Schedule(
        name=inputs["name"],
        expression=inputs["scheduleExpression"],
        timezone=inputs["scheduleExpressionTimezone"],
        enabled=inputs["state"] == "ENABLED",
        target=inputs["target"],
    )
