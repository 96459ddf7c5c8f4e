"""Worlds in which runs that must not overlap don't. `make torture PARTS=lease` runs thousands of them."""

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from components.json_values import Data
from sandbox.state_machines.errors import ServiceError
from sandbox.state_machines.interpreter import Ended, Execution
from sandbox.state_machines.processes import Process
from tests.components.supervised.machines import machine
from tests.interpreter import End, interpreter
from torture.lease.clock import Clock
from torture.lease.dynamodb import Table
from torture.lease.ecs import Ecs, EcsTask
from torture.lease.kinds import ABORTED, KINDS, LAG, LOCK, OUTSIDE, PARALLEL, QUEUE, RANDOM, SLOW, STUCK, Kind
from torture.lease.report import measure
from torture.lease.world import Simulation, machine_of, settings_of, trace

WORLDS = {LAG: 12, SLOW: 8, STUCK: 8, ABORTED: 8, RANDOM: 16, QUEUE: 16, LOCK: 16, PARALLEL: 16}


@pytest.mark.thorough
@pytest.mark.parametrize("kind", WORLDS, ids=lambda kind: kind.what)
def test_no_two_runs_overlap_and_none_is_lost(kind: Kind):
    for seed in range(WORLDS[kind]):
        simulation = Simulation(seed, kind)
        assert simulation.run() == [], f"seed {seed}\n{trace(simulation)}"


def without_client_token(machine: Any) -> None:
    del machine["States"]["Run"]["Arguments"]["ClientToken"]


def without_stopping_runs_that_are_left(machine: Any) -> None:
    machine["States"]["Take over"]["Next"] = "Acquire"


def with_one_search_that_is_believed(machine: Any) -> None:
    machine["States"]["After cleanup"]["Choices"] = [{"Condition": "{% false %}", "Next": "Report"}]


def without_memory_of_leases_that_ended(machine: Any) -> None:
    for name in ("Acquire", "Take over"):
        item = machine["States"][name]["Arguments"]["Item"]
        item["expires"] = item["ends"]


def without_a_search_before_giving_up(machine: Any) -> None:
    machine["States"]["Give up"]["Choices"] = [{"Condition": "{% false %}", "Next": "Report"}]


def with_a_place_for_everyone(machine: Any) -> None:
    machine["States"]["Enter queue"]["Arguments"]["ConditionExpression"] = (
        "attribute_exists(id) OR attribute_not_exists(id)"
    )


def with_a_place_of_a_dead_execution(machine: Any) -> None:
    item = machine["States"]["Enter queue"]["Arguments"]["Item"]
    item["ends"] = item["expires"] = {"N": "9999999999"}


def without_another_try(machine: Any) -> None:
    machine["States"]["Wait in queue"]["Next"] = "Skipped"


@pytest.mark.parametrize(
    ("weaken", "problem"),
    [
        (with_a_place_for_everyone, "wait at the same time"),
        (with_a_place_of_a_dead_execution, "no run succeeds after the faults have ended"),
        (without_another_try, "waited and was skipped"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_worlds_find_a_weaker_queue(weaken: Callable[[Any], None], problem: str):
    assert any(problem in found for seed in range(40) for found in weakened(seed, QUEUE, weaken).run())


def weakened(seed: int, kind: Kind, weaken: Callable[[Any], None]) -> Simulation:
    def change(machine: Data) -> Data:
        changed = copy.deepcopy(dict(machine))
        weaken(changed)
        return changed

    return Simulation(seed, kind, change)


def with_a_lock_for_everyone(machine: Any) -> None:
    machine["States"]["Acquire lock"]["Arguments"]["ConditionExpression"] = "attribute_not_exists(missing)"


def without_stopping_the_run_of_a_dead_holder(machine: Any) -> None:
    for choice in machine["States"]["Lock held"]["Choices"]:
        choice["Next"] = choice["Next"].replace("Find runs left", "Take over lock")


def with_a_release_before_all_tasks_have_ended(machine: Any) -> None:
    machine["States"]["Tasks ended"]["Choices"] = [{"Condition": "{% false %}", "Next": "Report"}]


REPLACED = Kind(PARALLEL.what, ("replace",), parallel=True)


def test_a_run_with_several_tasks_is_replaced():
    simulations = [Simulation(seed, REPLACED) for seed in range(8)]
    assert all(simulation.run() == [] for simulation in simulations)
    assert "Replaced" in {each.ended.error for made in simulations for each in made.delivered if each.ended}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("weaken", "kind", "seeds"),
    [
        (with_a_lock_for_everyone, LOCK, range(30)),
        (without_stopping_the_run_of_a_dead_holder, Kind(ABORTED.what, ("allow",), "db"), range(30)),
        (without_client_token, SLOW, range(30)),
        (with_a_release_before_all_tasks_have_ended, REPLACED, range(20)),
        (without_stopping_runs_that_are_left, REPLACED, range(20)),
        (without_stopping_runs_that_are_left, ABORTED, range(30)),
        (with_one_search_that_is_believed, LAG, range(30)),
        (without_memory_of_leases_that_ended, ABORTED, range(30)),
        (without_a_search_before_giving_up, LAG, range(60)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_worlds_find_an_overlap_in_a_weaker_machine(weaken: Callable[[Any], None], kind: Kind, seeds: range):
    assert any("overlap" in problem for seed in seeds for problem in weakened(seed, kind, weaken).run())


def test_overlaps_outside_the_documented_windows_are_counted():
    """The model of ListTasks is really behind."""
    assert any(Simulation(seed, OUTSIDE).run() for seed in range(40))


def test_the_same_seed_makes_the_same_world():
    first, second = Simulation(3, RANDOM), Simulation(3, RANDOM)
    assert (first.run(), trace(first)) == (second.run(), trace(second))


def test_a_part_has_a_trial_per_kind():
    assert [(trial.what, trial.tried) for trial in measure(1, 1, lambda _: None).trials] == [
        (kind.what, 1) for kind in KINDS
    ]


def test_the_longest_loops_stay_far_below_the_limit_of_the_history():
    """AWS: Step Functions quotas: 25,000 events in the history of an execution."""
    simulation = Simulation(1, STUCK)
    simulation.run()
    assert max(each.execution.events for each in simulation.delivered) < 5_000


@pytest.mark.parametrize(
    ("codes", "args"),
    [([0], {}), ([1, 0], {"retry_run": {"attempts": 1}}), ([1], {"overlap": "replace", "retry_run": {"attempts": 1}})],
    ids=["success", "second attempt", "failure"],
)
def test_two_interpreters_enter_the_same_states(codes: list[int], args: dict[str, Any]):
    """The sandbox runs state machines with moto's interpreter."""
    definition = machine(**{"timeout": "1h", "overlap": "forbid", **args})
    with interpreter(*map(End, codes)) as states:
        states.create(definition)
        execution = states.start("first")
        ended, entered = states.end(execution), states.entered(execution)
    clock, left = Clock(0), list(codes)

    class Calls:
        def call(self, resource: str, arguments: Data, submitted: Callable[[Any], None]) -> Process[Any]:
            submitted({})
            yield len(arguments)
            if not resource.endswith("runTask.sync"):
                return {}
            code = left.pop(0) if len(left) > 1 else left[0]
            end = {
                "TaskArn": "t",
                "StopCode": "EssentialContainerExited",
                "StoppedReason": "Essential container in task exited",
            }
            task = {**end, "Containers": [{"Name": "main", "ExitCode": code}]}
            if code:
                raise ServiceError("States.TaskFailed", json.dumps(task))
            return task

    given = {"schedule": "backup", "time": "1", "overrides": {}}
    ours = Execution(json.loads(definition), "first", given, Calls(), lambda: clock.now, Random(1))
    ends = list[Ended]()
    clock.start(ours.run(), ends.append)
    clock.run(10**6)
    assert [(end.status, end.error, end.cause) for end in ends] == [(ended.status, ended.error, ended.cause)]
    assert ours.entered == entered


# The models


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("attribute_exists(a)", True),
        ("attribute_not_exists(a) OR b = :two", True),
        ("attribute_not_exists(a) AND b = :two", False),
        ("a < :x OR (attribute_not_exists(c) AND b < :two)", False),
        ("missing < :two", False),
        ("b < :x", False),
    ],
)
def test_conditions(condition: str, met: bool):
    """AWS: Amazon DynamoDB developer guide, "Condition and filter expressions"."""
    table = Table()
    table.items["k"] = {"id": {"S": "k"}, "a": {"S": "x"}, "b": {"N": "2"}}
    request: dict[str, Any] = {
        "Key": {"id": {"S": "k"}},
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {":two": {"N": "2"}, ":x": {"S": "x"}},
    }
    if met:
        table.call("deleteItem", request)
        assert table.items == {}
    else:
        with pytest.raises(ServiceError, match="ConditionalCheckFailed"):
            table.call("deleteItem", request)


def test_ecs_knows_a_client_token_for_a_day_or_an_hour_after_the_end():
    """AWS: Amazon ECS API reference, "Ensuring idempotency"."""
    ecs, request = Ecs(), {"ClientToken": "a", "Group": "g", "Overrides": {}}
    task = EcsTask("t", request, created=0, running=0, ends=100, stop_seconds=0)
    ecs.start(task)
    assert ecs.known(request, 50) is task
    assert ecs.known(request, 100 + 3599) is task
    assert ecs.known(request, 100 + 3601) is None
    with pytest.raises(ServiceError, match="ConflictException"):
        ecs.known({**request, "Group": "other"}, 50)
    task.ends = 10**9
    assert ecs.known(request, 24 * 3600 - 1) is task
    assert ecs.known(request, 24 * 3600 + 1) is None


def test_a_machine_is_the_one_that_a_deployment_creates():
    settings = settings_of("forbid", 60, 2, 0)
    assert machine_of(settings)["TimeoutSeconds"] == settings.longest
