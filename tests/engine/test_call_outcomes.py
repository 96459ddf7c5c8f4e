"""The work of calls in groups of Python programs: outcome logs, messages, recipients and commands."""

import json
from typing import Any

import pytest

from sandbox.engine import Sandbox
from tests.components.monitoring.test_call_events import build, glue

from .conftest import Receiver, client

pytestmark = pytest.mark.engine

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


def test_the_ends_of_work_are_logged_and_reach_the_recipients(box: Sandbox, receiver: Receiver):
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
    put(box, glue("SUCCEEDED"))
    assert [body["status"] for body in receiver.bodies("hooks.example.com")] == ["succeeded"]
    [page] = receiver.bodies("events.pagerduty.com")
    assert (page["event_action"], page["dedup_key"]) == ("resolve", hook["key"])

    for status in ("IN_PROGRESS", "SUCCEEDED", "FAILED"):
        put(box, build(status))
    paths = [path for _, path, headers, _ in receiver.requests if headers["Host"] == "hc-ping.example"]
    assert paths == ["/x/start", "/x", "/x/fail"]
    assert logged(box, "failed") == ["aws.glue", "aws.codebuild"]

    program.write_text(PROGRAM)
    assert box.up().error == ""
    names = [rule["Name"] for rule in client(box, "events").list_rules()["Rules"]]
    assert not [name for name in names if "-call-" in name]


def _arn(outcome: str) -> str:
    return f"arn:aws:logs:eu-west-1:123456789012:log-group:{LOGS}/{outcome}"
