"""Recipients of messages in the sandbox: each request that arrives at a local receiver, and where the secrets are."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import Sandbox
from sandbox.projects import example_project

from .conftest import Receiver, client

pytestmark = pytest.mark.engine

GROUP = "scheduled-tasks-local"
REGION = "eu-west-1"
CONSOLE = f"https://{REGION}.console.aws.amazon.com/ecs/v2/clusters/{GROUP}/tasks?region={REGION}"
RUN = f"arn:aws:ecs:{REGION}:123456789012:task/{GROUP}/0123456789abcdef0123456789abcdef"
TEAMS = "prod-00.westeurope.logic.azure.com:443"
PING = "CANARY-ping-5d1f0b77"
"""A part of the URL of the heartbeat. It is a secret of the configuration, but AWS shows the URLs of API destinations."""
SECRETS = {
    "hookToken": "CANARY-hook-5d1f0b77",
    "pagerdutyKey": "CANARYpagerduty5d1f0b770000000a",
    "slackToken": "CANARY-genie-5d1f0b77",
    "teamsUrl": "CANARY-teams-5d1f0b77",
}
"""The secrets in the configuration of the example `on-call`."""
QUOTES = 'CannotStartContainerError: exec: "orders": not found\nin $PATH \\'


@pytest.fixture
def box(tmp_path: Path, aws: str) -> Sandbox:
    return Sandbox(tmp_path / "home", example_project("on-call", tmp_path / "project"), endpoint=aws)


def put(box: Sandbox, source: str, kind: str, detail: dict[str, Any], resources: tuple[str, ...] = ()) -> None:
    entry = {"Source": source, "DetailType": kind, "Detail": json.dumps(detail), "Resources": list(resources)}
    assert client(box, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def end(box: Sandbox, outputs: dict[str, Any], task: str, exit_code: int, **more: Any) -> None:
    """The end of a run that EventBridge Scheduler started."""
    detail = {
        "clusterArn": outputs["clusterArn"],
        "taskDefinitionArn": outputs["tasks"][task]["taskDefinition"],
        "group": task,
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "stoppedAt": "2026-11-24T03:07:11Z",
        "taskArn": RUN,
        "containers": [{"name": "main", "exitCode": exit_code}],
        **more,
    }
    put(box, "aws.ecs", "ECS Task State Change", detail)


def report(box: Sandbox, task: str, outcome: str) -> None:
    """The outcome that the state machine of a supervised task reports."""
    detail = {
        "prefix": GROUP,
        "group": task,
        "outcome": outcome,
        "scheduledTime": "2026-11-24T03:00:00Z",
        "attempts": 2,
        "executionArn": f"arn:aws:states:{REGION}:123456789012:execution:{GROUP}__{task}:1",
        "taskArn": RUN,
        "stoppedAt": "2026-11-24T03:07:11Z",
        "stopCode": outcome,
        "stoppedReason": QUOTES,
        "containers": [{"name": "main", "exitCode": 1}],
    }
    put(box, "scheduled-tasks", "Scheduled Task Outcome", detail)


def alarm(box: Sandbox, name: str, state: str, before: str = "ALARM") -> None:
    arn = f"arn:aws:cloudwatch:{REGION}:123456789012:alarm:{name}"
    detail = {
        "alarmName": name,
        "state": {"value": state, "reason": 'Threshold Crossed: "1"'},
        "previousState": {"value": before},
        "configuration": {"description": "First: read the messages."},
    }
    put(box, "aws.cloudwatch", "CloudWatch Alarm State Change", detail, (arn,))


def commands(task: str) -> dict[str, str]:
    return {
        name: f"scheduled-tasks {name} {task} --group {GROUP} --region {REGION}" for name in ("logs", "history", "run")
    }


def facts(task: str, exit_code: int) -> dict[str, Any]:
    return {
        "reason": "Essential container in task exited",
        "stoppedAt": "2026-11-24T03:07:11Z",
        "stopCode": "EssentialContainerExited",
        "containers": [{"name": "main", "exitCode": exit_code}],
        "run": RUN,
        "commands": commands(task),
    }


def cards(receiver: Receiver) -> list[dict[str, Any]]:
    """The bodies of the requests to the Teams workflow, each with its path and query."""
    found = [(path, body) for _, path, headers, body in receiver.requests if headers["Host"] == TEAMS]
    receiver.bodies(TEAMS)
    # The query is that of the URL in the configuration.
    start = "/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke"
    query = f"api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SECRETS['teamsUrl']}"
    assert {path for path, _ in found} <= {f"{start}?{query}"}
    return [body for _, body in found]


def card(*texts: dict[str, str], console: str) -> dict[str, Any]:
    """A message of Microsoft's documentation, "Send Adaptive Cards using an Incoming Webhook"."""
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [{"type": "TextBlock", "wrap": True, **text} for text in texts],
        "actions": [{"type": "Action.OpenUrl", "title": "Console", "url": console}],
    }
    adaptive = "application/vnd.microsoft.card.adaptive"
    return {
        "type": "message",
        "attachments": [{"contentType": adaptive, "contentUrl": None, "content": content}],
    }


def hooks(receiver: Receiver) -> list[dict[str, Any]]:
    return receiver.bodies("hooks.example.com")


def pages(receiver: Receiver) -> list[dict[str, Any]]:
    return receiver.bodies("events.eu.pagerduty.com")


def pings(receiver: Receiver) -> list[tuple[str, str]]:
    """The path and the status of each request of the heartbeat."""
    found = [
        (path, body["status"]) for _, path, headers, body in receiver.requests if headers["Host"] == "hc-ping.example"
    ]
    receiver.bodies("hc-ping.example")
    return found


@pytest.mark.thorough
def test_each_recipient_receives_failures_and_recoveries(box: Sandbox, receiver: Receiver):
    deployed = box.up()
    assert deployed.error == ""

    # The topic hears of the end of each alarm, too
    topic = f"arn:aws:sns:{REGION}:123456789012:{GROUP}-failures"
    alarms = client(box, "cloudwatch").describe_alarms()["MetricAlarms"]
    assert {(*each["AlarmActions"], *each["OKActions"]) for each in alarms} == {(topic, topic)}

    # A failed run and its recovery
    end(box, deployed.outputs, "orders-backup", 1)
    [request] = [one for one in receiver.requests if one[2]["Host"] == "hooks.example.com"]
    assert request[:2] == ("POST", "/runs")
    assert {name: request[2][name] for name in ("X-Token", "User-Agent", "Content-Type")} == {
        "X-Token": SECRETS["hookToken"],
        "User-Agent": "Amazon/EventBridge/ApiDestinations",
        "Content-Type": "application/json; charset=utf-8",
    }
    assert hooks(receiver) == [
        {
            "version": 1,
            "status": "failed",
            "severity": "critical",
            "group": GROUP,
            "task": "orders-backup",
            "key": f"{GROUP}#orders-backup",
            "summary": f"The scheduled task orders-backup in {GROUP} failed at 2026-11-24T03:07:11Z.",
            **facts("orders-backup", 1),
            "console": CONSOLE,
        }
    ]
    assert pages(receiver) == [
        {
            "routing_key": SECRETS["pagerdutyKey"],
            "event_action": "trigger",
            "dedup_key": f"{GROUP}#orders-backup",
            "client": "scheduled-tasks",
            "client_url": CONSOLE,
            "payload": {
                "summary": f"The scheduled task orders-backup in {GROUP} failed at 2026-11-24T03:07:11Z.",
                "source": GROUP,
                "severity": "critical",
                "component": "orders-backup",
                "group": GROUP,
                "class": "EssentialContainerExited",
                "custom_details": facts("orders-backup", 1),
            },
        }
    ]
    end(box, deployed.outputs, "orders-backup", 0)
    [body] = hooks(receiver)
    assert (body["status"], body["key"], body["containers"][0]["exitCode"]) == (
        "succeeded",
        f"{GROUP}#orders-backup",
        0,
    )
    resolve = {"routing_key": SECRETS["pagerdutyKey"], "event_action": "resolve"}
    assert pages(receiver) == [{**resolve, "dedup_key": f"{GROUP}#orders-backup"}]

    # A Slack channel, which gets no message about a success
    [(_, path, headers, body)] = [one for one in receiver.requests if one[2]["Host"] == "slack.com"]
    assert (path, headers["Authorization"]) == ("/api/chat.postMessage", f"Bearer {SECRETS['slackToken']}")
    summary = f"The scheduled task orders-backup in {GROUP} failed at 2026-11-24T03:07:11Z."
    texts = [block["text"]["text"] for block in body.pop("blocks")]
    assert body == {"channel": "C0123456789", "text": summary, "unfurl_links": False}
    lines = "\n".join(["```", *commands("orders-backup").values(), "```"])
    codes = "Stop code: EssentialContainerExited. Exit code of the first container: 1."
    assert texts == [summary, "Essential container in task exited", codes, lines, CONSOLE]
    receiver.bodies("slack.com")

    # A Teams channel, which gets no message about a success either
    monospace = [{"text": line, "fontType": "Monospace"} for line in commands("orders-backup").values()]
    reason = {"text": "Essential container in task exited"}
    assert cards(receiver) == [
        card({"text": summary, "weight": "Bolder"}, reason, {"text": codes}, *monospace, console=CONSOLE)
    ]

    # A heartbeat, from the start of a run to its end
    assert pings(receiver) == [(f"/{PING}/fail", "failed"), (f"/{PING}", "succeeded")]
    running = {"lastStatus": "RUNNING", "desiredStatus": "RUNNING", "startedAt": "2026-11-24T03:00:11Z"}
    end(box, deployed.outputs, "orders-backup", 0, **running)
    [(_, path, _, body)] = receiver.requests
    assert path == f"/{PING}/start"
    assert body == {
        "version": 1,
        "status": "started",
        "severity": "critical",
        "group": GROUP,
        "task": "orders-backup",
        "key": f"{GROUP}#orders-backup",
        "summary": f"The scheduled task orders-backup in {GROUP} started.",
        "reason": "",
        "startedAt": "2026-11-24T03:00:11Z",
        "run": RUN,
        "console": CONSOLE,
    }
    assert pings(receiver) == [(f"/{PING}/start", "started")]

    # A supervised run, whose reason contains quotes and a line break
    report(box, "orders-report", "TimedOut")
    [body] = hooks(receiver)
    assert (body["reason"], body["scheduledTime"], body["attempts"]) == (QUOTES, "2026-11-24T03:00:00Z", 2)
    [page] = pages(receiver)
    assert page["payload"]["custom_details"]["reason"] == QUOTES
    blocks = [body["attachments"][0]["content"]["body"] for body in cards(receiver)][-1]
    assert [block["text"] for block in blocks][1:4] == [
        QUOTES,
        "Stop code: TimedOut. Exit code of the first container: 1.",
        "Scheduled for: 2026-11-24T03:00:00Z. Attempts: 2.",
    ]
    report(box, "orders-report", "Succeeded")
    assert hooks(receiver)[0]["status"] == "succeeded"
    assert pages(receiver) == [{**resolve, "dedup_key": f"{GROUP}#orders-report"}]

    # A task that only one recipient hears of
    end(box, deployed.outputs, "cleanup", 1)
    assert (len(hooks(receiver)), pages(receiver)) == (1, [])

    # Alarms: of the group, of a task, a warning, and one that had no data before
    alarm(box, f"{GROUP}/dropped", "ALARM", "OK")
    [body] = hooks(receiver)
    assert (body["status"], body["severity"], body["key"], body["reason"], body["description"]) == (
        "alarm",
        "critical",
        f"{GROUP}/dropped",
        'Threshold Crossed: "1"',
        "First: read the messages.",
    )
    alarm(box, f"{GROUP}/dropped", "OK")
    assert [body["status"] for body in hooks(receiver)] == ["recovered"]
    alarm(box, f"{GROUP}/throttled", "ALARM", "OK")
    assert [body["severity"] for body in hooks(receiver)] == ["warning"]
    assert pages(receiver) == [], "alarms of the group go to recipients of all tasks"
    receiver.bodies("slack.com")
    titles = [body["attachments"][0]["content"]["body"][0]["text"].split(" at ")[0] for body in cards(receiver)]
    assert titles[-3:] == [
        f"The alarm {GROUP}/{name} changed to {state}"
        for name, state in (("dropped", "ALARM"), ("dropped", "OK"), ("throttled", "ALARM"))
    ]
    alarm(box, f"{GROUP}/orders-backup/no-success", "ALARM", "OK")
    assert [page["dedup_key"] for page in pages(receiver)] == [f"{GROUP}/orders-backup/no-success"]
    alarm(box, f"{GROUP}/orders-backup/no-success", "OK")
    assert pages(receiver) == [{**resolve, "dedup_key": f"{GROUP}/orders-backup/no-success"}]
    alarm(box, f"{GROUP}/orders-backup/no-success", "OK", "INSUFFICIENT_DATA")
    assert pages(receiver) == []

    # A message that cannot be delivered is kept
    hooks(receiver)
    receiver.status = 403
    end(box, deployed.outputs, "cleanup", 1)
    assert box.waiting_messages()[f"{GROUP}-undelivered-events"] == 3, "of the webhook, Slack and Teams"


@pytest.mark.thorough
def test_secrets_are_only_in_connections(tmp_path: Path, aws: str, emulator: Path):
    lines: list[str] = []
    project = example_project("on-call", tmp_path / "project")
    box = Sandbox(tmp_path / "home", project, endpoint=aws, say=lines.append)
    preview = box.preview()
    first = box.up()
    assert first.error == ""
    again = box.up(refresh=True)
    assert (again.error, again.steps) == ("", [])
    stored = {
        secret["Name"]: client(box, "secretsmanager").get_secret_value(SecretId=secret["ARN"])["SecretString"]
        for secret in client(box, "secretsmanager").list_secrets()["SecretList"]
    }
    for canary in SECRETS.values():
        [name] = [name for name, value in stored.items() if canary in value]
        assert name.startswith(f"events!connection/{GROUP}-notify-")
    events = client(box, "events")
    readable: list[Any] = [
        *(events.describe_connection(Name=one["Name"]) for one in events.list_connections()["Connections"]),
        *(events.list_targets_by_rule(Rule=rule["Name"]) for rule in events.list_rules()["Rules"]),
    ]
    files = [file for folder in (box.base, emulator) for file in folder.rglob("*") if file.is_file()]
    assert {"state", "server.log"} <= {part for file in files for part in file.parts}
    found = [
        *lines,
        *(
            json.dumps([it.outputs, it.error, [(one.old, one.new) for one in it.changed]], default=str)
            for it in (preview, first, again)
        ),
        json.dumps(readable, default=str),
        *(file.read_bytes().decode(errors="replace") for file in files),
    ]
    assert not [text[:200] for text in found for canary in (*SECRETS.values(), PING) if canary in text]
    endpoints = [one["InvocationEndpoint"] for one in events.list_api_destinations()["ApiDestinations"]]
    assert not [url for url in endpoints for canary in SECRETS.values() if canary in url]
