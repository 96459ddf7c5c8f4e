"""Rules, schedules and task definitions, as each source gives them: in the spelling of AWS's API. Pure."""

from dataclasses import dataclass, field
from typing import Literal

from components.aws.arn import Arn

from ..yaml_sources import Value
from .values import is_empty, unresolved

Kind = Literal["rule", "schedule"]


@dataclass(slots=True)
class Target:
    """A target of a rule.

    Args:
        value: Its members, those of `Target` in EventBridge's API.
    """

    value: Value

    @property
    def id(self) -> str:
        """Its ID in the rule."""
        return text_at(self.value, "Id")


@dataclass(slots=True)
class Rule:
    """A rule.

    Args:
        file: The source.
        label: How messages name it, such as `rule/nightly`.
        value: Its members, those of PutRule.
        targets: Its targets.
        arn: Its ARN; empty if it isn't known.
        bus: Name of its event bus.
    """

    file: str
    label: str
    value: Value
    targets: list[Target] = field(default_factory=list[Target])
    arn: str = ""
    bus: str = "default"

    @property
    def name(self) -> str:
        """Its name; in a template without one, the name of the resource."""
        return known_name(self.value) or self.label.rsplit("/", 1)[-1]


@dataclass(slots=True)
class Schedule:
    """A schedule of EventBridge Scheduler.

    Args:
        file: The source.
        label: How messages name it, such as `schedule/default/nightly`.
        value: Its members, those of CreateSchedule.
        arn: Its ARN; empty if it isn't known.
        group: Name of its schedule group.
    """

    file: str
    label: str
    value: Value
    arn: str = ""
    group: str = "default"

    @property
    def name(self) -> str:
        """Its name; in a template without one, the name of the resource."""
        return known_name(self.value) or self.label.rsplit("/", 1)[-1]


@dataclass(slots=True)
class Definition:
    """A task definition.

    Args:
        value: Its members, those of RegisterTaskDefinition.
        file: The source.
        arn: Its ARN with the revision; empty if it isn't known, as in a template.
    """

    value: Value
    file: str
    arn: str = ""

    @property
    def family(self) -> str:
        """Its family; empty if AWS chooses one."""
        return text_at(self.value, "family")

    @property
    def containers(self) -> list[Value]:
        """Its containers."""
        found = self.value.at("containerDefinitions")
        return found.items if found else []

    @property
    def essential(self) -> list[str]:
        """Names of its essential containers. AWS: a container is essential unless it says otherwise."""
        return [
            text_at(container, "name")
            for container in self.containers
            if text_at(container, "essential").lower() != "false"
        ]


@dataclass(slots=True)
class Found:
    """The content of a source.

    Args:
        rules: Its rules.
        schedules: Its schedules.
        definitions: Its task definitions, by each string that refers to one.
        remarks: Sentences for the user.
    """

    rules: list[Rule] = field(default_factory=list[Rule])
    schedules: list[Schedule] = field(default_factory=list[Schedule])
    definitions: dict[str, Definition] = field(default_factory=dict[str, Definition])
    remarks: list[str] = field(default_factory=list[str])

    def definition(self, reference: str) -> Definition | None:
        """The task definition that a string refers to: an ARN, `family:revision` or a family."""
        short = reference.rsplit("/", 1)[-1]
        return self.definitions.get(reference) or self.definitions.get(short)


def text_at(value: Value, *keys: str) -> str:
    """The text below keys; empty if there is none."""
    found = value.at(*keys)
    return found.text if found else ""


def known_name(value: Value) -> str:
    """The name of a rule or schedule; empty if there is none, or if the source doesn't contain it."""
    found = value.at("Name")
    return "" if found is None or unresolved(found) else found.text


def service_of(arn: str) -> str:
    """The service of an ARN, such as `lambda`; empty for something else."""
    parsed = Arn.parse_if_arn(arn)
    return parsed.service if parsed else ""


def is_ecs(target: Value) -> bool:
    """Whether a target starts ECS tasks."""
    # Terraform shows the settings of all services, and those of the others are empty.
    return not is_empty(target.at("EcsParameters")) or service_of(text_at(target, "Arn")) == "ecs"
