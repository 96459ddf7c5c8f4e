"""Calls in the sandbox: deployed, played against the emulator with the rights of their role, and operated."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from sandbox.calls import Played, play
from sandbox.engine import Sandbox
from sandbox.projects import example_project
from tests.components.policies.simulation import decisions, simulation
from tests.mocks import ACCOUNT, REGION

from .conftest import client

pytestmark = pytest.mark.engine

GROUP = "scheduled-tasks-local"
DATABASE = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"
STOP, START = ("rds:StopDBInstance", DATABASE), ("rds:StartDBInstance", DATABASE)
COMMANDS = [
    ["check"], ["next"], ["calendar"], ["calendar", "--by-task"], ["load"], ["simulate"], ["cost"], ["status"], ["doctor"],
    ["dead-letters", "list"], ["board", "--json"], ["pause", "stop-orders", "--why", "maintenance"], ["status"], ["resume", "stop-orders"],
]  # fmt: skip
"""Commands that must succeed on a stack with containers and calls."""


def example(name: str, tmp_path: Path, aws: str) -> Sandbox:
    return Sandbox(tmp_path / "home", example_project(name, tmp_path / "project"), endpoint=aws)


FRIDAY = datetime(2026, 11, 27, 20, tzinfo=UTC)


def due(box: Sandbox, name: str, *needs: tuple[str, str], at: datetime = FRIDAY) -> Played:
    """Play a schedule that is due."""
    found = client(box, "scheduler").get_schedule(GroupName=GROUP, Name=name)
    return play(lambda service: client(box, service), found["Target"], schedule_arn=found["Arn"], due=at, needs=needs)


def policies(box: Sandbox, task: str) -> list[dict[str, Any]]:
    """The policies of the role of a call."""
    target = client(box, "scheduler").get_schedule(GroupName=GROUP, Name=task)["Target"]
    name, iam = target["RoleArn"].rsplit("/", 1)[-1], client(box, "iam")
    found = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return [iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in found]


def create_database(box: Sandbox) -> None:
    box.start()
    client(box, "rds").create_db_instance(
        DBInstanceIdentifier="orders", DBInstanceClass="db.t4g.micro", Engine="postgres"
    )


def state(box: Sandbox) -> str:
    [found] = client(box, "rds").describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"]
    return found["DBInstanceStatus"]


def test_a_database_is_stopped_at_night_and_started_again(tmp_path: Path, aws: str):
    box = example("stop-a-database", tmp_path, aws)
    create_database(box)
    assert box.up().error == ""
    assert state(box) == "available"
    due(box, "stop-orders", STOP)
    assert state(box) == "stopped"
    due(box, "start-orders", START)
    assert state(box) == "available"

    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{GROUP}-dead-letters"
    asked = [STOP, ("sqs:SendMessage", queue), (STOP[0], f"{DATABASE}-2"), START, ("rds:DeleteDBInstance", DATABASE)]
    role = policies(box, "stop-orders")
    answers = decisions([simulation(action, arn, {}, identity_policies=role) for action, arn in asked])
    assert [answer == "Allowed" for answer in answers] == [True, True, False, False, False], answers


@pytest.mark.thorough
def test_a_state_machine_is_started_with_its_input(tmp_path: Path, aws: str):
    box = example("start-a-state-machine", tmp_path, aws)
    box.start()
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}})
    machine = client(box, "stepfunctions").create_state_machine(
        name="settle-invoices", definition=definition, roleArn=f"arn:aws:iam::{ACCOUNT}:role/x"
    )["stateMachineArn"]
    assert box.up().error == ""
    made = due(box, "nightly-settlement__weekdays", ("states:StartExecution", machine))
    found = client(box, "stepfunctions").describe_execution(executionArn=made.answer["executionArn"])
    assert json.loads(found["input"]) == {"full": True}


def ops(*arguments: str) -> Result:
    stack = [] if arguments[0] == "check" else ["--stack", "local"]
    return CliRunner().invoke(app, [*arguments, *stack])


@pytest.mark.thorough
def test_calls_are_operated_like_other_tasks(tmp_path: Path, aws: str, monkeypatch: pytest.MonkeyPatch):
    box = example("stop-a-database", tmp_path, aws)
    assert box.up().error == ""
    endpoint = box.endpoint()
    assert endpoint
    for name, value in {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(box.project)

    for command in COMMANDS:
        result = ops(*command)
        assert result.exit_code in (0, 1), (command, result.output, result.exception)
        assert not result.exception or isinstance(result.exception, SystemExit), (command, result.exception)
    rows = json.loads(ops("status", "--json").stdout)["tasks"]
    assert {row["task"]: (row["state"], row["drift"]) for row in rows} == {
        name: ("enabled", []) for name in ("dump-orders", "start-orders", "stop-orders")
    }
    assert "stop-orders makes the API call rds:stopDBInstance with the role" in ops("doctor", "--json").stdout
    for command in (["logs"], ["history"], ["backfill", "--from", "2026-11-20T00:00:00Z"]):
        refused = ops(*command, "stop-orders")
        assert (refused.exit_code, "makes an API call (rds:stopDBInstance)" in refused.stderr) == (1, True)
    _check_run(box)
    _check_redrive(box)


def _check_run(box: Sandbox) -> None:
    """`run` makes a one-time schedule with the same target and role."""
    scheduler = client(box, "scheduler")
    started = ops("run", "stop-orders", "--json")
    assert started.exit_code == 0, started.output
    name = json.loads(started.stdout)["schedule"]
    once, usual = (scheduler.get_schedule(GroupName=GROUP, Name=each) for each in (name, "stop-orders"))
    assert once["Target"] == usual["Target"]
    assert (once["ScheduleExpression"][:5], once["ActionAfterCompletion"]) == ("at(20", "DELETE")
    create_database(box)
    due(box, name, STOP)
    assert state(box) == "stopped"
    refused = ops("run", "stop-orders", "--command", "x")
    assert "makes an API call, which has no command" in refused.stderr
    assert [row["task"] for row in json.loads(ops("status", "--json").stdout)["tasks"]] == [
        "dump-orders", "start-orders", "stop-orders",
    ]  # fmt: skip


def _check_redrive(box: Sandbox) -> None:
    """A failed call is made again, and its message is deleted."""
    arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{GROUP}/start-orders"
    attributes = {
        "ERROR_CODE": "InvalidDBInstanceState",
        "ERROR_MESSAGE": "Instance orders is not stopped.",
        "SCHEDULE_ARN": arn,
        "SCHEDULED_TIME": "2026-11-27T07:00:00Z",
        "RETRY_ATTEMPTS": "0",
        "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:rds:startDBInstance",
    }
    sqs = client(box, "sqs")
    url = sqs.get_queue_url(QueueName=f"{GROUP}-dead-letters")["QueueUrl"]
    sqs.send_message(
        QueueUrl=url,
        MessageBody='{"DbInstanceIdentifier": "orders"}',
        MessageAttributes={key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()},
    )
    assert "start-orders" in ops("dead-letters", "list").stdout
    redriven = ops("dead-letters", "redrive", "--all")
    assert redriven.exit_code == 0, redriven.output
    names = [each["Name"] for each in client(box, "scheduler").list_schedules(GroupName=GROUP)["Schedules"]]
    [made] = [name for name in names if name.startswith("start-orders__run-")]
    due(box, made, START)
    assert state(box) == "available"
