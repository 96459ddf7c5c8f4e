"""Launches a run exactly once. A call without an answer is retried with the same token, by which AWS recognizes it."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from .. import waiting
from ..aws.errors import explained, is_uncertain
from ..aws.machines import execution_arn
from ..errors import NO_RUN, NOT_KNOWN, OpsError
from .ecs_tasks import EcsTask
from .request import RunTaskRequest

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import RunTaskResponseTypeDef
    from mypy_boto3_stepfunctions import SFNClient

T = TypeVar("T")

ATTEMPTS = 5
"""Launch attempts if there is no capacity."""
FIRST_DELAY_SECONDS = 5
"""Delay before the second attempt. Each further delay is twice as long, so all delays together are 75 s."""
_NO_CAPACITY = re.compile(r"RESOURCE:|AGENT\Z|.*[Cc]apacity")
"""Temporary failure reasons (AWS: Amazon ECS developer guide, "API failure reasons")."""


def launch_tasks(ecs: "ECSClient", request: RunTaskRequest, token: str, tell: Callable[[str], None]) -> list[EcsTask]:
    """Start the requested number of ECS tasks and return those that started.

    RunTask can start no task, or fewer than requested. `tell` gets the reasons. If there is no capacity, the rest is
    retried. If an error ends the retries, the tasks that started so far are returned.

    Raises:
        OpsError: No ECS task started.
        Exception: Any error of boto3, if no ECS task started.
    """
    wanted = int(request.get("count", 1))
    started: list[EcsTask] = []
    try:
        _launch(ecs, request, token, tell, started)
    except BaseException as error:
        if not started:
            raise
        tell(f"Started before the error: {', '.join(task.id for task in started)}.")
        if (line := explained(error)) is None:
            raise
        tell(f"The remaining ECS tasks: {line}")
    if not started:
        raise OpsError("No run started: ECS has no capacity for it. The messages above give the reasons.", NO_RUN)
    if len(started) < wanted:
        tell(f"Started {len(started)} of {wanted} ECS tasks.")
    return started


def _launch(
    ecs: "ECSClient", request: RunTaskRequest, token: str, tell: Callable[[str], None], started: list[EcsTask]
) -> None:
    """Add tasks to `started` until there are enough, or until a retry is useless."""
    wanted = int(request.get("count", 1))
    for attempt in range(ATTEMPTS):
        # AWS answers a repeated token with the first answer, including its failures. So each attempt has its own token.
        answer = _run_task(ecs, {**request, "count": wanted - len(started), "clientToken": f"{token}-{attempt}"})
        failures = answer.get("failures", [])
        started += [EcsTask.read(task) for task in answer.get("tasks", []) if task.get("taskArn")]
        if not started and not failures:
            raise OpsError(f"RunTask reported neither ECS tasks nor failures. {_uncertain(_check(request))}", NOT_KNOWN)
        for reason in dict.fromkeys(map(_reason, failures)):
            tell(f"Not started: {reason}")
        if not failures or len(started) >= wanted:
            break
        if not all(_NO_CAPACITY.match(failure.get("reason", "")) for failure in failures):
            break
        if attempt + 1 < ATTEMPTS:
            delay = FIRST_DELAY_SECONDS * 2**attempt
            tell(f"Retrying in {delay} s (attempt {attempt + 2} of {ATTEMPTS}).")
            waiting.wait(delay)


def _run_task(ecs: "ECSClient", request: RunTaskRequest) -> "RunTaskResponseTypeDef":
    return _call_once("RunTask", _check(request), lambda: ecs.run_task(**request))


def _check(request: RunTaskRequest) -> str:
    return f"aws ecs list-tasks --cluster {request['cluster']} --started-by {request['startedBy']}"


def _uncertain(check: str) -> str:
    return f"So it is not known whether a run started. Before you start another one, check: {check}"


def _call_once(operation: str, check: str, call: Callable[[], T]) -> T:
    """Make a call that starts a run.

    Raises OpsError if the run may have started although the call failed. The message then contains the command `check`,
    which tells if it has.
    """
    try:
        return call()
    except Exception as error:
        # A refused call starts nothing. A lost answer or a server error can follow a start, even if AWS refuses a later
        # attempt, for example because of throttling, or can't be reached.
        if not is_uncertain(error):
            raise
        raise OpsError(
            f"{operation} returned no usable answer, even after retries. {_uncertain(check)}",
            NOT_KNOWN,
        ) from error


def _reason(failure: Mapping[str, object]) -> str:
    return " ".join(str(part) for part in (failure.get("reason", "unknown"), failure.get("detail", "")) if part)


def start_execution(sfn: "SFNClient", state_machine_arn: str, name: str, text: str) -> str:
    """Start the state machine of a supervised task and return the ARN of the execution.

    While an execution runs, a second call with the same name and input returns the same execution (AWS: Step Functions
    API reference, StartExecution).
    """
    arn = execution_arn(state_machine_arn, name)

    def call() -> None:
        try:
            sfn.start_execution(stateMachineArn=state_machine_arn, name=name, input=text)
        except sfn.exceptions.ExecutionAlreadyExists:
            # The name is unique, so an earlier attempt started this execution, and it has already ended.
            return

    _call_once("StartExecution", f"aws stepfunctions describe-execution --execution-arn {arn}", call)
    return arn
