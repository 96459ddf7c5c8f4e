"""Failed runs in a row in the sandbox: the item in the lease table, the outcome log, and the messages of the topic."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import Sandbox
from sandbox.projects import project_copy

from .conftest import client
from .test_outcomes import subscribe_a_queue
from .test_supervised import ended

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

NAME = "scheduled-tasks-local"
PROJECT = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: { create: true }
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:notify: { emails: [ops@example.com] }
  scheduled-tasks:tasks:
    sync: { image: "sync:1", cpu: 256, memory: 512, schedule: rate(1 hour), notifyAfter: 3 }
"""


def run(box: Sandbox, name: str) -> None:
    """A run of the state machine, which succeeds."""
    machine = f"arn:aws:states:eu-west-1:123456789012:stateMachine:{NAME}__sync"
    given = json.dumps({"schedule": "sync", "time": name, "overrides": {}})
    arn = client(box, "stepfunctions").start_execution(stateMachineArn=machine, name=name, input=given)["executionArn"]
    assert ended(box, arn)["status"] == "SUCCEEDED"


def report(box: Sandbox, kind: str, failures: int) -> None:
    """A failure, as the state machine reports it."""
    detail = {"prefix": NAME, "group": "sync", "outcome": "Failed", "stopCode": kind, "failures": failures}
    entry = {"Source": "scheduled-tasks", "DetailType": kind, "Detail": json.dumps(detail)}
    assert client(box, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def texts(box: Sandbox, url: str) -> list[str]:
    """The messages since the last call."""
    sqs, found = client(box, "sqs"), list[str]()
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        found.append(message["Body"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_messages_start_at_the_threshold_and_end_with_a_recovery(tmp_path: Path, aws: str):
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    box = Sandbox(tmp_path / "home", project_copy(tmp_path / "project", tmp_path / "Pulumi.yaml"), endpoint=aws)
    assert box.up().error == ""
    url = subscribe_a_queue(box, f"arn:aws:sns:eu-west-1:123456789012:{NAME}-failures")

    report(box, "Scheduled Task Failure Below Threshold", 2)
    assert texts(box, url) == []
    report(box, "Scheduled Task Outcome", 3)
    [failed] = texts(box, url)
    assert failed.startswith('"The scheduled task sync')
    logged: list[dict[str, Any]] = client(box, "logs").filter_log_events(logGroupName=f"/aws/events/{NAME}/failed")[
        "events"
    ]
    assert [json.loads(event["message"])["detail"]["failures"] for event in logged] == [2, 3]

    item = {"id": {"S": "sync#failures"}, "failures": {"N": "3"}, "since": {"S": "2026-11-24T01:00:00Z"}}
    client(box, "dynamodb").put_item(TableName=f"{NAME}-leases", Item=item)
    run(box, "a")
    [recovered] = texts(box, url)
    first, second, history, *_ = recovered.splitlines()
    assert first.startswith(f'"The scheduled task sync in {NAME} succeeded at ')
    assert second == '"Failed runs in a row before: 3, since 2026-11-24T01:00:00Z."'
    assert history == f'"History: scheduled-tasks history sync --group {NAME} --region eu-west-1"'
    run(box, "b")
    assert texts(box, url) == [], "only the first success is a recovery"

    again = box.up()
    assert (again.error, set(again.changes) - {"same"}) == ("", set())
