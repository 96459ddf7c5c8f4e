"""Notices about the work of calls: the events that AWS's own matcher passes on, and the bodies of requests."""

import json
from typing import Any

import pytest

from components.monitoring import messages
from components.monitoring.call_notices import call_notices
from components.monitoring.notices import Notice
from components.resolved import Recipient, Slack, Teams, Webhook
from sandbox.input_templates import transformed_json
from sandbox.rules import rule_problems
from tests import event_ruler

from .test_call_events import CALLS, CASES
from .test_notices import BOTH, ORIGIN, heartbeat, pagerduty, webhook

TIME = "2026-11-27T20:05:00Z"
SLACK = Slack(tasks=(), severities=BOTH, token="s", channel="C0123456789")


def notices(recipient: Recipient, name: str, task: str = "backup") -> dict[str, Notice]:
    return call_notices(ORIGIN.names, ORIGIN.account, recipient, task, CALLS[name])


def body(recipient: Recipient, name: str, outcome: str, event: dict[str, Any]) -> Any:
    made = messages.message(recipient, ORIGIN.names, notices(recipient, name)[outcome])
    return json.loads(transformed_json(made["input_template"], made["input_paths"], {**event, "time": TIME}))


@pytest.mark.timeout(240)
def test_a_monitor_hears_once_of_each_start_and_each_end():
    asked = [
        (position, outcome, notice.pattern, event)
        for position, (name, event, _) in enumerate(CASES)
        for outcome, notice in notices(heartbeat(), name).items()
    ]
    answers = event_ruler.matches((pattern, event) for *_, pattern, event in asked)
    heard: dict[int, list[str]] = {position: [] for position in range(len(CASES))}
    for (position, outcome, *_), answer in zip(asked, answers, strict=True):
        heard[position] += [outcome] if answer else []
    expected = {position: [outcome] if outcome else [] for position, (_, _, outcome) in enumerate(CASES)}
    running = {"states": "RUNNING", "batch": "RUNNING", "codebuild": "IN_PROGRESS", "codepipeline": "STARTED"}
    for position, (name, event, _) in enumerate(CASES):
        if running.get(name, "-") in event["detail"].values():
            expected[position] = ["started"]
    assert heard == expected
    assert sum(found == ["started"] for found in heard.values()) == len(running)


@pytest.mark.parametrize("name", CALLS)
def test_a_failure_and_its_recovery_have_the_key_of_a_run(name: str):
    failed = next(event for kind, event, outcome in CASES if (kind, outcome) == (name, "failed") or kind == name)
    found = body(webhook(), name, "failed", {**failed, "detail": {"statusReason": 'a "b"', **failed["detail"]}})
    assert (found["version"], found["status"], found["severity"]) == (1, "failed", "critical")
    assert (found["group"], found["task"], found["key"]) == ("shop-dev", "backup", "shop-dev#backup")
    assert found["summary"] == f"The work that the scheduled call backup in shop-dev starts failed at {TIME}."
    assert (found["operation"], found["stoppedAt"], bool(found["run"])) == (CALLS[name].operation, TIME, True)
    assert found["commands"]["history"] == "scheduled-tasks history backup --group shop-dev --region eu-west-1"
    assert body(pagerduty(), name, "succeeded", failed) == {
        "event_action": "resolve",
        "dedup_key": found["key"],
    }
    assert body(pagerduty(), name, "failed", {**failed, "detail": {"statusReason": "x", **failed["detail"]}})["dedup_key"] == found["key"]  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "recipient",
    [webhook(), pagerduty(), heartbeat(), SLACK, Teams(tasks=(), severities=("critical",), url="s")],
    ids=["web", "page", "ping", "slack", "teams"],
)
def test_aws_accepts_the_templates(recipient: Recipient, name: str):
    for outcome, notice in notices(recipient, name).items():
        made = messages.message(recipient, ORIGIN.names, notice)
        inner = {"InputPathsMap": made["input_paths"], "InputTemplate": made["input_template"]}
        arn = "arn:aws:events:eu-west-1:123456789012:api-destination/a/b"
        target = {"Id": outcome, "Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/a", "InputTransformer": inner}
        assert rule_problems("events", "PutTargets", {"Rule": "r", "Targets": [target]}) == []
        assert rule_problems("events", "PutRule", {"Name": "r", "EventPattern": notice.pattern}) == []


def test_recipients_of_other_tasks_and_of_warnings_hear_nothing():
    assert notices(webhook("other"), "glue") == {}
    assert notices(Webhook(tasks=(), severities=("warning",), url="", header="", secret=""), "glue") == {}
    assert notices(webhook("back*"), "glue").keys() == {"failed", "succeeded"}
    # A channel gets no message about a success.
    ends = {outcome: messages.endpoint_of(SLACK, notice.status) for outcome, notice in notices(SLACK, "glue").items()}
    assert ends == {"failed": "", "succeeded": None}


def test_a_glue_job_has_no_event_about_its_start():
    assert notices(heartbeat(), "glue").keys() == {"failed", "succeeded"}
    assert notices(heartbeat(start=""), "batch").keys() == {"failed", "succeeded"}
