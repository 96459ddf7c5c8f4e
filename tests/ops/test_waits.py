"""`scheduled-tasks history`, `status` and `board` show supervised runs that wait."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.supervised.language import RUN
from ops.runs import waits
from ops.runs.durations import is_slow
from ops.runs.executions import WAITS
from ops.runs.records import RUNNING, Run
from ops.runs.waits import EVENTS, Waiting, waiting, waits_for
from tests.components.supervised.machines import index_machine, machine
from tests.interpreter import CLUSTER, End
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import run_inside, supervise
from tests.ops.terminal import fits
from tests.ops.test_skipped_runs import executions
from tests.ops.test_supervised_runs import client
from tests.ops.test_supervised_runs import deployed as supervised_stack
from tests.ops.test_watching import ago, row, status

START = datetime(2026, 11, 24, 3, tzinfo=UTC)
FAR = str(2**40)
SETTINGS: tuple[dict[str, Any], ...] = (
    {"timeout": "1h"},
    {"timeout": "1h", "retry": {"attempts": 185, "max_age": "24h"}},
    {"overlap": "forbid", "retry_run": {"attempts": 3}},
    {"overlap": "queue", "lock": "orders-db", "retry_run": {"attempts": 10}},
    {"overlap": "replace", "lock": "orders-db", "notify_after": 3},
    {"lock": "orders-db", "parallel": {"tasks": 3}},
)


def machines() -> Iterator[dict[str, Any]]:
    for settings in SETTINGS:
        yield json.loads(machine(**settings))
        if "parallel" in settings:
            yield json.loads(index_machine(**settings))


def test_each_state_that_waits_has_a_reason():
    states = {name: state["Type"] for made in machines() for name, state in made["States"].items()}
    waiting_states = {name for name, kind in states.items() if kind == "Wait"}
    reasons = {name: waits_for(name, "orders-db") for name in waiting_states}
    assert {name for name, reason in reasons.items() if not reason} == set()
    assert {name for name in states if waits_for(name)} == waiting_states, "no other state waits"
    reason = {name: words for name, words in reasons.items() if " s before launch" not in name and "Pause" not in name}
    assert reason == {
        "Wait in queue": "its turn in the queue",
        "Wait for lock": "the lock orders-db",
        "Wait for the lease": "an earlier run to end",
        "Wait to see other runs": "an earlier run to end",
        "Wait for other runs": "an earlier run to end",
        "Wait to see runs left": "the last holder of its lock to stop",
        "Wait for runs left": "the last holder of its lock to stop",
        "Wait to see own run": "its own run to stop",
        "Wait for own run": "its own run to stop",
        "Wait before cleanup": "ECS to show if its failed launch started a run",
        "Wait for the list": "ECS to show if its failed launch started a run",
    }
    assert reasons["Wait 10 s before launch"] == "its next launch"
    assert reasons["Pause before attempt 11"] == "attempt 11"
    assert waits_for("Wait for lock") == "its lock"


def between(made: dict[str, Any], wait: str) -> set[str]:
    """The states from which an execution can return to a wait without a run, before it leaves the same reason."""
    states, reason = made["States"], waits_for(wait)

    def following(name: str) -> set[str]:
        state = states[name]
        choices = [*state.get("Choices", []), *state.get("Catch", [])]
        found = {state.get("Next"), state.get("Default"), *(choice["Next"] for choice in choices)}
        return {each for each in found if each and each != RUN}

    def reached(name: str) -> set[str]:
        found, left = set[str](), [name]
        while left:
            for each in following(left.pop()) - found:
                found.add(each)
                left.append(each)
        return found

    return {name for name in reached(wait) if wait in reached(name) and waits_for(name) != reason}


def test_an_execution_that_tries_again_still_waits():
    """Otherwise, a run that waits would be shown as running whenever it tries."""
    pattern = waits._TRY  # pyright: ignore[reportPrivateUsage]
    for made in machines():
        for wait in (name for name, state in made["States"].items() if state["Type"] == "Wait"):
            others = {name for name in between(made, wait) if not waits_for(name) and not pattern.fullmatch(name)}
            # This choice leads to the end too.
            assert others <= {"After cleanup"}, wait
    assert not pattern.fullmatch(RUN)


def events(*entered: tuple[str, float], first: int = 1) -> list[Any]:
    """Events of a history: states with the seconds after the start at which an execution entered them."""
    return [
        {"id": number, "timestamp": START + timedelta(seconds=at), "stateEnteredEventDetails": {"name": name}}
        for number, (name, at) in enumerate(entered, first)
    ]


def left(number: int, at: float, **variables: str) -> Any:
    details = {"name": "Wait for lock", "assignedVariables": variables}
    return {"id": number, "timestamp": START + timedelta(seconds=at), "stateExitedEventDetails": details}


def request_of(number: int, key: str) -> Any:
    """A request to DynamoDB. AWS: Step Functions API reference, TaskScheduledEventDetails."""
    details = {"parameters": json.dumps({"TableName": "leases", "Key": {"id": {"S": key}}})}
    return {"id": number, "timestamp": START, "taskScheduledEventDetails": details}


def seconds(found: Waiting | None) -> tuple[str, float] | None:
    return (found.what, (found.since - START).total_seconds()) if found else None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], None),
        (events(("Claim", 0), (RUN, 1)), None),
        (events(("Claim", 0), (RUN, 1), ("Check result", 9), ("Pause before attempt 2", 10)), ("attempt 2", 10)),
        (events((RUN, 1), ("Launch failed", 2), ("Wait 20 s before launch", 3)), ("its next launch", 3)),
        (events(("Claim", 0), ("Acquire lock", 1), ("Wait for lock", 2)), ("its lock", 2)),
        (events(("Wait for lock", 2), ("Acquire lock", 12), ("Ask for lock", 12.1)), ("its lock", 2)),
        (events(("Wait for lock", 2), ("Acquire lock", 12), (RUN, 12.1)), None),
        ([request_of(1, "#orders-db"), *events(("Wait for lock", 5), first=2)], ("the lock orders-db", 5)),
        ([request_of(1, "backup"), *events(("Wait for lock", 5), first=2)], ("its lock", 5)),
        # The events don't show the first tries. The variable has the seconds.
        (
            [*events(("Wait for lock", 900)), left(2, 1000, lockWaited="990"), *events(("Wait for lock", 1001), first=3)],
            ("its lock", 10),
        ),
        # An earlier attempt waited too.
        (
            [left(1, 50, lockWaited="40"), *events((RUN, 60), ("Wait for lock", 90), first=2)],
            ("its lock", 90),
        ),
        ([*events(("Wait for lock", 900)), left(2, 1000, lockWaited="?")], ("its lock", 900)),
        # A queue is entered at the start.
        (events(("Wait in queue", 900), ("Enter queue", 1000), ("Wait in queue", 1001)), ("its turn in the queue", 0)),
        (events(("Claim", 0.5), ("Enter queue", 0.6), ("Wait in queue", 1)), ("its turn in the queue", 1)),
        (
            events(("Find other runs", 20), ("Wait for other runs", 21), ("Wait for the lease", 31), ("Acquire", 41)),
            ("an earlier run to end", 0),
        ),
        (events((RUN, 0), ("Find own run", 60), ("Wait for own run", 61)), ("its own run to stop", 61)),
    ],
)  # fmt: skip
def test_the_newest_events_tell_the_wait(given: list[Any], expected: tuple[str, float] | None):
    assert seconds(waiting(given, START)) == expected
    assert seconds(waiting(reversed(given), START)) == expected


def test_a_run_that_waits_is_not_slow():
    run = Run("a", "etl", RUNNING, START)
    now, usual = START + timedelta(hours=5), timedelta(minutes=1)
    assert is_slow(run, usual, now)
    assert not is_slow(Run("a", "etl", RUNNING, START, waiting=Waiting("its lock", START)), usual, now)


def test_a_run_that_waits_for_a_lock_is_shown(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    """The interpreter writes the history."""
    with supervised_stack(monkeypatch, End(), timeout="1h", lock="orders-db") as stack:
        held: dict[str, Any] = {"holder": "other", "runCluster": CLUSTER, "runFamily": "other"}
        item = {"id": {"S": "#orders-db"}, **{name: {"S": value} for name, value in held.items()}}
        numbers = {"ends": {"N": FAR}, "expires": {"N": FAR}}
        dynamodb = client("dynamodb")
        dynamodb.put_item(TableName=stack.table, Item={**item, **numbers})
        execution = stack.states.start("tonight")
        while stack.states.operations().count("update_item") < EVENTS / 3:
            time.sleep(0)
        result = ops("history", "backup", "--json")
        assert result.exit_code == 0, result.output
        [run] = json.loads(result.stdout)
        assert (run["outcome"], run["waiting"]["for"]) == ("running", "the lock orders-db")
        entered = client("stepfunctions").get_execution_history(executionArn=execution, reverseOrder=True)["events"]
        assert [event["id"] for event in entered] == list(range(len(entered), 0, -1))
        assert len(entered) > EVENTS, "the first tries are not among the newest events"
        # Pauses are shorter in this test, but the variable has their seconds.
        began = datetime.fromisoformat(run["waiting"]["since"])
        assert began < datetime.fromisoformat(run["started"]) - timedelta(seconds=30)
        assert "waiting for the lock orders-db since" in ops("history", "backup").stdout
        dynamodb.delete_item(TableName=stack.table, Key={"id": {"S": "#orders-db"}})


@pytest.fixture
def running(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """A stack with a running execution `b`."""
    share_session(monkeypatch)
    supervise(deployed, "etl")
    listed = executions(ago(minutes=30), b="RUNNING")
    deployed.cloud.answer_each("sfn.ListExecutions", lambda _: listed)
    return deployed


@pytest.fixture
def waits_in_queue(running: Deployed) -> Deployed:
    """A stack with a run `b` that waits."""
    entered = {"type": "WaitStateEntered", "stateEnteredEventDetails": {"name": "Wait in queue"}}
    running.cloud.answer_each(
        "sfn.GetExecutionHistory",
        lambda _: {"events": [{"id": 40, "timestamp": ago(minutes=2).timestamp(), **entered}]},
    )
    return running


@pytest.mark.usefixtures("terminal")
def test_history_status_and_board_show_a_run_that_waits(waits_in_queue: Deployed, ops: Ops, tmp_path: Path):
    [run] = json.loads(ops("history", "etl", "--json").stdout)
    assert run["waiting"]["for"] == "its turn in the queue"
    assert run["waiting"]["since"] == run["started"]
    shown = ops("history", "etl").stdout
    assert fits(shown)
    assert " waiting " in shown
    found = row(status(ops), "etl")
    assert (found["state"], found["lastRun"]["id"], found["lastRun"]["waiting"]) == ("waiting", "b", run["waiting"])
    assert [each["id"] for each in found["waitingRuns"]] == ["b"]
    table = ops("status", "--stack", "test").stdout
    assert fits(table)
    assert "waiting for its turn in the queue since" in " ".join(table.split())
    [stack] = json.loads(ops("board", "--json", "--no-logs").stdout)["stacks"]
    [task] = [each for each in stack["tasks"] if each["task"] == "etl"]
    assert task["runs"][0]["waiting"] == run["waiting"]
    page = tmp_path / "board.html"
    ops("board", "--html", str(page), "--no-logs")
    assert page.read_text().count("waiting for its turn in the queue since") == 2, "of the task and of its run"
    asked = [call for call in waits_in_queue.cloud.calls if call == "sfn.GetExecutionHistory"]
    assert len(asked) == 6, "one per command and run"


def test_status_shows_the_run_that_waits_behind_a_running_one(waits_in_queue: Deployed, ops: Ops):
    run_inside(waits_in_queue, "a", 0)
    found = row(status(ops), "etl")
    assert found["state"] == "running"
    assert found["lastRun"]["waiting"] is None
    assert [each["waiting"]["for"] for each in found["waitingRuns"]] == ["its turn in the queue"]


@pytest.mark.parametrize("words", [("history", "etl"), ("status", "--stack", "test"), ("board", "--json", "--no-logs")])
def test_without_the_permission_a_note_says_so(running: Deployed, ops: Ops, words: tuple[str, ...]):
    running.cloud.refuse("sfn.GetExecutionHistory", "AccessDeniedException", "not allowed")
    result = ops(*words)
    assert result.exit_code == 0, result.output
    assert "Whether running executions wait is unknown. GetExecutionHistory: Access was denied: " in " ".join(
        result.stderr.split()
    )


def test_another_error_is_a_failed_part(running: Deployed, ops: Ops):
    running.cloud.refuse("sfn.GetExecutionHistory", "InvalidArn", "wrong")
    result = ops("history", "etl")
    assert result.exit_code == 1
    assert "running" in result.stdout
    assert "The reasons why runs wait can't be read." in result.stderr


@pytest.mark.parametrize("words", [("history", "etl"), ("status", "--stack", "test")])
def test_at_most_10_histories_are_read(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
):
    share_session(monkeypatch)
    supervise(deployed, "etl")
    names = {f"run-{number}": "RUNNING" for number in range(WAITS + 2)}
    deployed.cloud.answer_each("sfn.ListExecutions", lambda _: executions(ago(minutes=30), **names))
    deployed.cloud.answer_each("sfn.GetExecutionHistory", lambda _: {"events": []})
    result = ops(*words)
    assert deployed.cloud.calls.count("sfn.GetExecutionHistory") == WAITS == 10
    assert "Only 10 running executions were read. Others can be waiting too." in " ".join(result.stderr.split())
