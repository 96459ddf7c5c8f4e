"""docs/runbook.md shows the output of the commands. To update the page, run pytest on this file with WRITE=1."""

import json
import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from moto.sqs.models import sqs_backends

from components.aws.account import Account
from components.infrastructure.trust import task_trust
from ops.dead_letters import queue as queues
from ops.project import project_at
from tests.docs.shown import with_old_lines
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session
from tests.ops.terminal import use_terminal

PAGE = Path(__file__).parents[2] / "docs" / "runbook.md"
SHOWN = re.compile(r"```console\n(.*?)```", re.DOTALL)
VARYING = re.compile(
    r"(igw|subnet)-\w+|\d\d-\d\d( \d\d:\d\dZ?)?|\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ| \d\d:\d\d)?|[0-9a-f]{8}(-[0-9a-f-]{27})?|[Nn]ext run:? .*"
)
"""The parts of the output that vary: times, and IDs from AWS."""
DENIED = (
    f"User: arn:aws:sts::{ACCOUNT}:assumed-role/scheduled-tasks-prod-scheduler/d1 is not authorized to perform: "
    f"ecs:RunTask on resource: arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/scheduled-tasks-prod__nightly-backup:12"
)


def emergency(deployed: Deployed) -> None:
    """Send failed launches to the queue."""
    failed_launches = (
        ("5d0c7e1a", "nightly-backup", "2026-11-24T02:00:00Z", "AccessDeniedException", DENIED),
        ("77aa01fe", "nightly-backup", "2026-11-25T02:00:00Z", "AccessDeniedException", DENIED),
        ("c3b9d204", "hourly-etl", "2026-11-25T03:00:00Z", "ThrottlingException", "Rate exceeded"),
    )
    group = deployed.names.schedule_group
    for id_, schedule, time, code, message in failed_launches:
        attributes = {
            "SCHEDULE_ARN": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{schedule}",
            "SCHEDULED_TIME": time,
            "ERROR_CODE": code,
            "ERROR_MESSAGE": message,
            "RETRY_ATTEMPTS": "5" if code == "ThrottlingException" else "0",
            "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:ecs:runTask",
            **({"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts"} if code == "ThrottlingException" else {}),
        }
        given: Any = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        body = json.dumps({"Cluster": deployed.cluster_arn, "Count": 1})
        deployed.cloud.client("sqs").send_message(
            QueueUrl=deployed.queue_url, MessageBody=body, MessageAttributes=given
        )
        sent = sqs_backends[ACCOUNT][REGION].queues[deployed.names.dead_letter_queue]._messages[-1]
        sent.id = f"{id_}-0f0e-4c55-9d5f-4f2b8f1d2c33"


def test_the_page_shows_the_output_of_the_commands(cloud: Cloud, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queues, "WAIT_SECONDS", 0)
    share_session(monkeypatch)
    use_terminal(monkeypatch)
    deployed = cloud.deploy(project_at(Path()).load("prod"), "scheduled-tasks-prod")
    stack = HealthyStack(deployed, ops)
    role = deployed.names.task_role("nightly-backup", "task")
    trust = task_trust(Account("aws", REGION, ACCOUNT))
    stack.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=trust)
    cloud.client("logs").delete_log_group(logGroupName=deployed.names.log_group)
    stack.denied["ecs:RunTask"] = "implicitDeny"
    emergency(deployed)

    def shown(found: re.Match[str]) -> str:
        commands = [line for line in found[1].splitlines() if line.startswith("$ ")]
        outputs = "".join(f"{line}\n{printed(ops, line)}" for line in commands)
        return f"```console\n{shortened(outputs, found[1])}```"

    text = PAGE.read_text()
    now = SHOWN.sub(shown, text)
    if os.environ.get("WRITE"):
        PAGE.write_text(with_old_lines(now, text, fixed))
    assert fixed(now) == fixed(PAGE.read_text())
    assert not [line for block in SHOWN.findall(now) for line in block.splitlines() if "Traceback" in line]


def shortened(output: str, shown: str) -> str:
    """Omit the middle of an output if the page has the line `...` there."""
    before, omitted, _ = shown.partition("\n...\n")
    lines = output.splitlines(keepends=True)
    return "".join([*lines[: before.count("\n") + 1], "...\n", lines[-1]]) if omitted else output


def fixed(text: str) -> str:
    """Replace what varies."""
    return VARYING.sub("#", text)


def test_only_changed_lines_are_updated():
    old = "at 11-24 03:00\nid 0123abcd\nat 11-24 04:00\n"
    new = "at 11-30 03:00\nid 99999999, and more\nat 11-30 04:00\nat 11-30 05:00\n"
    assert with_old_lines(new, old, fixed) == (
        "at 11-24 03:00\nid 99999999, and more\nat 11-24 04:00\nat 11-30 05:00\n"
    )


def printed(ops: Ops, line: str) -> str:
    words = shlex.split(line)[1:]
    assert words[0] == "scheduled-tasks"
    return "".join(f"{each.rstrip()}\n" for each in ops(*words[1:]).output.splitlines())
