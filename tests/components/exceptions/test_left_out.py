"""The times that a task leaves out, in days and as intervals in UTC."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.exceptions.dates import date_range
from components.exceptions.left_out import YEARS, Exceptions, Span, covered_until
from components.exceptions.public_holidays import holiday_code, public_holidays

ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "America/Santiago", "Asia/Beirut", "Pacific/Kiritimati")
"""Clocks in Santiago and Beirut change at midnight."""


def span(start: str, end: str, reason: str) -> Span:
    return Span(datetime.fromisoformat(start), datetime.fromisoformat(end), reason)


def test_a_date_is_left_out_in_the_time_zone_of_the_schedule():
    exceptions = Exceptions(dates=("2026-12-24 Party",))
    assert exceptions.spans(2026, "Europe/Berlin") == (span("2026-12-23T23:00Z", "2026-12-24T23:00Z", "Party"),)
    assert exceptions.spans(2026, "Asia/Tokyo") == (span("2026-12-23T15:00Z", "2026-12-24T15:00Z", "Party"),)


def test_days_in_a_row_with_one_reason_are_one_interval():
    exceptions = Exceptions(dates=("2026-12-24/2027-01-02",), holidays=("DE",))
    [whole] = [each for each in exceptions.spans(2026, "UTC") if each.reason.startswith("2026-12-24")]
    assert whole == span("2026-12-24T00:00Z", "2027-01-03T00:00Z", "2026-12-24/2027-01-02")


def test_public_holidays_of_a_subdivision():
    """Bavaria has Epiphany, and the days of Easter 2026 are 3 and 6 April."""
    days = public_holidays("DE-BY", 2026)
    assert days[date(2026, 1, 6)] == "Epiphany (DE-BY)"
    assert days[date(2026, 12, 25)] == "Christmas Day (DE-BY)"
    assert {day for day in days if day.month == 4} == {date(2026, 4, 3), date(2026, 4, 6)}
    assert date(2026, 1, 6) not in public_holidays("DE", 2026)


def test_workdays_leave_out_saturdays_and_sundays():
    exceptions = Exceptions(workdays=True)
    assert exceptions.spans(2026, "UTC")[0] == span("2026-01-03T00:00Z", "2026-01-05T00:00Z", "Weekend")
    assert exceptions.reason(datetime(2026, 11, 29, 23, 59, tzinfo=UTC), "UTC") == "Weekend"
    assert exceptions.reason(datetime(2026, 11, 30, tzinfo=UTC), "UTC") == ""


def test_the_first_reason_for_a_day_counts():
    exceptions = Exceptions(dates=("2026-12-25 Closed",), holidays=("DE",), workdays=True)
    assert exceptions.reason(datetime(2026, 12, 25, tzinfo=UTC), "UTC") == "Closed"
    assert exceptions.reason(datetime(2026, 12, 26, tzinfo=UTC), "UTC") == "Second Day of Christmas (DE)"


def test_the_intervals_are_the_same_on_each_day_of_a_year_and_cover_two_more():
    exceptions = Exceptions(holidays=("US-CA",), workdays=True)
    spans = exceptions.spans(2026, "America/Los_Angeles")
    assert spans == exceptions.spans(2026, "America/Los_Angeles")
    assert {each.start.year for each in spans[1:]} == {2026, 2027, 2028}
    assert covered_until(2026, "America/Los_Angeles") == datetime(2029, 1, 1, 8, tzinfo=UTC)
    assert YEARS == 3


@given(
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 3 * 366 * 24 * 60),
    workdays=st.booleans(),
    dates=st.lists(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=5),
)
def test_a_time_is_in_an_interval_if_and_only_if_its_local_day_is_left_out(
    zone: str, minutes: int, workdays: bool, dates: list[date]
):
    exceptions = Exceptions(dates=tuple(map(str, dates)), workdays=workdays)
    time = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    day = time.astimezone(ZoneInfo(zone)).date()
    expected = 2026 <= day.year <= 2028 and (day in dates or (workdays and day.weekday() >= 5))
    assert any(time in each for each in exceptions.spans(2026, zone)) == expected
    if 2026 <= day.year <= 2028:
        assert bool(exceptions.reason(time, zone)) == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("24.12.2026", "is not a date"),
        ("2026-02-30", "2026-02-30 is not a day of the calendar"),
        ("2026-12-24/2026-12-23", "ends before it starts"),
        (f"2026-12-24 {'a' * 101}", "has a reason of 101 characters"),
        ("2026-12-24 \n", "is not a date"),
    ],
)
def test_other_dates_are_refused(text: str, part: str):
    with pytest.raises(ValueError, match=part):
        date_range(text)


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("XX", '"XX" is not a country'),
        ("de", 'Did you mean "DE"'),
        ("DE-XX", "Known subdivisions: .*BY"),
        ("DE-", "no subdivision"),
    ],
)
def test_other_holidays_are_refused(code: str, part: str):
    with pytest.raises(ValueError, match=part):
        holiday_code(code)
