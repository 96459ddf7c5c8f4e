"""The state machines of supervised tasks: what they run, according to their definitions, and their executions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from components.aws.arn import Arn
from components.aws.names import family_of
from components.json_values import items, mapping, read_json
from components.supervised.contract import MachineFacts, UnknownMachineError, decode

from ..errors import OpsError
from .deployment import Deployment
from .parallel import call_in_parallel

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"
_ENDS = {
    "ExecutionSucceeded": SUCCEEDED,
    "ExecutionFailed": "FAILED",
    "ExecutionAborted": "ABORTED",
    "ExecutionTimedOut": "TIMED_OUT",
}
"""Events that end an execution, with its final status. AWS: Step Functions API reference, HistoryEvent."""


class UnknownDefinitionError(OpsError):
    """This version doesn't deploy such a state machine, so that what it runs is unknown."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine, with the cluster and the task definition of its runs."""

    arn: str
    cluster_arn: str
    task_definition_arn: str
    exclusive: bool = False
    """Whether only one run is allowed at a time. Each run then holds a lease."""
    tasks: int = 1
    """ECS tasks per run."""
    index_machine_arn: str = ""
    """The state machine that runs one task of a run; empty for one task per run."""
    lock: str = ""
    """The lock that a run holds; empty for none."""

    @property
    def family(self) -> str:
        """The family of its task definition."""
        return family_of(self.task_definition_arn)


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of an execution."""

    status: str = RUNNING
    error: str = ""
    cause: str = ""
    tasks: tuple[str, ...] = field(default=())
    """ARNs of the ECS tasks that it has started, oldest first."""
    executions: tuple[str, ...] = field(default=())
    """ARNs of the executions that it has started for its tasks, for a task with `parallel`."""

    @property
    def ran(self) -> bool:
        """Whether it has started its run."""
        return bool(self.tasks or self.executions) or self.status == SUCCEEDED


def read_machine(deployment: Deployment, arn: str) -> Machine:
    """Read the state machine of a supervised task. Makes one call.

    Raises UnknownDefinitionError if this version doesn't deploy such a state machine.
    """
    return machine_of(arn, machine_facts(deployment, arn))


def machine_of(arn: str, facts: MachineFacts) -> Machine:
    """Return the parts of a state machine's facts that most commands need."""
    return Machine(
        arn,
        facts.cluster_arn,
        facts.task_definition_arn,
        exclusive=facts.exclusive,
        tasks=facts.tasks,
        index_machine_arn=facts.index_machine_arn,
        lock=facts.lock,
    )


def machine_facts(deployment: Deployment, arn: str) -> MachineFacts:
    """Read all facts of a state machine. Makes one call, and raises the same errors as `read_machine`."""
    found = deployment.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    try:
        return decode(found["definition"])
    except UnknownMachineError as error:
        raise UnknownDefinitionError(
            f"Can't tell what the state machine {Arn.parse(arn).resource_id} runs. {error} "
            "To replace it with the one from the configuration, run: pulumi up --refresh"
        ) from error


def execution_arn(state_machine_arn: str, name: str) -> str:
    """Return the ARN of an execution."""
    return str(Arn.parse(state_machine_arn).execution(name))


def execution_status(deployment: Deployment, state_machine_arn: str, name: str) -> str | None:
    """Return the status of an execution, such as RUNNING, or None if AWS doesn't know it. Makes one call."""
    states = deployment.client("stepfunctions")
    try:
        return states.describe_execution(executionArn=execution_arn(state_machine_arn, name))["status"]
    except states.exceptions.ExecutionDoesNotExist:
        return None


def running_executions(deployment: Deployment, state_machine_arn: str) -> list[str]:
    """List the names of the running executions, newest first. An execution that just started may be missing."""
    pages = (
        deployment.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=state_machine_arn, statusFilter=RUNNING)
    )
    return [execution["name"] for page in pages for execution in page["executions"]]


def execution_progress(deployment: Deployment, arn: str) -> Progress:
    """Read the progress of an execution from its history, which AWS keeps for 90 days. One call per 1,000 events."""
    states = deployment.client("stepfunctions")
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
    try:
        return progress_of(event for page in pages for event in page["events"])
    except states.exceptions.ExecutionDoesNotExist:
        return Progress()


def started_tasks(deployment: Deployment, arn: str) -> list[str]:
    """List the ARNs of the ECS tasks of a run, from the histories of its execution and of those that it started."""
    progress = execution_progress(deployment, arn)
    read = call_in_parallel(lambda each: execution_progress(deployment, each).tasks, progress.executions)
    return [*progress.tasks, *(task for _, answer in read for task in answer.result())]


def _started_executions(output: str) -> list[str]:
    """The ARN of the execution in a response of StartExecution. None if Step Functions truncated it."""
    try:
        arn = mapping(read_json(output or "{}")).get("ExecutionArn")
    except ValueError:
        return []
    return [str(arn)] if arn else []


def _started_tasks(output: str) -> list[str]:
    """The ARNs of the ECS tasks in a response of RunTask. None if Step Functions truncated it."""
    try:
        tasks = items(mapping(read_json(output or "{}")).get("Tasks", []))
    except ValueError:
        return []
    return [str(arn) for task in tasks if (arn := mapping(task).get("TaskArn"))]


def progress_of(events: "Iterable[HistoryEventTypeDef]") -> Progress:
    """Return the progress of an execution from the events of its history."""
    tasks: list[str] = []
    executions: list[str] = []
    for event in events:
        submitted = event.get("taskSubmittedEventDetails")
        if submitted and submitted["resourceType"] == "ecs":
            tasks += _started_tasks(submitted.get("output", ""))
        if submitted and submitted["resourceType"] == "states":
            executions += _started_executions(submitted.get("output", ""))
        if status := _ENDS.get(event["type"]):
            details = (
                event.get("executionFailedEventDetails")
                or event.get("executionAbortedEventDetails")
                or event.get("executionTimedOutEventDetails")
                or {}
            )
            return Progress(status, details.get("error", ""), details.get("cause", ""), tuple(tasks), tuple(executions))
    return Progress(tasks=tuple(tasks), executions=tuple(executions))
