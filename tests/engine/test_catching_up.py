"""A task with `catchUp` in the sandbox: deployed by the engine, paused, and resumed after scheduled times have passed."""

import json
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.commands import pausing
from sandbox.engine import Sandbox
from sandbox.projects import example_project

from .conftest import client
from .test_supervised import ended

pytestmark = [pytest.mark.engine, pytest.mark.thorough]
GROUP = "scheduled-tasks-local"


class InThreeDays(datetime):
    """A clock that is three days ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(days=3)


def ops(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--stack", "local"])


def test_a_skipped_time_runs_once_after_the_pause(tmp_path: Path, aws: str, monkeypatch: pytest.MonkeyPatch):
    project = example_project("exceptions", tmp_path / "project")
    file = project / "Pulumi.local.yaml"
    text = file.read_text()
    alone = text[: text.index("only: workdays")] + "timeout: 1h\n      catchUp: { runs: all, maxAge: 60h }\n"
    file.write_text(alone)
    box = Sandbox(tmp_path / "home", project, endpoint=aws)
    assert box.up().error == ""
    preview = box.preview(refresh=True)
    assert (preview.error, preview.steps) == ("", [])
    for name, value in {"AWS_ENDPOINT_URL": aws, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(project)

    assert ops("pause", "send-invoices", "--why", "migration").exit_code == 0
    monkeypatch.setattr(pausing, "datetime", InThreeDays)
    resumed = ops("resume", "send-invoices", "--json")
    assert resumed.exit_code == 0, resumed.output
    found = json.loads(resumed.stdout)
    assert found["resumed"] == ["send-invoices"]
    assert len(found["catchUps"]) in (2, 3)
    # Nothing differs from the configuration.
    assert [row["drift"] for row in json.loads(ops("status", "--json").stdout)["tasks"]] == [[]]
    preview = box.preview(refresh=True)
    assert (preview.error, preview.steps) == ("", [])

    scheduler, states = client(box, "scheduler"), client(box, "stepfunctions")
    listed = [each["Name"] for each in scheduler.list_schedules(GroupName=GROUP)["Schedules"]]
    one_time = [scheduler.get_schedule(GroupName=GROUP, Name=name) for name in listed if "__catchup-" in name]
    times = [json.loads(each["Target"]["Input"])["time"] for each in one_time]
    wanted = [datetime.fromisoformat(each["time"]).astimezone(UTC) for each in found["catchUps"]]
    assert sorted(times) == [f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in wanted]
    # EventBridge Scheduler can deliver a time twice, and the resumed schedule could deliver it too.
    outcomes: list[str] = []
    for each in one_time:
        for delivery in ("first", "second"):
            target, name = each["Target"], f"{each['Name'].rpartition('__')[2]}-{delivery}"
            started = states.start_execution(stateMachineArn=target["Arn"], input=target["Input"], name=name)
            execution = ended(box, started["executionArn"])
            outcomes.append(execution.get("error", execution["status"]))
    assert outcomes == ["SUCCEEDED", "Skipped"] * len(one_time)
    assert box.destroy().error == ""
    groups = [group["Name"] for group in scheduler.list_schedule_groups()["ScheduleGroups"]]
    assert GROUP not in groups, "with the group, AWS deletes its schedules"
