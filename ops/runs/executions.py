"""The executions of supervised tasks as runs. Step Functions keeps an execution for 90 days after its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from components.monitoring.events import FAILED

from ..aws.deployment import Deployment
from ..aws.errors import error_code
from ..aws.machines import execution_arn
from ..aws.parallel import call_in_parallel
from . import records
from .records import Run


def list_executions(deployment: Deployment, task: str, state_machine_arn: str, most: int) -> list[Run]:
    """The newest executions of a task. A failed one has no reason yet: see `with_reasons`."""
    pages = deployment.aws.pages(
        "stepfunctions",
        "list_executions",
        "executions",
        stateMachineArn=state_machine_arn,
        PaginationConfig={"PageSize": min(most, 1000)},
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
