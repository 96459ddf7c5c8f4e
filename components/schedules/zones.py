"""Time zones of the IANA database."""

import difflib
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MAX_LENGTH = 50
"""AWS: botocore scheduler, ScheduleExpressionTimezone."""


@cache
def known_timezone(name: str) -> bool:
    """Whether a name is one of the IANA database, and of a length that AWS takes."""
    if not 1 <= len(name) <= MAX_LENGTH:
        return False
    try:
        return ZoneInfo(name).key in available_timezones()
    except (ValueError, OSError, KeyError):
        return False


def nearest_timezones(name: str) -> list[str]:
    """Up to three names that were probably meant."""
    known = sorted(available_timezones())
    cities = {zone.rsplit("/", 1)[-1].lower(): zone for zone in known}
    by_city = cities.get(name.rsplit("/", 1)[-1].lower().replace(" ", "_"))
    near: list[str] = difflib.get_close_matches(name, known, n=3, cutoff=0.7)
    found: dict[str, None] = dict.fromkeys([*([by_city] if by_city else []), *near])
    return list(found)[:3]
