"""`scheduled-tasks pause --until`: a pause that ends by itself, because it moves the start of schedules."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer import BadParameter

from ops.commands.pausing import end_of_pause
from ops.pauses.deferral import deferred_start, is_affected, restored_start
from ops.pauses.record import ALL, Pause, Record, read_record
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.test_pausing import record, schedules

NOW = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
UNTIL = datetime(2026, 11, 28, 6, tzinfo=UTC)
ETL = datetime(2026, 11, 1, tzinfo=UTC)
"""The start of the task `etl`, which runs every six hours."""


@pytest.fixture
def stack(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    share_session(monkeypatch)
    return deployed


def schedule(expression: str, **more: Any) -> dict[str, Any]:
    return {"ScheduleExpression": expression, **more}


@pytest.mark.parametrize(
    ("current", "start"),
    [
        (schedule("cron(0 3 * * ? *)"), UNTIL),
        (schedule("cron(0 3 * * ? *)", StartDate=NOW - timedelta(days=9)), UNTIL),
        (schedule("rate(1 day)"), UNTIL),
        # Its times stay the same.
        (schedule("rate(1 day)", StartDate=NOW - timedelta(days=9)), NOW + timedelta(days=1)),
        (schedule("rate(6 hours)", StartDate=ETL), UNTIL),
        (schedule("at(2026-11-28T03:00:00)"), None),
        (schedule("cron(0 3 * * ? *)", StartDate=NOW + timedelta(hours=1)), None),
        (schedule("cron(0 3 * * ? *)", EndDate=UNTIL), None),
        (schedule("rate(1 day)", StartDate=NOW - timedelta(days=9), EndDate=NOW + timedelta(hours=20)), None),
        (schedule("unknown(1)"), None),
    ],
)
def test_the_start_of_a_deferred_schedule(current: dict[str, Any], start: datetime | None):
    assert deferred_start(current, UNTIL, NOW) == start


@pytest.mark.parametrize(
    ("current", "affected"),
    [
        (schedule("cron(0 3 * * ? *)"), True),
        (schedule("cron(0 3 * * ? *)", StartDate=UNTIL), False),
        (schedule("at(2026-11-28T03:00:00)"), True),
        (schedule("at(2026-11-28T06:30:00)", ScheduleExpressionTimezone="Europe/Berlin"), True),
        (schedule("at(2026-11-28T06:30:00)"), False),
        (schedule("at(2026-11-27T03:00:00)"), False),
    ],
)
def test_a_schedule_is_affected_if_a_run_is_due_in_the_pause(current: dict[str, Any], affected: bool):
    assert is_affected(current, UNTIL, NOW) is affected


def test_the_start_after_an_early_resume():
    assert restored_start(schedule("cron(0 3 * * ? *)", StartDate=UNTIL), NOW) is None
    assert restored_start(schedule("rate(6 hours)", StartDate=UNTIL), NOW) == datetime(2026, 11, 27, 18, tzinfo=UTC)
    assert restored_start(schedule("rate(6 hours)", StartDate=ETL), NOW) == ETL
    at_a_time = datetime(2026, 11, 27, 18, tzinfo=UTC)
    assert restored_start(schedule("rate(6 hours)", StartDate=UNTIL), at_a_time) == datetime(2026, 11, 28, tzinfo=UTC)


def test_the_end_of_a_pause_in_options():
    assert end_of_pause(None, None, NOW) is None
    assert end_of_pause(None, "2h", NOW) == NOW + timedelta(hours=2)
    assert end_of_pause("2026-11-28T07:00:00+01:00", None, NOW) == UNTIL
    found = end_of_pause("06:00", None, NOW)
    assert found is not None
    assert timedelta() < found - NOW <= timedelta(days=1)
    assert f"{found.astimezone():%H:%M}" == "06:00"


@pytest.mark.parametrize(
    ("until", "length", "part"),
    [
        ("06:00", "2h", "not both"),
        ("25:00", None, "Use 00:00 to 23:59"),
        ("tomorrow", None, "is not a time"),
        ("2026-11-28T06:00:00", None, "has no offset"),
        ("2026-11-27T12:00:00Z", None, "is in the past"),
        (None, "two hours", "is not a duration"),
        (None, "999999999d", "out of range"),
    ],
)
def test_other_ends_are_refused(until: str | None, length: str | None, part: str):
    with pytest.raises(BadParameter, match=part):
        end_of_pause(until, length, NOW)


def test_the_record_of_a_pause_with_an_end_survives_a_round_trip_through_tags():
    pause = Pause("2026-11-27T12:30:00Z", "alice", "database: migration", "2026-11-28T06:00:00Z")
    assert pause.text == "2026-11-27T12:30:00Z/2026-11-28T06:00:00Z alice: database: migration"
    given = Record({ALL: pause})
    assert read_record(given.tags()) == given
    assert pause.ends == UNTIL
    assert [(pause.defers(time), pause.has_ended(time)) for time in (NOW, UNTIL)] == [(True, False), (False, True)]


def far(hours: int = 48) -> str:
    return f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def test_a_pause_with_an_end_moves_only_the_start(stack: Deployed, ops: Ops):
    before, until = schedules(stack), far()
    result = ops("pause", "backup", "--until", until, "--why", "migration", "--stack", "test")
    assert (result.exit_code, result.stdout) == (0, "Paused backup.\n")
    assert "The pause ends by itself at" in result.stderr
    assert "To resume before, run: scheduled-tasks resume backup --stack test" in result.stderr
    after = schedules(stack)
    assert after["backup"].pop("StartDate") == datetime.fromisoformat(until)
    assert after == before
    assert record(stack).pauses["backup"].until == until


def test_a_rate_keeps_its_times(stack: Deployed, ops: Ops):
    before = schedules(stack)["etl"]["StartDate"]
    assert ops("pause", "etl", "--for", "20h", "--why", "x").exit_code == 0
    start = schedules(stack)["etl"]["StartDate"]
    assert (start - before) % timedelta(hours=6) == timedelta()
    assert timedelta(hours=20) <= start - datetime.now(UTC) + timedelta(minutes=1) <= timedelta(hours=26, minutes=1)


def test_resume_restores_the_start_and_removes_the_record(stack: Deployed, ops: Ops):
    before = schedules(stack)
    ops("pause", "--all", "--for", "20h", "--why", "x")
    result = ops("resume", "--all")
    assert (result.exit_code, result.stdout) == (0, "Resumed backup.\nResumed etl.\n")
    after = schedules(stack)
    shifted = after["etl"].pop("StartDate") - before["etl"].pop("StartDate")
    assert shifted % timedelta(hours=6) == timedelta()
    assert after == before
    assert record(stack) == Record()


def test_status_shows_the_end_of_a_pause(stack: Deployed, ops: Ops):
    until = far()
    ops("pause", "--all", "--until", until, "--why", "maintenance")
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    [pause] = found["pauses"]
    assert (pause["task"], pause["until"], pause["over"]) == (None, until, False)
    rows = {row["task"]: row for row in found["tasks"]}
    assert rows["backup"]["state"] == rows["etl"]["state"] == "paused"
    assert datetime.fromisoformat(rows["backup"]["nextRun"]) >= datetime.fromisoformat(until)
    assert rows["backup"]["drift"] == rows["etl"]["drift"] == []
    shown = " ".join(ops("status", "--stack", "test").stdout.split())
    assert f"until {until}, by" in shown
    assert f"until {until}" in " ".join(ops("doctor", "--stack", "test").output.split())


def test_a_pause_that_has_ended_has_no_effect(stack: Deployed, ops: Ops):
    ops("pause", "backup", "--for", "1h", "--why", "x")
    ended = f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    pause = record(stack).pauses["backup"]
    tag = {"Key": "scheduled-tasks/paused/backup", "Value": Pause(pause.when, pause.who, "x", ended).text}
    arn = stack.cloud.client("scheduler").get_schedule_group(Name=stack.names.schedule_group)["Arn"]
    stack.cloud.client("scheduler").tag_resource(ResourceArn=arn, Tags=[tag])
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    assert [pause["over"] for pause in found["pauses"]] == [True]
    assert next(row for row in found["tasks"] if row["task"] == "backup")["state"] == "enabled"
    assert "(ended)" in ops("status", "--stack", "test").stdout


def once(stack: Deployed, name: str, hours: int) -> None:
    """Make a schedule a one-time schedule in some hours."""
    scheduler, group = stack.cloud.client("scheduler"), stack.names.schedule_group
    there = scheduler.get_schedule(GroupName=group, Name=name)
    kept = {key: there[key] for key in ("FlexibleTimeWindow", "State", "Target")}
    time = datetime.now(UTC) + timedelta(hours=hours)
    scheduler.update_schedule(GroupName=group, Name=name, ScheduleExpression=f"at({time:%Y-%m-%dT%H:%M:%S})", **kept)


def test_a_one_time_schedule_in_the_pause_is_disabled_and_told(stack: Deployed, ops: Ops):
    once(stack, "backup", 2)
    result = ops("pause", "backup", "--for", "20h", "--why", "x", "--json")
    assert json.loads(result.stdout)["stays"] == ["backup"]
    assert "Paused until you resume it: backup" in result.stderr
    assert schedules(stack)["backup"]["State"] == "DISABLED"
    assert ops("resume", "backup").stdout == "Resumed backup.\n"


def test_a_one_time_schedule_after_the_pause_stays_as_it_is(stack: Deployed, ops: Ops):
    once(stack, "backup", 30)
    before = schedules(stack)
    result = ops("pause", "backup", "--for", "20h", "--why", "x")
    assert "Not paused, because no run is due before the end of the pause: backup" in result.stderr
    assert schedules(stack) == before


def test_a_pause_without_an_end_becomes_one_with_an_end_and_back(stack: Deployed, ops: Ops):
    before, until = schedules(stack), far()
    ops("pause", "backup", "--why", "x")
    assert ops("pause", "backup", "--until", until, "--why", "y").stdout == "Paused backup.\n"
    deferred = schedules(stack)["backup"]
    assert (deferred["State"], deferred["StartDate"]) == ("ENABLED", datetime.fromisoformat(until))
    assert record(stack).pauses["backup"].why == "y"
    longer = far(72)
    ops("pause", "backup", "--until", longer, "--why", "z")
    assert schedules(stack)["backup"]["StartDate"] == datetime.fromisoformat(longer)
    ops("pause", "backup", "--why", "x")
    assert schedules(stack)["backup"] == {**before["backup"], "State": "DISABLED"}
    assert ops("resume", "backup").exit_code == 0
    assert schedules(stack) == before


def test_a_schedule_that_the_configuration_pauses_stays_paused(stack: Deployed, ops: Ops):
    before = schedules(stack)["paused"]
    assert "Already paused: paused" in ops("pause", "paused", "--for", "2h", "--why", "x").stderr
    assert schedules(stack)["paused"] == before
