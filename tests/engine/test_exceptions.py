"""A task with exceptions in the sandbox: deployed by the engine, then run by its state machine."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.engine import Sandbox
from sandbox.projects import example_project

from .conftest import client
from .test_supervised import ended

pytestmark = pytest.mark.engine


@pytest.mark.thorough
def test_a_time_that_is_left_out_starts_nothing_and_is_reported_to_nobody(tmp_path: Path, aws: str):
    box = Sandbox(tmp_path / "home", example_project("exceptions", tmp_path / "project"), endpoint=aws)
    assert box.up().error == ""
    preview = box.preview(refresh=True)
    assert (preview.error, preview.steps) == ("", [])
    target = client(box, "scheduler").get_schedule(GroupName="scheduled-tasks-local", Name="send-invoices")["Target"]
    year = datetime.now(UTC).year
    assert json.loads(target["Input"])["exceptUntil"] == f"{year + 2}-12-31T23:00:00Z"
    states, found = client(box, "stepfunctions"), dict[str, tuple[str, str]]()
    # 30 June is in the calendar, 25 December is a holiday.
    for day in ("06-30", "12-25"):
        due = target["Input"].replace("<aws.scheduler.scheduled-time>", f"{year}-{day}T06:00:00Z")
        arn = states.start_execution(stateMachineArn=target["Arn"], name=day, input=due)["executionArn"]
        execution = ended(box, arn)
        found[day] = (execution["error"], execution["cause"])
    assert found["06-30"] == ("Skipped", "Left out: Stocktaking")
    assert found["12-25"][0] == "Skipped"
    assert client(box, "ecs").list_tasks(cluster="scheduled-tasks-local", desiredStatus="STOPPED")["taskArns"] == []
    assert client(box, "dynamodb").scan(TableName="scheduled-tasks-local-leases")["Items"] == []
    for log in ("failed", "succeeded"):
        group = f"/aws/events/scheduled-tasks-local/{log}"
        assert client(box, "logs").filter_log_events(logGroupName=group)["events"] == []
