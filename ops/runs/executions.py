"""The executions of supervised tasks as runs. Step Functions keeps an execution for 90 days after its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from components.monitoring.events import FAILED

from ..aws.deployment import Deployment
from ..aws.errors import error_code, explained, is_denied
from ..aws.machines import RUNNING as EXECUTION_RUNNING
from ..aws.machines import execution_arn
from ..aws.parallel import call_in_parallel
from . import records
from .records import RUNNING, Run
from .waits import EVENTS, Waiting, waiting

WAITS = 10
"""The most running executions whose history a command reads, in one call each."""


def list_executions(
    deployment: Deployment, task: str, state_machine_arn: str, most: int, *, running: bool = False
) -> list[Run]:
    """The newest executions of a task. A failed one has no reason yet: see `with_reasons`.

    Args:
        deployment: The deployment.
        task: Name of the task.
        state_machine_arn: Its state machine.
        most: The most executions.
        running: Whether to list only those that are running.
    """
    pages = deployment.aws.pages(
        "stepfunctions",
        "list_executions",
        "executions",
        stateMachineArn=state_machine_arn,
        PaginationConfig={"PageSize": min(most, 1000)},
        **({"statusFilter": EXECUTION_RUNNING} if running else {}),
    )
    return [records.from_execution(execution, task) for execution in islice(pages, most)]


def last_executions(deployment: Deployment, state_machines: Mapping[str, str]) -> dict[str, Run]:
    """The last execution of each task, by the ARN of its state machine. Makes one or two calls per task."""

    def last(task: str) -> Run | None:
        try:
            found = list_executions(deployment, task, state_machines[task], 1)
        except Exception as error:
            if error_code(error) != "StateMachineDoesNotExist":
                raise
            return None
        return with_reasons(deployment, state_machines[task], found)[0] if found else None

    answers = ((task, answer.result()) for task, answer in call_in_parallel(last, state_machines))
    return {task: run for task, run in answers if run}


def with_reasons(
    deployment: Deployment, state_machine_arn: str, runs: Sequence[Run], only: Iterable[str] | None = None
) -> list[Run]:
    """The runs, with the reasons why executions failed. Makes one call per failed execution.

    ListExecutions omits the error, which tells a skipped or replaced run from a failed one. AWS: Step Functions API
    reference, ExecutionListItem, DescribeExecution.

    Args:
        deployment: The deployment.
        state_machine_arn: The state machine of the runs.
        runs: The runs.
        only: The IDs of the runs whose reason isn't known yet. Default: all of them.
    """
    unknown = {run.id for run in runs} if only is None else set(only)
    failed = {run.id: run for run in runs if run.id in unknown and run.outcome == FAILED}

    def explained(name: str) -> Run:
        states = deployment.client("stepfunctions")
        try:
            found = states.describe_execution(executionArn=execution_arn(state_machine_arn, name))
        except states.exceptions.ClientError as error:
            if error_code(error) == "ExecutionDoesNotExist":
                return failed[name]
            if error_code(error) == "AccessDeniedException":
                return replace(failed[name], reason="Unknown reason: states:DescribeExecution is not allowed.")
            raise
        told = records.from_execution(found | {"name": name}, failed[name].task)
        return replace(failed[name], outcome=told.outcome, reason=told.reason)

    known = {name: answer.result() for name, answer in call_in_parallel(explained, failed)}
    return [known.get(run.id, run) for run in runs]


def with_waits(
    deployment: Deployment, state_machines: Mapping[str, str], runs: Sequence[Run]
) -> tuple[list[Run], list[str]]:
    """The runs, with what running executions wait for, and sentences about what is unknown.

    Makes one call per running execution, and at most `WAITS`: the first ones are read.

    Args:
        deployment: The deployment.
        state_machines: The ARN of the state machine by task.
        runs: The runs, the newest of each task first.
    """
    running = {(run.task, run.id): run for run in runs if run.outcome == RUNNING}
    unknown: list[str] = []

    def read(key: tuple[str, str]) -> Waiting | None:
        task, name = key
        try:
            pages = deployment.aws.pages(
                "stepfunctions",
                "get_execution_history",
                "events",
                executionArn=execution_arn(state_machines[task], name),
                reverseOrder=True,
                PaginationConfig={"PageSize": EVENTS},
            )
            newest = list(islice(pages, EVENTS))
        except Exception as error:
            if error_code(error) != "ExecutionDoesNotExist":
                raise
            # The task was not supervised when this run started.
            return None
        return waiting(newest, running[key].started)

    answers: dict[tuple[str, str], Waiting | None] = {}
    for key, answer in call_in_parallel(read, list(running)[:WAITS]):
        error = answer.exception()
        if error is None:
            answers[key] = answer.result()
        elif is_denied(error):
            unknown = [f"Whether running executions wait is unknown. {explained(error)}"]
        else:
            raise error
    if len(running) > WAITS:
        unknown.append(f"Only {WAITS} running executions were read. Others can be waiting too.")
    return [replace(run, waiting=answers.get((run.task, run.id))) for run in runs], unknown


def waiting_runs(deployment: Deployment, state_machines: Mapping[str, str]) -> tuple[dict[str, list[Run]], list[str]]:
    """The runs that wait by task, the newest first, and sentences about what is unknown.

    Makes one call per task, and at most `WAITS` for all running executions.

    Args:
        deployment: The deployment.
        state_machines: The ARN of the state machine by task.
    """

    def running(task: str) -> list[Run]:
        try:
            # One more than are read shows that there are more.
            return list_executions(deployment, task, state_machines[task], WAITS + 1, running=True)
        except Exception as error:
            if error_code(error) != "StateMachineDoesNotExist":
                raise
            return []

    listed = [run for _, answer in call_in_parallel(running, state_machines) for run in answer.result()]
    runs, unknown = with_waits(deployment, state_machines, listed)
    found: dict[str, list[Run]] = {}
    for run in runs:
        if run.waiting:
            found.setdefault(run.task, []).append(run)
    return found, unknown
