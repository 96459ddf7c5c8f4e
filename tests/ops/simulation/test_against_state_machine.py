"""The simulation of supervised runs does what the generated state machine does.

Both get the same executions, and the same answers of RunTask. The state machine runs in the interpreter of the trials
of leases, with its models of DynamoDB and ECS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from components.json_values import Data
from components.resolved import Retry
from components.supervised.once import DELIVERED_TWICE
from components.supervised.settings import Supervision
from ops.simulation.clock import VirtualClock
from ops.simulation.exclusion import Exclusion
from ops.simulation.execution import Calls as SimulatedCalls
from ops.simulation.executor import EXITED, REFUSALS, STOPPED_BY_USER, EcsRun, Refusal
from ops.simulation.faults import OfLaunch, Outages, TaskFaults
from ops.simulation.monitor import Monitor
from ops.simulation.record import Record, ScheduledRun
from ops.simulation.supervisor import Supervisor
from ops.simulation.tasks import Channels, SimulatedTask
from sandbox.state_machines.errors import ServiceError
from sandbox.state_machines.interpreter import Ended, Execution
from torture.lease.clock import Clock
from torture.lease.ecs import EcsTask
from torture.lease.kinds import Faults
from torture.lease.services import Calls, World
from torture.lease.world import machine_of, settings_of

START, PERIOD, STOP = 1_800_000_000, 3600, 20
ERRORS: dict[OfLaunch, str] = {
    "noCapacity": "AmazonECS.Unknown",
    "throttled": "ECS.ThrottlingException",
    "accessDenied": "ECS.AccessDeniedException",
}


@dataclass(frozen=True)
class Launch:
    """The answer to one call of RunTask: a refusal, or a run with a duration and an exit code."""

    refusal: OfLaunch | None = None
    seconds: float = 60
    code: int = 0


@dataclass
class Script:
    """A random world: deliveries of scheduled times, and the answers to the launches of each."""

    seed: int
    deliveries: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    """The seconds of each delivery, and the number of its scheduled time."""
    answers: dict[int, list[Launch]] = field(default_factory=dict[int, list[Launch]])

    def __post_init__(self) -> None:
        random = Random(self.seed)
        overlap, attempts = random.choice(("allow", "forbid", "queue", "replace")), random.choice((0, 2))
        self.settings = settings_of(overlap, random.choice((600, 7200)), random.choice((0, 2, 5)), attempts)
        for number in range(random.randint(1, 5)):
            for offset in (0, 300)[: random.choice((1, 1, 1, 2))]:
                self.deliveries.append((number * PERIOD + offset, number))
            self.answers[number] = [self._launch(random) for _ in range(40)]

    @staticmethod
    def _launch(random: Random) -> Launch:
        if random.random() < 0.3:
            return Launch(random.choice(tuple(ERRORS)))
        return Launch(
            None, random.choice((120, 1000, 0.7 * PERIOD, 1.45 * PERIOD, 2.6 * PERIOD)), random.choice((0, 0, 1))
        )


Result = dict[int, tuple[str, int]]
"""By scheduled time: the outcome, and the number of ECS tasks."""


class ScriptedCalls(Calls):
    """The calls of an execution, whose launches follow a script."""

    def __init__(self, world: World, launches: list[Launch]):
        super().__init__(world)
        self._shared, self._launches = world, launches

    def _start(self, arguments: Data) -> EcsTask:
        launch = self._launches.pop(0)
        if launch.refusal:
            raise ServiceError(ERRORS[launch.refusal], "[]")
        now = self._shared.clock.now
        task = EcsTask(
            f"task-{len(self._shared.ecs.tasks)}", arguments, now, now, now + launch.seconds, STOP, launch.code
        )
        self._shared.ecs.start(task)
        self.tasks.append(task)
        return task


def by_state_machine(script: Script) -> Result:
    """The result of the generated state machine."""
    clock, random = Clock(START), Random(script.seed)
    world = World(clock, random, Faults(stopped_by_step_functions=0), lambda: 0)
    found: Result = {}
    answers = {number: list(launches) for number, launches in script.answers.items()}

    def deliver(number: int, name: str) -> None:
        calls = ScriptedCalls(world, answers[number])
        given: Data = {"schedule": "backup", "time": str(number), "overrides": {}}
        execution = Execution(machine_of(script.settings), name, given, calls, lambda: clock.now, random)

        def end(ended: Ended) -> None:
            if ended.cause != DELIVERED_TWICE:
                outcome = {"SUCCEEDED": "Succeeded"}.get(ended.status, ended.error)
                found[number] = {"TimedOut": "failed"}.get(outcome, outcome.lower()), len(calls.tasks)

        clock.start(execution.run(), end)

    for position, (time, number) in enumerate(script.deliveries):
        clock.after(time, lambda number=number, name=f"run-{position}": deliver(number, name))
    clock.run(START + 100 * 86400)
    return found


class ScriptedEcs:
    """An ECS whose launches follow a script: `answer` returns the answer to the next launch of a run."""

    def __init__(self, clock: VirtualClock, answer: Callable[[ScheduledRun], Launch]):
        self._clock, self._answer, self.running = clock, answer, dict[str, list[EcsRun]]()

    def run_task(self, task: SimulatedTask, of: ScheduledRun) -> Sequence[EcsRun] | Refusal:
        launch = self._answer(of)
        if launch.refusal:
            return REFUSALS[launch.refusal]
        run = EcsRun(of, self._clock.now, self._stop)
        of.runs += 1
        self.running.setdefault(task.name, []).append(run)
        self._clock.at(self._clock.now + launch.seconds, lambda: self._end(run, EXITED, launch.code, ""))
        return [run]

    def call(self, task: SimulatedTask) -> Refusal | None:
        raise AssertionError(f"{task.name} is no call")

    def _stop(self, run: EcsRun, reason: str) -> None:
        self._clock.at(self._clock.now + STOP, lambda: self._end(run, STOPPED_BY_USER, 137, reason))

    def _end(self, run: EcsRun, stop_code: str, code: int, reason: str) -> None:
        if not run.ended.happened:
            run.stop_code, run.exit_code, run.reason = stop_code, code, reason
            self.running[run.of.task].remove(run)
            run.ended.set()


def simulated(
    clock: VirtualClock,
    ecs: ScriptedEcs,
    settings: Supervision,
    seed: int,
    deliveries: Sequence[tuple[float, int]],
    kind: type[Supervisor] = Supervisor,
) -> dict[int, ScheduledRun]:
    """The run of each scheduled time in the simulation, after all have ended."""
    record, outages = Record(), Outages(())
    monitor = Monitor(clock, record, outages, Channels(True, True, True), {})
    faults = {"backup": TaskFaults((), Random(seed))}
    calls = SimulatedCalls(clock, outages)
    supervisor = kind(clock, record, ecs, monitor, faults, Exclusion(clock, calls, ecs.running), calls)
    task = SimulatedTask("backup", (), Retry(attempts=5, max_age=3600), supervision=settings)
    runs = {number: ScheduledRun("backup", 0, number) for _, number in deliveries}
    for time, number in deliveries:
        clock.at(START + time, lambda number=number: supervisor.start(task, runs[number]))
    clock.run()
    return runs


def by_simulation(script: Script) -> Result:
    """The result of the simulation."""
    clock = VirtualClock(START)
    answers = {number: list(launches) for number, launches in script.answers.items()}
    ecs = ScriptedEcs(clock, lambda of: answers[int(of.time)].pop(0))
    runs = simulated(clock, ecs, script.settings, script.seed, script.deliveries)
    return {number: (run.outcome, run.runs) for number, run in runs.items()}


@pytest.mark.thorough
@pytest.mark.parametrize("first", range(0, 500, 50))
def test_random_worlds_end_the_same(first: int):
    for seed in range(first, first + 50):
        script = Script(seed)
        assert by_simulation(script) == by_state_machine(script), f"seed {seed}: {script.settings}"


def test_the_worlds_have_every_outcome():
    found = {outcome for seed in range(60) for outcome, _ in by_simulation(Script(seed)).values()}
    assert found == {"succeeded", "failed", "skipped", "replaced"}


@pytest.mark.parametrize("method", ["release", "_take"])
def test_a_simulation_that_does_something_else_is_noticed(monkeypatch: pytest.MonkeyPatch, method: str):
    monkeypatch.setattr(Exclusion, method, lambda *_: None)
    assert any(by_simulation(script) != by_state_machine(script) for script in map(Script, range(40)))
