"""The mailbox of the live sandbox."""

import json
from pathlib import Path

import pytest

from sandbox import moto_api_destinations
from sandbox.live.mailbox import Mail

from .world import ACCOUNT, World, client

SECRET = "CANARY-5d1f0b77"


def send_failures_to_a_webhook() -> None:
    """A recipient of failed runs, whose URL has a secret in its path."""
    events = client("events")
    connection = events.create_connection(
        Name="hook",
        AuthorizationType="API_KEY",
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "X-Token", "ApiKeyValue": SECRET}},
    )
    destination = events.create_api_destination(
        Name="hook",
        ConnectionArn=connection["ConnectionArn"],
        InvocationEndpoint=f"https://hooks.example.com/{SECRET}",
        HttpMethod="POST",
    )
    target = {
        "Id": "hook",
        "Arn": destination["ApiDestinationArn"],
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/events",
        "InputTransformer": {"InputPathsMap": {"task": "$.detail.group"}, "InputTemplate": '{"task": <task>}'},
    }
    events.put_targets(Rule="failed", Targets=[target])


@pytest.mark.parametrize("has_receiver", [False, True])
def test_a_request_to_an_api_destination_is_in_the_mailbox_unless_there_is_a_receiver(
    unscheduled: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_receiver: bool
):
    send_failures_to_a_webhook()
    sent: list[str] = []
    if has_receiver:
        (tmp_path / "receiver").write_text("http://127.0.0.1:9")
        monkeypatch.setattr(moto_api_destinations, "_receiver_file", [tmp_path / "receiver"])
        answer = type("Answer", (), {"status_code": 200, "headers": {}})
        monkeypatch.setattr(
            moto_api_destinations.requests, "request", lambda *_, **given: sent.append(given["data"].decode()) or answer
        )
    arn = unscheduled.run_task()
    unscheduled.run(3)
    client("ecs").stop_task(cluster="main", task=arn)
    unscheduled.run(30)
    found = [mail for mail in unscheduled.live.mailbox.read() if mail.topic == "hook"]
    if has_receiver:
        assert (found, sent) == ([], ['{"task":"job"}'])
        return
    [mail] = found
    assert (mail.to, mail.subject, json.loads(mail.text)) == (
        ["hooks.example.com"],
        "Request to hooks.example.com",
        {"task": "job"},
    )
    assert SECRET not in "".join(unscheduled.lines)


def test_the_title_of_a_mail_without_a_subject_is_its_first_line():
    assert Mail("", "", [], "", '"First"\n"Second"').title == "First"
    assert Mail("", "", [], "Subject", "First").title == "Subject"
    assert Mail("", "", [], "", " ").title == ""
