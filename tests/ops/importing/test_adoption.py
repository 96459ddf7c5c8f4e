"""`import adopt`: the schedules that a stack can keep."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ops.importing.record import Origin, write_record
from tests.ops.conftest import Ops

FITS = Origin(
    "schedule", "arn:aws:scheduler:eu-west-1:123456789012:schedule/scheduled-tasks-test/etl", "etl",
    "scheduled-tasks-test", "", "ENABLED", "rate(6 hours)", "UTC", "2026-11-27T11:40:00Z",
)  # fmt: skip
LEFT = {
    "It was an EventBridge rule": replace(FITS, kind="rule"),
    "Its schedule is in the group default, and those of the stack are in scheduled-tasks-test": replace(
        FITS, place="default"
    ),
    "Its schedule is old, and that of the task would be etl": replace(FITS, name="old"),
}


def test_a_schedule_with_the_names_of_the_stack_is_kept(project: Path, ops: Ops):
    write_record(project / "config" / "imported.json", {"etl": FITS, "gone": FITS})
    result = ops("import", "adopt", "--stack", "test")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["resources"] == [
        {"type": "ecs-scheduled-tasks:index:ScheduledTaskGroup", "name": "tasks", "component": True},
        {
            "type": "aws:scheduler/scheduleGroup:ScheduleGroup",
            "name": "tasks-schedules",
            "parent": "tasks",
            "id": "scheduled-tasks-test",
        },
        {"type": "ecs-scheduled-tasks:index:ScheduledTask", "name": "etl", "component": True},
        {
            "type": "aws:scheduler/schedule:Schedule",
            "name": "etl-schedule",
            "parent": "etl",
            "id": "scheduled-tasks-test/etl",
        },
    ]
    assert "Not kept: gone. The stack has no such task." in result.stderr


@pytest.mark.parametrize("why", LEFT)
def test_any_other_schedule_is_named_with_the_reason(project: Path, ops: Ops, why: str):
    write_record(project / "config" / "imported.json", {"etl": LEFT[why]})
    result = ops("import", "adopt", "--stack", "test")
    assert (result.exit_code, json.loads(result.stdout)) == (1, {"resources": []})
    assert f"Not kept: etl. {why}" in result.stderr


def test_a_record_is_needed(project: Path, ops: Ops):
    result = ops("import", "adopt", "--stack", "test")
    assert (result.exit_code, "has no tasks. `import aws` writes it." in result.stderr) == (1, True)
