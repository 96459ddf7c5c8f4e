"""States one after the other, with variables of their own: those of an execution, or of one iteration of `Map`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.json_values import Data, Object

from ..timestamps import timestamp
from .errors import EvaluationError, ServiceError
from .maps import run_map
from .processes import Process
from .tasks import run_task

if TYPE_CHECKING:
    from .interpreter import Execution

_ABORTABLE = frozenset({"Task", "Map", "Wait"})
"""Types of states with an event for their abort. AWS: Step Functions API reference, HistoryEvent, type."""


@dataclass(slots=True)
class Entered:
    """A state that an execution has entered."""

    of: Flow
    name: str
    state: Data
    given: Any
    """Its input."""
    context: Object

    def value(self, field: str, value: Any, **more: Any) -> Any:
        """Evaluate a field. `more` are members of `$states`."""
        states = {"input": self.given, "context": self.context, **more}
        return self.of.execution.value(value, self.of.variables, states, field)

    def assigned(self, of: Data, **more: Any) -> Object:
        """Evaluate the variables that the state, a choice or a catcher assigns."""
        return {name: self.value(f"Assign/{name}", value, **more) for name, value in of.get("Assign", {}).items()}

    def leave(self, of: Data, default: Any, following: str | None, **more: Any) -> tuple[Any, str | None]:
        """Leave the state: evaluate its output and variables. Returns the output and the next state.

        Args:
            of: The state, or its choice or catcher with `Output` and `Assign`.
            default: The output if there is no `Output`.
            following: The next state; None at the end.
            more: Members of `$states`.
        """
        output = self.value("Output", of["Output"], **more) if "Output" in of else default
        assigned = self.assigned(of, **more)
        self.of.variables.update(assigned)
        self.write(f"{self.state['Type']}StateExited", name=self.name, output=output, assignedVariables=assigned)
        return output, following

    def write(self, kind: str, **details: Any) -> None:
        """Write an event into the history."""
        self.of.execution.write(kind, **details)

    def failed(self, error: ServiceError) -> None:
        """Write the event about an expression that failed."""
        if isinstance(error, EvaluationError):
            details = {"error": error.name, "cause": error.cause, "location": error.location, "state": self.name}
            self.write("EvaluationFailed", **details)

    @property
    def following(self) -> str | None:
        """The next state; None at the end."""
        return self.state.get("Next")


@dataclass(slots=True)
class Flow:
    """Runs states from the first to the end.

    Args:
        execution: The execution.
        definition: Has `StartAt` and `States`.
        variables: The variables at the start. Those of an iteration don't leave it.
    """

    execution: Execution
    definition: Data
    variables: Object

    def inner(self, definition: Data) -> Flow:
        """The states of an iteration. They read the variables of this one, and have their own."""
        return Flow(self.execution, definition, dict(self.variables))

    def run(self, given: Any) -> Process[Any]:
        """Run the states, and return the output of the last one.

        Raises:
            ServiceError: A Fail state, or an error that no state catches.
        """
        execution, data = self.execution, given
        name: str | None = self.definition["StartAt"]
        while name is not None:
            if (seconds := execution.stall()) > 0:
                yield seconds
            execution.entered.append(name)
            state: Data = self.definition["States"][name]
            kind = state["Type"]
            execution.write(f"{kind}StateEntered", name=name, input=data)
            context = {"State": {"Name": name, "EnteredTime": timestamp(execution.clock()), "RetryCount": 0}}
            entered = Entered(self, name, state, data, context)
            try:
                data, name = yield from _run(entered)
            except GeneratorExit:
                if kind in _ABORTABLE:
                    execution.write(f"{kind}StateAborted")
                raise
        return data


def _run(this: Entered) -> Process[tuple[Any, str | None]]:
    """Run a state. Returns its output and the next state."""
    kind = this.state["Type"]
    try:
        if kind == "Task":
            return (yield from run_task(this))
        if kind == "Map":
            return (yield from run_map(this))
        if kind == "Wait":
            yield _seconds(this)
        if kind == "Fail":
            raise ServiceError(*(this.value(field, this.state.get(field, "")) for field in ("Error", "Cause")))
        if kind == "Choice":
            return _choice(this)
        return this.leave(this.state, this.given, this.following)
    except EvaluationError as error:
        if kind not in ("Task", "Map"):
            this.failed(error)
        raise


def _seconds(this: Entered) -> float:
    seconds = this.value("Seconds", this.state["Seconds"])
    # AWS: "Wait workflow state": an integer from 0 to 99999999.
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds != int(seconds) or seconds < 0:
        raise EvaluationError(f"The field 'Seconds' of the state '{this.name}' is not an integer: {seconds}", "Seconds")
    return float(seconds)


def _choice(this: Entered) -> tuple[Any, str | None]:
    for number, choice in enumerate(this.state["Choices"]):
        location = f"Choices[{number}]/Condition"
        met = this.value(location, choice["Condition"])
        if not isinstance(met, bool):
            raise EvaluationError(f"'{choice['Condition']}' of the state '{this.name}' is not a Boolean", location)
        if met:
            return this.leave(choice, this.given, choice["Next"])
    if "Default" not in this.state:
        raise ServiceError(
            "States.NoChoiceMatched", f"No choice of the state '{this.name}' matches, and it has no default"
        )
    return this.leave(this.state, this.given, this.state["Default"])
