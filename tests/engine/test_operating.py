"""The operator's commands on a stack in the sandbox."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops import waiting
from ops.__main__ import app
from sandbox.engine import Sandbox

from .conftest import client
from .test_outcomes import put

pytestmark = [pytest.mark.engine, pytest.mark.thorough]


def ops(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--stack", "local"])


def test_a_stack_is_operated_from_the_command_line(box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    deployed = box.up()
    assert deployed.error == ""
    endpoint = box.endpoint()
    assert endpoint
    for name, value in {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(waiting, "wait", lambda _: None)

    run = ops("run", "hourly-etl", "--env", "BATCH=10", "--json")
    assert run.exit_code == 0, run.output
    id_ = json.loads(run.stdout)["id"]
    cluster = deployed.outputs["clusterArn"]
    [task] = client(box, "ecs").describe_tasks(cluster=cluster, tasks=[id_])["tasks"]
    assert task["taskDefinitionArn"] == deployed.outputs["tasks"]["hourly-etl"]["taskDefinition"]
    assert (task["group"], task["lastStatus"]) == ("hourly-etl", "STOPPED")
    assert task["overrides"]["containerOverrides"][0]["environment"] == [{"name": "BATCH", "value": "10"}]

    written = client(box, "logs")
    stream = f"hourly-etl/main/{id_}"
    written.create_log_stream(logGroupName="/ecs/scheduled-tasks-local", logStreamName=stream)
    line = {"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": "loaded 10 orders"}
    written.put_log_events(logGroupName="/ecs/scheduled-tasks-local", logStreamName=stream, logEvents=[line])
    assert "loaded 10 orders" in ops("logs", "hourly-etl", "--run", id_[:8], "--follow").stdout

    put(
        box,
        deployed.outputs,
        stopCode="TaskFailedToStart",
        stoppedReason="CannotPullContainerError",
        startedBy="chronos-schedule/x",
    )
    [backup] = json.loads(ops("history", "nightly-backup", "--since", "3650d", "--json").stdout)
    assert (backup["outcome"], backup["reason"]) == ("failed", "TaskFailedToStart: CannotPullContainerError")
    [etl] = json.loads(ops("history", "hourly-etl", "--json").stdout)
    assert (etl["id"], etl["outcome"]) == (id_, "succeeded")

    client(box, "sqs").send_message(QueueUrl=deployed.outputs["deadLetterQueueUrl"], MessageBody="{}")
    status = json.loads(ops("status", "--json").stdout)
    assert status["deadLetters"] == {"launches": 1, "events": 0}
    assert [row["task"] for row in status["tasks"]] == sorted(deployed.outputs["tasks"])
    assert [row["drift"] for row in status["tasks"]] == [[]] * 4, "the deployed resources match the configuration"
    assert all(row["nextRun"] for row in status["tasks"])
    monkeypatch.chdir(tmp_path)  # without a project
    only = CliRunner().invoke(app, ["status", "--region", "eu-west-1"])
    assert only.stdout.startswith("scheduled-tasks-local in eu-west-1, account 123456789012"), (
        "the stack is found by its tag"
    )
