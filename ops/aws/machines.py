"""The state machines of supervised tasks: what they run, read from their definitions, and what became of executions."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.aws.arn import Arn
from components.aws.names import family_of
from components.supervised.contract import UnknownMachineError, decode

from ..errors import OpsError
from .deployment import Deployment

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"
_ENDS = {
    "ExecutionSucceeded": SUCCEEDED,
    "ExecutionFailed": "FAILED",
    "ExecutionAborted": "ABORTED",
    "ExecutionTimedOut": "TIMED_OUT",
}
"""Events that end an execution, and its status from there on (AWS: Step Functions API reference, HistoryEvent)."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a state machine runs."""

    arn: str
    cluster_arn: str
    task_definition_arn: str
    exclusive: bool = False
    """Whether one run at a time is allowed, for which it takes a lease."""

    @property
    def family(self) -> str:
        """The family of its task definition."""
        return family_of(self.task_definition_arn)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an execution has come."""

    status: str = RUNNING
    error: str = ""
    cause: str = ""
    tasks: tuple[str, ...] = field(default=())
    """ARNs of the ECS tasks that it has started, one after the other."""

    @property
    def ran(self) -> bool:
        """Whether it has started its run."""
        return bool(self.tasks) or self.status == SUCCEEDED


def read_machine(deployment: Deployment, arn: str) -> Machine:
    """The state machine of a supervised task; one call.

    Raises:
        OpsError: The state machine isn't one that this version deploys, so what it runs is unknown.
    """
    found = deployment.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    try:
        facts = decode(found["definition"])
    except UnknownMachineError as error:
        raise OpsError(
            f"Can't tell what the state machine {Arn.parse(arn).resource_id} runs. {error} "
            "To replace it with the one from the configuration, run: pulumi up --refresh"
        ) from error
    return Machine(arn, facts.cluster_arn, facts.task_definition_arn, facts.exclusive)


def execution_arn(state_machine_arn: str, name: str) -> str:
    """The ARN of an execution."""
    return str(Arn.parse(state_machine_arn).execution(name))


def execution_status(deployment: Deployment, state_machine_arn: str, name: str) -> str | None:
    """How an execution stands, such as RUNNING; None where there is none, or none any more. One call."""
    states = deployment.client("stepfunctions")
    try:
        return states.describe_execution(executionArn=execution_arn(state_machine_arn, name))["status"]
    except states.exceptions.ExecutionDoesNotExist:
        return None


def running_executions(deployment: Deployment, state_machine_arn: str) -> list[str]:
    """The names of the executions that go on, the newest first; one that has just begun may be left out."""
    pages = deployment.aws.pages(
        "stepfunctions",
        "list_executions",
        "executions",
        stateMachineArn=state_machine_arn,
        statusFilter=RUNNING,
    )
    return [str(execution["name"]) for execution in pages]


def execution_progress(deployment: Deployment, arn: str) -> Progress:
    """How far an execution has come, by its history, which is kept for 90 days; a call for each thousand events."""
    states = deployment.client("stepfunctions")
    try:
        pages = deployment.aws.pages("stepfunctions", "get_execution_history", "events", executionArn=arn)
        return progress_of(pages)
    except states.exceptions.ExecutionDoesNotExist:
        return Progress()


def progress_of(events: Iterator[Mapping[str, Any]]) -> Progress:
    """How far an execution has come, from the events of its history."""
    tasks: list[str] = []
    for event in events:
        tasks += _submitted(event.get("taskSubmittedEventDetails", {}))
        if status := _ENDS.get(event["type"]):
            told = event.get(f"e{event['type'][1:]}EventDetails", {})
            return Progress(status, str(told.get("error", "")), str(told.get("cause", "")), tuple(tasks))
    return Progress(tasks=tuple(tasks))


def _submitted(details: Mapping[str, Any]) -> list[str]:
    """The ECS tasks that RunTask has answered with."""
    if details.get("resourceType") != "ecs":
        return []
    return [task["TaskArn"] for task in json.loads(details.get("output") or "{}").get("Tasks", ())]
