"""A command never ends with a traceback, whatever optional member AWS leaves out of an answer."""

import json
import os
import re
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ListShape, OperationModel, Shape, StructureShape
from moto.sqs.models import sqs_backends
from typer.testing import Result

from ops import waiting
from ops.aws import slow_calls
from ops.aws.answers import Answer, IncompleteAnswerError, as_answer
from ops.aws.errors import explained
from ops.aws.session import Aws
from ops.aws.slow_calls import SharedTimer, SlowCalls
from ops.commands.options import Where
from ops.dead_letters import queue as queues
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.supervised import run_inside, supervise
from tests.ops.test_dead_letters import send

ROOT = Path(__file__).parents[2]
Parsed = dict[str, Any]


class Omission:
    """Removes one member from every answer, and lists the optional members of the answers."""

    def __init__(self) -> None:
        self.seen: dict[str, None] = {}
        self.omitted = ""

    def handle(self, *, parsed: Parsed, model: OperationModel, **_: Any) -> None:
        """Handle botocore's event `after-call`, which may change the answer."""
        shape = model.output_shape
        if isinstance(shape, StructureShape):
            self._visit(parsed, shape, f"{model.service_model.service_name}.{model.name}: ")

    def _visit(self, value: Any, shape: Shape | None, path: str) -> None:
        if isinstance(shape, StructureShape):
            for name in [name for name in shape.members if name in value]:
                member = f"{path}{name}"
                if name not in shape.required_members:
                    self.seen[member] = None
                if member == self.omitted:
                    del value[name]
                else:
                    self._visit(value[name], shape.members[name], f"{member}.")
        elif isinstance(shape, ListShape):
            for item in value:
                self._visit(item, shape.member, f"{path.removesuffix('.')}[].")


COMMANDS = {
    "status": ["status", "--stack", "test", "--full"],
    "history": ["history", "etl"],
    "board": ["board", "--json", "--stack", "test", "--full"],
    "logs": ["logs", "etl"],
    "run": ["run", "etl"],
    "start": ["run", "etl", "--detach"],
    "run-deployed": ["run-deployed"],
    "backfill": ["backfill", "etl", "--from", "2026-11-20T00:00:00Z", "--to", "2026-11-20T00:00:00Z", "--yes"],
    "list": ["dead-letters", "list"],
    "redrive": ["dead-letters", "redrive", "--all"],
    "delete": ["dead-letters", "delete", "--all", "--yes"],
    "pause": ["pause", "etl", "--why", "test"],
    "resume": ["resume", "--all"],
    "doctor": ["doctor"],
}
SUPERVISED = ("status", "history", "board", "logs", "start", "redrive", "doctor")
WITHOUT_SCHEDULE = ("status", "history", "board", "start", "redrive", "doctor")
DIRECT, MACHINE, GONE = "direct", "supervised", "without a schedule"
CASES = [
    *((name, DIRECT) for name in COMMANDS),
    *((name, MACHINE) for name in SUPERVISED),
    *((name, GONE) for name in WITHOUT_SCHEDULE),
]
NAMED = frozenset(
    name for file in (ROOT / "ops").rglob("*.py") for name in re.findall(r'"(\w+)"', file.read_text(encoding="utf-8"))
)
"""The words in quotes in the code of the commands. It can't miss a member that it doesn't name."""


SAMPLE = 15
"""The most members per command, spread over all answers. `make test-all` tries all of them."""


class _Patience:
    """Waits like a user who presses Ctrl-C after some polls: a run without a status never ends."""

    def __init__(self) -> None:
        self.polls = 0

    def __call__(self, seconds: float) -> None:
        self.polls += 1
        if self.polls % 20 == 0:
            raise KeyboardInterrupt


@pytest.fixture
def omission(monkeypatch: pytest.MonkeyPatch) -> Omission:
    monkeypatch.setattr(queues, "WAIT_SECONDS", 0)
    monkeypatch.setattr(waiting, "wait", _Patience())
    found, aws = Omission(), Aws()
    session: Any = aws._session
    session.events.register("after-call", found.handle)
    monkeypatch.setattr(Where, "connect", lambda _: aws)
    return found


def traced(result: Result) -> bool:
    """Whether a command ended with a traceback. moto can raise an error itself, if a request lacks a member."""
    if result.exception is None or isinstance(result.exception, SystemExit):
        return False
    return "/moto/" not in traceback.extract_tb(result.exception.__traceback__)[-1].filename


@pytest.mark.thorough
@pytest.mark.parametrize(("command", "kind"), CASES)
@pytest.mark.timeout(400)
def test_no_missing_member_of_an_answer_ends_a_command_with_a_traceback(
    deployed: Deployed, ops: Ops, omission: Omission, command: str, kind: str
):
    deployed.log(deployed.names.log_group, "etl/main/1", "working")
    for outcome in ("failed", "succeeded"):
        deployed.outcome(outcome, group="etl", taskArn=f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/x/1")
    if command == "doctor":
        HealthyStack(deployed, ops)
    if kind == GONE:
        deployed.cloud.client("scheduler").delete_schedule(GroupName=deployed.names.schedule_group, Name="etl")
    if kind == MACHINE:
        machine = supervise(deployed, "etl")
        deployed.cloud.client("stepfunctions").start_execution(stateMachineArn=machine, name="exec-1", input="{}")
        run_inside(deployed, "exec-1", 0)
    send(deployed)
    ops(*COMMANDS[command])
    service = "stepfunctions." if kind == MACHINE else ""
    members = [
        member
        for member in omission.seen
        if member.startswith(service) and member.rsplit(".", 1)[-1].split(" ")[-1] in NAMED
    ]
    for member in members if os.environ.get("REFEREES") else members[:: len(members) // SAMPLE + 1]:
        omission.omitted = member
        deployed.cloud.forget_tasks()
        sqs_backends[ACCOUNT][REGION].queues[deployed.names.dead_letter_queue]._messages.clear()
        send(deployed)
        result = ops(*COMMANDS[command])
        assert not traced(result), f"{member}: {result.exception!r}"


def test_a_missing_member_is_named_with_its_place_in_the_answer():
    answer = as_answer({"Schedules": [{"Name": "etl", "Target": {}}], "NextToken": None}, "ListSchedules")
    assert isinstance(answer["Schedules"][0], Answer)
    assert answer == {"Schedules": [{"Name": "etl", "Target": {}}], "NextToken": None}
    assert answer.get("State") is None
    with pytest.raises(
        IncompleteAnswerError, match=r"to ListSchedules has no Schedules\[\]\.Target\.Arn\. Try again\."
    ):
        answer["Schedules"][0]["Target"]["Arn"]
    with pytest.raises(IncompleteAnswerError, match=r"has no State\."):
        answer["State"]
    assert explained(IncompleteAnswerError("no State")) == "no State"


def test_paginated_answers_name_a_missing_member(deployed: Deployed, ops: Ops):
    deployed.cloud.answer("scheduler.ListSchedules", {"Schedules": [{"Name": "etl", "Target": {"Arn": "x"}}]})
    result = ops("history", "etl", "--stack", "test")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("The answer of AWS to ListSchedules has no Schedules[].State. Try again.")
    assert len(result.stderr.splitlines()) == 1


# Rows of Logs Insights (CloudWatch Logs API reference, ResultField: "field" and "value" aren't required)


def rows(deployed: Deployed, *items: dict[str, str]) -> None:
    """Answer a query with one row per argument."""
    results = [[{"field": field, "value": value} for field, value in item.items()] for item in items]
    deployed.cloud.answer("cloudwatch-logs.GetQueryResults", {"status": "Complete", "results": results})


def event(id_: str, code: int) -> str:
    detail = {
        "group": "etl",
        "taskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/x/{id_}",
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "startedAt": datetime.now(UTC).isoformat(),
        "containers": [{"name": "main", "exitCode": code}],
    }
    return json.dumps({"source": "aws.ecs", "detail": detail})


def test_a_row_without_the_log_tells_its_outcome_by_the_event(deployed: Deployed, ops: Ops):
    supervised = {"outcome": "succeeded", "group": "etl", "executionArn": "a:b:exec-1", "attempts": "many"}
    unreadable = {"outcome": "failed", "group": "etl", "executionArn": "a:b:exec-2", "startedAt": "soon", "attempts": 2}
    rows(
        deployed,
        {"@message": event("one", 0)},
        {"@message": event("two", 3)},
        *({"@message": json.dumps({"source": "scheduled-tasks", "detail": each})} for each in (supervised, unreadable)),
    )
    found = {run["id"]: run for run in json.loads(ops("history", "etl", "--json").stdout)}
    outcomes = {id_: (run["outcome"], run["exitCode"], run["attempts"]) for id_, run in found.items()}
    assert outcomes == {
        "one": ("succeeded", 0, 1),
        "two": ("failed", 3, 1),
        "exec-1": ("succeeded", None, 1),
        "exec-2": ("failed", None, 2),
    }


def test_rows_without_an_event_are_omitted(deployed: Deployed, ops: Ops):
    log = deployed.names.outcome_log_group("failed")
    rows(
        deployed,
        {"@log": log},
        *({"@log": log, "@message": text} for text in ("not JSON", "[]", "{}", '{"detail": 1}')),
        {"@log": log, "@message": event("one", 3)},
    )
    assert [run["id"] for run in json.loads(ops("history", "etl", "--json").stdout)] == ["one"]


def test_a_stopped_execution_without_details_is_a_failed_run(deployed: Deployed, ops: Ops):
    rows(deployed, {"@message": json.dumps({"source": "aws.states", "detail": {"name": "exec-9"}})})
    assert ops("status", "--stack", "test").exit_code == 0


def test_an_input_that_is_not_json_is_reported(deployed: Deployed, ops: Ops):
    scheduler = deployed.cloud.client("scheduler")
    schedule = scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name="etl")
    kept = ("ScheduleExpression", "FlexibleTimeWindow", "GroupName", "Name", "State")
    target = {**schedule["Target"], "Input": "{command: x}"}
    scheduler.update_schedule(**{key: schedule[key] for key in kept}, Target=target)
    result = ops("run", "etl")
    assert (result.exit_code, deployed.cloud.tasks()) == (125, [])
    assert "The input of the schedule etl isn't JSON." in result.stderr


def test_run_without_tasks_and_failures_in_the_answer_is_not_known_to_have_started(deployed: Deployed, ops: Ops):
    for answer in ({}, {"tasks": [{"group": "etl"}]}):
        deployed.cloud.answer("ecs.RunTask", answer)
        result = ops("run", "etl", "--command", str(len(answer)))
        assert result.exit_code == 123
        assert "RunTask reported neither ECS tasks nor failures" in result.stderr
        assert "check: aws ecs list-tasks --cluster" in result.stderr


# Calls that aren't answered


class HandTimer:
    """A timer that a test lets expire."""

    def __init__(self, seconds: float, action: Callable[[], None]):
        self.seconds, self.action, self.state = seconds, action, ""

    def start(self) -> None:
        self.state = "started"

    def cancel(self) -> None:
        self.state = "canceled"


def test_a_slow_call_is_announced_once_per_operation():
    told: list[str] = []
    timers: list[HandTimer] = []

    def timer(seconds: float, action: Callable[[], None]) -> HandTimer:
        timers.append(HandTimer(seconds, action))
        return timers[-1]

    calls = SlowCalls(told.append, timer)
    with calls.watch("GetSchedule", "https://scheduler.example"), calls.watch("GetSchedule", "https://other.example"):
        assert [each.state for each in timers] == ["started", "started"]
        for each in timers:
            each.action()
    assert [(each.seconds, each.state) for each in timers] == [(5, "canceled")] * 2
    assert told == [
        "Waiting for the answer of https://scheduler.example to GetSchedule. To stop waiting, press Ctrl-C."
    ]
    with pytest.raises(KeyError), calls.watch("RunTask", "https://ecs.example"):
        raise KeyError
    assert timers[-1].state == "canceled"


def test_timers_share_a_thread(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(slow_calls, "_CHECK_SECONDS", 0.001)
    # A thread that another test started checks less often.
    monkeypatch.setattr(SharedTimer, "_thread", None)
    expired, canceled = threading.Event(), threading.Event()
    first, second = SharedTimer(0.01, canceled.set), SharedTimer(0.02, expired.set)
    before = threading.active_count()
    first.start()
    first.cancel()
    second.start()
    assert threading.active_count() == before + 1
    assert expired.wait(30)
    assert not canceled.is_set()
    second.cancel()


def test_a_command_announces_a_slow_call_on_stderr(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    class Expired(HandTimer):
        def start(self) -> None:
            self.action()

    monkeypatch.setattr(slow_calls, "SharedTimer", Expired)
    result = ops("status", "--stack", "test", "--json")
    assert json.loads(result.stdout)["group"] == "scheduled-tasks-test"
    expected = "Waiting for the answer of https://scheduler.eu-west-1.amazonaws.com to GetScheduleGroup."
    assert result.stderr.startswith(expected)
