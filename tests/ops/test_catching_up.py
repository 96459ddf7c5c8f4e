"""`catchUp`: skipped times of a pause run after it, once each and with their scheduled time."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.scheduler.models import scheduler_backends

from components.resolved import CatchUp
from components.task.catch_up import catch_up_in, described
from ops.aws.schedules import Schedule, catch_up_name, caught_up_time
from ops.errors import OpsError
from ops.pauses.catching_up import MOST, before_pause, next_start, times_to_catch_up
from ops.pauses.record import ALL, Pause, Record, read_record
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import supervise
from tests.ops.test_pausing import GROUP, one_time, record, schedules

NOW = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
"""A Friday."""
SINCE = NOW - timedelta(days=3)


def hours(*counts: int) -> list[datetime]:
    """Times on 2026-11-27."""
    return [datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in counts]


def schedule(expression: str, mark: str = "[catchUp: last]", **more: Any) -> Schedule:
    arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/scheduled-tasks-test/etl"
    target = {"Arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"}
    return Schedule("etl", arn, expression, "UTC", enabled=True, target=target, description=mark, **more)


@pytest.mark.parametrize("description", [None, "All orders"])
@pytest.mark.parametrize("catch_up", [CatchUp(runs="last"), CatchUp(runs="all", max_age=21600)])
def test_a_description_keeps_what_is_caught_up(description: str | None, catch_up: CatchUp):
    text = described(description, catch_up)
    assert text
    assert catch_up_in(text) == catch_up
    assert text.startswith(description or "[")


def test_other_descriptions_have_no_mark():
    assert [catch_up_in(text) for text in ("", "catchUp: last", "a [catchUp: none]", "[catchUp: last] b")] == [None] * 4
    assert described("All orders", None) == "All orders"


@pytest.mark.parametrize(
    ("expression", "mark", "times"),
    [
        ("cron(0 3 * * ? *)", "[catchUp: last]", hours(3)),
        ("cron(0 3 * * ? *)", "[catchUp: last, maxAge: 12h]", hours(3)),
        ("cron(0 3 * * ? *)", "[catchUp: last, maxAge: 9h]", []),
        ("cron(0 0/3 * * ? *)", "[catchUp: all, maxAge: 12h]", hours(3, 6, 9, 12)),
        ("cron(* * * * ? *)", "[catchUp: last]", [NOW - timedelta(minutes=1)]),
        ("cron(0 3 1 1 ? *)", "[catchUp: all]", []),
        ("cron(0 3 1 1 ? *)", "[catchUp: last]", []),
        ("cron(0 3 * * ? *)", "All orders", []),
        ("at(2026-11-27T03:00:00)", "[catchUp: last]", hours(3)),
        # It is due at the end of the pause, when the schedule starts it.
        ("at(2026-11-27T12:30:00)", "[catchUp: last]", []),
    ],
)
def test_the_times_that_run_after_a_pause(expression: str, mark: str, times: list[datetime]):
    assert times_to_catch_up(schedule(expression, mark), SINCE, NOW) == times


def test_the_last_time_of_a_long_pause_is_found():
    since = datetime(2006, 1, 1, tzinfo=UTC)
    expected = {
        "cron(0 0 1 1 ? *)": datetime(2026, 1, 1, tzinfo=UTC),
        "cron(0 0 29 2 ? *)": datetime(2024, 2, 29, tzinfo=UTC),
        "cron(0 0 ? * SUN *)": datetime(2026, 11, 22, tzinfo=UTC),
    }
    found = {each: times_to_catch_up(schedule(each), since, NOW) for each in expected}
    assert found == {each: [time] for each, time in expected.items()}


def test_too_many_times_are_refused_with_a_hint():
    every = schedule("cron(* * * * ? *)", "[catchUp: all]")
    assert len(times_to_catch_up(every, NOW - timedelta(minutes=MOST), NOW)) == MOST
    with pytest.raises(OpsError, match="Pass --no-catch-up, and start the missed runs with scheduled-tasks backfill"):
        times_to_catch_up(every, NOW - timedelta(minutes=MOST + 1), NOW)


def test_times_of_a_rate_without_a_start_are_not_guessed():
    with pytest.raises(OpsError, match="without a start"):
        times_to_catch_up(schedule("rate(1 day)"), SINCE, NOW)


def test_times_that_a_schedule_leaves_out_do_not_run():
    spans = [{"from": "2026-11-27T00:00:00Z", "to": "2026-11-28T00:00:00Z", "why": "Stocktaking"}]
    text = json.dumps({"except": spans, "exceptUntil": "2028-12-31T23:00:00Z"})
    machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:x"
    given = Schedule(
        "etl", "arn", "cron(0 3 * * ? *)", "UTC", True, {"Arn": machine, "Input": text}, description="[catchUp: last]"
    )
    assert times_to_catch_up(given, SINCE, NOW) == [datetime(2026, 11, 26, 3, tzinfo=UTC)]


def test_a_rate_whose_start_a_pause_has_moved_keeps_its_times():
    moved = schedule("rate(6 hours)", "[catchUp: all, maxAge: 12h]", start=datetime(2026, 11, 28, 5, tzinfo=UTC))
    assert times_to_catch_up(before_pause(moved, SINCE, moved=True), SINCE, NOW) == hours(5, 11)
    # A schedule that starts later by itself skipped nothing.
    assert times_to_catch_up(before_pause(moved, SINCE, moved=False), SINCE, NOW) == []


@pytest.mark.parametrize("name", ["etl", "nightly-backup", "etl__hourly", "etl__2", "x" * 64])
def test_the_name_of_a_run_tells_its_time(name: str):
    found = catch_up_name(name, NOW)
    assert len(found) <= 64
    assert caught_up_time(found) == NOW
    assert len({found, catch_up_name(name, NOW + timedelta(seconds=1)), catch_up_name(f"{name[:-1]}_", NOW)}) == 3
    assert caught_up_time(name) is None


def test_a_run_starts_at_a_full_minute_that_is_not_over():
    assert next_start(NOW) == NOW + timedelta(minutes=1)
    assert next_start(NOW + timedelta(seconds=31)) == NOW + timedelta(minutes=2)


def test_the_record_of_a_pause_that_continues_another_survives_a_round_trip():
    for until in ("", "2026-11-28T06:00:00Z"):
        given = Record({ALL: Pause("2026-11-27T12:30:00Z", "alice", "b: c", until, "2026-11-26T00:00:00Z")})
        assert read_record(given.tags()) == given
        assert given.pauses[ALL].began == datetime(2026, 11, 26, tzinfo=UTC)


# The commands.


@pytest.fixture
def stack(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """A stack whose task `backup` runs daily at 03:00 and catches up the last time."""
    share_session(monkeypatch)
    daily = {"ScheduleExpression": "cron(0 3 * * ? *)", "ScheduleExpressionTimezone": "UTC"}
    change(deployed, "backup", Description="Dump [catchUp: last]", **daily)
    return deployed


def change(deployed: Deployed, name: str, **changes: Any) -> None:
    scheduler, group = deployed.cloud.client("scheduler"), deployed.names.schedule_group
    found = scheduler.get_schedule(GroupName=group, Name=name)
    known = scheduler.meta.service_model.operation_model("UpdateSchedule").input_shape.members
    scheduler.update_schedule(**{**{key: value for key, value in found.items() if key in known}, **changes})


def begun(deployed: Deployed, task: str, since: timedelta) -> datetime:
    """Move the beginning of the recorded pause, and of its effect, into the past."""
    start = datetime.now(UTC).replace(microsecond=0) - since
    pause = record(deployed).pauses[task]
    moved = Pause(f"{start:%Y-%m-%dT%H:%M:%SZ}", pause.who, pause.why, pause.until)
    tags = [{"Key": key, "Value": value} for key, value in Record({task: moved}).tags().items()]
    deployed.cloud.client("scheduler").tag_resource(ResourceArn=GROUP, Tags=tags)
    groups: Any = scheduler_backends[ACCOUNT][REGION].schedule_groups
    for schedule_ in groups[deployed.names.schedule_group].schedules.values():
        schedule_.last_modified_date = start.timestamp()
    return start


def catch_ups(deployed: Deployed) -> dict[datetime, dict[str, Any]]:
    """The one-time schedules that catch up times, by the time."""
    return {time: it for name, it in schedules(deployed).items() if (time := caught_up_time(name))}


def three(day: datetime) -> datetime:
    """The last time of `backup` before a time."""
    at = day.replace(hour=3, minute=0, second=0, microsecond=0)
    return at if at < day else at - timedelta(days=1)


def test_resume_runs_the_last_skipped_time_once(stack: Deployed, ops: Ops):
    before = schedules(stack)["backup"]
    ops("pause", "backup", "--why", "migration")
    begun(stack, "backup", timedelta(days=3))
    assert ", 1 to catch up\n" in ops("status", "--stack", "test").stdout
    now = datetime.now(UTC)
    result = ops("resume", "backup")
    assert (result.exit_code, result.stdout) == (0, "Resumed backup.\n"), result.stderr
    assert f"Catching up backup: {three(now):%a %Y-%m-%d %H:%M} UTC runs at " in result.stderr
    [(time, made)] = catch_ups(stack).items()
    assert time == three(now)
    assert made["Name"] == catch_up_name("backup", time)
    at = datetime.strptime(made["ScheduleExpression"], "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC)
    assert timedelta(seconds=20) < at - now < timedelta(minutes=2)
    assert (made["ActionAfterCompletion"], made["FlexibleTimeWindow"], made["State"]) == (
        "DELETE", {"Mode": "OFF"}, "ENABLED",
    )  # fmt: skip
    assert made["Target"] == before["Target"]
    assert schedules(stack)["backup"] == before
    # A repeated command changes nothing.
    again = ops("resume", "backup")
    assert (again.exit_code, again.stdout) == (0, "")
    assert [*catch_ups(stack)] == [time]
    status = ops("status", "--stack", "test")
    assert f"Catching up after a pause: backup {time:%m-%d} 03:00Z\n" in status.stdout
    assert [row["task"] for row in json.loads(ops("status", "--stack", "test", "--json").stdout)["catchUps"]] == [
        "backup"
    ]
    assert "catchup" not in "".join(row["task"] for row in json.loads(ops("status", "--json").stdout)["tasks"])


def test_a_supervised_run_has_the_time_that_it_catches_up(stack: Deployed, ops: Ops):
    supervise(stack, "backup")
    change(stack, "backup", Description="[catchUp: all, maxAge: 60h]")
    ops("pause", "backup", "--why", "x")
    begun(stack, "backup", timedelta(days=9))
    ops("resume", "backup")
    found = catch_ups(stack)
    assert len(found) in (2, 3)
    for time, made in found.items():
        given = json.loads(made["Target"]["Input"])
        # The claim of the state machine is made of both, so no time runs twice.
        assert (given["schedule"], given["time"]) == ("backup", f"{time:%Y-%m-%dT%H:%M:%SZ}")
    starts = sorted((time, made["ScheduleExpression"]) for time, made in found.items())
    assert [start for _, start in starts] == sorted({start for _, start in starts}), "the oldest starts first"


def test_tasks_without_the_key_catch_up_nothing(stack: Deployed, ops: Ops):
    ops("pause", "etl", "--why", "x")
    begun(stack, "etl", timedelta(days=3))
    stack.cloud.calls.clear()
    assert json.loads(ops("resume", "etl", "--json").stdout)["catchUps"] == []
    assert stack.cloud.calls.count("scheduler.ListSchedules") == 1
    assert catch_ups(stack) == {}


def test_no_catch_up_starts_nothing(stack: Deployed, ops: Ops):
    ops("pause", "backup", "--why", "x")
    begun(stack, "backup", timedelta(days=3))
    assert ops("resume", "backup", "--no-catch-up").exit_code == 0
    assert catch_ups(stack) == {}


def test_a_pause_with_an_end_plans_the_run_for_its_end(stack: Deployed, ops: Ops):
    until = (datetime.now(UTC) + timedelta(hours=50)).replace(microsecond=0)
    text = f"{until:%Y-%m-%dT%H:%M:%SZ}"
    result = ops("pause", "backup", "--until", text, "--why", "x")
    assert (result.exit_code, result.stdout) == (0, "Paused backup.\n"), result.stderr
    assert {time: it["ScheduleExpression"] for time, it in catch_ups(stack).items()} == {
        three(until): f"at({text.removesuffix('Z')})"
    }
    assert f"Catching up backup: {three(until):%a %Y-%m-%d} 03:00 UTC runs at {until:%Y-%m-%d %H:%M} UTC." in (
        result.stderr
    )
    # A longer pause moves it, and a shorter one has another time.
    later = until + timedelta(days=1)
    ops("pause", "backup", "--until", f"{later:%Y-%m-%dT%H:%M:%SZ}", "--why", "x")
    assert [*catch_ups(stack)] == [three(later)]
    # Without an end, the run starts when somebody resumes the task.
    ops("pause", "backup", "--why", "x")
    assert catch_ups(stack) == {}
    assert record(stack).pauses["backup"].since


def test_an_early_resume_catches_up_only_what_has_been_skipped(stack: Deployed, ops: Ops):
    ops("pause", "backup", "--for", "50h", "--why", "x")
    assert len(catch_ups(stack)) == 1
    assert ops("resume", "backup").exit_code == 0
    assert len(catch_ups(stack)) <= 1, "03:00 may just have passed"
    assert all(time < datetime.now(UTC) for time in catch_ups(stack))

    ops("pause", "backup", "--for", "50h", "--why", "x")
    begun(stack, "backup", timedelta(days=1, minutes=1))
    now = datetime.now(UTC)
    assert ops("resume", "backup").exit_code == 0
    assert [*catch_ups(stack)] == [three(now)]


def test_a_second_pause_keeps_what_the_first_skipped(stack: Deployed, ops: Ops):
    change(stack, "backup", Description="[catchUp: all]")
    ops("pause", "--all", "--why", "incident")
    begun(stack, ALL, timedelta(days=2))
    ops("pause", "backup", "--for", "1h", "--why", "migration")
    now = datetime.now(UTC)
    expected = {three(now), three(now) - timedelta(days=1)}
    assert expected <= {*catch_ups(stack)}
    result = ops("resume", "backup")
    assert result.exit_code == 0, result.stderr
    assert {*catch_ups(stack)} == expected


def test_a_new_pause_keeps_the_runs_of_an_ended_one(stack: Deployed, ops: Ops):
    ops("pause", "backup", "--why", "x")
    begun(stack, "backup", timedelta(days=2))
    ops("resume", "backup")
    [run] = catch_ups(stack)
    ops("pause", "backup", "--for", "1h", "--why", "y")
    ops("pause", "backup", "--for", "2h", "--why", "y")
    assert run in catch_ups(stack), "what was to run still runs"


def test_too_many_times_leave_the_task_paused(stack: Deployed, ops: Ops):
    change(stack, "backup", Description="[catchUp: all]", ScheduleExpression="cron(* * * * ? *)")
    refused = ops("pause", "backup", "--for", "5h", "--why", "x")
    assert (refused.exit_code, schedules(stack)["backup"].get("StartDate")) == (1, None)
    assert "Not paused: backup. The pause skips more than 100 scheduled times" in refused.stderr
    ops("pause", "backup", "--why", "x")
    begun(stack, "backup", timedelta(days=2))
    result = ops("resume", "backup")
    assert (result.exit_code, schedules(stack)["backup"]["State"]) == (1, "DISABLED")
    assert "Pass --no-catch-up, and start the missed runs with scheduled-tasks backfill." in result.stderr
    assert ops("resume", "backup", "--no-catch-up").exit_code == 0


def test_a_one_time_schedule_whose_time_passed_runs_once(stack: Deployed, ops: Ops):
    passed = (datetime.now(UTC) - timedelta(hours=1)).replace(microsecond=0)
    one_time(stack, "late", f"{passed:%Y-%m-%dT%H:%M:%S}")
    change(stack, "late", Description="[catchUp: last]", ScheduleExpressionTimezone="UTC")
    ops("pause", "late", "--why", "x")
    begun(stack, "late", timedelta(days=1))
    result = ops("resume", "late")
    assert result.exit_code == 0, result.stderr
    assert [*catch_ups(stack)] == [passed]
    assert schedules(stack)["late"]["State"] == "DISABLED", "enabled, AWS may run it too"


def test_a_failed_resume_is_repeated_without_a_second_run(stack: Deployed, ops: Ops):
    ops("pause", "backup", "--why", "x")
    begun(stack, "backup", timedelta(days=2))
    stack.cloud.refuse("scheduler.UpdateSchedule", "InternalServerException", status=500)
    assert ops("resume", "backup").exit_code == 1
    assert len(catch_ups(stack)) == 1
    stack.cloud.recover()
    result = ops("resume", "backup")
    assert (result.exit_code, result.stdout) == (0, "Resumed backup.\n"), result.stderr
    assert len(catch_ups(stack)) == 1


def test_resume_removes_the_planned_run_of_a_schedule_that_a_deployment_enabled(stack: Deployed, ops: Ops):
    found = schedules(stack)["backup"]
    ops("pause", "backup", "--for", "50h", "--why", "x")
    assert len(catch_ups(stack)) == 1
    # The deployment replaces all settings.
    scheduler = stack.cloud.client("scheduler")
    scheduler.update_schedule(**{key: value for key, value in found.items() if key not in ("Arn", "CreationDate")})
    assert ops("resume", "backup").exit_code == 0
    assert catch_ups(stack) == {}
    assert record(stack) == Record()
