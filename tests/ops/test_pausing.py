"""`ops pause` and `ops resume`: only the state changes, what was paused by hand is on record, and can be repeated."""

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
    """What is deployed, but for what has ended, which a deployment leaves out."""
    share_session(monkeypatch)
    scheduler, group = deployed.cloud.client("scheduler"), deployed.names.schedule_group
    if scheduler.list_schedules(GroupName=group, NamePrefix="done")["Schedules"]:
        scheduler.delete_schedule(GroupName=group, Name="done")
    return deployed


def schedules(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """All that AWS says of each schedule, but for when it was changed."""
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


def test_a_pause_changes_the_state_and_nothing_else_and_is_kept_with_who_and_why(stack: Deployed, ops: Ops):
    before = schedules(stack)
    result = ops("pause", "backup", "--why", "orders-db is being moved, see (#42)")
    assert (result.exit_code, result.stdout) == (0, "paused backup\n")
    assert "enabled: false of backup" in result.stderr
    assert "ops resume backup" in result.stderr
    after = schedules(stack)
    assert after.pop("backup") == before.pop("backup") | {"State": "DISABLED"}
    assert after == before
    pause = record(stack).pauses["backup"]
    assert pause.why == "orders-db is being moved see 42"
    assert "moto" in pause.who
    assert tags(stack)[GROUP_TAG] == "scheduled-tasks-test", "other tags stay"
    again = ops("pause", "backup", "--why", "another reason")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "paused before: backup" in again.stderr
    assert record(stack).pauses == {"backup": pause}, "the first reason stays"
    known = ops("resume")
    assert known.exit_code == 1
    assert f"paused by hand: backup since {pause.when}, by {pause.who}: orders-db is being moved" in known.stderr
    resumed = ops("resume", "backup", "--json")
    assert json.loads(resumed.stdout) == {"resumed": ["backup"], "failed": [], "missed": [], "over": [], "left": []}
    assert record(stack) == Record()
    assert schedules(stack)["backup"]["State"] == "ENABLED"


def test_all_are_paused_and_those_resumed_that_were_not_paused_before(stack: Deployed, ops: Ops):
    assert ops("pause", "etl", "--why", "first").exit_code == 0
    assert ops("pause", "--all", "--why", "second").exit_code == 0
    assert states(stack) == dict.fromkeys(("backup", "etl", "paused"), "DISABLED")
    found = record(stack)
    assert {task: pause.why for task, pause in found.pauses.items()} == {"etl": "first", ALL: "second"}
    assert (found.left, found.pause_of("paused")) == ({mark("paused")}, None)
    one = ops("resume", "etl")
    assert one.stdout == "resumed etl\n"
    assert states(stack)["etl"] == "ENABLED"
    rest = ops("resume", "--all", "--json")
    assert json.loads(rest.stdout)["resumed"] == ["backup"]
    assert json.loads(rest.stdout)["left"] == ["paused"]
    assert "not paused by hand" in rest.stderr
    assert states(stack)["paused"] == "DISABLED"
    assert record(stack) == Record()
    assert ops("resume", "paused").stdout == ""
    assert ops("resume", "paused", "--force").stdout == "resumed paused\n"


def test_what_fails_is_said_and_can_be_repeated(stack: Deployed, ops: Ops):
    def refuse_etl(request: Any) -> Any:
        return refusal(request.url, 400, "AccessDeniedException", "no") if request.url.endswith("/etl") else None

    stack.cloud.rules.append(("scheduler.UpdateSchedule", refuse_etl))
    result = ops("pause", "--all", "--why", "x")
    assert result.exit_code == 1
    assert "not paused: etl: UpdateSchedule: access was denied: no." in result.stderr
    assert states(stack) == {"backup": "DISABLED", "etl": "ENABLED", "paused": "DISABLED"}
    stack.cloud.be_well()
    assert ops("pause", "--all", "--why", "x").stdout == "paused etl\n"
    assert record(stack).left == {mark("paused")}, "what the first attempt paused is paused by hand"
    stack.cloud.rules.append(("scheduler.UpdateSchedule", refuse_etl))
    result = ops("resume", "--all")
    assert result.exit_code == 1
    assert "not resumed: etl" in result.stderr
    assert record(stack).pauses, "it is on record until all are resumed"
    stack.cloud.be_well()
    assert "resumed etl\n" in ops("resume", "--all").stdout
    assert states(stack) == {"backup": "ENABLED", "etl": "ENABLED", "paused": "DISABLED"}
    assert record(stack) == Record()


def test_an_interrupted_pause_is_on_record_before_anything_is_paused(stack: Deployed, ops: Ops):
    def interrupt(_: Any) -> Any:
        raise KeyboardInterrupt

    stack.cloud.rules.append(("scheduler.UpdateSchedule", interrupt))
    result = ops("pause", "backup", "--why", "x")
    assert result.exit_code == 130
    assert "Do it again: ops pause" in result.stderr
    assert "backup" in record(stack).pauses
    stack.cloud.be_well()
    assert ops("pause", "backup", "--why", "x").stdout == "paused backup\n"
    stack.cloud.refuse("scheduler.TagResource", "AccessDeniedException", "no")
    assert ops("pause", "etl", "--why", "x").exit_code == 1
    assert states(stack)["etl"] == "ENABLED", "what cannot be put on record is not paused"


def one_time(deployed: Deployed, name: str, time: str) -> None:
    etl = schedules(deployed)["etl"]
    deployed.cloud.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=f"at({time})",
        ScheduleExpressionTimezone="Asia/Tokyo",
        **{key: etl[key] for key in ("GroupName", "FlexibleTimeWindow", "Target")},
    )


def paused_since(deployed: Deployed, when: str, *tasks: str) -> None:
    """Let what is paused have been so since an instant: the pauses, and the last change of all schedules."""
    for task in tasks:
        tag = "scheduled-tasks/paused" if task == ALL else f"scheduled-tasks/paused/{task}"
        deployed.cloud.client("scheduler").tag_resource(
            ResourceArn=GROUP, Tags=[{"Key": tag, "Value": f"{when} alice: long ago"}]
        )
    for schedule in kept(deployed).values():
        schedule.last_modified_date = datetime.fromisoformat(when).timestamp()


def kept(deployed: Deployed) -> dict[str, Any]:
    """The schedules as moto keeps them."""
    groups: Any = scheduler_backends[ACCOUNT][REGION].schedule_groups
    return groups[deployed.names.schedule_group].schedules


def deploy(deployed: Deployed, name: str, *, enabled: bool) -> None:
    """A schedule as a deployment that changes it leaves it."""
    schedule = kept(deployed)[name]
    schedule.state = "ENABLED" if enabled else "DISABLED"
    schedule.last_modified_date = datetime.now(UTC).timestamp()


def test_a_one_time_schedule_that_missed_its_time_is_not_enabled_in_passing(stack: Deployed, ops: Ops):
    one_time(stack, "late", "2020-01-01T09:00:00")
    one_time(stack, "over", "2019-06-01T00:00:00")
    ops("pause", "--all", "--why", "x")
    paused_since(stack, "2020-01-01T00:00:00Z", ALL)
    result = ops("resume", "--all")
    assert (result.exit_code, result.stdout) == (0, "resumed backup\nresumed etl\n")
    assert "late stays paused: its one time was over before the pause, and it never runs again" in result.stderr
    assert record(stack) == Record()


def test_a_one_time_schedule_whose_time_came_while_it_was_paused_stays_on_record(stack: Deployed, ops: Ops):
    one_time(stack, "late", "2020-01-01T09:00:01")  # one second after the pause
    one_time(stack, "over", "2019-06-01T00:00:00")
    ops("pause", "--all", "--why", "x")
    paused_since(stack, "2020-01-01T00:00:00Z", ALL)
    result = ops("resume", "--all")
    assert (result.exit_code, result.stdout) == (1, "resumed backup\nresumed etl\n")
    assert "not resumed: late: its one time came while it was paused. ops run runs it" in result.stderr
    assert "over stays paused: its one time was over before the pause" in result.stderr
    assert "not resumed: over" not in result.stderr, "it ran: to run it by hand would be a second time"
    assert states(stack)["late"] == states(stack)["over"] == "DISABLED"
    assert ops("resume", "--all").exit_code == 1, "it is on record until it is dealt with"
    assert ops("resume", "late", "--force").exit_code == 0
    assert states(stack)["late"] == "ENABLED"
    assert ops("resume", "--all").exit_code == 0
    assert record(stack) == Record()


def past_start(request: Any) -> Any:
    start = json.loads(request.body).get("StartDate")
    message = "The StartDate you specify cannot be earlier than 5 minutes ago."
    passed = start is not None and datetime.fromtimestamp(start, UTC) < datetime.now(UTC)
    return refusal(request.url, 400, "ValidationException", message) if passed else None


def test_a_start_that_aws_refuses_does_not_stop_a_pause_or_shift_a_rate(stack: Deployed, ops: Ops):
    stack.cloud.rules.append(("scheduler.UpdateSchedule", past_start))
    result = ops("pause", "etl", "--why", "x")
    assert result.exit_code == 0
    assert "etl: its start 2026-11-01T00:00:00+00:00 is 20" in result.stderr
    assert ops("resume", "etl").exit_code == 0
    etl = schedules(stack)["etl"]
    assert etl["State"] == "ENABLED"
    start = etl["StartDate"] - datetime(2026, 11, 1, tzinfo=UTC)
    assert start % timedelta(hours=6) == timedelta()
    assert timedelta() < etl["StartDate"] - datetime.now(UTC) <= timedelta(hours=6), "the next of its times"


def test_a_start_that_aws_refuses_of_another_schedule_is_left_out(stack: Deployed, ops: Ops):
    def any_start(request: Any) -> Any:
        found = json.loads(request.body).get("StartDate")
        return refusal(request.url, 400, "ValidationException", "StartDate is not taken.") if found else None

    stack.cloud.rules.append(("scheduler.UpdateSchedule", any_start))
    assert "etl: its start 2026-11-01T00:00:00+00:00 is left out now" in ops("pause", "etl", "--why", "x").stderr
    stack.cloud.be_well()
    kept(stack)["backup"].start_date = 1
    stack.cloud.rules.append(("scheduler.UpdateSchedule", past_start))
    assert "backup: its start 1970-01-01T00:00:01+00:00 is left out now" in ops("pause", "backup", "--why", "x").stderr
    assert "StartDate" not in schedules(stack)["backup"]


def test_a_pause_of_one_task_outlives_that_of_all(stack: Deployed, ops: Ops):
    ops("pause", "--all", "--why", "incident")
    second = ops("pause", "backup", "--why", "the database is being moved", "--stack", "test")
    assert (second.exit_code, second.stdout) == (0, "")
    assert "paused before: backup" in second.stderr
    assert "end it with: python -m ops resume backup --stack test" in second.stderr
    result = ops("resume", "--all")
    assert (result.exit_code, result.stdout) == (0, "resumed etl\n")
    assert re.search(
        r"backup stays paused since .* the database is being moved. End it with: ops resume backup", result.stderr
    )
    assert "left as they are: paused." in result.stderr
    assert states(stack)["backup"] == "DISABLED"
    assert record(stack).pauses.keys() == {"backup"}
    assert ops("resume", "backup").stdout == "resumed backup\n"
    assert record(stack) == Record()


def test_a_pause_of_all_is_on_record_where_each_task_has_one_already(stack: Deployed, ops: Ops):
    for task in ("backup", "etl"):
        ops("pause", task, "--why", "first")
    ops("pause", "--all", "--why", "incident")
    one = ops("resume", "backup")
    assert one.stdout == "resumed backup\n"
    assert "all other tasks stay paused since" in one.stderr
    assert record(stack).pauses.keys() == {"etl", ALL}
    assert ops("resume", "--all", "--force").exit_code == 0
    assert set(states(stack).values()) == {"ENABLED"}
    assert record(stack) == Record()


def test_where_nothing_is_paused_nothing_is_recorded_and_nothing_has_to_follow(stack: Deployed, ops: Ops):
    deploy(stack, "paused", enabled=False)
    result = ops("pause", "paused", "--why", "x")
    assert "paused before: paused" in result.stderr
    assert "has to follow" not in result.stderr
    assert "end it with" not in result.stderr
    assert record(stack) == Record()


def test_what_the_configuration_pauses_later_is_not_resumed_by_an_old_record(stack: Deployed, ops: Ops):
    for arguments in (("etl",), ("--all",)):
        ops("pause", *arguments, "--why", "long over")
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
    assert {task: pause.why for task, pause in found.pauses.items()} == {ALL: "incident"}, "the old one is over"
    assert "resumed backup" in ops("resume", "--all").stdout
    assert states(stack)["etl"] == "DISABLED"


def test_what_was_paused_before_is_forgotten_when_the_pause_ends(stack: Deployed, ops: Ops):
    stack.schedule("twice", {**stack.config.tasks["etl"], "schedules": TWICE}, definition(stack))
    deploy(stack, "twice__2", enabled=False)
    ops("pause", "etl", "--why", "goes on")
    ops("pause", "twice", "--why", "first")
    assert ops("resume", "twice").stdout == "resumed twice\nresumed twice__3\n"
    assert record(stack).left == frozenset()
    deploy(stack, "twice__2", enabled=True)
    ops("pause", "twice", "--why", "second")
    assert "resumed twice__2" in ops("resume", "twice").stdout
    assert record(stack).pauses.keys() == {"etl"}


def test_what_was_paused_before_is_known_until_the_last_pause_on_it_ends(stack: Deployed, ops: Ops):
    stack.schedule("twice", {**stack.config.tasks["etl"], "schedules": TWICE}, definition(stack))
    for name in ("twice__2", "twice__3"):
        deploy(stack, name, enabled=False)
    ops("pause", "--all", "--why", "incident")
    ops("pause", "twice", "--why", "as well")
    deploy(stack, "twice__3", enabled=True)  # the configuration enables it meanwhile
    ops("pause", "twice", "--why", "as well")
    assert "resumed twice__3" in ops("resume", "twice").stdout
    assert "resumed" not in ops("resume", "twice").stdout
    assert "twice__2" not in ops("resume", "--all").stdout
    assert states(stack)["twice__2"] == "DISABLED"
    assert record(stack) == Record()


TWICE = [{"expression": "rate(6 hours)"}, {"expression": "rate(5 hours)"}]


def definition(deployed: Deployed) -> str:
    return schedules(deployed)["etl"]["Target"]["EcsParameters"]["TaskDefinitionArn"]


def behind(deployed: Deployed, name: str, state: str) -> None:
    """The next list has a schedule as it was before."""
    item = {"Name": name, "State": state, "Target": {"Arn": deployed.cluster_arn}, "LastModificationDate": 1}
    deployed.cloud.answer("scheduler.ListSchedules", {"Schedules": [item]})


def test_a_list_that_is_behind_keeps_nothing_from_being_switched(stack: Deployed, ops: Ops):
    ops("pause", "etl", "--why", "x")
    behind(stack, "etl", "ENABLED")
    assert ops("resume", "etl").stdout == "resumed etl\n"
    assert states(stack)["etl"] == "ENABLED"
    behind(stack, "etl", "DISABLED")
    assert ops("pause", "etl", "--why", "x").stdout == "paused etl\n"
    assert states(stack)["etl"] == "DISABLED"
    assert ops("resume", "etl").stdout == "resumed etl\n", "it is on record"


def test_a_pause_that_somebody_else_makes_meanwhile_stays_on_record(stack: Deployed, ops: Ops):
    def bob(_: Any) -> None:
        stack.cloud.rules.clear()
        tags = [{"Key": f"scheduled-tasks/{key}", "Value": value} for key, value in BOB.items()]
        stack.cloud.client("scheduler").tag_resource(ResourceArn=GROUP, Tags=tags)

    stack.schedule("twice", {**stack.config.tasks["etl"], "schedules": TWICE}, definition(stack))
    deploy(stack, "twice__2", enabled=False)
    stack.cloud.rules.append(("scheduler.ListSchedules", bob))
    ops("pause", "twice", "--why", "x")
    found = record(stack)
    assert (found.pauses.keys(), found.left) == ({"etl", "twice"}, {mark("etl__2"), mark("twice__2")})


BOB = {"paused/etl": "w bob: y", "left/1": mark("etl__2")}


def test_mistakes(stack: Deployed, ops: Ops):
    for arguments in (("backup",), ("backup", "--why", ""), ("backup", "--why", " # ")):
        assert ops("pause", *arguments).exit_code == 2, "a reason is wanted"
    for name in ("", " ", ALL):
        for arguments in (("pause", name, "--why", "x"), ("resume", name), ("resume", name, "--force")):
            result = ops(*arguments)
            assert result.exit_code == 2, "a variable that is not set does not stand for all"
            assert "is no name of a task" in result.stderr
    assert states(stack) == {"backup": "ENABLED", "etl": "ENABLED", "paused": "DISABLED"}
    for arguments in (("pause", "--why", "x"), ("pause", "etl", "--all", "--why", "x"), ("resume", "etl", "--all")):
        result = ops(*arguments)
        assert result.exit_code == 1
        assert "say which" in result.stderr
    assert 'Did you mean "etl"?' in ops("pause", "elt", "--why", "x").stderr


# The record


def test_the_record_is_the_same_when_it_comes_back_from_the_tags():
    pause = pause_now("arn:aws:sts::123456789012:assumed-role/Dev/alice,x", "x" * 300, WHEN)
    task = "t" * 100
    whole = Record({"etl": Pause("w", "a", "b"), ALL: Pause("w", "a", "")}).with_pause(
        task, pause, [], [f"s{n}" for n in range(100)]
    )
    written = whole.tags()
    assert all(len(key) <= 128 and len(value) <= 256 for key, value in written.items())
    assert len(written) == 3 + 3, "a hundred schedules fit into three tags"
    found = read_record({"team": "data", **written})
    assert found.left == whole.left
    assert found.pauses["etl"] == whole.pauses["etl"]
    assert found.pauses[task].who == "assumed-role/Dev/alice-x"
    assert found.pauses[task].when == "2026-11-25T04:34:00Z"
    assert read_record({"scheduled-tasks/paused": "by me"}).pauses == {ALL: Pause("?", "?", "by me")}


def test_a_task_whose_name_is_cut_is_known_by_all_of_its_schedules():
    task = "a" * 90
    held = Record({task: Pause("w", "a", "b")})
    assert all(held.pause_of(names.schedule(task, position)) for position in range(3))
    assert held.pause_of(names.schedule("a" * 91, 0)) is None
    assert Record({"etl": Pause("w", "a", "b")}).pause_of("etl__2")
    assert Record({"etl": Pause("w", "a", "b")}).pause_of("etl-2") is None


def test_more_tags_than_a_group_can_have_are_refused_with_a_way_out():
    there = {f"team-{number}": "x" for number in range(49)} | {"scheduled-tasks/paused/etl": "w a: b"}
    held = read_record(there)
    with pytest.raises(OpsError, match=r"would have 51 tags, and 50 are the most.*--all"):
        changes(there, held.with_pause("backup", Pause("w", "a", "b"), [], []))
    assert changes(there, held.without(["etl"], ["etl"])) == ({}, ["scheduled-tasks/paused/etl"])
