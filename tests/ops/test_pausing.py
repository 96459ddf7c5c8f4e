"""`scheduled-tasks pause` and `scheduled-tasks resume`: only the state of schedules changes, and pauses are recorded and repeatable."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.scheduler.models import scheduler_backends

from components.aws import names
from components.aws.names import GROUP_TAG
from ops.errors import OpsError
from ops.pauses.record import ALL, Pause, Record, changes, mark, pause_now, read_record
from tests.ops.cloud import ACCOUNT, REGION, Deployed, refusal
from tests.ops.conftest import Ops
from tests.ops.session import share_session

GROUP = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/scheduled-tasks-test"
WHEN = datetime(2026, 11, 25, 4, 34, tzinfo=UTC)


@pytest.fixture
def stack(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """The deployed stack without ended schedules, which a deployment omits."""
    share_session(monkeypatch)
    scheduler, group = deployed.cloud.client("scheduler"), deployed.names.schedule_group
    if scheduler.list_schedules(GroupName=group, NamePrefix="done")["Schedules"]:
        scheduler.delete_schedule(GroupName=group, Name="done")
    return deployed


def schedules(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """Return the settings of each schedule without the time of its last change."""
    scheduler = deployed.cloud.client("scheduler")
    group = deployed.names.schedule_group
    found: dict[str, dict[str, Any]] = {}
    for item in scheduler.list_schedules(GroupName=group)["Schedules"]:
        whole = scheduler.get_schedule(GroupName=group, Name=item["Name"])
        found[item["Name"]] = {
            key: value for key, value in whole.items() if key not in ("ResponseMetadata", "LastModificationDate")
        }
    return found


def states(deployed: Deployed) -> dict[str, str]:
    return {name: whole["State"] for name, whole in schedules(deployed).items()}


def record(deployed: Deployed) -> Record:
    return read_record(tags(deployed))


def tags(deployed: Deployed) -> dict[str, str]:
    found = deployed.cloud.client("scheduler").list_tags_for_resource(ResourceArn=GROUP)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def test_a_pause_changes_only_the_state_and_is_recorded_with_who_and_why(stack: Deployed, ops: Ops):
    before = schedules(stack)
    result = ops("pause", "backup", "--why", "orders-db migration, see (#42)")
    assert (result.exit_code, result.stdout) == (0, "Paused backup.\n")
    assert "`enabled: false` for backup" in result.stderr
    assert "scheduled-tasks resume backup" in result.stderr
    after = schedules(stack)
    assert after.pop("backup") == before.pop("backup") | {"State": "DISABLED"}
    assert after == before
    pause = record(stack).pauses["backup"]
    assert pause.why == "orders-db migration see 42"
    assert "moto" in pause.who
    assert tags(stack)[GROUP_TAG] == "scheduled-tasks-test", "other tags are unchanged"
    again = ops("pause", "backup", "--why", "another reason")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "Already paused: backup" in again.stderr
    assert record(stack).pauses == {"backup": pause}, "the first reason is kept"
    words = f"Paused by hand: backup since {pause.when}, by {pause.who}: orders-db migration"
    assert words in ops("status").stdout
    resumed = ops("resume", "backup", "--json")
    assert json.loads(resumed.stdout) == {
        "resumed": ["backup"],
        "failed": [],
        "missed": [],
        "over": [],
        "left": [],
        "catchUps": [],
    }
    assert record(stack) == Record()
    assert schedules(stack)["backup"]["State"] == "ENABLED"


def test_resume_all_skips_tasks_that_were_paused_before(stack: Deployed, ops: Ops):
    assert ops("pause", "etl", "--why", "first").exit_code == 0
    assert ops("pause", "--all", "--why", "second").exit_code == 0
    assert states(stack) == dict.fromkeys(("backup", "etl", "paused"), "DISABLED")
    found = record(stack)
    assert {task: pause.why for task, pause in found.pauses.items()} == {"etl": "first", ALL: "second"}
    assert (found.left, found.pause_of("paused")) == ({mark("paused")}, None)
    one = ops("resume", "etl")
    assert one.stdout == "Resumed etl.\n"
    assert states(stack)["etl"] == "ENABLED"
    rest = ops("resume", "--all", "--json")
    assert json.loads(rest.stdout)["resumed"] == ["backup"]
    assert json.loads(rest.stdout)["left"] == ["paused"]
    assert "not paused by hand" in rest.stderr
    assert states(stack)["paused"] == "DISABLED"
    assert record(stack) == Record()
    assert ops("resume", "paused").stdout == ""
    assert ops("resume", "paused", "--force").stdout == "Resumed paused.\n"


def test_a_failure_is_reported_and_the_command_can_be_repeated(stack: Deployed, ops: Ops):
    def refuse_etl(request: Any) -> Any:
        return refusal(request.url, 400, "AccessDeniedException", "no") if request.url.endswith("/etl") else None

    stack.cloud.rules.append(("scheduler.UpdateSchedule", refuse_etl))
    result = ops("pause", "--all", "--why", "x")
    assert result.exit_code == 1
    assert "Not paused: etl. UpdateSchedule: Access was denied: no." in result.stderr
    assert states(stack) == {"backup": "DISABLED", "etl": "ENABLED", "paused": "DISABLED"}
    stack.cloud.recover()
    assert ops("pause", "--all", "--why", "x").stdout == "Paused etl.\n"
    assert record(stack).left == {mark("paused")}, "schedules paused by the first attempt count as paused by hand"
    stack.cloud.rules.append(("scheduler.UpdateSchedule", refuse_etl))
    result = ops("resume", "--all")
    assert result.exit_code == 1
    assert "Not resumed: etl." in result.stderr
    assert record(stack).pauses, "the record is kept until all are resumed"
    stack.cloud.recover()
    assert "Resumed etl.\n" in ops("resume", "--all").stdout
    assert states(stack) == {"backup": "ENABLED", "etl": "ENABLED", "paused": "DISABLED"}
    assert record(stack) == Record()


def test_a_pause_is_recorded_before_anything_is_paused(stack: Deployed, ops: Ops):
    def interrupt(_: Any) -> Any:
        raise KeyboardInterrupt

    stack.cloud.rules.append(("scheduler.UpdateSchedule", interrupt))
    result = ops("pause", "backup", "--why", "x")
    assert result.exit_code == 130
    assert "run scheduled-tasks pause again" in result.stderr
    assert "backup" in record(stack).pauses
    stack.cloud.recover()
    assert ops("pause", "backup", "--why", "x").stdout == "Paused backup.\n"
    stack.cloud.refuse("scheduler.TagResource", "AccessDeniedException", "no")
    assert ops("pause", "etl", "--why", "x").exit_code == 1
    assert states(stack)["etl"] == "ENABLED", "without a record, nothing is paused"


def one_time(deployed: Deployed, name: str, time: str) -> None:
    etl = schedules(deployed)["etl"]
    deployed.cloud.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=f"at({time})",
        ScheduleExpressionTimezone="Asia/Tokyo",
        **{key: etl[key] for key in ("GroupName", "FlexibleTimeWindow", "Target")},
    )


def paused_since(deployed: Deployed, when: str, *tasks: str) -> None:
    """Set the times of pauses, and of the last change of all schedules."""
    for task in tasks:
        tag = "scheduled-tasks/paused" if task == ALL else f"scheduled-tasks/paused/{task}"
        deployed.cloud.client("scheduler").tag_resource(
            ResourceArn=GROUP, Tags=[{"Key": tag, "Value": f"{when} alice: long ago"}]
        )
    for schedule in kept(deployed).values():
        schedule.last_modified_date = datetime.fromisoformat(when).timestamp()


def kept(deployed: Deployed) -> dict[str, Any]:
    """Return the schedules in moto's store."""
    groups: Any = scheduler_backends[ACCOUNT][REGION].schedule_groups
    return groups[deployed.names.schedule_group].schedules


def deploy(deployed: Deployed, name: str, *, enabled: bool) -> None:
    """Change the state of a schedule, same as a deployment."""
    schedule = kept(deployed)[name]
    schedule.state = "ENABLED" if enabled else "DISABLED"
    schedule.last_modified_date = datetime.now(UTC).timestamp()


def test_a_one_time_schedule_whose_time_passed_before_the_pause_stays_paused(stack: Deployed, ops: Ops):
    one_time(stack, "late", "2020-01-01T09:00:00")
    one_time(stack, "over", "2019-06-01T00:00:00")
    ops("pause", "--all", "--why", "x")
    paused_since(stack, "2020-01-01T00:00:00Z", ALL)
    result = ops("resume", "--all")
    assert (result.exit_code, result.stdout) == (0, "Resumed backup.\nResumed etl.\n")
    assert "Still paused: late. Its time has passed, so it will not run again." in result.stderr
    assert record(stack) == Record()


def test_a_one_time_schedule_whose_time_passed_during_the_pause_stays_recorded(stack: Deployed, ops: Ops):
    one_time(stack, "late", "2020-01-01T09:00:01")  # one second after the pause
    one_time(stack, "over", "2019-06-01T00:00:00")
    ops("pause", "--all", "--why", "x")
    paused_since(stack, "2020-01-01T00:00:00Z", ALL)
    result = ops("resume", "--all")
    assert (result.exit_code, result.stdout) == (1, "Resumed backup.\nResumed etl.\n")
    assert (
        "Not resumed: late. Its time passed during the pause. To run it now, use scheduled-tasks run." in result.stderr
    )
    assert "Still paused: over. Its time has passed" in result.stderr
    assert "Not resumed: over" not in result.stderr, "it has already run"
    assert states(stack)["late"] == states(stack)["over"] == "DISABLED"
    assert ops("resume", "--all").exit_code == 1, "the record is kept until the schedule is resumed"
    assert ops("resume", "late", "--force").exit_code == 0
    assert states(stack)["late"] == "ENABLED"
    assert ops("resume", "--all").exit_code == 0
    assert record(stack) == Record()


def past_start(request: Any) -> Any:
    start = json.loads(request.body).get("StartDate")
    message = "The StartDate you specify cannot be earlier than 5 minutes ago."
    passed = start is not None and datetime.fromtimestamp(start, UTC) < datetime.now(UTC)
    return refusal(request.url, 400, "ValidationException", message) if passed else None


def test_a_refused_start_date_neither_stops_a_pause_nor_shifts_a_rate(stack: Deployed, ops: Ops):
    stack.cloud.rules.append(("scheduler.UpdateSchedule", past_start))
    result = ops("pause", "etl", "--why", "x")
    assert result.exit_code == 0
    assert (
        "etl: AWS doesn't accept its start 2026-11-01T00:00:00+00:00, which is in the past. It was changed to 20"
        in result.stderr
    )
    assert ops("resume", "etl").exit_code == 0
    etl = schedules(stack)["etl"]
    assert etl["State"] == "ENABLED"
    start = etl["StartDate"] - datetime(2026, 11, 1, tzinfo=UTC)
    assert start % timedelta(hours=6) == timedelta()
    assert timedelta() < etl["StartDate"] - datetime.now(UTC) <= timedelta(hours=6), "its next time"


def test_a_refused_start_date_is_removed_if_no_other_is_accepted(stack: Deployed, ops: Ops):
    def any_start(request: Any) -> Any:
        found = json.loads(request.body).get("StartDate")
        return refusal(request.url, 400, "ValidationException", "StartDate is not taken.") if found else None

    stack.cloud.rules.append(("scheduler.UpdateSchedule", any_start))
    assert (
        "2026-11-01T00:00:00+00:00, which is in the past. It was removed." in ops("pause", "etl", "--why", "x").stderr
    )
    stack.cloud.recover()
    kept(stack)["backup"].start_date = 1
    stack.cloud.rules.append(("scheduler.UpdateSchedule", past_start))
    assert (
        "1970-01-01T00:00:01+00:00, which is in the past. It was removed."
        in ops("pause", "backup", "--why", "x").stderr
    )
    assert "StartDate" not in schedules(stack)["backup"]


def test_a_pause_of_one_task_outlives_a_pause_of_all(stack: Deployed, ops: Ops):
    ops("pause", "--all", "--why", "incident")
    second = ops("pause", "backup", "--why", "database migration", "--stack", "test")
    assert (second.exit_code, second.stdout) == (0, "")
    assert "Already paused: backup" in second.stderr
    assert "To resume, run: scheduled-tasks resume backup --stack test" in second.stderr
    result = ops("resume", "--all")
    assert (result.exit_code, result.stdout) == (0, "Resumed etl.\n")
    assert re.search(
        r"Still paused: backup since .* database migration. To resume it, run: scheduled-tasks resume backup",
        result.stderr,
    )
    assert "not paused by hand: paused." in result.stderr
    assert states(stack)["backup"] == "DISABLED"
    assert record(stack).pauses.keys() == {"backup"}
    assert ops("resume", "backup").stdout == "Resumed backup.\n"
    assert record(stack) == Record()


def test_a_pause_of_all_is_recorded_even_if_each_task_is_paused_already(stack: Deployed, ops: Ops):
    for task in ("backup", "etl"):
        ops("pause", task, "--why", "first")
    ops("pause", "--all", "--why", "incident")
    one = ops("resume", "backup")
    assert one.stdout == "Resumed backup.\n"
    assert "Still paused: all other tasks since" in one.stderr
    assert record(stack).pauses.keys() == {"etl", ALL}
    assert ops("resume", "--all", "--force").exit_code == 0
    assert set(states(stack).values()) == {"ENABLED"}
    assert record(stack) == Record()


def test_a_pause_that_pauses_nothing_is_not_recorded(stack: Deployed, ops: Ops):
    deploy(stack, "paused", enabled=False)
    result = ops("pause", "paused", "--why", "x")
    assert "Already paused: paused" in result.stderr
    assert "in the configuration" not in result.stderr
    assert "To resume, run" not in result.stderr
    assert record(stack) == Record()


def test_an_old_record_does_not_resume_what_the_configuration_pauses_later(stack: Deployed, ops: Ops):
    for arguments in (("etl",), ("--all",)):
        ops("pause", *arguments, "--why", "long ago")
    for name in kept(stack):
        deploy(stack, name, enabled=True)
    paused_since(stack, "2026-01-01T00:00:00Z", "etl", ALL)
    deploy(stack, "etl", enabled=False)
    assert "changed since they were paused by hand" in ops("resume", "etl").stderr
    assert states(stack)["etl"] == "DISABLED"
    paused_since(stack, "2026-01-01T00:00:00Z", "etl", ALL)
    deploy(stack, "etl", enabled=False)
    ops("pause", "--all", "--why", "incident")
    found = record(stack)
    assert {task: pause.why for task, pause in found.pauses.items()} == {ALL: "incident"}, "the old one has ended"
    assert "Resumed backup." in ops("resume", "--all").stdout
    assert states(stack)["etl"] == "DISABLED"


def test_the_end_of_a_pause_forgets_what_was_paused_before(stack: Deployed, ops: Ops):
    stack.schedule(stack.task("etl", "twice", schedules=TWICE), definition(stack))
    deploy(stack, "twice__2", enabled=False)
    ops("pause", "etl", "--why", "continues")
    ops("pause", "twice", "--why", "first")
    assert ops("resume", "twice").stdout == "Resumed twice.\nResumed twice__3.\n"
    assert record(stack).left == frozenset()
    deploy(stack, "twice__2", enabled=True)
    ops("pause", "twice", "--why", "second")
    assert "Resumed twice__2." in ops("resume", "twice").stdout
    assert record(stack).pauses.keys() == {"etl"}


def test_what_was_paused_before_is_remembered_until_the_last_pause_ends(stack: Deployed, ops: Ops):
    stack.schedule(stack.task("etl", "twice", schedules=TWICE), definition(stack))
    for name in ("twice__2", "twice__3"):
        deploy(stack, name, enabled=False)
    ops("pause", "--all", "--why", "incident")
    ops("pause", "twice", "--why", "as well")
    deploy(stack, "twice__3", enabled=True)  # a deployment enables it in between
    ops("pause", "twice", "--why", "as well")
    assert "Resumed twice__3." in ops("resume", "twice").stdout
    assert "Resumed" not in ops("resume", "twice").stdout
    assert "twice__2" not in ops("resume", "--all").stdout
    assert states(stack)["twice__2"] == "DISABLED"
    assert record(stack) == Record()


TWICE = [{"expression": "rate(6 hours)"}, {"expression": "rate(5 hours)"}]


def definition(deployed: Deployed) -> str:
    return schedules(deployed)["etl"]["Target"]["EcsParameters"]["TaskDefinitionArn"]


def list_stale(deployed: Deployed, name: str, state: str) -> None:
    """Make the next list return an earlier state of a schedule."""
    item = {"Name": name, "State": state, "Target": {"Arn": deployed.cluster_arn}, "LastModificationDate": 1}
    deployed.cloud.answer("scheduler.ListSchedules", {"Schedules": [item]})


def test_a_stale_list_does_not_prevent_switching(stack: Deployed, ops: Ops):
    ops("pause", "etl", "--why", "x")
    list_stale(stack, "etl", "ENABLED")
    assert ops("resume", "etl").stdout == "Resumed etl.\n"
    assert states(stack)["etl"] == "ENABLED"
    list_stale(stack, "etl", "DISABLED")
    assert ops("pause", "etl", "--why", "x").stdout == "Paused etl.\n"
    assert states(stack)["etl"] == "DISABLED"
    assert ops("resume", "etl").stdout == "Resumed etl.\n", "it is recorded"


def test_a_concurrent_pause_by_somebody_else_stays_recorded(stack: Deployed, ops: Ops):
    def bob(_: Any) -> None:
        stack.cloud.rules.clear()
        tags = [{"Key": f"scheduled-tasks/{key}", "Value": value} for key, value in BOB.items()]
        stack.cloud.client("scheduler").tag_resource(ResourceArn=GROUP, Tags=tags)

    stack.schedule(stack.task("etl", "twice", schedules=TWICE), definition(stack))
    deploy(stack, "twice__2", enabled=False)
    stack.cloud.rules.append(("scheduler.ListSchedules", bob))
    ops("pause", "twice", "--why", "x")
    found = record(stack)
    assert (found.pauses.keys(), found.left) == ({"etl", "twice"}, {mark("etl__2"), mark("twice__2")})


BOB = {"paused/etl": "w bob: y", "left/1": mark("etl__2")}


def test_invalid_arguments_are_refused(stack: Deployed, ops: Ops):
    for arguments in (("backup",), ("backup", "--why", ""), ("backup", "--why", " # ")):
        assert ops("pause", *arguments).exit_code == 2, "a reason is required"
    for name in ("", " ", ALL):
        for arguments in (("pause", name, "--why", "x"), ("resume", name), ("resume", name, "--force")):
            result = ops(*arguments)
            assert result.exit_code == 2, "an unset variable must not mean all tasks"
            assert "is not a valid task name" in result.stderr
    assert states(stack) == {"backup": "ENABLED", "etl": "ENABLED", "paused": "DISABLED"}
    for arguments in (("pause", "--why", "x"), ("pause", "etl", "--all", "--why", "x"), ("resume", "etl", "--all")):
        result = ops(*arguments)
        assert result.exit_code == 2
        assert "Pass the name of a task, or --all." in result.stderr
    assert 'Did you mean "etl"?' in ops("pause", "elt", "--why", "x").stderr


# The record


def test_the_record_survives_a_round_trip_through_tags():
    pause = pause_now("arn:aws:sts::123456789012:assumed-role/Dev/alice,x", "x" * 300, WHEN)
    task = "t" * 100
    whole = Record({"etl": Pause("w", "a", "b"), ALL: Pause("w", "a", "")}).with_pause(
        task, pause, [], [f"s{n}" for n in range(100)]
    )
    written = whole.tags()
    assert all(len(key) <= 128 and len(value) <= 256 for key, value in written.items())
    assert len(written) == 3 + 3, "100 schedules fit into three tags"
    found = read_record({"team": "data", **written})
    assert found.left == whole.left
    assert found.pauses["etl"] == whole.pauses["etl"]
    assert found.pauses[task].who == "assumed-role/Dev/alice-x"
    assert found.pauses[task].when == "2026-11-25T04:34:00Z"
    assert read_record({"scheduled-tasks/paused": "by me"}).pauses == {ALL: Pause("?", "?", "by me")}


def test_a_pause_of_a_task_with_a_truncated_name_covers_all_its_schedules():
    task = "a" * 90
    held = Record({task: Pause("w", "a", "b")})
    assert all(held.pause_of(names.schedule(task, position)) for position in range(3))
    assert held.pause_of(names.schedule("a" * 91, 0)) is None
    assert Record({"etl": Pause("w", "a", "b")}).pause_of("etl__2")
    assert Record({"etl": Pause("w", "a", "b")}).pause_of("etl-2") is None


def test_too_many_tags_are_refused_with_a_suggestion():
    there = {f"team-{number}": "x" for number in range(49)} | {"scheduled-tasks/paused/etl": "w a: b"}
    held = read_record(there)
    with pytest.raises(OpsError, match=r"would have 51 tags, but 50 are allowed.*--all"):
        changes(there, held.with_pause("backup", Pause("w", "a", "b"), [], []))
    assert changes(there, held.without(["etl"], ["etl"])) == ({}, ["scheduled-tasks/paused/etl"])
