"""Existing schedules that a stack keeps: `pulumi import` of the list from `import adopt`, then `up`, on the real engine."""

import os
from pathlib import Path

import pytest

from ops.importing.adoption import adoption
from ops.importing.record import Origin
from ops.project import project_at
from sandbox.engine import Sandbox
from torture.small_stack import STACK

from . import language_host
from .conftest import client

pytestmark = [pytest.mark.engine, pytest.mark.thorough]
GROUP = "scheduled-tasks-local"
ACCOUNT = "eu-west-1:123456789012"


def test_an_adopted_schedule_is_updated_and_not_replaced(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # `pulumi import` starts the host of the project's language.
    language_host.write(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    (box.project / "Pulumi.local.yaml").write_text(STACK)
    scheduler = client(box, "scheduler")
    scheduler.create_schedule_group(Name=GROUP)
    scheduler.create_schedule(
        Name="backup",
        GroupName=GROUP,
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:ecs:{ACCOUNT}:cluster/old",
            "RoleArn": "arn:aws:iam::123456789012:role/old",
            "EcsParameters": {"TaskDefinitionArn": f"arn:aws:ecs:{ACCOUNT}:task-definition/old:1"},
        },
    )
    created = scheduler.get_schedule(GroupName=GROUP, Name="backup")["CreationDate"]
    origin = Origin(
        "schedule", f"arn:aws:scheduler:{ACCOUNT}:schedule/{GROUP}/backup", "backup", GROUP, "", "ENABLED",
        "rate(1 day)", "UTC", "2026-11-27T11:40:00Z",
    )  # fmt: skip
    here = project_at(box.project)
    found = adoption(here.names("local"), here.load("local").tasks, {"backup": origin})
    imported = box.imported(found.resources)
    assert imported.error == ""
    up = box.up()
    assert up.error == ""
    steps = {urn.rsplit("::", 1)[-1]: step for step, urn in up.steps}
    assert (steps["backup-schedule"], steps["tasks-schedules"]) == ("update", "update")
    # The import has a default provider without a version, which ends.
    changed = [
        (step, urn) for step, urn in up.steps if step not in ("create", "same", "update") and "providers" not in urn
    ]
    assert not changed
    after = scheduler.get_schedule(GroupName=GROUP, Name="backup")
    assert after["CreationDate"] == created
    assert after["Target"]["Arn"].endswith(f":cluster/{GROUP}")
