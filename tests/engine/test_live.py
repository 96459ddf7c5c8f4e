"""The live sandbox in the emulator's own process: deployed schedules fire, and their runs are reported."""

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ops.__main__ import app
from sandbox.engine import Sandbox
from sandbox.live.faults import Faults, NextFault
from sandbox.live.mailbox import Mailbox
from sandbox.live.requests import Fire, Requests
from sandbox.live.session import Session, Settings
from sandbox.projects import example_project

from .conftest import client
from .test_outcomes import subscribe_a_queue
from .test_supervised import MAX_REQUESTS, ended

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

GROUP = "scheduled-tasks-local"


@pytest.fixture
def live(emulator: Path) -> Iterator[Path]:
    """The folder of a session of stand-ins."""
    session = Session(emulator)
    with session.hold(Settings(why="this is a test.")):
        yield session.folder


def received(box: Sandbox, url: str, start: str) -> str:
    """Wait for the message in a queue that begins with a text. The alarms of new tasks can send others before it."""
    sqs, others = client(box, "sqs"), list[str]()
    while messages := sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])
        if messages[0]["Body"].startswith(start):
            return messages[0]["Body"]
        others.append(messages[0]["Body"])
    raise AssertionError(f"no such message arrived within 20 seconds, only {others}")


def first_execution(box: Sandbox, machine: str) -> str:
    """Wait for an execution of a state machine."""
    states = client(box, "stepfunctions")
    for _ in range(MAX_REQUESTS):
        if found := states.list_executions(stateMachineArn=machine)["executions"]:
            [execution] = found
            return execution["executionArn"]
    raise AssertionError(f"nothing started {machine}")


def shown(*arguments: str) -> Any:
    return json.loads(CliRunner().invoke(app, [*arguments, "--stack", "local", "--json"]).stdout)


def test_a_fired_run_that_fails_is_reported_and_agrees_in_all_commands(
    box: Sandbox, live: Path, monkeypatch: pytest.MonkeyPatch
):
    """The roles that the deployment creates suffice: the live sandbox checks them as AWS does."""
    deployed = box.up()
    assert deployed.error == ""
    endpoint = box.endpoint()
    assert endpoint
    for name, value in {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    url = subscribe_a_queue(box, client(box, "sns").list_topics()["Topics"][0]["TopicArn"])

    Faults(live / "faults.json").add(NextFault("nightly-backup", "outOfMemory"))
    Requests(live / "requests").add(Fire(GROUP, "nightly-backup"))
    text = received(box, url, f'"The scheduled task nightly-backup in {GROUP} failed at ')
    assert "OutOfMemoryError: Container killed due to memory usage" in text
    assert text in [mail.text for mail in Mailbox(live / "mail.jsonl").read()]

    [run] = shown("history", "nightly-backup")
    assert (run["outcome"], run["exitCode"], run["by"], run["schedule"]) == (
        "failed",
        137,
        "schedule",
        "nightly-backup",
    )
    assert run["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert run["seconds"] > 0
    [row] = [row for row in shown("status")["tasks"] if row["task"] == "nightly-backup"]
    assert row["lastRun"]["outcome"] == "failed"
    log = CliRunner().invoke(app, ["logs", "nightly-backup", "--run", run["id"][:8], "--stack", "local"]).stdout
    assert "This is a stand-in for a container of public.ecr.aws/docker/library/postgres:17" in log

    again = CliRunner().invoke(app, ["run", "nightly-backup", "--stack", "local"])
    assert again.exit_code == 0, again.output
    assert [run["outcome"] for run in shown("history", "nightly-backup")] == ["succeeded", "failed"]

    Faults(live / "faults.json").add(NextFault("hourly-etl", "accessDenied"))
    schedule = client(box, "scheduler").get_schedule(GroupName=GROUP, Name="hourly-etl")
    Requests(live / "requests").add(Fire(GROUP, "hourly-etl"))
    queue = deployed.outputs["deadLetterQueueUrl"]
    received_letter = client(box, "sqs").receive_message(
        QueueUrl=queue, WaitTimeSeconds=20, VisibilityTimeout=0, MessageAttributeNames=["All"]
    )["Messages"][0]
    assert received_letter["MessageAttributes"]["SCHEDULE_ARN"]["StringValue"] == schedule["Arn"]
    [letter] = shown("dead-letters", "list")
    assert (letter["task"], letter["errorCode"]) == ("hourly-etl", "AccessDeniedException")


def test_a_supervised_task_runs_by_its_state_machine(tmp_path: Path, aws: str, live: Path):
    """Its schedule is a rate without a start, so it runs when it is created."""
    box = Sandbox(tmp_path / "home", example_project("supervised", tmp_path / "project"), endpoint=aws)
    Faults(live / "faults.json").add(NextFault("settle-invoices", "noCapacity"))
    assert box.up().error == ""
    schedule = client(box, "scheduler").get_schedule(GroupName=GROUP, Name="settle-invoices")
    run = ended(box, first_execution(box, schedule["Target"]["Arn"]))
    assert run["status"] == "SUCCEEDED", f"the launch is repeated: {run}"
    created = schedule["CreationDate"].astimezone(UTC)
    assert json.loads(run["input"])["time"] == f"{created:%Y-%m-%dT%H:%M:%SZ}"
    assert Faults(live / "faults.json").all == [], "the first launch had no capacity"
    logged = client(box, "logs").filter_log_events(logGroupName=f"/aws/events/{GROUP}/succeeded")["events"]
    [detail] = [json.loads(event["message"])["detail"] for event in logged]
    assert (detail["outcome"], detail["attempts"]) == ("Succeeded", 1)
    [task] = client(box, "ecs").describe_tasks(cluster=detail["clusterArn"], tasks=[detail["taskArn"]])["tasks"]
    assert task["lastStatus"] == "STOPPED"
    assert task["startedAt"] < task["stoppedAt"]
