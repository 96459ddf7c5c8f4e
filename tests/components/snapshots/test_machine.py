"""Snapshots with `keep` in a real interpreter, against a model of Amazon RDS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonata import Jsonata

from components.snapshots import machine as machines
from components.snapshots.machine import LISTS, POLLS, TRIES
from components.snapshots.retention import MARK, Retention
from tests.components.snapshots.world import Saved, World, execute, keeper, kept, machine
from tests.components.supervised.test_machine import read, transitions
from tests.interpreter import Interpreter, client, error
from tests.referees import all_tests, judged
from tests.state_language import language_problems

KINDS = [kept(), kept(cluster="au")]


@pytest.mark.parametrize("of", KINDS, ids=["database", "cluster"])
def test_the_oldest_snapshots_beyond_keep_are_deleted_in_order(of: Retention):
    world = World()
    before = world.own(of, 6)
    with keeper(world, of) as states:
        ended = execute(states, "tonight")
        assert (ended.status, ended.cause) == ("SUCCEEDED", "")
        [told] = states.reported()
    assert world.deleted == before[:4]
    [new] = [name for name in world.available(of) if name not in before]
    assert world.available(of) == [*before[4:], new]
    assert world.snapshots[new].tags == {MARK: "shop-dev__backup", "scheduled-task": "backup"}
    assert told["stoppedReason"] == f"Created the snapshot {new}. Deleted 4 older ones."
    assert (told["group"], told["outcome"], told["schedule"]) == ("backup", "Succeeded", "nightly")


@pytest.mark.parametrize(("made", "deleted"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2)])
def test_as_many_snapshots_are_left_as_keep_says(made: int, deleted: int):
    world, of = World(), kept()
    world.own(of, made)
    with keeper(world, of) as states:
        assert execute(states, "tonight").status == "SUCCEEDED"
    assert (len(world.deleted), len(world.available(of))) == (deleted, min(made + 1, 3))


def test_a_day_that_is_left_out_has_no_snapshot_and_deletes_none():
    world, of = World(), kept(keep=1)
    world.own(of, 3)
    spans = [{"from": "2026-12-25T00:00:00Z", "to": "2026-12-26T00:00:00Z", "why": "Christmas Day (DE)"}]
    given = {"schedule": "nightly", "except": spans, "exceptUntil": "2029-01-01T00:00:00Z"}
    with keeper(world, of) as states:
        states.create(machine(of, exceptions=True), "with-exceptions")
        skipped = states.run("holiday", **given, time="2026-12-25T03:00:00Z")
        assert (skipped.error, skipped.cause) == ("Skipped", "Left out: Christmas Day (DE)")
        assert (states.operations(), states.reported(), world.deleted) == ([], [], [])
        assert states.run("next", **given, time="2026-12-26T03:00:00Z").status == "SUCCEEDED"
    assert len(world.available(of)) == 1
    whole = json.loads(machine(of, exceptions=True))
    assert (language_problems(whole), whole["StartAt"]) == ([], "Exception?")


def test_snapshots_of_others_are_never_deleted():
    world, of = World(), kept(keep=1)
    neighbor, sibling = kept(task="weekly", keep=1), kept(database="orders-eu", keep=1)
    world.own(of, 2)
    foreign = [
        *world.own(neighbor, 5),
        *world.own(sibling, 5),
        "orders-before-upgrade",
        f"{of.prefix}20200101-030001",
        f"{of.prefix}20200101-030002",
        f"{of.prefix}20200101-030000-copy",
        "orders-11111111-1111-1111-1111-111111111111",
    ]
    world.save(
        Saved("orders-before-upgrade", "orders", {}),
        Saved(f"{of.prefix}20200101-030001", "orders", {}),
        Saved(f"{of.prefix}20200101-030002", "orders", {MARK: "shop-dev__weekly"}),
        Saved(f"{of.prefix}20200101-030000-copy", "orders", of.tags),
        Saved("orders-11111111-1111-1111-1111-111111111111", "orders", of.tags),
    )
    with keeper(world, of) as states:
        assert execute(states, "tonight").status == "SUCCEEDED"
    assert len(world.deleted) == 2
    assert [name for name in foreign if name not in world.snapshots] == []


def test_only_available_snapshots_count():
    world, of = World(), kept(keep=2)
    before = world.own(of, 4)
    for name, status in zip(before, ("failed", "creating", "available", "deleting"), strict=True):
        world.snapshots[name].status, world.snapshots[name].looks = status, 10**6
    with keeper(world, of) as states:
        assert execute(states, "tonight").status == "SUCCEEDED"
    assert world.deleted == []


@pytest.mark.parametrize("repeats", [False, True])
def test_all_pages_are_read_and_a_repeated_snapshot_counts_once(repeats: bool):
    world, of = World(repeats=repeats, quota=500), kept(keep=60)
    before = world.own(of, 65)
    world.save(*(Saved(f"orders-x{number}", "orders", {}) for number in range(40)))
    with keeper(world, of) as states:
        assert execute(states, "tonight").status == "SUCCEEDED"
    assert world.deleted == before[:6]


def test_a_scheduled_time_that_is_delivered_twice_makes_one_snapshot():
    world, of = World(), kept()
    with keeper(world, of) as states:
        assert execute(states, "first", "2026-11-27T03:00:00Z").status == "SUCCEEDED"
        assert execute(states, "second", "2026-11-27T03:00:00Z").error == "Skipped"
    assert len(world.snapshots) == 1


def test_a_lost_answer_makes_one_snapshot():
    world, of = World(), kept()
    with keeper(world, of) as states:
        losing = _Failing(states, "create_db_snapshot", 1, after=True)
        assert execute(states, "tonight").status == "SUCCEEDED"
        assert losing.seen > 1
    assert len(world.snapshots) == 1


def test_a_snapshot_of_a_busy_database_is_requested_again():
    world, of = World(busy=10), kept()
    with keeper(world, of) as states:
        assert execute(states, "tonight").status == "SUCCEEDED"
    assert len(world.available(of)) == 1


def test_a_database_that_stays_busy_is_reported():
    world, of = World(busy=10**6), kept(keep=1)
    before = world.own(of, 3)
    with keeper(world, of) as states:
        ended = execute(states, "tonight")
        assert ended.cause.startswith(
            "No snapshot of database orders was created, because the database was busy for an hour. Rds."
        )
        assert ended.cause.endswith("No older snapshot was deleted.")
        assert states.reported()[0]["outcome"] == "Failed"
        # Step Functions requests each one three times. See SHORT_RETRY.
        assert states.operations().count("create_db_snapshot") == TRIES * 3
    assert world.available(of) == before


def test_an_exceeded_quota_is_reported_at_once():
    world, of = World(quota=3), kept(keep=1)
    before = world.own(of, 3)
    with keeper(world, of) as states:
        ended = execute(states, "tonight")
        assert "SnapshotQuotaExceeded" in ended.cause
        assert states.operations().count("create_db_snapshot") == 3
    assert world.available(of) == before


@pytest.mark.parametrize("status", ["failed", "deleting"])
def test_nothing_is_deleted_if_the_snapshot_fails(status: str):
    world, of = World(ends=status), kept(keep=1)
    before = world.own(of, 3)
    with keeper(world, of) as states:
        ended = execute(states, "tonight")
        assert (ended.error, f"is {status}." in ended.cause) == ("Failed", True)
    assert world.available(of) == before


def test_a_snapshot_that_takes_too_long_is_reported(monkeypatch: pytest.MonkeyPatch):
    assert POLLS == 720
    monkeypatch.setattr(machines, "POLLS", 10)
    world, of = World(slow=10**6), kept(keep=1)
    before = world.own(of, 3)
    with keeper(world, of) as states:
        assert "is not available after" in execute(states, "tonight").cause
    assert world.available(of) == before


def test_a_snapshot_that_disappears_is_reported():
    world, of = World(slow=10**6), kept(keep=1)
    before = world.own(of, 3)
    with keeper(world, of) as states:
        _Failing(states, "describe_db_snapshots", 2, code="DBSnapshotNotFound")
        assert "was created, but does not exist." in execute(states, "tonight").cause
    assert world.available(of) == before


@pytest.mark.parametrize(("unlisted", "works"), [(LISTS, True), (LISTS + 1, False)])
def test_nothing_is_deleted_until_the_new_snapshot_is_listed(unlisted: int, works: bool):
    world, of = World(unlisted=unlisted), kept(keep=1)
    before = world.own(of, 3)
    with keeper(world, of) as states:
        ended = execute(states, "tonight")
    assert (ended.status == "SUCCEEDED") is works
    assert (world.deleted == before) is works


def test_snapshots_that_cannot_be_deleted_are_reported_and_others_are_deleted():
    world, of = World(), kept(keep=1)
    before = world.own(of, 3)
    with keeper(world, of) as states:
        # SHORT_RETRY: three requests for the oldest one.
        states.faults["delete_db_snapshot"] = []
        _Failing(states, "delete_db_snapshot", 1, until=3, code="InvalidDBSnapshotState")
        ended = execute(states, "tonight")
    assert (ended.error, "older ones could not be deleted: " + before[0] in ended.cause) == ("Failed", True)
    assert world.deleted == before[1:]


def test_a_snapshot_that_somebody_deleted_meanwhile_is_no_failure():
    world, of = World(), kept(keep=1)
    world.own(of, 2)
    with keeper(world, of) as states:
        _Failing(states, "delete_db_snapshot", 1, until=3, code="DBSnapshotNotFound")
        assert execute(states, "tonight").status == "SUCCEEDED"


class _Failing:
    """Lets calls of an operation fail, from one on, before or after the work is done."""

    def __init__(
        self,
        states: Interpreter,
        operation: str,
        first: int,
        *,
        until: int = 10**9,
        after: bool = False,
        code: str = "ServiceUnavailable",
    ) -> None:
        self.operation, self.first, self.until, self.after, self.code = operation, first, until, after, code
        self.seen, self.original = 0, states.client
        states.client = self.client  # type: ignore[method-assign]

    def client(self, service: str, *, waiting: bool) -> Any:
        real, failing = self.original(service, waiting=waiting), self

        class Client:
            def __getattr__(self, operation: str) -> Callable[..., Any]:
                def call(**parameters: Any) -> Any:
                    if operation != failing.operation:
                        return getattr(real, operation)(**parameters)
                    failing.seen += 1
                    fails = failing.first <= failing.seen <= failing.until
                    answer = getattr(real, operation)(**parameters) if failing.after or not fails else {}
                    if fails:
                        raise error(failing.code, operation)
                    return answer

                return call

        return Client()


OPERATIONS = ("put_item", "create_db_snapshot", "describe_db_snapshots", "delete_db_snapshot", "put_events")
CODES = ("ThrottlingException", "AccessDenied", "InvalidDBInstanceState", "DBSnapshotNotFound", "SnapshotQuotaExceeded")


@pytest.mark.timeout(240)
@settings(max_examples=60 if all_tests() else 5)
@given(
    keep=st.integers(1, 4),
    made=st.integers(0, 7),
    operation=st.sampled_from(OPERATIONS),
    first=st.integers(1, 6),
    lasting=st.sampled_from([1, 4, 10**9]),
    after=st.booleans(),
    code=st.sampled_from(CODES),
    ends=st.sampled_from(["available", "available", "failed"]),
)
def test_a_failure_at_any_step_loses_no_snapshot_and_is_reported(
    keep: int, made: int, operation: str, first: int, lasting: int, after: bool, code: str, ends: str
):
    of, patch = kept(keep=keep), pytest.MonkeyPatch()
    patch.setattr(machines, "POLLS", 8)
    patch.setattr(machines, "TRIES", 4)
    world = World(ends=ends)
    before = world.own(of, made)
    world.save(Saved("orders-foreign", "orders", {}), *(Saved(f"x{number}", "orders", {}) for number in range(25)))
    foreign = {name for name in world.snapshots if name not in before}
    try:
        with keeper(world, of) as states:
            _Failing(states, operation, first, until=first + lasting - 1, after=after, code=code)
            ended = execute(states, "tonight")
            reported = states.reported()
    finally:
        patch.undo()
    available = world.available(of)
    assert foreign <= set(world.snapshots)
    assert len(available) >= min(keep, made)
    # Only snapshots that have enough newer ones are deleted, the oldest first.
    assert set(world.deleted) <= set(before[: max(0, made + 1 - keep)])
    assert world.deleted == sorted(world.deleted)
    new = [name for name in available if name not in before]
    assert world.deleted == [] or new
    if ended.status == "SUCCEEDED":
        assert new
        assert len(available) == min(keep, made + 1) or (code, operation) == (
            "DBSnapshotNotFound",
            "delete_db_snapshot",
        )
    else:
        assert ended.error in ("Failed", "Unreported"), ended
    assert operation == "put_events" or [each["outcome"] for each in reported] == [
        "Succeeded" if ended.status == "SUCCEEDED" else "Failed"
    ]


@pytest.mark.parametrize("of", KINDS, ids=["database", "cluster"])
def test_a_state_machine_is_valid_amazon_states_language(of: Retention):
    text = machine(of)
    assert language_problems(json.loads(text)) == []
    for expression in re.findall(r'"\{% (.*?) %\}"', text):
        Jsonata(json.loads(f'"{expression}"'))


def test_awss_validator_accepts_every_state_machine():
    assert judged("machines", [machine(of) for of in KINDS]) == [[], []]


def test_every_variable_has_a_value_from_the_start():
    states: dict[str, dict[str, Any]] = json.loads(machine(kept()))["States"]
    claim = states["Claim"]
    [failed] = [catch for catch in claim["Catch"] if catch["Next"] == "Report"]
    known = set(claim["Assign"])
    assert known == failed["Assign"].keys()
    assert {name: read(state) - known for name, state in states.items() if read(state) - known} == {}
    assert {name for state in states.values() for name, _ in transitions(state)} | {"Claim"} == set(states)
    # A variable would hide the function of that name.
    functions = {
        "string",
        "count",
        "contains",
        "lowercase",
        "substring",
        "replace",
        "length",
        "merge",
        "sort",
        "distinct",
    }
    assert known & functions == set()


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_state_machine_calls_the_services_of_its_partition(partition: str):
    states = json.loads(machine(kept(partition)))["States"]
    assert {state["Resource"].split(":::")[0] for state in states.values() if "Resource" in state} == {
        f"arn:{partition}:states"
    }


def test_the_names_of_snapshots_fit():
    """AWS: Amazon RDS API reference, CreateDBSnapshot, DBSnapshotIdentifier: 1 to 255 characters."""
    assert kept(name="n" * 200, task="t" * 100).name_length <= 255
    assert len(kept(task="t" * 100).mark) <= 256


def test_a_manual_execution_without_an_input_makes_a_snapshot():
    world, of = World(), kept()
    with keeper(world, of) as states:
        started = client("stepfunctions").start_execution(stateMachineArn=states.machine, name="by-hand", input="{}")
        assert states.end(started["executionArn"]).status == "SUCCEEDED"
    assert len(world.available(of)) == 1
