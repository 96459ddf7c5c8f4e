"""The permissions of each command are on docs/commands.md."""

import os
from typing import Any

import pytest

from components.schedules import AFTER_DEPLOYMENT
from ops.dead_letters import executions
from ops.dead_letters import queue as queues
from ops.permissions import ALL, NOT_OMITTED, PERMISSIONS, SUPERVISED
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session
from tests.ops.supervised import supervise
from tests.ops.test_dead_letters import send

SERVICES = {"sfn": "states", "cloudwatch-logs": "logs", "eventbridge": "events", "service-quotas": "servicequotas"}
"""IAM's names of services that have another name in botocore."""


def allowed(command: str, *more: str, supervised: bool = False) -> set[str]:
    """Return the actions of a command on the page, of an ordinary stack. `more` are further conditions that are met."""
    given = {"", NOT_OMITTED, *more, *([SUPERVISED] if supervised else [])}
    return {
        action
        for each in PERMISSIONS
        if each.condition in given and (command in each.commands or ALL in each.commands)
        for action in each.actions
    }


def asked(deployed: Deployed, ops: Ops, *arguments: str) -> set[str]:
    """Run a command and return its actions."""
    deployed.cloud.calls.clear()
    ops(*arguments)
    calls = {call.removesuffix("Batch") for call in deployed.cloud.calls}
    pairs = (call.split(".") for call in calls)
    return {f"{SERVICES.get(service, service)}:{operation}" for service, operation in pairs}


COMMANDS = (
    ("status", ("status",)),
    ("history", ("history", "etl")),
    ("logs", ("logs", "etl", "--run", "abc")),
    ("board", ("board", "--html", os.devnull)),
    ("run", ("run", "etl")),
    ("backfill", ("backfill", "etl", "--from", "2026-11-20T00:00:00Z", "--to", "2026-11-20T00:00:00Z", "--yes")),
    ("pause", ("pause", "etl", "--why", "x")),
    ("resume", ("resume", "etl")),
    ("dead-letters list", ("dead-letters", "list")),
    ("dead-letters redrive", ("dead-letters", "redrive", "--all")),
    ("dead-letters delete", ("dead-letters", "delete", "--all", "--yes")),
    ("doctor", ("doctor",)),
    ("run-deployed", ("run-deployed",)),
)


def run_on_deploy(deployed: Deployed, task: str) -> None:
    """Change the schedule of a task to that of `runOn: deploy`."""
    scheduler = deployed.cloud.client("scheduler")
    schedule = scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name=task)
    kept = {name: schedule[name] for name in ("Name", "GroupName", "FlexibleTimeWindow", "Target")}
    scheduler.update_schedule(**kept, ScheduleExpression=AFTER_DEPLOYMENT, State="DISABLED")


@pytest.mark.parametrize("settings", [None, {"overlap": "forbid"}, {"parallel": {"tasks": 3}, "lock": "orders-db"}])
def test_each_command_needs_only_the_permissions_on_the_page(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any] | None
):
    monkeypatch.setattr(queues, "WAIT_SECONDS", 0)
    # A redrive waits for the ECS tasks of its executions. They never start, so it would ask 40 times for each.
    monkeypatch.setattr(executions, "WAIT_SECONDS", executions.POLL_SECONDS)
    share_session(monkeypatch)
    HealthyStack(deployed, ops)
    if settings is not None:
        supervise(deployed, "etl", **settings)
        ended = {"executionArn": "x", "stateMachineArn": "y", "status": "SUCCEEDED", "startDate": 1.0, "stopDate": 2.0}
        deployed.cloud.answer_each("sfn.DescribeExecution", lambda _: ended)
    for command, arguments in COMMANDS:
        send(deployed)
        if command == "run-deployed":
            run_on_deploy(deployed, "etl")
        taken = asked(deployed, ops, *arguments)
        assert len(taken) > 4, command
        assert taken <= allowed(command, supervised=settings is not None), command
