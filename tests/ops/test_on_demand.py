"""A task without a schedule: `schedule: none`. Its schedule in AWS is disabled and keeps how runs are started."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.schedules import ON_DEMAND
from ops.pricing.costs import Assumptions, task_cost
from ops.project import project_at
from tests.ops.cloud import Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session

MIGRATION = """\
    migrate:
      schedule: none
      image: public.ecr.aws/docker/library/postgres:17
      command: [migrate]
      timezone: Europe/Berlin
      flexibleWindow: 15m
"""


@pytest.fixture
def stack(project: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    share_session(monkeypatch)
    with (project / "Pulumi.test.yaml").open("a") as file:
        file.write(MIGRATION)
    return cloud.deploy(project_at(project).load("test"))


def schedule(stack: Deployed) -> dict[str, Any]:
    return stack.cloud.client("scheduler").get_schedule(GroupName=stack.names.schedule_group, Name="migrate")


def row(ops: Ops) -> dict[str, Any]:
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    return next(row for row in found["tasks"] if row["task"] == "migrate")


def test_its_schedule_starts_nothing_even_if_somebody_enables_it(stack: Deployed):
    """AWS: EventBridge Scheduler user guide, "Schedule types": the years of a cron expression are 1970 to 2199."""
    found = schedule(stack)
    assert (found["State"], found["ScheduleExpression"]) == ("DISABLED", "cron(0 0 1 1 ? 2199)")
    assert found["ScheduleExpressionTimezone"] == "UTC"
    assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_each_command_says_that_it_has_no_schedule(stack: Deployed, ops: Ops):
    assert ops("check", "--stack", "test").exit_code == 0
    [plan] = json.loads(ops("next", "--stack", "test", "--task", "migrate", "--json").stdout)
    assert (plan["runs"], plan["enabled"], plan["explanation"]) == ([], False, "no schedule")
    assert "No schedule" in ops("next", "--stack", "test", "--task", "migrate").stdout
    assert "No schedule" in ops("calendar", "--stack", "test", "--by-task").stdout
    assert (
        "has no schedule. To start a run: scheduled-tasks run migrate"
        in ops("doctor", "--stack", "test", "--full").output
    )


def test_status_tells_it_from_a_paused_task(stack: Deployed, ops: Ops):
    assert (row(ops)["state"], row(ops)["nextRun"], row(ops)["drift"]) == ("on demand", None, [])


def test_status_without_the_configuration_tells_it_from_a_paused_task(
    stack: Deployed, ops: Ops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = json.loads(ops("status", "--group", stack.names.schedule_group, "--region", "eu-west-1", "--json").stdout)
    assert [row["state"] for row in found["tasks"] if row["task"] == "migrate"] == ["on demand"]


def test_nothing_enables_it(stack: Deployed, ops: Ops):
    assert ops("pause", "--all", "--stack", "test", "--why", "release").exit_code == 0
    resumed = ops("resume", "--all", "--stack", "test")
    assert (resumed.exit_code, "migrate" in resumed.output) == (0, False)
    assert "because not paused by hand: paused." in resumed.stderr
    assert ops("resume", "--all", "--force", "--stack", "test").exit_code == 0
    assert (schedule(stack)["State"], schedule(stack)["ScheduleExpression"]) == ("DISABLED", ON_DEMAND)


def test_run_starts_it(stack: Deployed, ops: Ops):
    assert ops("run", "migrate", "--stack", "test", "--detach").exit_code == 0
    [started] = stack.cloud.tasks()
    assert started.task_definition_arn.endswith("__migrate:1")


def test_it_costs_nothing_while_nobody_starts_it(stack: Deployed, project: Path):
    config = project_at(project).load("test")
    assert task_cost(config.tasks["migrate"], config.group, datetime.now(UTC), Assumptions()).total == 0
