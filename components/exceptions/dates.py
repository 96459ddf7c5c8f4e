"""Dates and date ranges, each with its reason: `2026-12-24/2027-01-02 Year-end freeze`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})(?:/(\d{4}-\d{2}-\d{2}))?(?: +(\S.*))?", re.ASCII)
_REASON = 100
"""The most characters of a reason. A bound of this project: the reason is part of the input of each schedule."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days that are left out, from the first to the last."""

    first: date
    last: date
    reason: str

    def within(self, first: date, last: date) -> Iterator[date]:
        """Its days from `first` to `last`."""
        return days_within((self.first, self.last), first, last)


def days_within(days: tuple[date, date], first: date, last: date) -> Iterator[date]:
    """The days of a range, given by its first and last day, that are from `first` to `last`."""
    start, end = max(first, days[0]), min(last, days[1])
    return (start + timedelta(days=number) for number in range((end - start).days + 1))


def date_range(text: str) -> DateRange:
    """The days of an entry. Without a reason of its own, the reason is the range itself.

    Raises:
        ValueError: The string isn't a date or a range; the message says what is allowed.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a date. Write 2026-12-24 or 2026-12-24/2027-01-02, then a reason if needed.')
    first, last = _date(text, found[1]), _date(text, found[2] or found[1])
    if last < first:
        raise ValueError(f'"{text}" ends before it starts. Write the earlier date first.')
    reason = found[3] or text.strip()
    if len(reason) > _REASON:
        raise ValueError(f"has a reason of {len(reason)} characters. Use at most {_REASON}.")
    return DateRange(first, last, reason)


def _date(text: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError(f'"{text}": {written} is not a day of the calendar.') from None
