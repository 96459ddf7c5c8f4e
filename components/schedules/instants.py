"""Points in time as people write them: ISO 8601 with an offset."""

import re
from datetime import UTC, datetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""A bound of this project. AWS names none: StartDate and EndDate are timestamps (botocore scheduler, StartDate), which
count from 1970. An earlier start has no effect, and a schedule with an earlier end never runs."""
_CHARACTERS = re.compile(r"[0-9][0-9W:.,+TtZz -]{0,63}", re.ASCII)
"""The characters of ISO 8601. Python accepts any character between the date and the time."""


def instant(text: str) -> datetime:
    """An ISO 8601 time, in UTC.

    Raises ValueError, with what is allowed, for other text, for a time without an offset, and for a time before
    `EARLIEST` or after Python's calendar.
    """
    try:
        when = datetime.fromisoformat(text if _CHARACTERS.fullmatch(text) else "")
    except ValueError:
        raise ValueError(f'"{text}" is not a time. Write ISO 8601 with an offset: 2026-12-01T00:00:00Z.') from None
    if when.tzinfo is None:
        utc = when.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
        raise ValueError(f'"{text}" has no offset. Write one, or Z for UTC: {utc}.')
    try:
        found = when.astimezone(UTC)
    except OverflowError:
        found = None
    if found is None or found < EARLIEST:
        raise ValueError(f'"{text}" is not in the years 1970 to 9999 in UTC. Write a time that is.')
    return found
