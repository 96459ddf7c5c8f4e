"""The state machines of supervised tasks: what they run, read from their definitions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from .deployment import Deployment


@dataclass(frozen=True, slots=True)
class Machine:
    """What a state machine runs."""

    arn: str
    cluster_arn: str
    task_definition_arn: str

    @property
    def family(self) -> str:
        """The family of its task definition."""
        return self.task_definition_arn.rsplit("/", 1)[-1].split(":")[0]


def read_machine(deployment: Deployment, arn: str) -> Machine:
    """A state machine, by what it gives to RunTask; one call."""
    found = deployment.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    texts = dict(_texts(json.loads(found["definition"])))
    return Machine(arn, texts.get("Cluster", ""), texts.get("TaskDefinition", ""))


def execution_arn(state_machine_arn: str, name: str) -> str:
    """The ARN of an execution."""
    return f"{state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"


def execution_status(deployment: Deployment, state_machine_arn: str, name: str) -> str:
    """How an execution stands, such as RUNNING; one call."""
    arn = execution_arn(state_machine_arn, name)
    return deployment.client("stepfunctions").describe_execution(executionArn=arn)["status"]


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """All texts in a definition, with their keys."""
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            if isinstance(item, str):
                yield key, item
            else:
                yield from _texts(item)
