"""Cron fields as AWS expressions: the same instants, or a refusal."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings

from components.schedules import NO_SCHEDULE, ON_DEMAND
from ops.importing.cron_fields import CronFields, Dialect, FieldError, expressions, parsed
from ops.importing.formats.copilot_schedule import copilot_schedule
from ops.importing.model import Times
from ops.importing.proof import Proof, proof
from ops.importing.schedules import interval_minutes, rate, scheduled, seconds_text
from ops.importing.times import copilot, robfig, vixie
from ops.planning.plans import Plan
from tests.ops.importing import strategies

NOW = datetime(2026, 11, 27, 8, 20, 30, tzinfo=UTC)


def proven(fields: CronFields, times: Times, zone: str) -> Proof:
    """The comparison of the keys of a task with the times of its source."""
    keys: dict[str, Any] = dict(scheduled(fields, zone, NOW).keys)
    found = [each["expression"] for each in keys.get("schedules", [])] or [keys["schedule"]]
    plans = [Plan("s", "t", expression, keys["timezone"], True, None, None, None) for expression in found]
    return proof(times, plans, NOW)


@pytest.mark.timeout(900)
@settings(max_examples=strategies.EXAMPLES)
@given(strategies.five_fields, strategies.zones)
@example("* 0 30 2 *", "Europe/Berlin")
@example("* 0 30 2 1", "UTC")
def test_a_crontab_line_has_equal_instants_or_is_refused(expression: str, zone: str):
    check(expression, zone, "vixie", vixie.times_of)


@pytest.mark.timeout(900)
@settings(max_examples=strategies.EXAMPLES)
@given(strategies.five_fields, strategies.zones)
def test_a_cron_job_has_equal_instants_or_is_refused(expression: str, zone: str):
    check(expression, zone, "robfig", robfig.times_of)


@pytest.mark.timeout(900)
@settings(max_examples=strategies.EXAMPLES)
@given(strategies.copilot_schedules)
def test_a_copilot_job_has_equal_instants_or_is_refused(schedule: str):
    """Copilot's rules run in UTC, so there are no clock changes."""
    keys, refusal = copilot_keys(schedule)
    if refusal:
        assert "`" in refusal or "characters" in refusal
        return
    expression = ON_DEMAND if keys["schedule"] == NO_SCHEDULE else str(keys["schedule"])
    plan = Plan("s", "t", expression, str(keys.get("timezone", "UTC")), True, None, None, None)
    assert proof(copilot.times_of(schedule), [plan], NOW).differences == []


def copilot_keys(schedule: str) -> tuple[Mapping[str, object], str]:
    """The keys, or why the schedule is refused."""
    try:
        return copilot_schedule(schedule).keys, ""
    except FieldError as error:
        return {}, str(error)


def check(expression: str, zone: str, dialect: Dialect, times_of: Callable[[str, str], Times]) -> None:
    refusal = refused(expression, dialect)
    if refusal:
        assert "`" in refusal or "day of the week" in refusal or "characters" in refusal
        return
    if dialect == "vixie" and never(parsed(expression, dialect)):
        with pytest.raises(ValueError, match="day-of-month"):
            times_of(expression, zone)
        return
    found = proven(parsed(expression, dialect), times_of(expression, zone), zone)
    # The user sees the remaining differences: at clock changes, and on days that both schedules match.
    assert [difference.sentence for difference in found.differences if not difference.explained] == []
    if zone in ("UTC", "Asia/Kolkata"):
        assert not any(difference.clock_change for difference in found.differences)


def never(fields: CronFields) -> bool:
    """Whether no year has a day of the fields, such as 30 February."""
    longest = max(monthrange(2028, month)[1] for month in fields.months)
    return fields.both and min(fields.days) > longest


def refused(expression: str, dialect: Dialect) -> str:
    """Why a source is refused; empty if it isn't."""
    try:
        expressions(parsed(expression, dialect))
    except FieldError as error:
        return str(error)
    return ""


EXPRESSIONS = {
    "0 3 * * *": ["cron(0 3 * * ? *)"],
    "*/15 9-17 * * 1-5": ["cron(*/15 9-17 ? * MON-FRI *)"],
    "0 0 */2 * *": ["cron(0 0 1/2 * ? *)"],
    "0 0 1,15 * 5": ["cron(0 0 1,15 * ? *)", "cron(0 0 ? * FRI *)"],
    "0 0 * * 5-7": ["cron(0 0 ? * SUN,FRI,SAT *)"],
    "0 0 * jan-mar,12 0": ["cron(0 0 ? 1-3,12 SUN *)"],
    "5-20/5 * * * *": ["cron(5,10,15,20 * * * ? *)"],
    "0 0 15 * 0-7": ["cron(0 0 * * ? *)"],
    "@weekly": ["cron(0 0 ? * SUN *)"],
    "0-59 0-23 1-31 1-12 *": ["cron(* * * * ? *)"],
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_fields_become_expressions(text: str):
    assert expressions(parsed(text, "vixie")) == EXPRESSIONS[text]


REFUSED = {
    "*/60 * * * *": "`*/60`",
    "0 0 0 * *": "`0` isn't a day of the month: use 1 to 31.",
    "60 * * * *": "`60` isn't a minute: use 0 to 59.",
    "*/0 * * * *": "`*/0`",
    "5/15 * * * *": "`5/15`: cron daemons read a step after a single value differently.",
    "5-5/15 * * * *": "`5-5/15`: a step needs a range of several values. Write 5.",
    "0 0 */2 * 1": "must match both",
    "0 0 * * 5-1": "runs backward",
    "0 0 L * *": "`L` isn't a day of the month",
    "0 0 * * fri#2": "`fri#2` isn't a day of the week: use 0 to 7 or SUN to SAT.",
    "0 0 * *": "doesn't have five fields",
    "0 0 ? * 1": "`?`",
    "²0 0 * * *": "`²0`",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_names_the_construct(text: str):
    with pytest.raises(FieldError) as error:
        expressions(parsed(text, "vixie"))
    assert REFUSED[text] in str(error.value)


def test_kubernetes_has_no_weekday_7():
    with pytest.raises(FieldError, match="use 0 to 6"):
        parsed("0 0 * * 7", "robfig")


def test_days_of_both_kinds_can_start_two_runs_at_once():
    """The 13th and Fridays: one line of cron starts once on a Friday the 13th, two schedules start twice."""
    found = proven(parsed("0 0 13 * 5", "vixie"), vixie.times_of("0 0 13 * 5", "UTC"), "UTC")
    assert [difference.sentence for difference in found.differences] == [
        "2027-08-13 00:00Z: 1 run in the source, 2 runs here"
    ]
    assert found.explained


@pytest.mark.parametrize(
    ("text", "zone", "keys"),
    [
        ("*/10 * * * *", "Europe/Berlin", {"schedule": "cron(*/10 * * * ? *)", "timezone": "UTC"}),
        ("0 * * * *", "Australia/Adelaide", {"schedule": "cron(30 * * * ? *)", "timezone": "UTC"}),
        ("0 * * * *", "Asia/Kolkata", {"schedule": "cron(0 * * * ? *)", "timezone": "Asia/Kolkata"}),
        ("0 * * * 1-5", "Europe/Berlin", {"schedule": "cron(0 * ? * MON-FRI *)", "timezone": "Europe/Berlin"}),
    ],
)
def test_an_hourly_schedule_keeps_the_repeated_hour(text: str, zone: str, keys: dict[str, str]):
    fields = parsed(text, "vixie")
    assert scheduled(fields, zone, NOW).keys == keys
    assert proven(fields, vixie.times_of(text, zone), zone).differences == []


SIX = [zone for zone in strategies.NOW_ZONES if zone not in ("UTC", "Asia/Kolkata")]


@pytest.mark.thorough
@pytest.mark.parametrize("zone", SIX)
@pytest.mark.parametrize("times_of", [vixie.times_of, robfig.times_of])
def test_a_clock_change_explains_no_other_difference_of_its_day(zone: str, times_of: Callable[[str, str], Times]):
    """A schedule at another time, only in the months of changes: each difference is a fault, also in their hours."""
    for minute in range(0, 1440, 90):
        hour, rest = divmod(minute + 1, 60)
        source = times_of(f"{rest} {hour} * 3,4,9,10,11 *", zone)
        expression = f"cron({minute % 60} {minute // 60} * 3,4,9-11 ? *)"
        found = proof(source, [Plan("s", "t", expression, zone, True, None, None, None)], NOW)
        assert found.differences
        assert [each for each in found.differences if each.explained] == []


@pytest.mark.thorough
@pytest.mark.parametrize("zone", SIX)
@pytest.mark.parametrize("times_of", [vixie.times_of, robfig.times_of])
def test_a_clock_change_explains_the_differences_of_equal_times(zone: str, times_of: Callable[[str, str], Times]):
    for hours in ("0", "1", "2", "3", "23", "*"):
        expression = f"cron(0,30 {hours} * 3,4,9-11 ? *)"
        source = times_of(f"0,30 {hours} * 3,4,9,10,11 *", zone)
        found = proof(source, [Plan("s", "t", expression, zone, True, None, None, None)], NOW)
        assert [each.sentence for each in found.differences if not each.clock_change] == []
        assert len(found.differences) <= 8


def test_a_fault_in_the_times_is_never_explained():
    found = proven(parsed("0 3 * * *", "vixie"), vixie.times_of("1 3 * * *", "UTC"), "UTC")
    assert (len(found.differences), found.explained) == (2 * 366, False)


def test_intervals():
    assert [rate(interval_minutes(text)) for text in ("1m", "90m", "1h30m", "2h", "48h", "3600s", "1h")] == [
        "rate(1 minute)", "rate(90 minutes)", "rate(90 minutes)", "rate(2 hours)", "rate(2 days)", "rate(1 hour)",
        "rate(1 hour)",
    ]  # fmt: skip
    for text in ("10s", "", "1d", "90", "1m30s"):
        with pytest.raises(FieldError, match=f"@every {text}"):
            interval_minutes(text)
    assert [seconds_text(seconds) for seconds in (90, 900, 7200, 0)] == ["90s", "15m", "2h", "0s"]
