"""Commands show the times that a task leaves out, each with its reason."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.exceptions.left_out import Exceptions
from config import Source, StackConfig, load
from ops.aws.left_out import SOON, DeployedExceptions, deployed_exceptions
from ops.board.upcoming import in_english
from ops.planning.left_out import LeftOut, left_out_until, next_left_out, next_times
from ops.planning.plans import Plan
from ops.planning.tables import run_rows
from ops.pricing.costs import Assumptions, kept_share
from ops.review.differences import compare
from ops.review.task_text import changed
from ops.state.rows import Source as Source_
from tests.components.supervised.machines import supervised_task
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import supervise

CHRISTMAS = datetime(2026, 12, 24, tzinfo=UTC)
PARTY = Exceptions(dates=("2026-12-24 Party", "2026-12-25 Hangover"))
FILE = "Pulumi.test.yaml"


def plan(exceptions: Exceptions = PARTY, expression: str = "cron(0 3,15 * * ? *)", **changes: Any) -> Plan:
    given: dict[str, Any] = {"enabled": True, "start": None, "end": None, "flexible_window": None, **changes}
    return Plan("test", "job", expression, "UTC", exceptions=exceptions, **given)


def test_runs_omit_times_that_are_left_out():
    assert [f"{run:%d %H}" for run in plan(end=datetime(2026, 12, 26, 4, tzinfo=UTC)).runs(CHRISTMAS)] == ["26 03"]


def test_next_shows_times_that_are_left_out_before_the_runs():
    rows = list(run_rows([plan()], CHRISTMAS, 2, complete=False))
    assert [row[1:] for row in rows] == [
        ("Thu 2026-12-24 03:00 UTC", "Thu 03:00Z", "left out: Party (2 times)"),
        ("Fri 2026-12-25 03:00 UTC", "Fri 03:00Z", "left out: Hangover (2 times)"),
        ("Sat 2026-12-26 03:00 UTC", "Sat 03:00Z", "at 03:00 and 15:00 every day (UTC)"),
        ("Sat 2026-12-26 15:00 UTC", "Sat 15:00Z", ""),
    ]


def test_a_schedule_whose_times_are_all_left_out_never_runs():
    found = next_times(plan(expression="at(2026-12-24T03:00:00)"), CHRISTMAS, 5)
    assert [each.words for each in found if isinstance(each, LeftOut)] == ["left out: Party"]
    assert (
        next(iter(run_rows([plan(expression="at(2026-12-24T03:00:00)")], CHRISTMAS, 5, complete=False)))[1]
        == "Never again"
    )


def test_times_that_are_left_out_until_a_time():
    [found] = left_out_until(plan(), CHRISTMAS, CHRISTMAS + timedelta(hours=12))
    assert (found.words, found.span) == ("left out: Party", "Thu 2026-12-24 03:00")
    assert left_out_until(plan(Exceptions()), CHRISTMAS, CHRISTMAS + timedelta(days=9)) == []


def test_the_next_times_that_are_left_out():
    assert [each.reason for each in next_left_out(plan(), CHRISTMAS, 3)] == ["Party", "Hangover"]
    assert next_left_out(plan(Exceptions()), CHRISTMAS, 3) == []


@pytest.fixture
def with_exceptions(project: Path) -> Path:
    """The task `etl` of the stack `test` runs every six hours, but not on 24 and 25 November 2026."""
    add_exceptions(project)
    return project


def add_exceptions(project: Path) -> None:
    file = project / FILE
    text = file.read_text()
    assert text.count("    etl: {") == 1
    file.write_text(text.replace("    etl: {", '    etl: { except: { dates: ["2026-11-24/2026-11-25 Move"] },'))


def test_next_and_calendar_print_what_is_left_out(with_exceptions: Path, ops: Ops):
    given = ("--stack", "test", "--from", "2026-11-24T12:00:00Z")
    assert "left out: Move (5 times)" in ops("next", "--task", "etl", *given).stdout
    [etl] = json.loads(ops("next", "--task", "etl", "-n", "1", *given, "--json").stdout)
    assert {each["reason"] for each in etl["leftOut"]} == {"Move"}
    assert etl["runs"][0]["utc"] == "2026-11-26T00:00:00+00:00"
    assert "etl Tue 2026-11-24 18:00 left out: Move (5 times)" in ops("calendar", *given).stdout
    by_name = {each["task"]: each for each in json.loads(ops("calendar", *given, "--json").stdout)}
    assert len(by_name["etl"]["leftOut"]) == 5


NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def deployed_input(*days: datetime, until: str = "2029-01-01T00:00:00Z") -> dict[str, Any]:
    spans = [
        {"from": f"{day:%Y-%m-%dT00:00:00Z}", "to": f"{day + timedelta(days=1):%Y-%m-%dT00:00:00Z}", "why": "Move"}
        for day in days
    ]
    return {"except": spans, "exceptUntil": until}


def test_the_input_of_a_schedule_says_what_is_left_out():
    found = deployed_exceptions(json.dumps(deployed_input(CHRISTMAS)))
    assert found.reason(CHRISTMAS) == "Move"
    assert found.reason(CHRISTMAS + timedelta(days=1)) == ""


@pytest.mark.parametrize("text", ["", "{", '{"overrides": {}}', '{"except": "x"}', '{"except": [{"from": 1}]}'])
def test_other_input_leaves_out_nothing(text: str):
    assert deployed_exceptions(text) == DeployedExceptions()


def test_a_warning_one_year_before_the_times_end():
    found = deployed_exceptions(json.dumps(deployed_input(CHRISTMAS)))
    end = datetime(2029, 1, 1, tzinfo=UTC)
    assert found.ending(end - SOON - timedelta(days=1)) == ""
    assert (
        found.ending(end - SOON) == "The times that it leaves out end on 2029-01-01. To add later years, run: pulumi up"
    )
    assert "left out" not in found.ending(end)
    assert "ended on 2029-01-01" in found.ending(end)


def leave_out(deployed: Deployed, *days: datetime, until: str = "2029-01-01T00:00:00Z") -> None:
    """Supervise `etl`, and leave out days in its deployed schedule."""
    supervise(deployed, "etl")
    scheduler, group = deployed.cloud.client("scheduler"), deployed.names.schedule_group
    there = scheduler.get_schedule(GroupName=group, Name="etl")
    whole = {**json.loads(there["Target"]["Input"]), **deployed_input(*days, until=until)}
    there["Target"]["Input"] = json.dumps(whole)
    kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State", "Target", "StartDate")
    scheduler.update_schedule(GroupName=group, Name="etl", **{key: there[key] for key in kept if key in there})


@pytest.fixture
def stack(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    share_session(monkeypatch)
    return deployed


def test_status_shows_the_reason_if_the_next_time_is_left_out(stack: Deployed, ops: Ops):
    today = datetime.now(UTC)
    leave_out(stack, today, today + timedelta(days=1))
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    etl = next(row for row in found["tasks"] if row["task"] == "etl")
    assert etl["leftOut"]["reason"] == "Move"
    assert datetime.fromisoformat(etl["nextRun"]).date() == (today + timedelta(days=2)).date()
    assert "left out" in ops("status", "--stack", "test").stdout


def test_status_shows_other_exceptions_as_a_difference(stack: Deployed, project: Path, ops: Ops):
    leave_out(stack, CHRISTMAS, until="2028-01-01T00:00:00Z")
    add_exceptions(project)
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    etl = next(row for row in found["tasks"] if row["task"] == "etl")
    year = datetime.now(UTC).year
    count = 1 if year <= 2026 else 0
    wanted = f"config {count} {'interval' if count else 'intervals'} until {year + 3}-01-01"
    assert f"except: AWS 1 interval until 2028-01-01, {wanted}" in etl["drift"]


def test_status_and_doctor_warn_before_the_times_end(stack: Deployed, ops: Ops):
    end = f"{datetime.now(UTC) + timedelta(days=200):%Y-%m-%d}"
    leave_out(stack, CHRISTMAS, until=f"{end}T00:00:00Z")
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    etl = next(row for row in found["tasks"] if row["task"] == "etl")
    assert etl["notes"] == [f"The times that it leaves out end on {end}. To add later years, run: pulumi up"]
    assert f"The times that it leaves out end on {end}" in ops("doctor", "--stack", "test").output


def test_backfill_omits_times_that_are_left_out(stack: Deployed, ops: Ops):
    day = datetime.now(UTC) - timedelta(days=2)
    leave_out(stack, day)
    given = ("backfill", "etl", "--from", f"{day:%Y-%m-%dT00:00:00Z}", "--to", f"{day:%Y-%m-%dT23:59:00Z}", "--dry-run")
    without = ops(*given, "--json")
    assert json.loads(without.stdout)["times"] == []
    assert "4 times left out, first" in without.stderr
    assert "pass --include-exceptions" in without.stderr
    with_ = json.loads(ops(*given, "--include-exceptions", "--json").stdout)
    assert len(with_["times"]) == 4


def test_the_cost_of_a_task_is_that_of_the_runs_that_are_left():
    task = supervised_task(only="workdays")
    assert kept_share(task, task.schedules[0], NOW) == pytest.approx(5 / 7, abs=0.01)
    assert kept_share(supervised_task(timeout="1h"), task.schedules[0], NOW) == 1


def test_load_prints_what_is_left_out(with_exceptions: Path, ops: Ops):
    shown = ops("load", "--stack", "test", "--from", "2026-11-24T12:00:00Z").stdout
    assert "etl Tue 2026-11-24 18:00 left out: Move (5 times)" in shown


def test_review_shows_the_next_times_that_are_left_out():
    """The next runs of a task, as an item of a review."""
    old = load_source({})
    new = load_source({"except": {"dates": ["2026-12-24 Party"]}})
    found = compare("test", old, new, NOW, Assumptions())
    [change] = found.changed
    assert change.runs
    assert [runs.left_out for runs in change.runs] == [(), ("Thu 2026-12-24 03:00 UTC (Party)",)]
    [item] = [changed([change], 20)]
    assert any("left out: Thu 2026-12-24 03:00 UTC (Party)" in detail for detail in item.details)


def load_source(keys: dict[str, Any]) -> StackConfig:
    """A stack with the task `job`, which has these keys, too."""
    task = {"image": "a:1", "schedule": "cron(0 3 * * ? *)", **keys}
    return load(Source("test", {"cluster": "main", "catalogue": False, "tasks": {"job": task}}, ()), Path("none"))


def test_the_board_shows_the_reason_if_the_next_time_is_left_out():
    source = Source_("job", enabled=True, times=plan())
    assert in_english(source, CHRISTMAS) == "at 03:00 and 15:00 every day (UTC); next time left out: Party"
    assert in_english(source, CHRISTMAS + timedelta(days=2)) == "at 03:00 and 15:00 every day (UTC)"
    assert in_english(Source_("job", enabled=True, times=None), CHRISTMAS) == ""
