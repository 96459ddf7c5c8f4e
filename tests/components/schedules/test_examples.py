"""Examples and rules from AWS's user guides.

EventBridge Scheduler user guide, "Schedule types"; EventBridge user guide, "Cron expressions reference", whose
grammar is the same.
"""

from datetime import UTC, datetime
from itertools import islice

import pytest

from components.schedules import Cron, ExpressionError, explain, known_timezone, nearest_timezones, next_runs, parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def runs(expression: str, zone: str = "UTC", after: datetime = NOW, count: int = 3, **limits: datetime) -> list[str]:
    found = next_runs(parse(expression), zone, after, **limits)
    return [f"{run:%Y-%m-%dT%H:%M%z}".removesuffix("+0000") for run in islice(found, count)]


GUIDE = {
    "rate(1 hours)": ["2026-11-24T01:00", "2026-11-24T02:00", "2026-11-24T03:00"],
    "rate(1 days)": ["2026-11-25T00:00", "2026-11-26T00:00", "2026-11-27T00:00"],
    "rate(5 minutes)": ["2026-11-24T00:05", "2026-11-24T00:10", "2026-11-24T00:15"],
    "rate(1 minute)": ["2026-11-24T00:01", "2026-11-24T00:02", "2026-11-24T00:03"],
    "rate(15 minutes)": ["2026-11-24T00:15", "2026-11-24T00:30", "2026-11-24T00:45"],
    "rate(2 hours)": ["2026-11-24T02:00", "2026-11-24T04:00", "2026-11-24T06:00"],
    "rate(5 days)": ["2026-11-29T00:00", "2026-12-04T00:00", "2026-12-09T00:00"],
    "at(2026-12-20T13:00:00)": ["2026-12-20T13:00"],
    "cron(15 10 ? * 6L 2027-2028)": ["2027-01-29T10:15", "2027-02-26T10:15", "2027-03-26T10:15"],
    "cron(0 10 * * ? *)": ["2026-11-24T10:00", "2026-11-25T10:00", "2026-11-26T10:00"],
    "cron(15 12 * * ? *)": ["2026-11-24T12:15", "2026-11-25T12:15", "2026-11-26T12:15"],
    "cron(0 18 ? * MON-FRI *)": ["2026-11-24T18:00", "2026-11-25T18:00", "2026-11-26T18:00"],
    "cron(0 8 1 * ? *)": ["2026-12-01T08:00", "2027-01-01T08:00", "2027-02-01T08:00"],
    "cron(0/15 * * * ? *)": ["2026-11-24T00:15", "2026-11-24T00:30", "2026-11-24T00:45"],
    "cron(0/10 * ? * MON-FRI *)": ["2026-11-24T00:10", "2026-11-24T00:20", "2026-11-24T00:30"],
    "cron(0/5 8-17 ? * MON-FRI *)": ["2026-11-24T08:00", "2026-11-24T08:05", "2026-11-24T08:10"],
    "cron(1/10 * * * ? *)": ["2026-11-24T00:01", "2026-11-24T00:11", "2026-11-24T00:21"],
    "cron(0 9 1-15 * ? *)": ["2026-12-01T09:00", "2026-12-02T09:00", "2026-12-03T09:00"],
    "cron(0 9 1 JAN,FEB,MAR ? *)": ["2027-01-01T09:00", "2027-02-01T09:00", "2027-03-01T09:00"],
    "cron(0 9 7 * ? *)": ["2026-12-07T09:00", "2027-01-07T09:00", "2027-02-07T09:00"],
    "cron(0 9 3W * ? *)": ["2026-12-03T09:00", "2027-01-04T09:00", "2027-02-03T09:00"],
    "cron(0 9 ? * 3#2 *)": ["2026-12-08T09:00", "2027-01-12T09:00", "2027-02-09T09:00"],
    "cron(0 9 L * ? *)": ["2026-11-30T09:00", "2026-12-31T09:00", "2027-01-31T09:00"],
    "cron(0 9 ? * L *)": ["2026-11-28T09:00", "2026-12-05T09:00", "2026-12-12T09:00"],
}


@pytest.mark.parametrize(("text", "expected"), GUIDE.items(), ids=GUIDE)
def test_examples_of_the_user_guide_run_at_the_documented_times(text: str, expected: list[str]):
    assert runs(text) == expected


@pytest.mark.parametrize("text", ["cron(0 9 ? * 3#1,6#3 *)", "cron(0 10 * * * *)", "cron(0/30 20-2 ? * MON-FRI *)"])
def test_expressions_that_the_guides_do_not_allow_are_refused(text: str):
    """The last one is an example for EventBridge rules that the Scheduler user guide does not repeat. The message
    suggests two ranges of hours with the same meaning."""
    with pytest.raises(ExpressionError):
        parse(text)
    assert runs("cron(0/30 20-23,0-2 ? * MON-FRI *)")[0] == "2026-11-24T00:30"


RARE = {
    "cron(0 0 29 2 ? *)": ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"],
    "cron(0 0 ? 2 1#5 *)": ["2032-02-29T00:00", "2060-02-29T00:00", "2088-02-29T00:00"],
    "cron(0 0 30 2 ? *)": [],
    "cron(0 0 31W 2,4,6,9,11 ? *)": [],
    "cron(0 0 1 1 ? 1999)": [],
    "cron(0 0 1 1 ? 2199)": ["2199-01-01T00:00"],
    "cron(59 23 31 12 ? 2198-2199)": ["2198-12-31T23:59", "2199-12-31T23:59"],
    "at(2026-11-23T18:00:00)": [],
}


@pytest.mark.parametrize(("text", "expected"), RARE.items(), ids=RARE)
def test_rare_impossible_and_ended_schedules(text: str, expected: list[str]):
    assert runs(text) == expected


def test_an_impossible_schedule_is_recognized_after_28_months(monkeypatch: pytest.MonkeyPatch):
    """Instead of all 2,076 months to the year 2199."""
    from components.schedules import occurrences

    seen: list[tuple[int, int]] = []
    original = occurrences._days_of_month  # pyright: ignore[reportPrivateUsage]

    def counting(cron: Cron, first: int, length: int) -> list[int]:
        seen.append((first, length))
        return original(cron, first, length)

    monkeypatch.setattr(occurrences, "_days_of_month", counting)
    assert runs("cron(* * 31 2,4,6,9,11 ? *)") == []
    assert len(seen) <= 28


def test_a_local_time_that_does_not_exist_is_skipped():
    found = runs("cron(30 2 * * ? *)", "America/Los_Angeles", datetime(2027, 3, 13, 12, tzinfo=UTC), 2)
    assert found == ["2027-03-15T02:30-0700", "2027-03-16T02:30-0700"]


def test_a_local_time_that_occurs_twice_runs_once():
    found = runs("cron(30 1 * * ? *)", "America/New_York", datetime(2027, 11, 6, 12, tzinfo=UTC), 2)
    assert found == ["2027-11-07T01:30-0400", "2027-11-08T01:30-0500"]


def test_a_one_time_schedule_at_a_local_time_that_does_not_exist_never_runs():
    assert runs("at(2027-03-28T02:30:00)", "Europe/Berlin") == []


def test_a_day_of_a_rate_always_has_24_hours():
    start = datetime(2027, 3, 27, 2, tzinfo=UTC)
    assert runs("rate(1 day)", "Europe/Berlin", start, start=start) == [
        "2027-03-28T04:00+0200",
        "2027-03-29T04:00+0200",
        "2027-03-30T04:00+0200",
    ]


def test_start_and_end_are_inclusive_and_rates_count_from_start():
    start, end = datetime(2026, 11, 24, 5, 30, tzinfo=UTC), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert runs("rate(2 hours)", start=start, end=end, count=9) == [
        "2026-11-24T05:30",
        "2026-11-24T07:30",
        "2026-11-24T09:30",
    ]
    assert runs("rate(2 hours)", after=start, start=start, count=1) == ["2026-11-24T07:30"]
    assert runs("cron(30 * * * ? *)", start=start, end=end, count=9) == [
        f"2026-11-24T{hour:02}:30" for hour in range(5, 10)
    ]


def test_start_and_end_are_ignored_for_one_time_schedules():
    past = datetime(2026, 11, 1, tzinfo=UTC)
    assert runs("at(2026-12-20T13:00:00)", start=past, end=past) == ["2026-12-20T13:00"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cron(0 9 ? * 2#1 *)", "at 09:00 on the first Monday of every month (Europe/Berlin)"),
        ("cron(0 3 * * ? *)", "at 03:00 every day (Europe/Berlin)"),
        ("cron(5 * * * ? *)", "at minute 5 of every hour (Europe/Berlin)"),
        ("cron(0/15 * * * ? *)", "every 15 minutes (Europe/Berlin)"),
        ("cron(0/15 8-18 ? * MON-FRI *)", "every 15 minutes from 08:00 to 18:59 on weekdays (Europe/Berlin)"),
        ("cron(10,40 * * * ? *)", "at minutes 10 and 40 of every hour (Europe/Berlin)"),
        ("cron(10-20 9,17 * * ? *)", "at minutes 10 to 20 of the hours 09 and 17 every day (Europe/Berlin)"),
        ("cron(0 0/2 * * ? *)", "at minute 0 of every 2nd hour from 00:00 every day (Europe/Berlin)"),
        ("cron(0 0-23/6 * * ? *)", "at 00:00, 06:00, 12:00 and 18:00 every day (Europe/Berlin)"),
        ("cron(* * * * ? *)", "every minute (Europe/Berlin)"),
        ("cron(* 3 * * ? *)", "every minute from 03:00 to 03:59 every day (Europe/Berlin)"),
        ("cron(0 18 ? * MON-FRI *)", "at 18:00 on weekdays (Europe/Berlin)"),
        ("cron(0 22 ? * SUN *)", "at 22:00 every Sunday (Europe/Berlin)"),
        ("cron(0 8 L * ? *)", "at 08:00 on the last day of every month (Europe/Berlin)"),
        ("cron(0 8 ? * 6L *)", "at 08:00 on the last Friday of every month (Europe/Berlin)"),
        ("cron(0 8 15W JAN ? 2030)", "at 08:00 on the weekday nearest to day 15 of January in 2030 (Europe/Berlin)"),
        (
            "cron(0 0 1-7,15 3-6,9 ? *)",
            "at 00:00 on days 1 to 7 and day 15 of March to June and September (Europe/Berlin)",
        ),
        ("cron(0 0 * 12 ? *)", "at 00:00 every day in December (Europe/Berlin)"),
        ("cron(0 0 ? * * 2027-2029)", "at 00:00 every day in 2027 to 2029 (Europe/Berlin)"),
        ("rate(6 hours)", "every 6 hours"),
        ("rate(1 day)", "every day"),
        ("at(2026-12-24T18:00:00)", "once, on 2026-12-24 at 18:00 (Europe/Berlin)"),
        ("at(2026-12-24T18:00:30)", "once, on 2026-12-24 at 18:00:30 (Europe/Berlin)"),
    ],
)
def test_expressions_are_explained(text: str, expected: str):
    assert explain(parse(text), "Europe/Berlin") == expected


def test_time_zones_come_from_the_iana_database():
    assert known_timezone("Europe/Berlin")
    assert not known_timezone("Europe/Berlim")
    assert not known_timezone("../etc/passwd")
    assert not known_timezone("")
    assert nearest_timezones("Europe/Berlim")[0] == "Europe/Berlin"
