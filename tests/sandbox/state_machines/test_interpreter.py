"""The interpreter of state machines: errors, retries, timeouts, Map, and the events of the history."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from ops.simulation.clock import Signal, Until, VirtualClock
from sandbox.state_machines.errors import ServiceError
from sandbox.state_machines.interpreter import Ended, Execution
from sandbox.state_machines.processes import Process, Running
from sandbox.state_machines.retries import matches, may_retry, pause

START = 1_800_000_000.0


@dataclass
class Scripted:
    """Services whose calls answer in order. A number is the seconds of a call without an answer; None hangs."""

    clock: VirtualClock
    answers: list[Any]
    times: list[float] = field(default_factory=list[float])
    """When each call begins."""
    stopped: list[float] = field(default_factory=list[float])
    """When a call is closed."""

    def call(self, resource: str, arguments: Any, submitted: Callable[[Any], None]) -> Process[Any]:
        self.times.append(self.clock.now - START)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        submitted({"job": 1})
        try:
            yield Until(Signal(), 10**9) if answer is None else float(answer)
        except GeneratorExit:
            self.stopped.append(self.clock.now - START)
            raise
        return {"is": arguments}


@dataclass
class Run:
    """An execution, its end and its history."""

    services: Scripted
    history: list[tuple[str, dict[str, Any]]]
    running: Running[Ended]
    ended: list[Ended]

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.history]

    def details(self, kind: str) -> dict[str, Any]:
        return next(details for name, details in self.history if name == kind)


def start(states: dict[str, Any], *answers: Any, given: Any = None, **more: Any) -> Run:
    """Start an execution that begins in the first state."""
    clock = VirtualClock(START)
    services = Scripted(clock, list(answers))
    history, ended = list[tuple[str, dict[str, Any]]](), list[Ended]()
    machine = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **more}

    def record(kind: str, **details: Any) -> None:
        history.append((kind, details))

    execution = Execution(machine, "run", given or {}, services, lambda: clock.now, Random(1), record=record)
    running = Running(clock, execution.run(), ended.append)
    running.start()
    return Run(services, history, running, ended)


def run(states: dict[str, Any], *answers: Any, **more: Any) -> Run:
    """Run an execution to its end."""
    started = start(states, *answers, **more)
    started.services.clock.run()
    return started


def task(**fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Arguments": {}, "End": True, **fields}


def test_the_pauses_of_retries_are_those_of_awss_example():
    """AWS: Step Functions developer guide, "Handling errors in Step Functions workflows", BackoffRate: with
    IntervalSeconds 3 and BackoffRate 2, "the first retry attempt takes place three seconds after the error occurs. The
    second retry takes place six seconds after the first retry attempt." MaxDelaySeconds limits the interval."""
    retrier = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3, "BackoffRate": 2, "MaxAttempts": 4}
    found = run({"Run": task(Retry=[{**retrier, "MaxDelaySeconds": 10}])}, *[ServiceError("E", "why")] * 5)
    assert found.services.times == [0, 3, 9, 19, 29]
    assert found.ended == [Ended("FAILED", "E", "why")]


def test_the_defaults_of_a_retrier():
    """AWS: Step Functions developer guide, "Handling errors in Step Functions workflows": IntervalSeconds 1,
    MaxAttempts 3, BackoffRate 2.0."""
    assert [pause({}, retry, Random(1)) for retry in (1, 2, 3)] == [1, 2, 4]
    assert [may_retry({}, retries) for retries in (2, 3)] == [True, False]
    assert not may_retry({"MaxAttempts": 0}, 0)
    jittered = [pause({"JitterStrategy": "FULL", "IntervalSeconds": 8}, 1, Random(seed)) for seed in range(50)]
    assert 0 <= min(jittered) < 2 < 6 < max(jittered) <= 8


@pytest.mark.parametrize(
    ("named", "error", "expected"),
    [
        ("States.TaskFailed", "ECS.ServerException", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("States.ALL", "States.Timeout", True),
        ("States.ALL", "States.DataLimitExceeded", False),
        ("States.ALL", "States.Runtime", False),
        ("States.DataLimitExceeded", "States.DataLimitExceeded", True),
        ("States.Timeout", "ECS.ServerException", False),
    ],
)
def test_the_errors_that_a_name_matches(named: str, error: str, *, expected: bool):
    """AWS: Step Functions developer guide, "Handling errors in Step Functions workflows", the table of error names."""
    assert matches([named], error) is expected


def test_a_state_times_out_and_its_work_continues():
    """AWS documents no stop of the work at the timeout of a state, only for an execution that is stopped: Step
    Functions developer guide, "Discover service integration patterns in Step Functions", Run a Job (.sync)."""
    caught = {"ErrorEquals": ["States.Timeout"], "Next": "After", "Assign": {"why": "{% $states.errorOutput.Error %}"}}
    after = {"Type": "Succeed", "Output": "{% $why %}"}
    found = run({"Run": task(TimeoutSeconds=60, Catch=[caught]), "After": after}, None)
    assert found.ended == [Ended("SUCCEEDED", output="States.Timeout")]
    assert found.services.clock.now == START + 60
    assert found.services.stopped == []
    assert found.kinds[:7] == [
        *("ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskTimedOut"),
        "TaskStateExited",
    ]
    assert found.details("TaskScheduled")["timeoutInSeconds"] == 60


def test_an_execution_times_out_and_stops_its_work():
    found = run({"Run": task()}, None, TimeoutSeconds=90)
    assert found.ended == [Ended("TIMED_OUT", "States.Timeout")]
    assert found.services.stopped == [90]
    assert found.kinds[-2:] == ["TaskStateAborted", "ExecutionTimedOut"]


def test_a_stopped_execution_stops_its_work_and_writes_nothing_more():
    found = start({"Run": task(Retry=[{"ErrorEquals": ["States.ALL"]}])}, None)
    found.services.clock.run(START + 5)
    found.running.cancel()
    found.services.clock.run()
    assert found.services.stopped == [5]
    assert found.kinds[-1] == "TaskStateAborted"
    assert found.ended == []


def test_the_history_of_each_state():
    """AWS: Step Functions API reference, HistoryEvent, type."""
    found = run(
        {
            "Set": {"Type": "Pass", "Assign": {"a": "{% 1 + 1 %}"}, "Next": "Wait"},
            "Wait": {"Type": "Wait", "Seconds": "{% $a %}", "Next": "Choose"},
            "Choose": {"Type": "Choice", "Choices": [{"Condition": "{% $a = 2 %}", "Next": "Run"}], "Default": "Bad"},
            "Run": task(Arguments={"x": "{% $a %}"}, Output="{% $states.result.is.x %}", End=False, Next="Good"),
            "Good": {"Type": "Succeed", "Output": "{% $states.input + 1 %}"},
            "Bad": {"Type": "Fail", "Error": "Bad"},
        },
        7,
    )
    assert found.ended == [Ended("SUCCEEDED", output=3)]
    assert found.services.times == [2]
    assert found.kinds == [
        *("ExecutionStarted", "PassStateEntered", "PassStateExited", "WaitStateEntered", "WaitStateExited"),
        *("ChoiceStateEntered", "ChoiceStateExited"),
        *("TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded", "TaskStateExited"),
        *("SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"),
    ]
    assert found.details("PassStateExited") == {"name": "Set", "output": {}, "assignedVariables": {"a": 2}}
    assert found.details("TaskScheduled") == {
        "resourceType": "ecs",
        "resource": "runTask.sync",
        "parameters": {"x": 2},
    }


def test_a_failed_submission_and_a_failed_job_have_different_events():
    found = run({"Run": task()}, ServiceError("ECS.ClientException", "why"))
    assert found.kinds[-2:] == ["TaskSubmitFailed", "ExecutionFailed"]
    assert found.details("ExecutionFailed") == {"error": "ECS.ClientException", "cause": "why"}


def test_an_expression_without_a_result_has_awss_text():
    """AWS: the cause of such an error in a public log of a real execution: "The JSONata expression
    '$states.input.pushLocation' specified for the field 'Arguments/Input/pushLocation' returned nothing (undefined)."
    """
    found = run({"Run": task(Arguments={"Input": {"where": "{% $states.input.missing %}"}})})
    [ended] = found.ended
    assert ended.error == "States.QueryEvaluationError"
    assert ended.cause == (
        "An error occurred while executing the state 'Run'. The JSONata expression '$states.input.missing' specified "
        "for the field 'Arguments/Input/where' returned nothing (undefined)."
    )
    assert found.details("EvaluationFailed")["location"] == "Arguments/Input/where"


def each(at_once: int, **fields: Any) -> dict[str, Any]:
    work = task(Arguments="{% $states.input %}", Output="{% $states.result.is * 10 %}")
    processor = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Work", "States": {"Work": work}}
    items = "{% [1..4] %}"
    return {"Type": "Map", "Items": items, "MaxConcurrency": at_once, "ItemProcessor": processor, "End": True, **fields}


@pytest.mark.parametrize(("at_once", "times"), [(1, [0, 5, 6, 16]), (2, [0, 0, 1, 5]), (0, [0, 0, 0, 0])])
def test_iterations_run_at_the_same_time(at_once: int, times: list[float]):
    found = run({"All": each(at_once)}, 5, 1, 10, 2)
    assert found.ended == [Ended("SUCCEEDED", output=[10, 20, 30, 40])]
    assert found.services.times == times
    assert found.kinds.count("MapIterationSucceeded") == 4


@pytest.mark.parametrize("at_once", [0, 41])
def test_at_most_40_iterations_run_at_the_same_time(at_once: int):
    """AWS: Step Functions developer guide, "Using Map state in Inline mode in Step Functions workflows": up to 40
    concurrent iterations."""
    found = run({"All": {**each(at_once), "Items": "{% [1..41] %}"}}, *[5] * 41)
    assert found.services.times == [0] * 40 + [5]


def test_an_iteration_that_fails_stops_the_others():
    """AWS: Step Functions developer guide, "Discover service integration patterns in Step Functions", Run a Job (.sync):
    a task can be aborted if an iteration of `Map` fails with an uncaught error."""
    found = run({"All": each(2)}, None, 3, ServiceError("E", "why"))
    assert found.ended == [Ended("FAILED", "E", "why")]
    assert found.services.stopped == [3]
    assert found.kinds[-6:] == [
        *("TaskSubmitFailed", "MapIterationFailed", "TaskStateAborted", "MapIterationAborted", "MapStateFailed"),
        "ExecutionFailed",
    ]


def test_iterations_have_their_own_variables():
    work = {"Type": "Pass", "Assign": {"mine": "{% $states.input %}"}, "Output": "{% $shared %}", "End": True}
    processor = {"StartAt": "Work", "States": {"Work": work}}
    found = run(
        {
            "Set": {"Type": "Pass", "Assign": {"shared": "s"}, "Next": "All"},
            "All": {**each(0), "ItemProcessor": processor, "End": False, "Next": "Read"},
            "Read": {"Type": "Succeed", "Output": "{% $exists($mine) ? 'leaked' : $states.input %}"},
        }
    )
    assert found.ended == [Ended("SUCCEEDED", output=["s"] * 4)]


def test_a_signal_ends_a_wait_before_its_time():
    clock, signal, ended = VirtualClock(0), Signal(), list[float]()

    def process() -> Generator[float | Until, None, float]:
        yield Until(signal, 100)
        return clock.now

    Running(clock, process(), ended.append).start()
    clock.at(3, signal.set)
    clock.run()
    assert ended == [3]
