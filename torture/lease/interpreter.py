"""An interpreter of the part of Amazon States Language that the state machines use, on a virtual clock.

AWS: Step Functions developer guide, "Amazon States Language", "Handling errors in Step Functions workflows";
https://states-language.net/spec.html.
"""

from collections.abc import Callable, Generator, Mapping
from copy import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from components.json_values import Data, Object

from .clock import Process
from .errors import ServiceError
from .expressions import EvaluationError, Evaluator

EVENTS = {"Task": 5, "Map": 4, "Choice": 2, "Wait": 2, "Pass": 2, "Fail": 1, "Succeed": 2}
"""Events of a state in the history of an execution. Each retry of a task adds three."""


class Services(Protocol):
    """The services that tasks call."""

    def call(self, resource: str, arguments: Data, timeout: float) -> Process[Any]:
        """Make a call. Raises ServiceError."""
        ...


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
        machine: The definition.
        name: The name of the execution.
        given: Its input.
        services: The services that tasks call.
        clock: The time as the execution sees it, in seconds since 1970.
        random: Decides what Step Functions decides at random.
    """

    machine: Data
    name: str
    given: Data
    services: Services
    clock: Callable[[], float]
    random: Random
    stall: Callable[[], float] = lambda: 0
    """Seconds before Step Functions enters the next state."""
    evaluates_again: bool = False
    """Whether the arguments of a task are evaluated for each retry. AWS doesn't document that."""
    variables: Object = field(default_factory=dict[str, Any])
    entered: list[str] = field(default_factory=list[str])
    events: int = 1
    state: str = ""

    def __post_init__(self) -> None:
        start = self.clock()
        context = {
            "Execution": {"Id": self.name, "Name": self.name, "Input": self.given, "StartTime": f"{start:018.3f}"}
        }
        self._states: Object = {"context": context, "input": self.given}
        self._evaluator = Evaluator(lambda: int(self.clock() * 1000), lambda: f"{self.random.getrandbits(128):032x}")

    def run(self) -> Process[Ended]:
        """Run until the execution ends by itself."""
        name = self.machine["StartAt"]
        while True:
            if (seconds := self.stall()) > 0:
                yield seconds
            self.state = name
            self.entered.append(name)
            state: Data = self.machine["States"][name]
            self.events += EVENTS[state["Type"]]
            try:
                if state["Type"] == "Fail":
                    return Ended("FAILED", self._value(state["Error"]), self._value(state["Cause"]))
                if state["Type"] == "Succeed":
                    return Ended("SUCCEEDED", output=self._value(state["Output"]))
                following = yield from self._continue(state)
            except (EvaluationError, ServiceError) as error:
                kind = error.name if isinstance(error, ServiceError) else "States.QueryEvaluationError"
                return Ended("FAILED", kind, f"{name}: {error}")
            if following is None:
                return Ended("SUCCEEDED", output=self._states["input"])
            name = following

    def _continue(self, state: Data) -> Process[str | None]:
        """Run a state. Returns the next one; None for the end of an iteration."""
        if state["Type"] == "Task":
            return (yield from self._task(state))
        if state["Type"] == "Map":
            return (yield from self._map(state))
        if state["Type"] == "Choice":
            for choice in state["Choices"]:
                met = self._value(choice["Condition"])
                if not isinstance(met, bool):
                    raise EvaluationError(f"{choice['Condition']} is not a Boolean")
                if met:
                    self._assign(choice)
                    return choice["Next"]
            return state["Default"]
        if state["Type"] == "Wait":
            yield float(self._value(state["Seconds"]))
        self._assign(state)
        return state.get("Next")

    def _map(self, state: Data) -> Process[str]:
        """Run the states of an iteration once per item, as many at the same time as `MaxConcurrency`."""
        items: list[Any] = self._value(state["Items"])
        left, results, ready = iter(enumerate(items)), dict[int, Any](), 0.0
        running = list[tuple[float, int, Generator[float, None, Any]]]()
        while len(results) < len(items):
            while len(running) < state["MaxConcurrency"] and (each := next(left, None)):
                running.append((ready, each[0], self._iteration(state["ItemProcessor"], each[1])))
            due, index, iteration = running.pop(running.index(min(running, key=lambda each: each[:2])))
            if due > ready:
                yield due - ready
                ready = due
            try:
                running.append((ready + next(iteration), index, iteration))
            except StopIteration as end:
                results[index] = end.value
        self._assign(state, result=[results[index] for index in range(len(items))])
        return state["Next"]

    def _iteration(self, machine: Data, item: Any) -> Process[Any]:
        one = copy(self)
        one.machine, one.variables, one.events = machine, dict(self.variables), 0
        one._states = {**self._states, "input": item}
        ended = yield from one.run()
        assert ended.status == "SUCCEEDED", f"no state handles {ended}"
        self.events += one.events
        return ended.output

    def _task(self, state: Data) -> Process[str | None]:
        retried: dict[int, int] = {}
        arguments: Any = None
        while True:
            try:
                # JSONata in Arguments can fail too, and Catch catches that.
                if arguments is None or self.evaluates_again:
                    arguments = self._value(state["Arguments"])
                timeout = float(state.get("TimeoutSeconds", 99999999))
                result = yield from self.services.call(state["Resource"], arguments, timeout)
                self._assign(state, result=result)
                self._states["input"] = self._value(state["Output"], result=result) if "Output" in state else result
            except (ServiceError, EvaluationError) as error:
                name = error.name if isinstance(error, ServiceError) else "States.QueryEvaluationError"
                cause = error.cause if isinstance(error, ServiceError) else str(error)
                position, retrier = _first(state.get("Retry", ()), name)
                if retrier and retried.get(position, 0) < retrier["MaxAttempts"]:
                    retried[position] = retried.get(position, 0) + 1
                    self.events += 3
                    yield self._pause(retrier, retried[position])
                    continue
                _, catcher = _first(state.get("Catch", ()), name)
                if catcher is None:
                    raise
                failed = {"Error": name, "Cause": cause}
                self._assign(catcher, errorOutput=failed)
                output = self._value(catcher["Output"], errorOutput=failed) if "Output" in catcher else failed
                self._states["input"] = output
                return catcher["Next"]
            return state.get("Next")

    def _pause(self, retrier: Data, attempt: int) -> float:
        longest = min(
            retrier["IntervalSeconds"] * retrier["BackoffRate"] ** (attempt - 1), retrier.get("MaxDelaySeconds", 10**9)
        )
        return self.random.uniform(0, longest) if retrier.get("JitterStrategy") == "FULL" else longest

    def _assign(self, state: Data, **more: Any) -> None:
        self.variables |= {name: self._value(value, **more) for name, value in state.get("Assign", {}).items()}

    def _value(self, value: Any, **more: Any) -> Any:
        variables: Mapping[str, Any] = {**self.variables, "states": {**self._states, **more}}
        return self._evaluator.value(value, variables)


def _first(handlers: Any, error: str) -> tuple[int, Data | None]:
    for position, handler in enumerate(handlers):
        named = handler["ErrorEquals"]
        if error in named or "States.ALL" in named or ("States.TaskFailed" in named and error != "States.Timeout"):
            return position, handler
    return -1, None
