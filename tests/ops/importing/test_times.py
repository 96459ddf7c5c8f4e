"""The interpreters of other tools' times, against their libraries and known instants."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import assume, given, settings

from components.schedules import ExpressionError, next_runs, parse
from ops.importing.times import robfig, rules, vixie
from ops.importing.times.changes import ClockChanges
from ops.importing.times.days import every
from tests.ops.importing import strategies

START = datetime(2026, 11, 27, 8, 20, 30, tzinfo=UTC)


def shown(times: Sequence[datetime]) -> list[str]:
    return [f"{at:%m-%d %H:%M}" for at in times]


@settings(max_examples=60)
@given(strategies.five_fields, strategies.zones)
def test_days_and_times_are_the_instants_of_cronsim(expression: str, zone: str):
    """Except on days with a clock change and the days after, on which cronsim isn't exact."""
    start = datetime(2027, 3, 20, tzinfo=UTC)
    until = start + timedelta(days=30)
    changes = ClockChanges(zone, start, until)
    try:
        iterator = CronSim(expression, start.astimezone(ZoneInfo(zone)))
    except CronSimError:
        assume(False)
        return
    expected = {at.astimezone(UTC) for at in takewhile(lambda at: at.astimezone(UTC) <= until, iterator)}
    found = set(vixie.times_of(expression, zone)(start, until))
    days = {at: at.astimezone(ZoneInfo(zone)).date() for at in found ^ expected}
    assert not [at for at, day in days.items() if not changes.on(day) and not changes.on(day - timedelta(days=1))]


DEBIAN = {
    # cron.c of Debian's cron: a job without a star runs once for each minute that the clock skips, and never twice.
    "skipped": ("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00", ["03-28 01:00", "03-29 00:30"]),
    "skipped twice": ("0,30 2 * * *", "Europe/Berlin", "2027-03-27T12:00", ["03-28 01:00", "03-28 01:00", "03-29 00:00"]),
    "repeated": ("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00", ["10-31 00:30", "11-01 01:30"]),
    "a star skips": ("*/30 2 * * *", "Europe/Berlin", "2027-03-27T12:00", ["03-29 00:00", "03-29 00:30"]),
    "a star repeats": ("*/30 2 * * *", "Europe/Berlin", "2027-10-30T12:00", ["10-31 00:00", "10-31 00:30", "10-31 01:00"]),
    "half an hour": ("15,45 1 * * *", "Australia/Lord_Howe", "2027-04-03T12:00", ["04-03 14:15", "04-03 14:45", "04-04 14:45"]),
    "after half an hour": ("0 * * * *", "Australia/Lord_Howe", "2027-04-03T13:30", ["04-03 14:00", "04-03 15:30", "04-03 16:30"]),
    "a midnight that doesn't exist": ("0 0 * * *", "America/Santiago", "2027-09-04T12:00", ["09-05 04:00", "09-06 03:00"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DEBIAN)
def test_clock_changes_of_cron(name: str):
    expression, zone, start, expected = DEBIAN[name]
    after = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert (
        shown(list(islice(vixie.times_of(expression, zone)(after, after + timedelta(days=9)), len(expected))))
        == expected
    )


# The instant and the amount of each change, from the time zone database.
CHANGES = {
    "Europe/Berlin": [("2027-03-28T01:00", 60), ("2027-10-31T01:00", 60)],
    "America/New_York": [("2027-03-14T07:00", 60), ("2027-11-07T06:00", 60)],
    "America/Santiago": [("2027-04-04T03:00", 60), ("2027-09-05T04:00", 60)],
    "Australia/Lord_Howe": [("2027-04-03T15:00", 30), ("2027-10-02T15:30", 30)],
    "Africa/Cairo": [("2027-04-29T22:00", 60), ("2027-10-28T21:00", 60)],
    "Australia/Adelaide": [("2027-04-03T16:30", 60), ("2027-10-02T16:30", 60)],
    "Asia/Kolkata": [],
}


@pytest.mark.thorough
@pytest.mark.parametrize("zone", CHANGES)
def test_a_clock_change_affects_only_the_times_that_it_skips_or_repeats(zone: str):
    changes = ClockChanges(zone, START, START + timedelta(days=366))
    affected = {
        START.replace(second=0) + timedelta(minutes=minute)
        for minute in range(0, 366 * 1440, 5)
        if changes.affect(START.replace(second=0) + timedelta(minutes=minute))
    }
    expected = {
        datetime.fromisoformat(at).replace(tzinfo=UTC) + timedelta(minutes=minute)
        for at, amount in CHANGES[zone]
        for minute in range(-amount, amount, 5)
    }
    assert affected == expected


ROBFIG = {
    # spec_test.go of robfig/cron: a skipped time doesn't run, and a repeated one runs twice.
    "skipped": ("30 2 * * *", "America/New_York", "2027-03-13", ["03-13 07:30", "03-15 06:30"]),
    "repeated": ("0 1 * * *", "America/New_York", "2026-10-31", ["10-31 05:00", "11-01 05:00", "11-01 06:00", "11-02 06:00"]),
    "a step isn't a star, so either day field matches": ("0 0 */10 * 1", "UTC", "2026-12-01", ["12-01 00:00", "12-07 00:00", "12-11 00:00"]),
    "a star means both": ("0 0 * * 1", "UTC", "2026-12-01", ["12-07 00:00", "12-14 00:00"]),
    "a step of 1 stays a star": ("0 0 */1 * 1", "UTC", "2026-12-01", ["12-07 00:00", "12-14 00:00"]),
    "a single value with a step goes to the end": ("0 20/2 * * *", "UTC", "2026-12-01", ["12-01 20:00", "12-01 22:00"]),
    "names and question marks": ("0 0 ? JAN sun", "UTC", "2027-01-01", ["01-03 00:00", "01-10 00:00"]),
    "a midnight that the clock skips": ("0 0 * * *", "America/Santiago", "2027-09-04", ["09-04 04:00", "09-06 03:00"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ROBFIG)
def test_kubernetes_times(name: str):
    expression, zone, day, expected = ROBFIG[name]
    after = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(minutes=1)
    found = robfig.times_of(expression, zone)(after, after + timedelta(days=60))
    assert shown(list(islice(found, len(expected)))) == expected


RULES = [
    "cron(0 3 * * ? *)", "cron(*/7 9-17/2 ? * MON-FRI *)", "cron(0 0 L * ? *)", "cron(5 4 15W * ? *)", "cron(0 12 31W * ? *)",
    "cron(0 0 ? * 6L *)", "cron(0 0 ? * TUE#2 *)", "cron(0 8 1 JAN,JUL ? 2027)", "cron(10/20 * ? 2 1,7 *)", "cron(0 0 ? * L *)",
    "cron(0 0 1W,15 * ? *)",
]  # fmt: skip


@pytest.mark.parametrize("expression", RULES)
def test_rules_run_as_scheduler_does_in_utc(expression: str):
    """Both services document the same fields. The parser and the calculation are others."""
    until = START + timedelta(days=366)
    expected = takewhile(lambda at: at <= until, next_runs(parse(expression), "UTC", START))
    assert list(rules.times_of(expression)(START, until)) == list(expected)


@pytest.mark.parametrize(
    "expression", ["cron(0 3 * * * *)", "cron(0 3 * * ?)", "rate(0 minutes)", "cron(60 3 * * ? *)", "at(2030-01-01)"]
)
def test_an_expression_that_a_rule_refuses_is_an_error(expression: str):
    with pytest.raises(ExpressionError):
        parse(expression)
    with pytest.raises(ValueError, match=r".*"):
        rules.times_of(expression)


def test_an_interval_counts_from_the_start():
    found = list(every(timedelta(hours=6))(START, START + timedelta(days=1)))
    assert [at - START for at in found] == [timedelta(hours=hours) for hours in (6, 12, 18, 24)]
