"""Rules and schedules of AWS: the task runs at the times of the source, or a refusal names the construct."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.schedules import ExpressionError, next_runs, parse
from ops.importing.aws.mapping import reading_of
from ops.importing.aws.model import Found, Rule, Schedule, Target
from ops.importing.aws.values import value_of
from ops.importing.model import Answers, Draft
from ops.importing.proof import proof
from ops.importing.times import scheduler
from ops.planning.plans import Plan
from tests.ops.importing import strategies

NOW = datetime(2026, 11, 27, 8, 20, 30, tzinfo=UTC)
UNTIL = NOW + timedelta(days=366)
TARGET: dict[str, Any] = {
    "Id": "job", "Arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs",
    "EcsParameters": {"TaskDefinitionArn": "report:1", "LaunchType": "FARGATE"},
}  # fmt: skip


def rule_draft(expression: str) -> Draft:
    rule = Rule("account", "rule/x", value_of({"Name": "x", "ScheduleExpression": expression, "State": "ENABLED"}))
    rule.targets.append(Target(value_of(TARGET)))
    reading, _ = reading_of(Found([rule]), Answers())
    assert reading.uncounted == 0
    return reading.drafts[0]


def schedule_draft(**members: Any) -> Draft:
    value = {"Name": "x", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": TARGET, **members}
    reading, _ = reading_of(Found(schedules=[Schedule("account", "schedule/x", value_of(value))]), Answers())
    assert reading.uncounted == 0
    return reading.drafts[0]


def plan_of(draft: Draft) -> Plan:
    """The schedule of a draft, as `next` has it."""
    keys: dict[str, Any] = dict(draft.keys)
    dates = {key: datetime.fromisoformat(keys[key]) if key in keys else None for key in ("start", "end")}
    return Plan("s", "t", keys["schedule"], keys["timezone"], True, dates["start"], dates["end"], None)


def check(draft: Draft, expression: str) -> None:
    if draft.blocked:
        assert any(expression in each.note for each in draft.decisions if each.blocks)
        return
    assert draft.times is not None
    try:
        parse(str(draft.keys["schedule"]))
    except ExpressionError:
        # `check` refuses the draft before its times are compared.
        return
    found = proof(draft.times, [plan_of(draft)], NOW)
    assert [difference.sentence for difference in found.differences] == []


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Expressions of EventBridge, some of which AWS refuses."""
    if draw(st.integers(0, 4)) == 0:
        unit = draw(st.sampled_from(["minute", "minutes", "hour", "hours", "day", "days", "week"]))
        return f"rate({draw(st.sampled_from([0, 1, 2, 7, 30, 90, 1440]))} {unit})"
    number = st.integers(0, 31).map(str)
    minutes = draw(st.sampled_from(["0", "5", "*/15", "10/20", "0,30", "61", "5-7"]))
    hours = draw(st.sampled_from(["*", "0", "2", "3", "9-17/4", "23", "0/6", "24", "1,2,3"]))
    days = draw(st.sampled_from(["?", "*", "1", "L", "15W", "31W", "1W", "*/10", "1-5", "1,L"]) | number)
    weekdays = draw(st.sampled_from(["?", "MON-FRI", "2", "SUN", "6L", "TUE#2", "L", "sat", "1,7", "*", "MON#6", "8"]))
    months = draw(st.sampled_from(["*", "1", "JAN,JUL", "*/2", "3-11", "13", "feb"]))
    year = draw(st.sampled_from(["*", "2027", "2026-2028", "2030/2", "1969"]))
    return f"cron({minutes} {hours} {days} {months} {weekdays} {year})"


@settings(max_examples=strategies.EXAMPLES)
@given(expressions())
def test_a_rule_has_equal_instants_or_is_refused(expression: str):
    check(rule_draft(expression), expression)


DATES = st.sampled_from([None, "2026-01-01T00:00:00Z", "2027-02-01T10:30:00+01:00", "2027-10-31T01:30:00Z"])


@settings(max_examples=strategies.EXAMPLES)
@given(
    expressions() | st.sampled_from(["at(2027-03-28T02:30:00)", "at(2027-10-31T02:30:00)", "at(2020-01-01T00:00:00)"]),
    strategies.zones,
    DATES,
    DATES,
)
def test_a_schedule_has_equal_instants_or_is_refused(expression: str, zone: str, start: str | None, end: str | None):
    dates = {"StartDate": start, "EndDate": end}
    members = {key: value for key, value in dates.items() if value is not None}
    draft = schedule_draft(ScheduleExpression=expression, ScheduleExpressionTimezone=zone, **members)
    check(draft, expression)


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 3 * * ? *)",
        "cron(30 2 ? * SUN *)",
        "cron(*/20 1-3 * * ? *)",
        "cron(0 0 L * ? *)",
        "cron(15 0 * 3,9-11 ? *)",
    ],
)
@pytest.mark.parametrize("zone", strategies.NOW_ZONES)
def test_scheduler_times_in_zones_with_daylight_saving(expression: str, zone: str):
    expected = [
        run.astimezone(UTC) for run in takewhile(lambda run: run <= UNTIL, next_runs(parse(expression), zone, NOW))
    ]
    assert list(scheduler.times_of(expression, zone)(NOW, UNTIL)) == expected


def test_local_times_that_do_not_exist_or_occur_twice():
    """AWS: EventBridge Scheduler user guide, "Schedule types"."""
    times = scheduler.times_of("cron(30 2 * * ? *)", "Europe/Berlin")
    spring = list(times(datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 3, 29, 23, tzinfo=UTC)))
    assert [f"{run:%d %H:%M}" for run in spring] == ["27 01:30", "29 00:30"]
    autumn = list(times(datetime(2027, 10, 30, 12, tzinfo=UTC), datetime(2027, 10, 31, 12, tzinfo=UTC)))
    assert [f"{run:%d %H:%M}" for run in autumn] == ["31 00:30"]


def test_a_rate_counts_from_its_start_and_ends():
    start, end = datetime(2027, 1, 1, 0, 30, tzinfo=UTC), datetime(2027, 1, 1, 5, 30, tzinfo=UTC)
    found = list(scheduler.times_of("rate(2 hours)", "UTC", start, end)(NOW, UNTIL))
    assert [f"{run:%H:%M}" for run in found] == ["00:30", "02:30", "04:30"]


@pytest.mark.parametrize(
    "expression", ["rate(0 days)", "rate(1 week)", "at(2027-02-30T00:00:00)", "cron(0 3 * * * *)", ""]
)
def test_an_expression_that_scheduler_refuses_is_an_error(expression: str):
    with pytest.raises(ExpressionError):
        parse(expression)
    with pytest.raises(ValueError, match=r".*"):
        scheduler.times_of(expression, "UTC")


def test_at_is_one_run():
    at = datetime(2027, 6, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)
    times = scheduler.times_of("at(2027-06-01T12:00:00)", "Asia/Tokyo")
    assert list(times(NOW, UNTIL)) == [at]
    assert list(times(at, UNTIL)) == []
