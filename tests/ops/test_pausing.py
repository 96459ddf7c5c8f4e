"""`ops pause` and `ops resume`: only the state changes, what was paused by hand is on record, and can be repeated."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from components import names
from components.names import GROUP_TAG
from ops.errors import OpsError
from ops.pauses.record import ALL, Pause, Record, changes, mark, pause_now, read_record
from tests.ops.cloud import ACCOUNT, REGION, Deployed, refusal
from tests.ops.conftest import Ops
from tests.ops.session import share_session

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
    group = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{deployed.names.schedule_group}"
    found = deployed.cloud.client("scheduler").list_tags_for_resource(ResourceArn=group)["Tags"]
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
    assert json.loads(resumed.stdout) == {"resumed": ["backup"], "failed": [], "missed": [], "left": []}
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
    assert json.loads(rest.stdout) == {"resumed": ["backup"], "failed": [], "missed": [], "left": ["paused"]}
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


def test_a_one_time_schedule_whose_time_has_passed_is_not_enabled_in_passing(stack: Deployed, ops: Ops):
    etl = schedules(stack)["etl"]
    stack.cloud.client("scheduler").create_schedule(
        Name="late",
        ScheduleExpression="at(2020-01-01T00:00:00)",
        ScheduleExpressionTimezone="Asia/Tokyo",
        **{key: etl[key] for key in ("GroupName", "FlexibleTimeWindow", "Target")},
    )
    ops("pause", "--all", "--why", "x")
    result = ops("resume", "--all")
    assert (result.exit_code, result.stdout) == (1, "resumed backup\nresumed etl\n")
    assert "not resumed: late: its one time has passed" in result.stderr
    assert states(stack)["late"] == "DISABLED"
    assert record(stack) == Record()
    assert ops("resume", "late", "--force").exit_code == 0
    assert states(stack)["late"] == "ENABLED"


def test_a_start_that_aws_refuses_does_not_stop_a_pause(stack: Deployed, ops: Ops):
    def past(request: Any) -> Any:
        refused = "StartDate" in json.loads(request.body)
        message = "The StartDate you specify cannot be earlier than 5 minutes ago."
        return refusal(request.url, 400, "ValidationException", message) if refused else None

    stack.cloud.rules.append(("scheduler.UpdateSchedule", past))
    result = ops("pause", "etl", "--why", "x")
    assert result.exit_code == 0
    assert "etl: its start 2026-11-01T00:00:00+00:00 is left out now" in result.stderr
    assert schedules(stack)["etl"]["State"] == "DISABLED"


def test_mistakes(stack: Deployed, ops: Ops):
    assert ops("pause", "backup").exit_code == 2, "a reason is wanted"
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
        task, pause, [f"s{n}" for n in range(100)]
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
        changes(there, held.with_pause("backup", Pause("w", "a", "b"), []))
    assert changes(there, held.without("etl")) == ({}, ["scheduled-tasks/paused/etl"])
