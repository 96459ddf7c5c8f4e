"""Events of iCalendar files."""

from datetime import UTC, date, datetime

import pytest

from components.exceptions.calendars import MOST_REPEATED, Event, calendar_text, events
from components.exceptions.left_out import Exceptions


def calendar(*entries: str) -> str:
    """A calendar of events, each with its properties in one string, separated by spaces."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test"]
    for number, entry in enumerate(entries):
        lines += ["BEGIN:VEVENT", f"UID:{number}", *entry.split(), "END:VEVENT"]
    return "\n".join([*lines, "END:VCALENDAR", ""])


STOCKTAKING = "SUMMARY:Stocktaking DTSTART;VALUE=DATE:20260630 RRULE:FREQ=YEARLY"


def test_an_event_of_a_day_without_an_end_is_that_day():
    assert events(calendar("SUMMARY:a DTSTART;VALUE=DATE:20260630"), 2026, "UTC") == (
        Event("a", days=(date(2026, 6, 30), date(2026, 6, 30))),
    )


def test_the_end_of_an_event_of_days_is_not_part_of_it():
    """RFC 5545, 3.6.1: DTEND is the non-inclusive end of the event."""
    text = calendar("SUMMARY:a DTSTART;VALUE=DATE:20260630 DTEND;VALUE=DATE:20260702")
    assert events(text, 2026, "UTC") == (Event("a", days=(date(2026, 6, 30), date(2026, 7, 1))),)


def test_a_repeated_event_with_an_exception():
    text = calendar(f"{STOCKTAKING} EXDATE;VALUE=DATE:20270630")
    assert [len(events(text, year, "UTC")) for year in (2026, 2027, 2028)] == [1, 0, 1]


def test_a_time_without_a_zone_is_in_the_zone_of_the_schedule():
    text = calendar("SUMMARY:Move DTSTART:20260310T090000 DTEND:20260310T170000")
    times = (datetime(2026, 3, 10, 8, tzinfo=UTC), datetime(2026, 3, 10, 16, tzinfo=UTC))
    assert events(text, 2026, "Europe/Berlin") == (Event("Move", times=times),)
    left_out = Exceptions(calendars=(text,))
    assert [left_out.reason(time, "Europe/Berlin") for time in times] == ["Move", ""]
    assert [(each.start, each.end) for each in left_out.spans(2026, "Europe/Berlin")] == [times]


def test_a_time_with_a_zone_keeps_it():
    text = calendar("SUMMARY:Move DTSTART:20260310T090000Z DTEND:20260310T170000Z")
    assert events(text, 2026, "Europe/Berlin")[0].times == (
        datetime(2026, 3, 10, 9, tzinfo=UTC),
        datetime(2026, 3, 10, 17, tzinfo=UTC),
    )


def test_an_event_over_new_year_is_left_out_once():
    text = calendar("SUMMARY:Move DTSTART:20261231T220000Z DTEND:20270101T020000Z")
    assert len(Exceptions(calendars=(text,)).spans(2026, "UTC")) == 1


def test_a_canceled_event_and_an_event_without_a_length_leave_out_nothing():
    canceled = calendar("SUMMARY:a STATUS:CANCELLED DTSTART;VALUE=DATE:20260630")
    empty = calendar("SUMMARY:a DTSTART:20260630T090000Z")
    assert Exceptions(calendars=(canceled, empty)).spans(2026, "UTC") == ()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is not an iCalendar file"),
        ("BEGIN:VEVENT\nEND:VEVENT\n", "is not an iCalendar file"),
        (calendar(), "has no events"),
        (calendar("SUMMARY:a"), 'has the event "a" without a start'),
        (calendar("SUMMARY:a DTSTART;VALUE=DATE:2026ab30"), "an invalid DTSTART"),
        (calendar("DTSTART;VALUE=DATE:00010101 RRULE:FREQ=DAILY"), 'the event "event" without a start since 1970'),
        (calendar("SUMMARY:a DTSTART:20260101T000000Z RRULE:FREQ=MINUTELY"), "within a day"),
        (calendar("SUMMARY:a DTSTART:20260101T000000Z RRULE:FREQ=DAILY;BYHOUR=1,2"), "within a day"),
        (calendar(*[STOCKTAKING] * (MOST_REPEATED + 1)), "101 of them repeated"),
        (calendar("DTSTART:20260102T000000Z DTEND:20260101T000000Z"), "ends before it starts"),
        ("a" * 1_000_001, "has 1,000,001 characters"),
    ],
    ids=lambda value: value[:20],
)
def test_other_files_are_refused(text: str, part: str):
    with pytest.raises(ValueError, match=part):
        calendar_text(text)
