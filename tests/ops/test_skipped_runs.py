"""`scheduled-tasks history` and `scheduled-tasks status` of supervised tasks whose runs were skipped or replaced, which no outcome log has."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import supervise
from tests.ops.terminal import fits
from tests.ops.test_watching import TASK, ago, row, status


@pytest.fixture(autouse=True)
def _one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    share_session(monkeypatch)


def executions(begun: datetime, **statuses: str) -> dict[str, Any]:
    """An answer of ListExecutions, which has no error. AWS: botocore stepfunctions, ExecutionListItem."""
    common = {"executionArn": "x", "stateMachineArn": "y", "startDate": begun.timestamp()}
    ended = {"stopDate": begun.timestamp() + 1}
    return {"executions": [{**common, **ended, "name": name, "status": status} for name, status in statuses.items()]}


def described(status: str = "FAILED", **more: str) -> dict[str, Any]:
    """An answer of DescribeExecution. AWS: botocore stepfunctions, DescribeExecutionOutput."""
    return {"executionArn": "x", "stateMachineArn": "y", "status": status, "startDate": 1.0, **more}


SKIPPED = "An earlier run has not ended, or its lease has not expired yet (overlap: forbid)."


def test_history_tells_skipped_and_replaced_runs_from_failed_ones(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl")
    deployed.cloud.answer(
        "sfn.ListExecutions",
        executions(ago(minutes=10), a="FAILED", b="FAILED", c="FAILED", d="SUCCEEDED", known="FAILED"),
    )
    deployed.outcome(
        "failed", ago(minutes=9), source="scheduled-tasks", group="etl", taskArn=f"{TASK}1", stoppedReason="It broke.",
        executionArn="arn:aws:states:eu-west-1:123456789012:execution:p__etl:known",
    )  # fmt: skip
    errors = {
        "a": {"error": "Skipped", "cause": SKIPPED},
        "b": {"error": "Replaced", "cause": "Replaced by c"},
        "c": {"error": "States.Runtime", "cause": "The state machine failed."},
    }
    deployed.cloud.answer_each(
        "sfn.DescribeExecution", lambda given: described(**errors[given["executionArn"].rsplit(":", 1)[-1]])
    )
    runs = {run["id"]: run for run in json.loads(ops("history", "etl", "--json").stdout)}
    assert {name: (run["outcome"], run["reason"]) for name, run in runs.items()} == {
        "a": ("skipped", SKIPPED),
        "b": ("replaced", "Replaced by c"),
        "c": ("failed", "States.Runtime: The state machine failed."),
        "d": ("succeeded", ""),
        "known": ("failed", "It broke."),
    }


def test_history_shows_skipped_runs_and_needs_no_permission_to_describe_them(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl")
    listed = executions(ago(minutes=10), a="FAILED")
    deployed.cloud.answer("sfn.ListExecutions", listed, listed)
    deployed.cloud.answer("sfn.DescribeExecution", described(error="Skipped", cause=SKIPPED))
    table = ops("history", "etl").stdout
    assert "skipped" in table
    assert "An earlier run" in table
    deployed.cloud.refuse("sfn.DescribeExecution", "AccessDeniedException", "not allowed")
    [run] = json.loads(ops("history", "etl", "--json").stdout)
    assert (run["outcome"], run["reason"]) == (
        "failed", "Unknown reason: states:DescribeExecution is not allowed.",
    )  # fmt: skip


def test_history_shows_an_execution_that_step_functions_has_just_deleted(deployed: Deployed, ops: Ops):
    """AWS: Step Functions API reference, DescribeExecution: ExecutionDoesNotExist."""
    supervise(deployed, "etl")
    deployed.cloud.answer("sfn.ListExecutions", executions(ago(minutes=10), a="FAILED"))
    deployed.cloud.refuse("sfn.DescribeExecution", "ExecutionDoesNotExist", "gone")
    result = ops("history", "etl", "--json")
    assert result.exit_code == 0, result.stderr
    [run] = json.loads(result.stdout)
    assert run["outcome"] == "failed"


@pytest.mark.usefixtures("terminal")
def test_status_shows_that_the_runs_of_a_task_were_skipped(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl")
    listed = executions(ago(minutes=10), a="FAILED")
    old, running = executions(ago(days=9), a="FAILED"), executions(ago(days=9))
    deployed.cloud.answer("sfn.ListExecutions", listed, running, listed, running, old, running)
    deployed.cloud.answer("sfn.DescribeExecution", *[described(error="Skipped", cause=SKIPPED)] * 3)
    found = status(ops)
    assert row(found, "etl")["lastRun"]["outcome"] == "skipped"
    assert found["unknown"] == []
    table = ops("status", "--stack", "test").stdout
    assert fits(table)
    assert "skipped" in table
    assert row(status(ops), "etl")["lastRun"] is None, "it was too long ago"
    deployed.cloud.refuse("sfn.ListExecutions", "AccessDeniedException", "not allowed")
    denied = ops("status", "--stack", "test")
    assert denied.exit_code == 1
    assert "The last executions can't be read. " in denied.stderr
    assert "not known" in denied.stdout, "no runs were read, which doesn't mean that there are none"
