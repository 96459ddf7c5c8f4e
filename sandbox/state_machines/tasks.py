"""A Task state: its call, retries, catchers and timeout.

AWS: Step Functions developer guide, "Task workflow state", "Handling errors in Step Functions workflows".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.json_values import Data

from . import retries
from .errors import EvaluationError, ServiceError
from .processes import ExpiredError, Process, within

if TYPE_CHECKING:
    from .flow import Entered

TIMEOUT = "States.Timeout"
LONGEST = 99_999_999
"""Seconds. The default of `TimeoutSeconds`. AWS: "Task workflow state"."""


def run_task(this: Entered) -> Process[tuple[Any, str | None]]:
    """Run a Task state. Returns its output and the next state."""
    execution, retried = this.of.execution, dict[int, int]()
    arguments: Any = None
    while True:
        try:
            # JSONata in Arguments can fail too, and Catch catches that.
            if arguments is None or execution.evaluates_again:
                arguments = this.value("Arguments", this.state.get("Arguments", {}))
            result = yield from _call(this, arguments)
            return this.leave(this.state, result, this.following, result=result)
        except ServiceError as error:
            this.failed(error)
            position = retries.first(this.state.get("Retry", ()), error.name)
            if position is not None:
                retrier: Data = this.state["Retry"][position]
                if retries.may_retry(retrier, retried.get(position, 0)):
                    retried[position] = retried.get(position, 0) + 1
                    this.context["State"] = {**this.context["State"], "RetryCount": sum(retried.values())}
                    yield retries.pause(retrier, retried[position], execution.random)
                    continue
            return catch(this, error)


def catch(this: Entered, error: ServiceError) -> tuple[Any, str | None]:
    """Leave a state by its catcher of an error. Raises the error if there is none."""
    position = retries.first(this.state.get("Catch", ()), error.name)
    if position is None:
        raise error
    catcher: Data = this.state["Catch"][position]
    caught = {"Error": error.name, "Cause": error.cause}
    try:
        return this.leave(catcher, caught, catcher["Next"], errorOutput=caught)
    except EvaluationError as failure:
        this.failed(failure)
        raise


def _call(this: Entered, arguments: Any) -> Process[Any]:
    """One try, with its events."""
    execution = this.of.execution
    called = this.state["Resource"].partition(":::")[2]
    service, _, action = called.rpartition(":") if called.startswith("aws-sdk:") else called.partition(":")
    what = {"resourceType": service, "resource": action}
    limit = {"timeoutInSeconds": this.state["TimeoutSeconds"]} if "TimeoutSeconds" in this.state else {}
    this.write("TaskScheduled", **what, parameters=arguments, **limit)
    this.write("TaskStarted", **what)
    is_submitted = False

    def submitted(answer: Any) -> None:
        nonlocal is_submitted
        is_submitted = True
        this.write("TaskSubmitted", **what, output=answer)

    calling = execution.services.call(this.state["Resource"], arguments, submitted)
    try:
        seconds = this.value("TimeoutSeconds", this.state.get("TimeoutSeconds", LONGEST))
        result = yield from within(calling, float(seconds), execution.clock)
    except ExpiredError:
        this.write("TaskTimedOut", **what, error=TIMEOUT)
        calling.throw(ServiceError(TIMEOUT, ""))
        raise AssertionError("the call must raise the error") from None
    except EvaluationError:
        raise
    except ServiceError as error:
        # AWS: Step Functions API reference, TaskSubmitFailedEventDetails: the task could not be submitted.
        kind = "TaskSubmitFailed" if ".sync" in action and not is_submitted else "TaskFailed"
        this.write(kind, **what, error=error.name, cause=error.cause)
        raise
    this.write("TaskSucceeded", **what, output=result)
    return result
