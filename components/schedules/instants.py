"""Points in time as people write them: ISO 8601 with an offset."""

from datetime import UTC, datetime


def instant(text: str) -> datetime:
    """An ISO 8601 time, in UTC.

    Raises ValueError, with what is allowed, for other text and for a time without an offset.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a time. Write ISO 8601 with an offset: 2026-12-01T00:00:00Z.') from None
    if when.tzinfo is None:
        utc = when.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
        raise ValueError(f'"{text}" has no offset. Write one, or Z for UTC: {utc}.')
    return when.astimezone(UTC)
