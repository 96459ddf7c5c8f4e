"""Starting a run, once: what is not answered is asked again with the same token, by which AWS knows it."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..aws.errors import explained
from ..aws.machines import execution_arn
from ..errors import NO_RUN, NOT_KNOWN, OpsError
from .records import last_part

ATTEMPTS = 5
"""Launches that are tried where there is no capacity."""
FIRST_DELAY_SECONDS = 5
"""Before the second; each further delay is twice as long, so that all of them together are 75 s."""
_ATTEMPT = "needs-retry.{service}.{operation}"
"""What botocore says after each attempt of a call."""
_FOR_WANT_OF_CAPACITY = re.compile(r"RESOURCE:.*|AGENT|.*[Cc]apacity.*")
"""Reasons that pass (AWS: Amazon ECS developer guide, "API failure reasons")."""


def launch_tasks(
    ecs: Any, request: Mapping[str, Any], token: str, tell: Callable[[str], None]
) -> list[Mapping[str, Any]]:
    """Start as many ECS tasks as the request says: those that were started. Raises OpsError, and what boto3 raises,
    where none was.

    RunTask can answer that it started nothing, or less than was asked for: that is told, and for want of capacity
    the rest is tried again. Whatever ends that, those that were started are told.
    """
    wanted = int(request.get("count", 1))
    started: list[Mapping[str, Any]] = []
    try:
        _launch(ecs, request, token, tell, started)
    except BaseException as error:
        if not started:
            raise
        tell(f"started before that: {', '.join(last_part(task['taskArn']) for task in started)}")
        if (line := str(error) if isinstance(error, OpsError) else explained(error)) is None:
            raise
        tell(f"the rest: {line}")
    if not started:
        raise OpsError("no run was started: ECS found no place for it. See above why.", NO_RUN)
    if len(started) < wanted:
        tell(f"{len(started)} of {wanted} were started")
    return started


def _launch(
    ecs: Any, request: Mapping[str, Any], token: str, tell: Callable[[str], None], started: list[Mapping[str, Any]]
) -> None:
    """Fill `started` until it is as many as are wanted, or until trying again is of no use."""
    wanted = int(request.get("count", 1))
    for attempt in range(ATTEMPTS):
        # With its token, a request that is repeated is answered as the first was, failures included. An answer ends
        # an attempt, so the next one has a token of its own.
        answer = _run_task(ecs, {**request, "count": wanted - len(started), "clientToken": f"{token}-{attempt}"})
        started += answer["tasks"]
        failures = answer.get("failures", [])
        reasons = [_reason(failure) for failure in failures]
        for reason in dict.fromkeys(reasons):
            tell(f"not started: {reason}")
        if not failures or len(started) >= wanted:
            break
        if not all(_FOR_WANT_OF_CAPACITY.fullmatch(failure.get("reason", "")) for failure in failures):
            break
        if attempt + 1 < ATTEMPTS:
            delay = FIRST_DELAY_SECONDS * 2**attempt
            tell(f"trying again in {delay} s ({attempt + 2} of {ATTEMPTS})")
            time.sleep(delay)


def _run_task(ecs: Any, request: Mapping[str, Any]) -> Any:
    look = f"aws ecs list-tasks --cluster {request['cluster']} --started-by {request['startedBy']}"
    return _ask(ecs, "RunTask", look, lambda: ecs.run_task(**request))


def _ask(client: Any, operation: str, look: str, call: Callable[[], Any]) -> Any:
    """Call what starts something. Raises OpsError where it is not known whether it did; `look` tells it then."""
    from botocore.exceptions import ClientError, HTTPClientError

    event = _ATTEMPT.format(service=client.meta.service_model.service_id.hyphenize(), operation=operation)
    unanswered: list[bool] = []

    def attempted(response: Any, caught_exception: Exception | None = None, **_: Any) -> None:
        # What is refused was not started. Of what fails on the way back, or within AWS, nobody knows: also where a
        # later attempt is refused, as one that is throttled may be.
        unanswered.append(caught_exception is not None or response[0].status_code >= 500)

    client.meta.events.register(event, attempted)
    try:
        return call()
    except (ClientError, HTTPClientError) as error:
        if not any(unanswered):
            raise
        raise OpsError(
            f"{operation} was not answered, however often it was asked: whether a run was started is not known. Look "
            f"before you start another: {look}",
            NOT_KNOWN,
        ) from error
    finally:
        client.meta.events.unregister(event, attempted)


def _reason(failure: Mapping[str, Any]) -> str:
    return " ".join(part for part in (failure.get("reason", "unknown"), failure.get("detail", "")) if part)


def start_execution(sfn: Any, state_machine_arn: str, name: str, text: str) -> str:
    """Start the state machine of a supervised task; the ARN of its execution.

    A name and input that come again while the execution goes on are the same execution (AWS: Step Functions API
    reference, StartExecution).
    """
    arn = execution_arn(state_machine_arn, name)

    def call() -> None:
        try:
            sfn.start_execution(stateMachineArn=state_machine_arn, name=name, input=text)
        except sfn.exceptions.ExecutionAlreadyExists:
            # Nobody else has this name: an answer was lost, and the execution has ended since.
            return

    _ask(sfn, "StartExecution", f"aws stepfunctions describe-execution --execution-arn {arn}", call)
    return arn
