"""The work of calls in groups of Python programs: outcome logs, messages, recipients and commands."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from ops.__main__ import app
from sandbox.engine import Sandbox
from tests.components.monitoring.test_call_events import build, glue

from .conftest import Receiver, client

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

LOGS = "/aws/events/scheduled-tasks-local-jobs"
PROGRAM = """
from components import ScheduledCall, ScheduledTaskGroup

group = ScheduledTaskGroup(
    "jobs",
    {
        "create_cluster": {},
        "notify": {
            "webhook": {"ops": {"url": "https://hooks.example.com/runs", "secret": "s"}},
            "pagerduty": {"pages": {"routing_key": "k"}},
            "heartbeat": {"load": {"tasks": ["build"], "url": "https://hc-ping.example/x"}},
        },
    },
)
"""
CALLS = """
ScheduledCall("load", {"group": group, "submit": {"glue": {"job": "nightly"}}, "schedule": "rate(1 day)"})
ScheduledCall("build", {"group": group.reference, "submit": {"build": {"project": "nightly"}}, "schedule": "rate(1 day)"})
"""


def put(box: Sandbox, event: dict[str, Any]) -> None:
    entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
    assert client(box, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def logged(box: Sandbox, outcome: str) -> list[str]:
    found = client(box, "logs").filter_log_events(logGroupName=f"{LOGS}/{outcome}")["events"]
    return [json.loads(event["message"])["source"] for event in found]


@pytest.mark.timeout(240)
def test_the_ends_of_work_are_logged_and_reach_the_recipients(
    box: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    program = box.project / "__main__.py"
    program.write_text(PROGRAM)
    assert box.up().error == ""
    before = client(box, "logs").describe_resource_policies(resourceArn=_arn("failed"), policyScope="RESOURCE")
    # A call adds its rules, and changes nothing of its group.
    program.write_text(PROGRAM + CALLS)
    preview = box.preview()
    assert preview.error == ""
    first = box.up()
    assert (first.error, first.changes) == ("", preview.changes)
    assert {change.split(":")[0] for change in first.changes} <= {"create", "same"}
    after = client(box, "logs").describe_resource_policies(resourceArn=_arn("failed"), policyScope="RESOURCE")
    assert before["resourcePolicies"] == after["resourcePolicies"]
    again = box.up(refresh=True)
    assert (again.error, again.steps) == ("", [])

    put(box, glue("FAILED", message='Command "etl.py" failed'))
    put(box, glue("FAILED", jobName="other"))
    assert (logged(box, "failed"), logged(box, "succeeded")) == (["aws.glue"], [])
    [hook] = receiver.bodies("hooks.example.com")
    assert (hook["status"], hook["task"], hook["reason"]) == ("failed", "load", 'Command "etl.py" failed')
    [page] = receiver.bodies("events.pagerduty.com")
    assert (page["event_action"], page["dedup_key"]) == ("trigger", hook["key"])
    put(box, glue("SUCCEEDED", jobRunId="jr_def"))
    assert [body["status"] for body in receiver.bodies("hooks.example.com")] == ["succeeded"]
    [page] = receiver.bodies("events.pagerduty.com")
    assert (page["event_action"], page["dedup_key"]) == ("resolve", hook["key"])

    for status in ("IN_PROGRESS", "SUCCEEDED", "FAILED"):
        put(box, build(status, **{"build-id": f"arn:aws:codebuild:eu-west-1:123456789012:build/nightly:{status}"}))
    paths = [path for _, path, headers, _ in receiver.requests if headers["Host"] == "hc-ping.example"]
    assert paths == ["/x/start", "/x", "/x/fail"]
    assert logged(box, "failed") == ["aws.glue", "aws.codebuild"]

    _check_commands(box, monkeypatch)

    program.write_text(PROGRAM)
    assert box.up().error == ""
    names = [rule["Name"] for rule in client(box, "events").list_rules()["Rules"]]
    assert not [name for name in names if "-call-" in name]


def _check_commands(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """`status` and the board show the same work as `history`."""
    endpoint = box.endpoint()
    assert endpoint
    for name, value in {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(box.project)

    def ops(*arguments: str) -> Any:
        where = ["--group", "scheduled-tasks-local-jobs", "--region", "eu-west-1", "--json"]
        return json.loads(CliRunner().invoke(app, [*arguments, *where]).stdout)

    assert {row["task"] for row in ops("status")["tasks"] if row["lastRun"]} == {"load", "build"}
    [stack] = ops("board")["stacks"]
    runs = {task["task"]: sorted(run["outcome"] for run in task["runs"]) for task in stack["tasks"]}
    assert runs == {"load": ["failed", "succeeded"], "build": ["failed", "succeeded"]}
    assert sorted(run["id"] for run in ops("history", "load")) == ["jr_abc", "jr_def"]


def _arn(outcome: str) -> str:
    return f"arn:aws:logs:eu-west-1:123456789012:log-group:{LOGS}/{outcome}"
