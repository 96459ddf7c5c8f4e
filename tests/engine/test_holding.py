"""Deployments with a gate: schedules move to their new revisions after the tasks with `gate` have run."""

import json

import pytest

from config.program import HOLD
from sandbox import environment
from sandbox.engine import Sandbox

from .conftest import client

pytestmark = [pytest.mark.engine, pytest.mark.thorough]


def configure(box: Sandbox, version: int, *more: str) -> None:
    image = f"app:{version}"
    daily = {"image": image, "schedule": "rate(1 day)"}
    values = {
        "aws:region": "eu-west-1",
        "scheduled-tasks:cluster": {"create": True},
        "scheduled-tasks:catalogue": False,
        "scheduled-tasks:monitoring": {"outcomes": False, "alarms": False},
        "scheduled-tasks:tasks": {
            "backup": daily,
            "migrate": {"image": image, "schedule": "none", "runOn": "deploy", "gate": True},
            "report": {**daily, "timeout": "1h"},
            **dict.fromkeys(more, daily),
        },
    }
    (box.project / "Pulumi.local.yaml").write_text(json.dumps({"config": values}))


def scheduled(box: Sandbox) -> dict[str, tuple[str, str]]:
    """The state of each schedule, and the revision that it starts."""
    scheduler, machines = client(box, "scheduler"), client(box, "stepfunctions")
    found: dict[str, tuple[str, str]] = {}
    for listed in scheduler.list_schedules(GroupName="scheduled-tasks-local")["Schedules"]:
        schedule = scheduler.get_schedule(GroupName="scheduled-tasks-local", Name=listed["Name"])
        target = schedule["Target"]
        if ":stateMachine:" in target["Arn"]:
            run = json.loads(machines.describe_state_machine(stateMachineArn=target["Arn"])["definition"])
            arn = run["States"]["Run"]["Arguments"]["TaskDefinition"]
        else:
            arn = target["EcsParameters"]["TaskDefinitionArn"]
        found[schedule["Name"]] = schedule["State"], arn.rsplit(":", 1)[-1]
    return found


def test_schedules_move_after_the_gate(box: Sandbox, monkeypatch: pytest.MonkeyPatch):
    configure(box, 1)
    assert box.up().error == ""
    first = {"backup": ("ENABLED", "1"), "migrate": ("DISABLED", "1"), "report": ("ENABLED", "1")}
    assert scheduled(box) == first

    configure(box, 2, "new")
    monkeypatch.setitem(environment.ADDED, HOLD, "true")
    assert box.up().error == ""
    assert scheduled(box) == {**first, "migrate": ("DISABLED", "2"), "new": ("DISABLED", "1")}

    monkeypatch.delitem(environment.ADDED, HOLD)
    assert box.up().error == ""
    assert scheduled(box) == {
        "backup": ("ENABLED", "2"),
        "migrate": ("DISABLED", "2"),
        "new": ("ENABLED", "1"),
        "report": ("ENABLED", "2"),
    }
