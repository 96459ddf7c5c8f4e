"""Tasks that start after others in the sandbox: deployed by the engine, started by the events of the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import Sandbox
from sandbox.projects import project_copy

from .conftest import client
from .test_supervised import ended

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

PROJECT = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: { create: true }
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:tasks:
    dump: { image: "dump:1", cpu: 256, memory: 512, schedule: rate(1 day) }
    load:
      image: "load:1"
      cpu: 256
      memory: 512
      after: dump
      environment: { AT: <aws.scheduler.scheduled-time>, LIMIT: a<b }
    report: { image: "report:1", cpu: 256, memory: 512, after: load }
    etl: { schedule: rate(1 day), execute: { stateMachine: etl } }
    train: { image: "train:1", cpu: 256, memory: 512, after: etl }
"""
NAME = "scheduled-tasks-local"


def end_of_dump(box: Sandbox, outputs: dict[str, Any], run: str, exit_code: int) -> None:
    """Put the event about the end of a run of `dump` on the bus, as ECS does."""
    detail = {
        "clusterArn": outputs["clusterArn"],
        "taskDefinitionArn": outputs["tasks"]["dump"]["taskDefinition"],
        "group": "dump",
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "taskArn": f"arn:aws:ecs:eu-west-1:123456789012:task/{NAME}/{run}",
        "containers": [{"name": "main", "exitCode": exit_code}],
    }
    entry = {"Source": "aws.ecs", "DetailType": "ECS Task State Change", "Detail": json.dumps(detail)}
    assert client(box, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def executions(box: Sandbox, task: str) -> list[dict[str, Any]]:
    """The ends of all executions of a task, in the order of their start."""
    states = client(box, "stepfunctions")
    machine = f"arn:aws:states:eu-west-1:123456789012:stateMachine:{NAME}__{task}"
    found = states.list_executions(stateMachineArn=machine)["executions"]
    return [ended(box, each["executionArn"]) for each in sorted(found, key=lambda each: each["startDate"])]


def test_each_success_starts_the_next_task_once(tmp_path: Path, aws: str):
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    box = Sandbox(tmp_path / "home", project_copy(tmp_path / "project", tmp_path / "Pulumi.yaml"), endpoint=aws)
    deployed = box.up()
    assert deployed.error == ""

    end_of_dump(box, deployed.outputs, "0a", exit_code=1)
    assert executions(box, "load") == []

    end_of_dump(box, deployed.outputs, "0b", exit_code=0)
    [load] = executions(box, "load")
    assert load["status"] == "SUCCEEDED"
    given = json.loads(load["input"])
    assert given["upstream"].endswith("/0b")
    [variables] = [each["Environment"] for each in given["overrides"]["ContainerOverrides"]]
    assert variables == [{"Name": "AT", "Value": given["time"]}]
    # The state machine of `load` reports its success, which starts `report`.
    [report] = executions(box, "report")
    assert (report["status"], json.loads(report["input"])["upstream"]) == ("SUCCEEDED", load["executionArn"])

    # EventBridge can deliver an event twice.
    end_of_dump(box, deployed.outputs, "0b", exit_code=0)
    assert sorted(each["status"] for each in executions(box, "load")) == ["FAILED", "SUCCEEDED"]
    assert len(executions(box, "report")) == 1

    # The success of an execution that a call starts
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:etl"
    for status in ("FAILED", "SUCCEEDED"):
        detail = {"stateMachineArn": machine, "executionArn": f"{machine}:{status}", "status": status}
        kind = "Step Functions Execution Status Change"
        entry = {"Source": "aws.states", "DetailType": kind, "Detail": json.dumps(detail)}
        assert client(box, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    [train] = executions(box, "train")
    assert (train["status"], json.loads(train["input"])["upstream"]) == ("SUCCEEDED", f"{machine}:SUCCEEDED")

    again = box.up()
    assert (again.error, set(again.changes) - {"same"}) == ("", set())
