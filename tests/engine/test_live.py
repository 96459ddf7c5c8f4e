"""The live sandbox in the emulator's own process: deployed schedules fire, and their runs are reported."""

import json
import re
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from components.supervised.settings import RUN_VARIABLE
from ops.__main__ import app
from sandbox.engine import Sandbox
from sandbox.live.faults import Faults, NextFault
from sandbox.live.mailbox import Mailbox
from sandbox.live.requests import Fire, Requests
from sandbox.live.session import Session, Settings
from sandbox.projects import example_project, project_copy

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
    details = [json.loads(event["message"])["detail"] for event in logged]
    # The other task of the example runs each quarter of an hour.
    [detail] = [each for each in details if each["group"] == "settle-invoices"]
    assert (detail["outcome"], detail["attempts"]) == ("Succeeded", 1)
    [task] = client(box, "ecs").describe_tasks(cluster=detail["clusterArn"], tasks=[detail["taskArn"]])["tasks"]
    assert task["lastStatus"] == "STOPPED"
    assert task["startedAt"] < task["stoppedAt"]


REPLACED = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: { create: true }
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:tasks:
    etl:
      image: "etl:1"
      cpu: 256
      memory: 512
      schedule: cron(0 3 1 1 ? *)
      overlap: replace
      parallel: { tasks: 40, atOnce: 2 }
"""
"""The stand-ins of a run take minutes together, so a newer run always finds some that have not ended."""


def ecs_tasks(box: Sandbox, run: str) -> list[dict[str, Any]]:
    """The ECS tasks of a run, by the environment variable that names it."""
    ecs = client(box, "ecs")
    [cluster] = ecs.list_clusters()["clusterArns"]
    arns = [
        arn
        for status in ("RUNNING", "STOPPED")
        for arn in ecs.list_tasks(cluster=cluster, desiredStatus=status)["taskArns"]
    ]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    own = {"name": RUN_VARIABLE, "value": run}
    return [task for task in tasks if own in task["overrides"]["containerOverrides"][0]["environment"]]


def running(box: Sandbox, run: str) -> list[dict[str, Any]]:
    """Describe the ECS tasks of a run until one is running."""
    for _ in range(MAX_REQUESTS):
        found = ecs_tasks(box, run)
        if any(task["lastStatus"] == "RUNNING" for task in found):
            return found
    raise AssertionError(f"no task of {run} has started")


def test_a_newer_run_starts_after_the_tasks_of_the_replaced_run_have_stopped(
    tmp_path: Path, aws: str, live: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "Pulumi.yaml").write_text(REPLACED)
    box = Sandbox(tmp_path / "home", project_copy(tmp_path / "project", tmp_path / "Pulumi.yaml"), endpoint=aws)
    assert box.up().error == ""
    states = client(box, "stepfunctions")
    target = client(box, "scheduler").get_schedule(GroupName=GROUP, Name="etl")["Target"]

    def start(name: str, time: str) -> str:
        due = target["Input"].replace("<aws.scheduler.scheduled-time>", time)
        return states.start_execution(stateMachineArn=target["Arn"], name=name, input=due)["executionArn"]

    first = start("first", "2026-11-25T03:00:00Z")
    running(box, "first")
    second = start("second", "2026-11-26T03:00:00Z")
    replaced = ended(box, first)
    newer, older = running(box, "second"), ecs_tasks(box, "first")
    assert {task["lastStatus"] for task in older} == {"STOPPED"}
    assert max(task["stoppedAt"] for task in older) <= min(task["createdAt"] for task in newer)
    assert "UserInitiated" in {task["stopCode"] for task in older}
    assert (replaced["status"], replaced["error"]) == ("FAILED", "Replaced")
    assert re.fullmatch(r"Replaced by a newer run\. Tasks that had not ended: \d+ of 40\.", replaced["cause"])
    names = [each["name"] for each in states.list_executions(stateMachineArn=f"{target['Arn']}__index")["executions"]]
    assert len([name for name in names if name.startswith("first-")]) == len(older) < 40, "it starts no more tasks"

    for name, value in {"AWS_ENDPOINT_URL": aws, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    assert {run["id"]: run["outcome"] for run in shown("history", "etl")} == {"first": "replaced", "second": "running"}
    failed = client(box, "logs").filter_log_events(logGroupName=f"/aws/events/{GROUP}/failed")["events"]
    assert failed == [], "a replaced run is no failure"
    states.stop_execution(executionArn=second)
    assert ended(box, second)["status"] == "ABORTED"
