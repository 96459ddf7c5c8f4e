"""A supervised task in the sandbox: deployed by the engine, then run by its state machine."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import Sandbox
from sandbox.projects import example_project, project_copy

from .conftest import client

pytestmark = pytest.mark.engine

MAX_REQUESTS = 10_000
"""More than any execution here needs. A state that waits for real time, as after a refused launch, needs more."""


def ended(box: Sandbox, execution: str) -> dict[str, Any]:
    """Describe an execution until it ends. moto's tasks change their status when they are described."""
    states = client(box, "stepfunctions")
    for _ in range(MAX_REQUESTS):
        found = states.describe_execution(executionArn=execution)
        if found["status"] != "RUNNING":
            return found
    events = states.get_execution_history(executionArn=execution)["events"]
    raise AssertionError(f"the execution did not end: {[event for event in events if 'Failed' in event['type']]}")


def test_a_supervised_task_runs_once_per_scheduled_time(tmp_path: Path, aws: str):
    box = Sandbox(tmp_path / "home", example_project("supervised", tmp_path / "project"), endpoint=aws)
    assert box.up().error == ""
    target = client(box, "scheduler").get_schedule(GroupName="scheduled-tasks-local", Name="settle-invoices")["Target"]
    due = target["Input"].replace("<aws.scheduler.scheduled-time>", "2026-11-25T03:00:00Z")
    states = client(box, "stepfunctions")
    first, second = (
        states.start_execution(stateMachineArn=target["Arn"], name=name, input=due)["executionArn"]
        for name in ("first", "delivered-twice")
    )
    assert sorted((ended(box, arn)["status"], ended(box, arn).get("error")) for arn in (first, second)) == [
        ("FAILED", "Skipped"),
        ("SUCCEEDED", None),
    ]
    logged = client(box, "logs").filter_log_events(logGroupName="/aws/events/scheduled-tasks-local/succeeded")["events"]
    [detail] = [json.loads(event["message"])["detail"] for event in logged]
    assert (detail["group"], detail["outcome"], detail["attempts"]) == ("settle-invoices", "Succeeded", 1)
    [task] = client(box, "ecs").describe_tasks(cluster=detail["clusterArn"], tasks=[detail["taskArn"]])["tasks"]
    assert (task["group"], task["lastStatus"]) == ("supervised:settle-invoices", "STOPPED")
    table = client(box, "dynamodb").scan(TableName="scheduled-tasks-local-leases")["Items"]
    assert [row["id"]["S"] for row in table] == ["settle-invoices#settle-invoices@2026-11-25T03:00:00Z"]


PARALLEL = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: { create: true }
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:tasks:
    etl: { image: "etl:1", cpu: 256, memory: 512, schedule: rate(1 day), parallel: { tasks: 3, atOnce: 2 } }
"""


@pytest.mark.thorough
def test_a_run_of_several_tasks(tmp_path: Path, aws: str):
    (tmp_path / "Pulumi.yaml").write_text(PARALLEL)
    box = Sandbox(tmp_path / "home", project_copy(tmp_path / "project", tmp_path / "Pulumi.yaml"), endpoint=aws)
    assert box.up().error == ""
    scheduler, states = client(box, "scheduler"), client(box, "stepfunctions")
    target = scheduler.get_schedule(GroupName="scheduled-tasks-local", Name="etl")["Target"]
    due = target["Input"].replace("<aws.scheduler.scheduled-time>", "2026-11-25T03:00:00Z")
    execution = states.start_execution(stateMachineArn=target["Arn"], name="nightly", input=due)["executionArn"]
    assert ended(box, execution)["status"] == "SUCCEEDED"
    of_tasks = states.list_executions(stateMachineArn=f"{target['Arn']}__index")["executions"]
    assert sorted(each["name"] for each in of_tasks) == ["nightly-0", "nightly-1", "nightly-2"]
    logged = client(box, "logs").filter_log_events(logGroupName="/aws/events/scheduled-tasks-local/succeeded")["events"]
    [detail] = [json.loads(event["message"])["detail"] for event in logged]
    assert (detail["group"], detail["stoppedReason"]) == ("etl", "All 3 tasks succeeded.")


LOCKED = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: { create: true }
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:tasks:
    settle: { image: "settle:1", cpu: 256, memory: 512, schedule: rate(1 hour), lock: orders-db, overlap: queue }
    report: { image: "report:1", cpu: 256, memory: 512, schedule: rate(1 day), lock: orders-db }
"""


@pytest.mark.thorough
def test_runs_of_two_tasks_with_one_lock_and_a_queue(tmp_path: Path, aws: str):
    (tmp_path / "Pulumi.yaml").write_text(LOCKED)
    box = Sandbox(tmp_path / "home", project_copy(tmp_path / "project", tmp_path / "Pulumi.yaml"), endpoint=aws)
    assert box.up().error == ""
    scheduler, states = client(box, "scheduler"), client(box, "stepfunctions")
    started: list[str] = []
    for name in ("settle", "report"):
        target = scheduler.get_schedule(GroupName="scheduled-tasks-local", Name=name)["Target"]
        due = target["Input"].replace("<aws.scheduler.scheduled-time>", "2026-11-25T03:00:00Z")
        execution = states.start_execution(stateMachineArn=target["Arn"], name="first", input=due)["executionArn"]
        assert ended(box, execution)["status"] == "SUCCEEDED"
        events = states.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        started += [
            event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event
        ]
    assert {"Enter queue", "Leave queue", "Acquire lock", "Release lock"} < set(started)
    rows = {row["id"]["S"] for row in client(box, "dynamodb").scan(TableName="scheduled-tasks-local-leases")["Items"]}
    claims = {f"{name}#{name}@2026-11-25T03:00:00Z" for name in ("settle", "report")}
    assert rows == {"#orders-db", *claims}
