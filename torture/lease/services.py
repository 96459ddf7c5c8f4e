"""The services that the state machine of a world calls, with latency, lost requests and lost answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Any

from components.json_values import Data
from components.supervised.parallel import START_ERRORS
from sandbox.state_machines.errors import ServiceError
from sandbox.state_machines.interpreter import Ended
from sandbox.state_machines.processes import Process, Running

from .clock import Clock
from .dynamodb import Table
from .ecs import Ecs, EcsTask
from .kinds import Faults

UNKNOWN = ("ECS.ServerException", "ECS.SdkClientException", "ECS.AmazonECSException", "ECS.ThrottlingException")
"""Errors after which it is unknown whether a task has started."""
REFUSED = ("AmazonECS.Unknown", "AmazonECS.Unknown", "ECS.ThrottlingException", "ECS.ClientException")


@dataclass
class World:
    """The state that all executions of a world share."""

    clock: Clock
    random: Random
    faults: Faults
    duration: Callable[[], float]
    """How long the next task runs, if it doesn't hang."""
    ecs: Ecs = field(default_factory=Ecs)
    table: Table = field(default_factory=Table)
    outcomes: list[Any] = field(default_factory=list[Any])
    """The entries on the event bus."""
    outages: dict[str, tuple[float, float]] = field(default_factory=dict[str, "tuple[float, float]"])
    of_tasks: dict[str, OfTask] = field(default_factory=dict[str, "OfTask"])
    """The executions of single tasks of runs with `parallel`, by name."""
    start_of_task: Callable[[str, Data], OfTask] | None = None
    """Starts such an execution with a name and an input."""


@dataclass
class OfTask:
    """The execution of one task of a run."""

    given: Data
    calls: Calls
    ended: Ended | None = None
    running: Running[Ended] | None = None

    def stop(self) -> None:
        """Abort it."""
        if self.ended is None and self.running:
            self.ended = Ended("ABORTED")
            self.running.cancel()


class Calls:
    """The calls of one execution."""

    def __init__(self, world: World):
        self._world, self.tasks, self.executions = world, list[EcsTask](), list[OfTask]()

    def call(self, resource: str, arguments: Data, submitted: Callable[[Any], None]) -> Process[Any]:
        """Make a call."""
        _, _, called = resource.partition(":::")
        if called == "ecs:runTask.sync":
            return (yield from self._run(arguments, submitted))
        if called == "states:startExecution.sync:2":
            return (yield from self._run_execution(arguments))
        if called == "states:startExecution.sync:2":
            return (yield from self._run_execution(arguments))
        service, operation = called.removeprefix("aws-sdk:").split(":")
        answer = yield from self._attempt(service, lambda: self._effect(service, operation, arguments))
        return answer

    def _attempt(self, service: str, effect: Callable[[], Any]) -> Process[Any]:
        world = self._world
        yield world.random.uniform(0, 1)
        begin, end = world.outages.get(service, (inf, inf))
        name = START_ERRORS[0] if service == "states" else f"{service.upper()}.ServerException"
        error = ServiceError(name, "Service Unavailable")
        if begin <= world.clock.now < end or world.random.random() < world.faults.lost_request:
            raise error
        answer = effect()
        if world.random.random() < world.faults.repeated:
            yield world.random.uniform(0, 10)
            answer = effect()
        yield world.random.uniform(0, 1)
        if world.random.random() < world.faults.lost_answer:
            raise error
        return answer

    def _effect(self, service: str, operation: str, arguments: Data) -> Any:
        world = self._world
        if service == "dynamodb":
            return world.table.call(operation, arguments)
        if service == "events":
            world.outcomes += arguments["Entries"]
            return {"FailedEntryCount": 0}
        if service == "sfn":
            assert operation == "stopExecution", operation
            return self._stop_execution(arguments["ExecutionArn"].rpartition(":")[2])
        if operation == "listTasks":
            return world.ecs.list(arguments, world.clock.now - world.faults.list_lag)
        if operation == "describeTasks":
            return world.ecs.described(arguments, world.clock.now - world.faults.describe_lag)
        assert operation == "stopTask", operation
        return world.ecs.stop(arguments["Task"], arguments["Reason"], world.clock.now)

    def _run(self, arguments: Data, submitted: Callable[[Any], None]) -> Process[Any]:
        """RunTask, and waiting for the end of the task."""
        world = self._world
        # An SDK adds a client token if there is none.
        request = {"ClientToken": f"sdk-{world.random.getrandbits(64)}", **arguments}
        task = yield from self._attempt("ecs", lambda: self._start(request))
        if world.random.random() < world.faults.run_lost_answer:
            raise ServiceError(world.random.choice(UNKNOWN), "The answer was lost.")
        submitted({"Tasks": [task.describe(world.clock.now)]})
        try:
            while world.clock.now < task.stopped:
                yield max(0.1, min(task.stopped, world.clock.now + 60) - world.clock.now)
        except (GeneratorExit, ServiceError):
            # The execution was aborted, or the state has timed out.
            if world.random.random() < world.faults.stopped_by_step_functions:
                world.ecs.stop(task.arn, "Stopped by Step Functions", world.clock.now)
            raise
        yield world.random.uniform(0, 5)
        return _result(task.describe(world.clock.now))

    def _run_execution(self, arguments: Data) -> Process[Any]:
        """StartExecution, and waiting for the end of the execution."""
        execution = yield from self._attempt("states", lambda: self._start_execution(arguments))
        try:
            while execution.ended is None:
                yield self._world.random.uniform(1, 60)
        except GeneratorExit:
            # The execution of the run was aborted.
            if self._world.random.random() < self._world.faults.stopped_by_step_functions:
                execution.stop()
            raise
        if execution.ended.status != "SUCCEEDED":
            raise ServiceError("States.TaskFailed", f"The execution {execution.ended.status}")
        return {"Output": execution.ended.output}

    def _start_execution(self, arguments: Data) -> OfTask:
        """AWS: Step Functions API reference, StartExecution: a name that runs with this input is the same execution."""
        world, name = self._world, arguments["Name"]
        if known := world.of_tasks.get(name):
            if known.ended is None and known.given == arguments["Input"]:
                return known
            raise ServiceError("StepFunctions.ExecutionAlreadyExistsException", name)
        assert world.start_of_task
        execution = world.of_tasks[name] = world.start_of_task(name, arguments["Input"])
        self.executions.append(execution)
        return execution

    def _stop_execution(self, name: str) -> Any:
        if name not in self._world.of_tasks:
            raise ServiceError("Sfn.ExecutionDoesNotExistException", name)
        self._world.of_tasks[name].stop()
        return {}

    def _start(self, arguments: Data) -> EcsTask:
        world = self._world
        if (known := world.ecs.known(arguments, world.clock.now)) is not None:
            return known
        if world.random.random() < world.faults.run_refused:
            raise ServiceError(world.random.choice(REFUSED), "[]")
        now, random = world.clock.now, world.random
        running = now + random.choice(world.faults.pending)
        ends = inf if random.random() < world.faults.hang else running + world.duration()
        task = EcsTask(
            arn=f"task-{len(world.ecs.tasks)}",
            request=arguments,
            created=now,
            running=running,
            ends=ends,
            stop_seconds=random.uniform(*world.faults.stop_seconds),
            code=random.choice([0, 0, 1]),
        )
        world.ecs.start(task)
        self.tasks.append(task)
        return task


def _result(described: dict[str, Any]) -> dict[str, Any]:
    """The result of runTask.sync, or the error that it raises."""
    codes = [container["ExitCode"] for container in described["Containers"]]
    if described["StopCode"] != "EssentialContainerExited" or any(codes):
        raise ServiceError("States.TaskFailed", json.dumps(described))
    return described
