"""Names of schedules: those that are already deployed stay, and none depends on the place of another."""

from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import ScheduledTask
from components.aws import names
from components.resolver import resolve_task
from components.task.schedule_names import ScheduleNames, schedule_names
from tests.mocks import run

A, B, C, NEW = "rate(6 hours)", "cron(0 3 * * ? *)", "at(2099-01-05T02:00:00)", "rate(1 day)"
Entry = dict[str, Any]


def of(*entries: str | Entry, task: str = "job", **args: Any) -> tuple[ScheduleNames, ...]:
    schedules = [{"expression": entry} if isinstance(entry, str) else entry for entry in entries]
    return schedule_names(resolve_task(task, {"image": "a:1", "schedules": schedules, **args}))


def in_pulumi(*entries: str | Entry, **args: Any) -> list[str]:
    return [found.in_pulumi for found in of(*entries, **args)]


def named(name: str, expression: str, **more: Any) -> Entry:
    return {"name": name, "expression": expression, **more}


def test_the_only_schedule_has_the_name_of_its_task_whatever_its_expression():
    task = resolve_task("job", {"image": "a:1", "schedule": A})
    for found in (schedule_names(task), of(A), of(B)):
        [only] = found
        assert (only.in_aws, only.in_pulumi, only.own) == ("job", "job-schedule", "")


def test_one_of_several_is_known_by_its_expression():
    assert [found.in_aws for found in of(A, B, C)] == ["job__rate-b8d583c6", "job__cron-90764a90", "job__at-5d031a62"]
    assert in_pulumi(A, B, C) == [f"job-schedule-{found.own}" for found in of(A, B, C)]


@pytest.mark.parametrize(
    "others", [[NEW, A, B, C], [A, NEW, B, C], [C, A, B, NEW], [B, A], [C, B, A], [named("x", NEW), B, C]], ids=str
)
def test_a_schedule_keeps_its_names_if_others_are_added_removed_or_moved(others: list[str | Entry]):
    before = dict(zip((A, B, C), of(A, B, C), strict=True))
    after = {entry: found for entry, found in zip(others, of(*others), strict=True) if isinstance(entry, str)}
    for expression in before.keys() & after.keys():
        assert after[expression].in_aws == before[expression].in_aws
        assert after[expression].in_pulumi == before[expression].in_pulumi


def test_spelling_and_settings_of_the_task_do_not_count():
    plain = in_pulumi("cron(0 3 * * ? *)", "rate(1 hour)")
    assert in_pulumi("cron(0  3 * * ? *)", "rate(1 hours)") == plain
    assert in_pulumi("cron(0 3 * * ? *)", "rate(1 hour)", timezone="Europe/Berlin", flexible_window="5m") == plain
    assert in_pulumi({"expression": "cron(0 3 * * ? *)", "command": ["x"], "enabled": False}, "rate(1 hour)") == plain


def test_one_expression_in_two_time_zones_is_two_schedules():
    zones = [{"expression": B, "timezone": zone} for zone in ("Europe/Berlin", "America/New_York")]
    assert in_pulumi(*zones) == in_pulumi(*zones[::-1])[::-1]
    assert len(set(in_pulumi(*zones))) == 2


def test_equal_expressions_without_names_are_numbered():
    one, *_ = in_pulumi(A, B)
    assert in_pulumi(A, A, B, A)[:2] == [one, f"{one}-2"]
    assert in_pulumi(A, A, B, A)[3] == f"{one}-3"


def test_a_name_stays_with_another_expression():
    before, after = of(named("sync", A), named("full", B)), of(named("full", C), NEW, named("sync", NEW))
    assert [found.in_aws for found in before] == ["job__sync", "job__full"]
    assert after[2].in_pulumi == before[0].in_pulumi
    assert after[0].in_pulumi == before[1].in_pulumi


# Aliases


def test_an_upgrade_finds_the_schedules_that_were_named_by_position():
    for entries in ([A, B, C], [named("x", A), B, named("y", C)], [A, A, A]):
        for position, found in enumerate(of(*entries)):
            old = "job-schedule" + (f"-{position + 1}" if position else "")
            assert old in found.earlier


def test_a_schedule_that_gets_a_name_is_the_same():
    assert in_pulumi(A, B)[0] in of(named("x", A), B)[0].earlier
    assert "job-schedule" in of(named("x", A))[0].earlier


def test_a_schedule_that_becomes_the_only_one_is_the_same():
    assert in_pulumi(A, B)[1] in of(B)[0].earlier


def test_a_schedule_that_gets_company_is_the_same():
    assert of(A)[0].in_pulumi in of(A, B)[0].earlier


EXPRESSIONS = st.sampled_from([A, B, C, NEW])
OWN = st.one_of(st.none(), st.sampled_from(["a", "b-1", "rate-b8d583c6", "cron-90764a90-2"]))
ENTRIES = st.lists(st.tuples(EXPRESSIONS, OWN), min_size=1, max_size=6).filter(
    lambda entries: len({own for _, own in entries if own}) == sum(1 for _, own in entries if own)
)


@given(ENTRIES, st.sampled_from(["job", "x" * 62, "x" * 100]))
def test_no_two_schedules_have_the_same_name_or_alias(entries: list[tuple[str, str | None]], task: str):
    found = of(*({"expression": each, **({"name": own} if own else {})} for each, own in entries), task=task)
    in_aws = [each.in_aws for each in found]
    pulumi = [name for each in found for name in (each.in_pulumi, *each.earlier)]
    assert len(set(in_aws)) == len(in_aws)
    assert len(set(pulumi)) == len(pulumi)
    by_position = {names.schedule(task, position) for position in range(1, names.MOST_SCHEDULES)}
    assert by_position.isdisjoint(in_aws), "these stay in AWS, so that no new schedule can have them"
    assert all(names.is_schedule_of(name, task) for name in in_aws)
    assert not any(names.is_schedule_of(name, other) for name in in_aws for other in (f"{task}x", task[:-1] or "y"))


def test_the_engine_knows_the_earlier_names_of_a_schedule_and_keeps_its_name_in_aws():
    found: dict[str, tuple[list[str], Any]] = {}

    def look(args: pulumi.ResourceTransformationArgs) -> None:
        if args.type_ == "aws:scheduler/schedule:Schedule":
            aliases: Any = args.opts.aliases
            found[args.name] = ([alias.name for alias in aliases], args.opts.ignore_changes)

    schedules = [{"expression": A}, {"expression": B, "name": "sync"}]
    task: Any = {"image": "a:1", "schedules": schedules, "group_args": {"cluster": "main"}}
    options = pulumi.ResourceOptions(transformations=[look])
    recorded = run(lambda: ScheduledTask("job", task, options), preview=False)
    assert recorded.error is None
    assert found == {
        "job-schedule-rate-b8d583c6": (["job-schedule"], ["name"]),
        "job-schedule-sync": (["job-schedule-cron-90764a90", "job-schedule-2"], ["name"]),
    }
