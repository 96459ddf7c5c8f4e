"""One random world: a task, its schedule, its executions and their faults; and what was wrong at the end."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

from components.checks import checked_task
from components.json_values import Data
from components.supervised.language import SKIPPED, Supervised
from components.supervised.lease import EXPIRES
from components.supervised.machine import definition, index_definition
from components.supervised.once import DELIVERED_TWICE
from components.supervised.settings import RUN_VARIABLE, TASK_INDEX, Supervision
from sandbox.state_machines.interpreter import Ended, Execution

from .clock import Clock
from .ecs import EcsTask
from .kinds import Faults, Kind
from .services import Calls, OfTask, World

START = 1_800_000_000
WAITING = "Wait in queue"
"""The state of an execution that waits for the current run."""
TIMEOUTS = (60, 600, 7200)
PERIODS = (60, 600, 3600)
MOST_EVENTS = 25_000
"""AWS: Step Functions quotas, execution history."""
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
INDEX = "arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev__backup__index"
TASKS = ("backup", "settle")
"""The tasks of a world whose tasks share a lock. Other worlds have the first one."""


def _run(task: str) -> Any:
    """RunTask's arguments."""
    return {
        "Cluster": CLUSTER,
        "TaskDefinition": f"arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-dev__{task}:3",
        "Group": f"supervised:{task}",
    }


@cache
def settings_of(
    overlap: str, timeout: int, launches: int, attempts: int, lock: str | None = None, *, parallel: bool = False
) -> Supervision:
    """The settings of a supervised task."""
    retry = {"attempts": attempts, "delay": "30s"} if attempts else None
    args: dict[str, Any] = {
        "image": "backup:1",
        "schedule": "rate(1 day)",
        "overlap": overlap,
        "timeout": f"{timeout}s",
        "retry": {"attempts": launches, "max_age": "15m"},
        **({"retry_run": retry} if retry else {}),
        **({"lock": lock} if lock else {}),
        **({"parallel": {"tasks": 3, "at_once": 2}} if parallel else {}),
    }
    task, problems = checked_task("backup", args)
    assert task.supervision, problems
    return task.supervision


@cache
def machine_of(settings: Supervision, task: str = TASKS[0]) -> Data:
    """The state machine that a deployment creates."""
    return json.loads(definition(_supervised(settings, task)))


@cache
def index_machine_of(settings: Supervision) -> Data:
    """The state machine that runs one task of each run."""
    return json.loads(index_definition(_supervised(settings, TASKS[0])))


def _supervised(settings: Supervision, task: str) -> Supervised:
    return Supervised(
        task, "main", "shop-dev", "leases", settings, _run(task), index_machine_arn=INDEX if settings.parallel else ""
    )


@dataclass
class Delivered:
    """An execution for a scheduled time, and its end."""

    time: str
    execution: Execution
    calls: Calls
    ended: Ended | None = None


@dataclass
class Simulation:
    """A world with its executions."""

    seed: int
    kind: Kind
    change: Callable[[Data], Data] = lambda machine: machine
    """Changes the state machine, to show what a world finds."""
    delivered: list[Delivered] = field(default_factory=list[Delivered])
    broken: list[str] = field(default_factory=list[str])
    """Executions of single tasks that ended with an error of their own."""
    most_waiting: int = 0
    """The most executions of one task that waited in the queue at the same time."""

    def __post_init__(self) -> None:
        self.random = random = Random(self.seed)  # noqa: S311 - not a secret
        self.settings = settings_of(
            random.choice(self.kind.overlaps),
            random.choice(TIMEOUTS),
            random.choice([0, 2, 5]),
            random.choice([0, 2]),
            self.kind.lock,
            parallel=self.kind.parallel,
        )
        tasks = TASKS if self.kind.lock else TASKS[:1]
        self.machines = [self.change(machine_of(self.settings, task)) for task in tasks]
        self.period = random.choice(PERIODS)
        self.evaluates_again = random.random() < 0.5
        self.clock = Clock(START)
        self.faults = self.kind.faults(random)
        self.world = World(self.clock, random, self.faults, self._duration, start_of_task=self.start_of_task)
        for service in ("dynamodb", "ecs", "events", *(("states", "sfn") if self.kind.parallel else ())):
            if random.random() < self.faults.outage:
                begin = START + random.uniform(0, 8 * self.period)
                self.world.outages[service] = begin, begin + random.choice([60, 600, 3600])

    def _duration(self) -> float:
        return self.random.choice([1, 30, self.period * 0.9, self.period * 1.5, self.settings.timeout * 0.9])

    def run(self) -> list[str]:
        """Let the world happen, and list what was wrong."""
        random = self.random
        for tick in range(random.randint(4, 8)):
            begin = tick * self.period
            for _ in range(2 if random.random() < self.faults.twice else 1):
                self.clock.after(begin + random.uniform(0, 5), lambda tick=tick: self.deliver(str(tick)))
            if random.random() < 0.5:
                self.clock.after(begin - 1, lambda: self.world.table.expire(self.clock.now, EXPIRES))
        self.clock.run(START + 9 * self.period)
        # The faults end. Within some hours, a run must succeed.
        self.world.faults = Faults(list_lag=self.faults.list_lag, describe_lag=self.faults.describe_lag, pending=(0, 5))
        self.world.outages.clear()
        self.clock.run(self.clock.now + self.settings.longest)
        self.clock.run(self.clock.now + max(self.faults.stop_seconds))
        problems: list[str] = []
        if not any(self._probe(number) for number in range(4)):
            problems.append("no run succeeds after the faults have ended")
        if self.most_waiting > 1:
            problems.append(f"{self.most_waiting} runs wait at the same time")
        return [*problems, *self._overlaps(), *self._lost()]

    def _probe(self, number: int) -> bool:
        if self.random.random() < 0.5:
            self.world.table.expire(self.clock.now, EXPIRES)
        self.world.duration = lambda: 10
        probe = self.deliver(f"probe {number}")
        self.clock.run(self.clock.now + self.settings.longest)
        tasks = [*probe.calls.tasks, *(task for each in probe.calls.executions for task in each.calls.tasks)]
        return any(task.ends < task.stop_requested for task in tasks)

    def _stall(self) -> float:
        """Seconds before an execution enters its next state."""
        waiting = Counter(
            each.execution.machine["Comment"]
            for each in self.delivered
            if each.ended is None and each.execution.state == WAITING
        )
        self.most_waiting = max(self.most_waiting, *waiting.values(), 0)
        return self.random.uniform(0, 120) if self.random.random() < self.world.faults.stall else 0

    def deliver(self, time: str) -> Delivered:
        """Scheduler starts an execution."""
        skew = self.random.uniform(-30, 30)
        calls = Calls(self.world)
        machine = self.machines[len(self.delivered) % len(self.machines)]
        given: Data = {"schedule": "backup", "time": time, "overrides": {}}
        execution = Execution(
            machine,
            f"run-{len(self.delivered)}",
            given,
            calls,
            lambda: self.clock.now + skew,
            self.random,
            stall=self._stall,
            evaluates_again=self.evaluates_again,
        )
        made = Delivered(time, execution, calls)
        self.delivered.append(made)

        def end(ended: Ended) -> None:
            made.ended = ended

        def abort() -> None:
            if made.ended is None:
                end(Ended("ABORTED"))
                running.cancel()

        running = self.clock.start(execution.run(), end)
        if self.random.random() < self.world.faults.abort:
            self.clock.after(self.random.uniform(0, self.settings.timeout * 1.5), abort)
        return made

    def start_of_task(self, name: str, given: Data) -> OfTask:
        """Start the execution of one task of a run."""
        skew = self.random.uniform(-30, 30)
        made, machine = OfTask(given, Calls(self.world)), index_machine_of(self.settings)
        execution = Execution(
            machine,
            name,
            given,
            made.calls,
            lambda: self.clock.now + skew,
            self.random,
            stall=self._stall,
            evaluates_again=self.evaluates_again,
        )

        def end(ended: Ended) -> None:
            made.ended = ended
            if ended.status != "SUCCEEDED":
                self.broken.append(f"{name} failed: {ended.error} {ended.cause}")

        made.running = self.clock.start(execution.run(), end)
        if self.random.random() < self.world.faults.abort / 4:
            self.clock.after(self.random.uniform(0, self.settings.timeout * 1.5), made.stop)
        return made

    def _overlaps(self) -> Iterable[str]:
        if not self.kind.parallel:
            yield from _overlapping(self.world.ecs.tasks)
            return
        # Tasks of the same run with different numbers may overlap.
        runs = dict[tuple[str, ...], list[EcsTask]]()
        for task in self.world.ecs.tasks:
            runs.setdefault((task.variables[RUN_VARIABLE], task.variables[TASK_INDEX]), []).append(task)
        for tasks in runs.values():
            yield from _overlapping(tasks)
        for first, second in combinations(runs, 2):
            if first[0] != second[0]:
                yield from _overlapping([*runs[first], *runs[second]])

    def _lost(self) -> Iterable[str]:
        reported = [json.loads(json.dumps(entry["Detail"])) for entry in self.world.outcomes]
        told = {detail["executionArn"] for detail in reported}
        answered: dict[str, bool] = {}
        for each in self.delivered:
            name, ended = each.execution.name, each.ended
            if ended is None:
                yield f"{name} never ends: it is in {each.execution.state}"
                continue
            if ended.error.startswith("States."):
                yield f"{name} failed: {ended.error} {ended.cause}"
            if ended.error in {"Failed", "TimedOut"} and name not in told:
                yield f"{name} was not reported"
            if ended.error == SKIPPED and WAITING in each.execution.entered:
                yield f"{name} waited and was skipped"
            if each.execution.events > MOST_EVENTS:
                yield f"{name} has {each.execution.events} events"
            answered[each.time] = answered.get(each.time, False) or ended.cause != DELIVERED_TWICE
        yield from self.broken
        yield from (f"the scheduled time {time} is lost" for time, found in answered.items() if not found)


def _overlapping(tasks: Iterable[EcsTask]) -> Iterable[str]:
    latest: EcsTask | None = None
    for task in sorted(tasks, key=lambda task: task.created):
        if latest and task.created < latest.stopped:
            yield f"overlap: {task.arn} starts {latest.stopped - task.created:.0f} s before {latest.arn} ends"
        latest = max(latest or task, task, key=lambda each: each.stopped)


def trace(simulation: Simulation) -> str:
    """The history of a world, for people."""
    lines = [str(simulation.settings), str(simulation.faults), f"period {simulation.period}"]
    lines += [
        f"{each.execution.name} for {each.time}: {each.ended} {each.execution.entered}" for each in simulation.delivered
    ]
    for task in simulation.world.ecs.tasks:
        name = " ".join(task.variables.values())
        lines.append(
            f"{task.arn} of {name}: {task.created - START:.0f} running {task.running - START:.0f} stop "
            f"{task.stop_requested - START:.0f} stopped {task.stopped - START:.0f} {task.reason}"
        )
    return "\n".join(lines)
