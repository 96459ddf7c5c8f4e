"""An execution of a state machine.

AWS: Step Functions developer guide, "Amazon States Language", "Transforming data with JSONata in Step Functions",
"Passing data between states with variables", "Accessing execution data from the Context object in Step Functions";
https://states-language.net/spec.html.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Any, Protocol
from uuid import UUID

from components.json_values import Data, Object

from ..timestamps import timestamp
from .errors import EvaluationError, ServiceError
from .expressions import Evaluator
from .flow import Flow
from .processes import ExpiredError, Process, within


class Services(Protocol):
    """The services that tasks call."""

    def call(self, resource: str, arguments: Any, submitted: Callable[[Any], None]) -> Process[Any]:
        """Make a call, and return its result.

        A process of a `.sync` call that is closed tries to stop its work: Step Functions does that if the execution is
        stopped, or another iteration of its Map state fails. At the timeout of the state, States.Timeout is thrown into
        the process, which raises it again.

        Args:
            resource: The ARN of the resource.
            arguments: The arguments.
            submitted: Gets the first answer of a `.sync` call.

        Raises:
            ServiceError: The call fails.
        """
        ...


class Record(Protocol):
    """Gets the events of an execution's history, in order.

    Args of a call: the type of the event, and the members of its details with values of JSON. AWS: Step Functions API
    reference, HistoryEvent.
    """

    def __call__(self, kind: str, **details: Any) -> None:
        """Add an event."""
        ...


def _unrecorded(kind: str, **details: Any) -> None:
    """Record nothing."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an execution."""

    status: str
    error: str = ""
    cause: str = ""
    output: Any = None


@dataclass
class Execution:
    """One execution of a state machine.

    Args:
        machine: The definition. `features.unknown` must be empty for it.
        name: The name of the execution.
        given: Its input.
        services: The services that tasks call.
        clock: The time as the execution sees it, in seconds since 1970.
        random: Decides what Step Functions decides at random.
    """

    machine: Data
    name: str
    given: Any
    services: Services
    clock: Callable[[], float]
    random: Random
    context: Data = field(default_factory=dict[str, Any])
    """Members of the context object that only the caller knows: `Execution`, `StateMachine`."""
    record: Record = _unrecorded
    stall: Callable[[], float] = lambda: 0
    """Seconds before Step Functions enters the next state."""
    evaluates_again: bool = False
    """Whether the arguments of a task are evaluated for each retry. AWS doesn't document that."""
    entered: list[str] = field(default_factory=list[str])
    """The names of the states, in the order in which it entered them."""
    events: int = 0
    """The number of events in its history."""

    def __post_init__(self) -> None:
        own = {"Id": self.name, "Name": self.name, "Input": self.given, "StartTime": timestamp(self.clock())}
        self._context = {**self.context, "Execution": {**own, **self.context.get("Execution", {})}}
        self._evaluator = Evaluator(lambda: int(self.clock() * 1000), self._uuid)

    def _uuid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    @property
    def state(self) -> str:
        """The state that it has entered last; empty before the first."""
        return self.entered[-1] if self.entered else ""

    def run(self) -> Process[Ended]:
        """Run until the execution ends by itself. To abort it, close the process."""
        self.write("ExecutionStarted", input=self.given)
        process = Flow(self, self.machine, {}).run(self.given)
        try:
            output = yield from within(process, self.machine.get("TimeoutSeconds", inf), self.clock)
        except ExpiredError:
            process.close()
            return self._end(Ended("TIMED_OUT", "States.Timeout"))
        except ServiceError as error:
            return self._end(Ended("FAILED", error.name, error.cause))
        return self._end(Ended("SUCCEEDED", output=output))

    def _end(self, ended: Ended) -> Ended:
        if ended.status == "SUCCEEDED":
            self.write("ExecutionSucceeded", output=ended.output)
        else:
            why = {"error": ended.error, "cause": ended.cause}
            kind = "ExecutionTimedOut" if ended.status == "TIMED_OUT" else "ExecutionFailed"
            self.write(kind, **{name: value for name, value in why.items() if value})
        return ended

    def write(self, kind: str, **details: Any) -> None:
        """Write an event into the history."""
        self.events += 1
        self.record(kind, **details)

    def value(self, value: Any, variables: Object, states: Data, location: str) -> Any:
        """Evaluate a field of a state.

        Args:
            value: The field's value.
            variables: The variables of the state.
            states: The members of `$states`.
            location: The field, for errors.

        Raises:
            EvaluationError: An expression fails, or has no result.
        """
        context = {**self._context, **states.get("context", {})}
        try:
            return self._evaluator.value(value, {**variables, "states": {**states, "context": context}}, location)
        except EvaluationError as error:
            state = states.get("context", {}).get("State", {}).get("Name", "")
            where = f"An error occurred while executing the state '{state}'."
            raise EvaluationError(f"{where} {error.cause}", error.location) from error
