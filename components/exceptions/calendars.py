"""Events of iCalendar files (RFC 5545), from the packages `icalendar` and `recurring-ical-events`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Calendar

LONGEST, MOST_EVENTS, MOST_REPEATED = 1_000_000, 2_000, 100
"""The most characters, events, and repeated events of a calendar. Bounds of this project: reading one stays fast."""
_EARLIEST, _SAMPLE_YEAR = 1970, 2028
_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_WITHIN_DAYS = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_TIMES = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
_REASON = 100
_NO_CALENDAR = "is not an iCalendar file (RFC 5545). Export the calendar again."


@dataclass(frozen=True, slots=True)
class Event:
    """An event: whole days from the first to the last, or a time from the start to the end."""

    reason: str
    days: tuple[date, date] | None = None
    times: tuple[datetime, datetime] | None = None
    """The start, and the end, which isn't part of the event, both in UTC."""


def calendar_text(text: str) -> str:
    """The text of a calendar.

    Raises:
        ValueError: It isn't a calendar that can be read; the message says why.
    """
    events(text, _SAMPLE_YEAR, "UTC")
    return text


@lru_cache(maxsize=64)
def _parsed(text: str) -> Calendar:
    from icalendar import Calendar

    if len(text) > LONGEST:
        raise ValueError(f"has {len(text):,} characters. Use a calendar of at most {LONGEST:,}.")
    try:
        calendar: Any = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError):
        calendar = None
    if not isinstance(calendar, Calendar):
        raise ValueError(_NO_CALENDAR)  # noqa: TRY004 - the text is wrong, not its type
    parsed: Any = calendar
    found: list[Any] = list(parsed.walk("VEVENT"))
    if not found:
        raise ValueError("has no events, so it would leave out nothing. Remove it, or export the calendar again.")
    repeated = [event for event in found if "RRULE" in event]
    if len(found) > MOST_EVENTS or len(repeated) > MOST_REPEATED:
        raise ValueError(
            f"has {len(found):,} events, {len(repeated):,} of them repeated. Use a calendar of at most "
            f"{MOST_EVENTS:,} events, {MOST_REPEATED} of them repeated."
        )
    for event in found:
        _check(event)
    return calendar


def _check(event: Any) -> None:
    # The parser keeps properties that it cannot read, and lists them here.
    broken = {name for name, _ in cast("list[tuple[str, str]]", event.errors)} & _TIMES
    if broken:
        raise ValueError(f'has the event "{_summary(event)}" with an invalid {min(broken)}. Export the calendar again.')
    start, end = (getattr(event.get(name), "dt", None) for name in ("DTSTART", "DTEND"))
    if not isinstance(start, date) or start.year < _EARLIEST:
        raise ValueError(f'has the event "{_summary(event)}" without a start since 1970. Export the calendar again.')
    if isinstance(end, date) and str(end) < str(start):
        raise ValueError(f'has the event "{_summary(event)}" that ends before it starts. Correct it.')
    rules: Any = event.get("RRULE") or []
    for rule in cast("list[Mapping[str, list[object]]]", rules if isinstance(rules, list) else [rules]):
        often = _OFTEN & {str(each).upper() for each in rule.get("FREQ", [])}
        if often or _WITHIN_DAYS & {name.upper() for name in rule}:
            raise ValueError(
                f'repeats the event "{_summary(event)}" within a day. Use events that repeat daily or less often.'
            )


def _summary(event: Any) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:_REASON] or "event"


@lru_cache(maxsize=1024)
def events(text: str, year: int, timezone: str) -> tuple[Event, ...]:
    """The events of a calendar that are at least partly in a year, in chronological order.

    Args:
        text: The text of the calendar.
        year: The year.
        timezone: The time zone of events without one of their own.

    Raises:
        ValueError: The calendar can't be read.
    """
    import recurring_ical_events

    try:
        query: Any = recurring_ical_events.of(_parsed(text))
        first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        found: list[Any] = list(query.between(first - _DAY, last + _DAY))
    except recurring_ical_events.InvalidCalendar as error:
        raise ValueError(f"has an event that can't be read: {error}") from None
    held = (each for each in found if str(each.get("STATUS", "")).upper() != "CANCELLED")
    return tuple(sorted((_event(each, ZoneInfo(timezone)) for each in held), key=_order))


_DAY = timedelta(days=1)


def _event(event: Any, zone: ZoneInfo) -> Event:
    start: date | datetime = event["DTSTART"].dt
    end: date | datetime = event["DTEND"].dt if "DTEND" in event else start
    if not isinstance(start, datetime):
        # The end of an event of whole days isn't part of it.
        last = end - _DAY if end > start else start
        return Event(_summary(event), days=(start, last))
    return Event(_summary(event), times=(_instant(start, zone), _instant(end, zone)))


def _instant(when: date | datetime, zone: ZoneInfo) -> datetime:
    local = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day)  # noqa: DTZ001
    return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)


def _order(event: Event) -> tuple[str, str]:
    first = event.days or event.times
    assert first
    return first[0].isoformat(), event.reason
