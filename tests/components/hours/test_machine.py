"""Closings and openings in a real interpreter, against a model of the services."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from jsonata import Jsonata

from components.aws.account import TYPICAL_ACCOUNT
from components.calls.kinds import typical_call
from components.checks import checked_call
from components.hours import sleeping
from components.hours.sleeping import POLLS
from components.task import overrides
from tests.components.hours.machines import EVERYTHING, USUAL, execute, machine, start
from tests.components.hours.world import Group, Scaling, Service, World
from tests.components.supervised.test_machine import read, transitions
from tests.interpreter import Interpreter, client, error, interpreter
from tests.referees import all_tests, judged
from tests.state_language import language_problems


@contextmanager
def office(world: World, sleeps: list[dict[str, Any]] | None = None) -> Generator[Interpreter]:
    """An interpreter whose state machine closes and opens the resources of a world."""
    with interpreter() as states:
        states.services.update(world.clients())
        states.create(machine(sleeps or USUAL))
        yield states


def remembered(states: Interpreter) -> dict[str, Any]:
    """The settings that the closing has remembered, by resource."""
    return {
        name.split("#")[1]: json.loads(row["memory"]["S"]) for name, row in states.rows().items() if "memory" in row
    }


def changes(states: Interpreter) -> list[str]:
    """The calls that change resources, in order."""
    words = ("stop_", "start_", "update_s", "update_auto", "register_", "suspend_", "resume_", "pause_")
    return [name for name in states.operations() if name.startswith(words)]


def test_everything_is_restored_as_it_was():
    world = World()
    before = world.settings()
    with office(world, EVERYTHING) as states:
        closed = execute(states, "close", "evening")
        assert (closed.status, closed.cause) == ("SUCCEEDED", "")
        assert world.asleep()
        assert len(remembered(states)) == len(EVERYTHING)
        opened = execute(states, "open", "morning")
        assert (opened.status, opened.cause) == ("SUCCEEDED", "")
        assert world.settings() == before
        assert remembered(states) == {}
        assert "office" not in states.rows(), "the lease is released"
        assert [(each["outcome"], each["stoppedReason"], each["group"]) for each in states.reported()] == [
            ("Succeeded", "Closed.", "office"),
            ("Succeeded", "Opened.", "office"),
        ]


def test_resources_are_stopped_in_order_and_restored_in_the_reverse_order():
    with office(World()) as states:
        execute(states, "close", "evening")
        execute(states, "open", "morning")
        assert changes(states) == [
            "register_scalable_target", "update_service", "suspend_processes", "update_auto_scaling_group",
            "stop_db_instance", "start_db_instance", "update_auto_scaling_group", "resume_processes",
            "update_service", "register_scalable_target",
        ]  # fmt: skip


def test_a_second_closing_keeps_what_the_first_one_found():
    world = World()
    before = world.settings()
    with office(world) as states:
        execute(states, "close", "evening")
        found = remembered(states)
        assert found["service:main/web"]["desired"] == 3
        execute(states, "close", "again")
        assert remembered(states) == found
        execute(states, "open", "morning")
        assert world.settings() == before


def test_a_scheduled_time_that_is_delivered_twice_is_skipped():
    with office(World()) as states:
        execute(states, "close", "evening")
        given = json.dumps({"action": "close", "schedule": "closing", "time": "at evening"})
        sfn = client("stepfunctions")
        arn = sfn.start_execution(stateMachineArn=states.machine, name="twice", input=given)["executionArn"]
        assert states.end(arn).error == "Skipped"


def left_out(schedule: str, time: str) -> dict[str, Any]:
    """The input of a schedule at a scheduled time, as a deployment in 2026 writes it."""
    hours = {"open": "MON-FRI 07:30-19:00", "sleeps": EVERYTHING}
    task, problems = checked_call("office", {"hours": hours, "except_": {"holidays": ["DE"]}, "only": "workdays"})
    assert problems == []
    [wanted] = [each for each in task.schedules if each.name == schedule]
    call = typical_call(dict(task.args), TYPICAL_ACCOUNT, "office")
    text = call.input_of(schedule, overrides.exceptions(task, wanted, 2026))
    return json.loads(text.replace("<aws.scheduler.scheduled-time>", time))


def test_an_opening_on_a_day_that_is_left_out_is_skipped_and_a_closing_runs():
    world = World()
    before = world.settings()
    with interpreter() as states:
        states.services.update(world.clients())
        states.create(machine(EVERYTHING, exceptions=True))
        assert states.run("evening", **left_out("closing", "2026-12-24T18:00:00Z")).status == "SUCCEEDED"
        changed = len(changes(states))
        skipped = states.run("holiday", **left_out("opening", "2026-12-25T06:30:00Z"))
        assert (skipped.error, skipped.cause) == ("Skipped", "Left out: Christmas Day (DE)")
        assert (len(changes(states)), world.asleep()) == (changed, True)
        assert states.run("holiday-evening", **left_out("closing", "2026-12-25T18:00:00Z")).status == "SUCCEEDED"
        assert states.run("weekend", **left_out("opening", "2026-12-27T06:30:00Z")).cause == "Left out: Weekend"
        assert world.asleep()
        assert states.run("monday", **left_out("opening", "2026-12-28T06:30:00Z")).status == "SUCCEEDED"
        assert world.settings() == before
        assert [each["stoppedReason"] for each in states.reported()] == ["Closed.", "Closed.", "Opened."]


def test_the_state_machine_with_exceptions_is_valid():
    whole = json.loads(machine(exceptions=True))
    assert language_problems(whole) == []
    assert (whole["StartAt"], json.loads(machine())["StartAt"]) == ("Exception?", "Claim")


def test_an_execution_without_an_input_changes_nothing():
    world = World()
    before = world.settings()
    with office(world) as states:
        ended = execute(states, "lunch", "noon")
        assert (ended.error, "action" in ended.cause) == ("Failed", True)
    assert world.settings() == before


def test_a_database_that_aws_started_after_seven_days_is_stopped_again():
    """AWS: Amazon RDS user guide, "Stopping an Amazon RDS DB instance temporarily": "If you do not manually start your
    DB instance after seven days, your DB instance is automatically started."."""
    world = World()
    with office(world, [{"database": "orders"}]) as states:
        execute(states, "close", "evening")
        world.databases["orders"].status = "available"
        execute(states, "close", "a week later")
        assert world.databases["orders"].status == "stopped"
        execute(states, "open", "morning")
        assert world.databases["orders"].status == "available"


@pytest.mark.parametrize("status", ["backing-up", "modifying", "starting", "maintenance", "storage-optimization"])
def test_a_database_is_stopped_when_aws_accepts_that(status: str):
    """AWS: Amazon RDS API reference, StopDBInstance, InvalidDBInstanceState: the DB instance isn't in a valid state."""
    world = World()
    world.databases["orders"].passes(status, "available", looks=4)
    with office(world, [{"database": "orders"}]) as states:
        assert execute(states, "close", "evening").status == "SUCCEEDED"
        assert changes(states) == ["stop_db_instance"]
    assert world.databases["orders"].status == "stopped"


def test_a_database_that_its_owner_stopped_stays_stopped():
    world = World()
    world.databases["orders"].status = "stopped"
    with office(world, [{"database": "orders"}]) as states:
        execute(states, "close", "evening")
        execute(states, "open", "morning")
        assert changes(states) == []
    assert world.databases["orders"].status == "stopped"


def test_a_member_of_a_cluster_is_named_with_its_cluster():
    """AWS: botocore rds, StopDBInstance: "For Aurora clusters, use StopDBCluster instead."."""
    world = World()
    world.databases["orders"].cluster = "au"
    with office(world, [{"database": "orders"}, {"group": "workers"}]) as states:
        ended = execute(states, "close", "evening")
        assert (ended.error, ended.cause) == (
            "Failed",
            (
                "The closing failed at database orders. AWS stops it only with its DB cluster. In sleeps, write "
                "cluster: au. Resources after it are unchanged. To resume it, run: scheduled-tasks run office "
                "--schedule closing"
            ),
        )
        assert changes(states) == []
        [told] = states.reported()
        assert (told["outcome"], told["stoppedReason"]) == ("Failed", ended.cause)


def test_a_database_that_never_becomes_available_is_reported():
    world = World()
    world.databases["orders"].status = "incompatible-parameters"
    with office(world, [{"database": "orders"}]) as states:
        ended = execute(states, "close", "evening")
        assert "The closing failed at database orders. After 60 minutes: incompatible-parameters." in ended.cause
        assert states.operations().count("describe_db_instances") == POLLS + 1


@pytest.mark.parametrize(
    "service",
    [
        Service(),
        Service(scaling=None),
        Service(desired=0, running=0, scaling=None),
        Service(desired=0, running=0, scaling=Scaling(0, 5)),
        Service(scaling=Scaling(suspended={"DynamicScalingInSuspended": True, "DynamicScalingOutSuspended": False,
                                           "ScheduledScalingSuspended": True})),
    ],
    ids=["autoscaling", "plain", "empty", "scaled to 0", "partly suspended"],
)  # fmt: skip
def test_a_service_is_restored_as_it_was(service: Service):
    world = World()
    world.services["web"] = service
    before = world.settings()
    with office(world, [{"service": "main/web"}]) as states:
        assert execute(states, "close", "evening").status == "SUCCEEDED"
        assert (service.desired, service.running) == (0, 0)
        if service.scaling:
            assert (service.scaling.min, service.scaling.max) == (0, 0)
            assert all(service.scaling.suspended.values())
        assert execute(states, "open", "morning").status == "SUCCEEDED"
    assert world.settings() == before


def test_bounds_that_were_changed_in_the_meantime_are_kept():
    world = World()
    with office(world, [{"service": "main/web"}]) as states:
        execute(states, "close", "evening")
        assert world.services["web"].scaling
        world.services["web"].scaling.min, world.services["web"].scaling.max = 1, 9
        execute(states, "open", "morning")
        scaling = world.services["web"].scaling
        assert (scaling.min, scaling.max, any(scaling.suspended.values())) == (1, 9, False)


def test_a_service_that_is_gone_is_reported():
    world = World()
    del world.services["web"]
    world.services["other"] = Service()
    with office(world, [{"service": "main/web"}]) as states:
        states.faults["describe_scalable_targets"] = []
        states.services["application-autoscaling"] = _NoTargets()
        assert "It is missing. Remove it from sleeps." in execute(states, "close", "evening").cause


class _NoTargets:
    def describe_scalable_targets(self, **_: Any) -> dict[str, Any]:
        return {"ScalableTargets": []}


@pytest.mark.parametrize(
    "group",
    [
        Group(),
        Group(min=0, desired=0, instances=0, suspended={"ScheduledActions"}),
        Group(suspended={"AlarmNotification"}),
    ],
    ids=["usual", "empty", "partly suspended"],
)
def test_a_group_is_restored_as_it_was(group: Group):
    world = World()
    world.groups["workers"] = group
    before = world.settings()
    with office(world, [{"group": "workers"}]) as states:
        assert execute(states, "close", "evening").status == "SUCCEEDED"
        assert (group.min, group.max, group.desired, group.instances) == (0, 0, 0, 0)
        assert group.suspended == {"AlarmNotification", "ScheduledActions"}
        assert execute(states, "open", "morning").status == "SUCCEEDED"
    assert world.settings() == before


def test_processes_that_the_owner_suspended_stay_suspended():
    world = World()
    world.groups["workers"].suspended = {"AlarmNotification", "ScheduledActions", "AZRebalance"}
    with office(world, [{"group": "workers"}]) as states:
        execute(states, "close", "evening")
        execute(states, "open", "morning")
        assert "resume_processes" not in states.operations()
    assert world.groups["workers"].suspended == {"AlarmNotification", "ScheduledActions", "AZRebalance"}


def test_a_group_that_is_gone_is_reported():
    world = World()
    world.groups.clear()
    with office(world, [{"group": "workers"}]) as states:
        assert "There is no such Auto Scaling group." in execute(states, "close", "evening").cause


def test_an_opening_waits_for_a_closing():
    world = World()
    with office(world, [{"database": "orders"}]) as states:
        states.put_row(
            id="office", holder="other", since="2026-11-25T03:00:00Z", ends="99999999999", expires="99999999999"
        )
        waiting = start(states, "open", "morning")
        ended = states.end(waiting)
        assert ended.cause == "Not started, because another opening or closing has not ended."
        assert states.rows()["office"]["holder"] == {"S": "other"}


def test_a_lease_that_has_ended_is_taken_over():
    with office(World(), [{"database": "orders"}]) as states:
        states.put_row(id="office", holder="stopped", since="2026-11-25T03:00:00Z", ends="0", expires="99999999999")
        assert execute(states, "close", "evening").status == "SUCCEEDED"


WEEK = [f"{action} {day}" for day in ("MON", "TUE", "WED", "THU", "FRI") for action in ("open", "close")]


@pytest.mark.thorough
def test_a_week_ends_in_the_state_in_which_it_began():
    world = World()
    before = world.settings()
    with office(world, EVERYTHING) as states:
        for name in (*WEEK, "open next week"):
            if name.startswith("close"):
                world.databases["orders"].passes("backing-up", "available", looks=1)
            assert execute(states, name.split()[0], name).status == "SUCCEEDED"
            assert world.asleep() is name.startswith("close")
    assert world.settings() == before


def _calls(states: Interpreter) -> list[str]:
    """The operations that are called, each with its number."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for operation in states.operations():
        seen[operation] = seen.get(operation, 0) + 1
        found.append(f"{operation} {seen[operation]}")
    return found


PARTS = 8


@cache
def _steps() -> list[str]:
    """All calls of a closing and an opening without failures."""
    with office(World.usual()) as states:
        execute(states, "close", "evening")
        execute(states, "open", "morning")
        return _calls(states)


class _Failing:
    """Lets all calls of an operation fail, from a certain one on."""

    def __init__(self, states: Interpreter, step: str) -> None:
        self.operation, number = step.split()
        self.left, self.states, self.original = int(number), states, states.client
        states.client = self.client  # type: ignore[method-assign]

    def client(self, service: str, *, waiting: bool) -> Any:
        real = self.original(service, waiting=waiting)
        failing = self

        class Client:
            def __getattr__(self, operation: str) -> Callable[..., Any]:
                def call(**parameters: Any) -> Any:
                    if operation == failing.operation:
                        failing.left -= 1
                        if failing.left <= 0:
                            raise error("ThrottlingException", operation)
                    return getattr(real, operation)(**parameters)

                return call

        return Client()

    def end(self) -> None:
        self.left = 10**9


@pytest.mark.thorough
@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_failure_at_any_step_is_reported_and_the_work_is_resumed(part: int, monkeypatch: pytest.MonkeyPatch):
    """Each step fails until the execution ends. Then the same is started again. The reports are calls, too."""
    monkeypatch.setattr(sleeping, "POLLS", 6)
    steps = _steps()[part::PARTS]
    assert steps
    for step in steps if all_tests() else steps[part % len(steps) :][:1]:
        world = World.usual()
        before = world.settings()
        with office(world) as states:
            failing = _Failing(states, step)
            for action in ("close", "open"):
                ended = execute(states, action, f"{action}-1")
                failing_now = ended.status != "SUCCEEDED"
                if failing_now:
                    assert ended.error in ("Failed", "Unreported"), (step, ended)
                    failing.end()
                    # The lease of an execution that could not release it ends some time later.
                    if "office" in states.rows():
                        states.put_row(id="office", holder="x", since="2026-11-25T03:00:00Z", ends="0", expires="1")
                    assert execute(states, action, f"{action}-2").status == "SUCCEEDED", step
                assert world.asleep() is (action == "close"), step
        assert world.settings() == before, step


@pytest.mark.parametrize("sleeps", [EVERYTHING, USUAL, [{"database": "orders"}]], ids=["all", "usual", "one"])
def test_a_state_machine_is_valid_amazon_states_language(sleeps: list[dict[str, Any]]):
    text = machine(sleeps)
    assert language_problems(json.loads(text)) == []
    expressions = re.findall(r'"\{% (.*?) %\}"', text)
    assert len(expressions) > 10
    for expression in expressions:
        Jsonata(json.loads(f'"{expression}"'))


def test_names_of_states_fit():
    """AWS: Step Functions developer guide, "States": a name has at most 80 characters."""
    long = [{"service": f"{'c' * 255}/{'s' * 255}"}, {"service": f"{'c' * 255}/{'t' * 255}"}, {"group": "ä" * 255}]
    states = json.loads(machine(long))["States"]
    assert max(map(len, states)) <= 80
    assert sum(name.endswith(": begin") for name in states) == 6


def test_every_variable_has_a_value_from_the_start():
    states: dict[str, dict[str, Any]] = json.loads(machine(EVERYTHING))["States"]
    claim = states["Claim"]
    [failed] = [catch for catch in claim["Catch"] if catch["Next"] == "Report"]
    known = set(claim["Assign"])
    assert known == failed["Assign"].keys()
    assert {name: read(state) - known for name, state in states.items() if read(state) - known} == {}
    assert {name for state in states.values() for name, _ in transitions(state)} | {"Claim"} == set(states)
    # A variable would hide the function of that name.
    assert known & {"now", "string", "count", "parse", "exists", "not", "type", "floor", "millis"} == set()


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_state_machine_calls_the_services_of_its_partition(partition: str):
    states = json.loads(machine(partition=partition))["States"]
    called = {state["Resource"].split(":::")[0] for state in states.values() if "Resource" in state}
    assert called == {f"arn:{partition}:states"}


def test_awss_validator_accepts_every_state_machine():
    machines = [machine(EVERYTHING), machine(USUAL), machine([{"cluster": "au"}])]
    assert judged("machines", machines) == [[] for _ in machines]
