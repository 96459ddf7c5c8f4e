"""The live sandbox and `simulate` agree about supervised tasks: outcomes, launches and messages.

Both get the same executions and the same answers of RunTask. The live sandbox runs the state machines that a deployment
creates, with its ECS, DynamoDB, EventBridge and IAM. The simulation has models of its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components.supervised.once import DELIVERED_TWICE
from components.supervised.settings import RUN_VARIABLE
from ops.simulation.clock import VirtualClock
from sandbox.live import scheduler
from sandbox.live.executors import TERMINATED, End, Observer, Stop, Work
from tests.ops.simulation.scene import simulated as simulated_stack
from tests.ops.simulation.test_against_state_machine import (
    ERRORS,
    START,
    STOP,
    Launch,
    Script,
    ScriptedEcs,
    simulated,
)

from .supervised import MACHINE, deploy, deploy_settings, described, start
from .world import CLUSTER, World, client, world

SEEDS = (3, 5, 9, 12, 29)
"""Worlds with all overlap policies and all outcomes."""
LONGEST = 100 * 3600
"""Seconds after which all executions have ended."""


@dataclass
class ScriptedLaunches:
    """ECS for state machines, whose answers to RunTask follow a script, and the containers of these launches."""

    clock: VirtualClock
    answers: Mapping[int, list[Launch]]
    numbers: Mapping[str, int]
    """The scheduled times by the names of executions."""
    launched: dict[int, int] = field(default_factory=dict[int, int])
    _next: dict[str, Launch] = field(default_factory=dict[str, Launch])

    def run_task(self, **request: Any) -> Any:
        name = _run_of(request["overrides"])
        number = self.numbers[name]
        launch = self.answers[number].pop(0)
        if launch.refusal == "noCapacity":
            return {"tasks": [], "failures": [{"arn": CLUSTER, "reason": "Capacity is unavailable at this time."}]}
        if launch.refusal:
            error: Any = {
                "Error": {"Code": ERRORS[launch.refusal].removeprefix("ECS."), "Message": "refused"},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            raise ClientError(error, "RunTask")
        self._next[name] = launch
        self.launched[number] = self.launched.get(number, 0) + 1
        return client("ecs").run_task(**request)

    def __getattr__(self, name: str) -> Any:
        return getattr(client("ecs"), name)

    def start(self, work: Work, observer: Observer) -> Stop:
        """Start a container."""
        launch, left = self._next[_run_of(work.overrides)], [True]

        def end(code: int) -> None:
            if left:
                left.clear()
                observer.ended(End(code))

        observer.started()
        self.clock.at(self.clock.now + launch.seconds, lambda: end(launch.code))
        return lambda: self.clock.at(self.clock.now + STOP, lambda: end(TERMINATED))


def _run_of(overrides: Mapping[str, Any]) -> str:
    """The execution that a run is of."""
    [container] = overrides["containerOverrides"]
    return next(pair["value"] for pair in container["environment"] if pair["name"] == RUN_VARIABLE)


@dataclass(frozen=True)
class Found:
    """The outcome of each scheduled time, with its launches, and the number of messages."""

    outcomes: Mapping[int, tuple[str, int]]
    messages: int


def by_live_sandbox(script: Script, stack: World) -> Found:
    """The result in the live sandbox."""
    deploy_settings(stack, script.settings)
    stack.live.alarms.is_on = lambda: False
    names = {f"run-{position}": number for position, (_, number) in enumerate(script.deliveries)}
    answers = {number: list(launches) for number, launches in script.answers.items()}
    ecs: Any = ScriptedLaunches(stack.clock, answers, names)
    stack.live.lifecycle.executor = ecs
    stack.live.executions.client = lambda service: ecs if service == "ecs" else client(service)
    arns, begin = dict[str, str](), stack.clock.now

    def deliver(name: str) -> None:
        arns[name] = start(name, str(names[name]))

    for (time, _), name in zip(script.deliveries, names, strict=True):
        stack.clock.at(begin + time, lambda name=name: deliver(name))
    stack.run(LONGEST)
    found = {name: described(arn) for name, arn in arns.items()}
    assert {each["status"] for each in found.values()} <= {"SUCCEEDED", "FAILED"}
    outcomes = {
        names[name]: (_outcome(each), ecs.launched.get(names[name], 0))
        for name, each in found.items()
        if each.get("cause") != DELIVERED_TWICE
    }
    return Found(outcomes, len(stack.live.mailbox.read()))


def _outcome(execution: Mapping[str, Any]) -> str:
    """The outcome in the words of the simulation."""
    error: str = execution.get("error", "Succeeded")
    return {"TimedOut": "failed"}.get(error, error.lower())


def by_simulation(script: Script) -> Found:
    """The result of the simulation."""
    clock = VirtualClock(START)
    answers = {number: list(launches) for number, launches in script.answers.items()}
    ecs = ScriptedEcs(clock, lambda of: answers[int(of.time)].pop(0))
    runs = simulated(clock, ecs, script.settings, script.seed, script.deliveries)
    messages = sum(run.told == "message" for run in runs.values())
    return Found({number: (run.outcome, run.runs) for number, run in runs.items()}, messages)


@pytest.mark.usefixtures("_account")
@pytest.mark.parametrize("seed", SEEDS)
def test_random_worlds_end_as_simulated(tmp_path: Path, seed: int):
    script = Script(seed)
    with world(tmp_path, all_parts=False) as stack:
        assert by_live_sandbox(script, stack) == by_simulation(script), script.settings


def test_the_worlds_have_every_outcome():
    found = [by_simulation(Script(seed)) for seed in SEEDS]
    assert {outcome for each in found for outcome, _ in each.outcomes.values()} == {
        *("succeeded", "failed", "skipped", "replaced"),
    }
    assert any(each.messages for each in found)


EXPRESSION, TIMES = "cron(0/20 * * * ? *)", 6
MINUTES = 30
"""The duration of each run, which the schedule starts every 20 minutes."""


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"overlap": "forbid"}, ["succeeded", "skipped"] * 3),
        ({"overlap": "queue"}, ["succeeded", "succeeded", "succeeded", "skipped"]),
        ({"overlap": "replace"}, ["replaced"] * (TIMES - 1) + ["succeeded"]),
        ({"overlap": "forbid", "timeout": "10m"}, ["failed"] * TIMES),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else "",
)
def test_a_schedule_ends_as_simulated(
    unscheduled: World, monkeypatch: pytest.MonkeyPatch, args: dict[str, Any], expected: list[str]
):
    """The schedule fires in both, and nothing is scripted."""
    monkeypatch.setattr(scheduler, "TICK_SECONDS", 60)
    stack = unscheduled
    stack.live.alarms.is_on = lambda: False
    # The simulation begins with a time at its begin, and the sandbox after it.
    stack.run(3600 - stack.clock.now % 3600 + 60)
    stack.live.scheduler.begin()
    keys = {"timeout": "1h", **args}
    begin = datetime.fromtimestamp(stack.clock.now, UTC)
    record = simulated_stack({"job": {"schedule": EXPRESSION, **keys}}, begin=begin, days=TIMES / 72, minutes=MINUTES)
    by_time = {run.time: run.outcome for run in record.runs}
    messages = sum(run.told == "message" for run in record.runs)

    deploy(stack, (MINUTES * 60, 0), **keys)
    stack.allow([{"Effect": "Allow", "Action": "states:StartExecution", "Resource": MACHINE}])
    given = json.dumps({"schedule": "job", "time": "<aws.scheduler.scheduled-time>", "overrides": {}})
    stack.schedule(EXPRESSION, target={"Arn": MACHINE, "Input": given})
    stack.run(TIMES * 1200 - 1)
    client("scheduler").delete_schedule(GroupName="shop-dev", Name="job")
    stack.run(2 * 3600)
    listed = client("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"]
    found = {}
    for each in listed:
        execution = described(each["executionArn"])
        time = datetime.fromisoformat(json.loads(execution["input"])["time"])
        found[time.timestamp()] = _outcome(execution)
    assert found == by_time
    assert len(stack.live.mailbox.read()) == messages
    assert [found[time] for time in sorted(found)][: len(expected)] == expected
