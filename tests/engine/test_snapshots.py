"""Snapshots with `keep` in the sandbox: deployed, started by their schedule, and made by their state machine."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.aws.account import Account
from components.aws.names import GroupNames
from components.snapshots.retention import MARK, Retention, retention_of
from sandbox.engine import Sandbox
from tests.components.policies.simulation import decisions, simulation
from tests.engine.test_calls import GROUP, due, example, ops
from tests.engine.test_supervised import ended
from tests.mocks import ACCOUNT, REGION

from .conftest import client

pytestmark = pytest.mark.engine

TASK = "orders-snapshot"
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{GROUP}__{TASK}__keep"
START = ("states:StartExecution", MACHINE)


def own() -> Retention:
    """The snapshots of the example's task."""
    args = {"snapshot": {"database": "orders", "keep": 14}}
    found = retention_of(args, Account("aws", REGION, ACCOUNT), GroupNames(GROUP), TASK)
    assert found
    return found


def save(box: Sandbox, name: str, database: str = "orders", **tags: str) -> str:
    client(box, "rds").create_db_snapshot(
        DBSnapshotIdentifier=name,
        DBInstanceIdentifier=database,
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    return name


def snapshots(box: Sandbox) -> list[str]:
    pages = client(box, "rds").get_paginator("describe_db_snapshots").paginate(SnapshotType="manual")
    return [each["DBSnapshotIdentifier"] for page in pages for each in page["DBSnapshots"]]


def without_waits(box: Sandbox) -> None:
    """Let the state machine neither wait nor retry, because nothing in the emulator takes time."""
    states = client(box, "stepfunctions")
    definition = states.describe_state_machine(stateMachineArn=MACHINE)["definition"]
    hasty = re.sub('"MaxAttempts":[0-9]+', '"MaxAttempts":0', re.sub('"Seconds":[0-9]+', '"Seconds":0', definition))
    states.update_state_machine(stateMachineArn=MACHINE, definition=hasty)


def run(box: Sandbox) -> dict[str, Any]:
    return ended(box, due(box, TASK, START).answer["executionArn"])


def deployed(tmp_path: Path, aws: str) -> Sandbox:
    box = example("snapshot-retention", tmp_path, aws)
    box.start()
    for name in ("orders", "orders-eu"):
        client(box, "rds").create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="postgres"
        )
    assert box.up().error == ""
    without_waits(box)
    return box


@pytest.mark.thorough
def test_old_snapshots_of_the_task_are_deleted_and_no_others(tmp_path: Path, aws: str):
    box, of = deployed(tmp_path, aws), own()
    days = [datetime(2020, 1, 1, 3, tzinfo=UTC) + timedelta(days=day) for day in range(17)]
    before = [save(box, f"{of.prefix}{day:%Y%m%d-%H%M%S}", **of.tags) for day in days]
    foreign = [
        save(box, "orders-before-upgrade"),
        save(box, f"{of.prefix}20200101-040000"),
        save(box, f"{of.prefix}20200101-050000", **{MARK: "another"}),
        save(box, "orders-eu-20200101", "orders-eu", **of.tags),
    ]
    done = run(box)
    assert (done["status"], done.get("cause")) == ("SUCCEEDED", None)
    left = set(snapshots(box))
    [new] = left - {*before, *foreign}
    assert left == {*before[4:], *foreign, new}
    [tags] = [
        each["TagList"] for each in client(box, "rds").describe_db_snapshots(DBSnapshotIdentifier=new)["DBSnapshots"]
    ]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {MARK: f"{GROUP}__{TASK}", "scheduled-task": TASK}
    [logged] = client(box, "logs").filter_log_events(logGroupName=f"/aws/events/{GROUP}/succeeded")["events"]
    detail = json.loads(logged["message"])["detail"]
    assert (detail["group"], detail["stoppedReason"]) == (TASK, f"Created the snapshot {new}. Deleted 4 older ones.")


@pytest.mark.thorough
def test_a_scheduled_time_that_is_delivered_twice_makes_one_snapshot(tmp_path: Path, aws: str):
    box = deployed(tmp_path, aws)
    assert [run(box).get("error") for _ in range(2)] == [None, "Skipped"]
    assert len(snapshots(box)) == 1


@pytest.mark.thorough
def test_a_database_that_does_not_exist_is_in_the_outcome_log(tmp_path: Path, aws: str):
    box = deployed(tmp_path, aws)
    client(box, "rds").delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)
    assert run(box)["error"] == "Failed"
    [logged] = client(box, "logs").filter_log_events(logGroupName=f"/aws/events/{GROUP}/failed")["events"]
    reason = json.loads(logged["message"])["detail"]["stoppedReason"]
    assert reason.startswith("No snapshot of database orders was created. Rds.DbInstanceNotFoundException: ")


def arn(resource: str, service: str = "rds") -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


@pytest.mark.thorough
def test_the_role_allows_exactly_the_requests_of_the_state_machine(tmp_path: Path, aws: str):
    box, of = example("snapshot-retention", tmp_path, aws), own()
    assert box.up().error == ""
    iam, name = client(box, "iam"), f"{GROUP}__{TASK}__keep"
    policy = iam.get_role_policy(RoleName=name, PolicyName="keep")["PolicyDocument"]
    mine, tagged = arn(f"snapshot:{of.prefix}20261127-030000"), {f"aws:ResourceTag/{MARK}": of.mark}
    leases, bus = arn(f"table/{GROUP}-leases", "dynamodb"), arn("event-bus/default", "events")
    allowed: list[tuple[str, str, dict[str, Any]]] = [
        ("rds:CreateDBSnapshot", arn("db:orders"), {}),
        ("rds:CreateDBSnapshot", mine, {}),
        ("rds:AddTagsToResource", mine, {}),
        ("rds:DescribeDBSnapshots", arn("db:orders"), {}),
        ("rds:DescribeDBSnapshots", arn("snapshot:*"), {}),
        ("rds:DeleteDBSnapshot", mine, tagged),
        ("dynamodb:PutItem", leases, {"dynamodb:LeadingKeys": [f"{TASK}#nightly@2026-11-27T03:00:00Z"]}),
        ("events:PutEvents", bus, {"events:source": ["scheduled-tasks"]}),
    ]
    denied: list[tuple[str, str, dict[str, Any]]] = [
        ("rds:DeleteDBSnapshot", mine, {}),
        ("rds:DeleteDBSnapshot", mine, {f"aws:ResourceTag/{MARK}": f"{of.mark}-2"}),
        ("rds:DeleteDBSnapshot", arn("snapshot:orders-before-upgrade"), tagged),
        ("rds:DeleteDBSnapshot", arn("snapshot:orders-11111111-20261127-030000"), tagged),
        ("rds:DeleteDBSnapshot", arn("snapshot:orders-eu-20261127-030000"), tagged),
        ("rds:DeleteDBClusterSnapshot", mine.replace(":snapshot:", ":cluster-snapshot:"), tagged),
        ("rds:DeleteDBInstance", arn("db:orders"), {}),
        ("rds:CreateDBSnapshot", arn("db:orders-eu"), {}),
        ("rds:AddTagsToResource", arn("snapshot:orders-before-upgrade"), {}),
        ("rds:AddTagsToResource", arn("db:orders"), {}),
        ("rds:ModifyDBSnapshotAttribute", mine, tagged),
        ("rds:RestoreDBInstanceFromDBSnapshot", mine, tagged),
        ("dynamodb:PutItem", leases, {"dynamodb:LeadingKeys": ["backup#x"]}),
        ("dynamodb:DeleteItem", leases, {"dynamodb:LeadingKeys": [f"{TASK}#x"]}),
        ("events:PutEvents", bus, {"events:source": ["aws.rds"]}),
    ]
    asked = [*allowed, *denied]
    answers = decisions([simulation(action, on, context, identity_policies=[policy]) for action, on, context in asked])
    wrong = [
        (request, answer)
        for position, (request, answer) in enumerate(zip(asked, answers, strict=True))
        if (answer == "Allowed") is not (position < len(allowed))
    ]
    assert wrong == []
    granted = [statement["Action"] for statement in policy["Statement"] if statement["Sid"] != "DeliverLogs"]
    single = {action for each in granted for action in ([each] if isinstance(each, str) else each)}
    assert single == {action for action, _, _ in allowed}


COMMANDS = [
    ["check"], ["next"], ["calendar"], ["load"], ["cost"], ["status"], ["status", "--full"], ["history", TASK],
    ["doctor"], ["board", "--json"], ["pause", TASK, "--why", "migration"], ["resume", TASK], ["simulate"],
]  # fmt: skip


@pytest.mark.thorough
def test_a_snapshot_is_operated_like_other_tasks(tmp_path: Path, aws: str, monkeypatch: pytest.MonkeyPatch):
    box = deployed(tmp_path, aws)
    endpoint = box.endpoint()
    assert endpoint
    for name, value in {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(box.project)
    assert run(box)["status"] == "SUCCEEDED"
    for command in COMMANDS:
        result = ops(*command)
        assert result.exit_code in (0, 1), (command, result.output, result.exception)
        assert not result.exception or isinstance(result.exception, SystemExit), (command, result.exception)
    [row] = json.loads(ops("status", "--json").stdout)["tasks"]
    # The waits that the test removed.
    assert row["drift"] == ["the state machine differs: snapshot, or version"]
    [ran] = json.loads(ops("history", TASK, "--json").stdout)
    assert (ran["task"], ran["outcome"]) == (TASK, "succeeded")
    started = ops("run", TASK, "--json")
    assert started.exit_code == 0, started.output
    once = json.loads(started.stdout)["schedule"]
    assert ended(box, due(box, once, START).answer["executionArn"])["status"] == "SUCCEEDED"
    assert len(snapshots(box)) in (1, 2), "both runs can start in the same second"
