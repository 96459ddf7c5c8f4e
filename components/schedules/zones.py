"""Time zones of the IANA database."""

import difflib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

MAX_LENGTH = 50
"""AWS: botocore scheduler, ScheduleExpressionTimezone."""


@cache
def known_timezone(name: str) -> bool:
    """Whether a name is in the IANA database and has a length that AWS accepts."""
    if not 1 <= len(name) <= MAX_LENGTH:
        return False
    try:
        return ZoneInfo(name).key in available_timezones()
    except (ValueError, OSError, KeyError):
        return False


@lru_cache(maxsize=1024)
def nearest_timezones(name: str) -> list[str]:
    """Up to three similar names; none for a name that is too long for AWS."""
    if len(name) > MAX_LENGTH:
        return []
    known = sorted(available_timezones())
    cities = {zone.rsplit("/", 1)[-1].lower(): zone for zone in known}
    by_city = cities.get(name.rsplit("/", 1)[-1].lower().replace(" ", "_"))
    near: list[str] = difflib.get_close_matches(name, known, n=3, cutoff=0.7)
    found: dict[str, None] = dict.fromkeys([*([by_city] if by_city else []), *near])
    return list(found)[:3]


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A clock change in a time zone."""

    at: datetime
    """The instant of the change, in UTC."""
    before: timedelta
    """The offset from UTC before the change."""
    after: timedelta
    """The offset from UTC after the change."""

    @property
    def local_span(self) -> tuple[datetime, datetime]:
        """The first local time that is skipped or occurs twice, and the first one after it; both naive."""
        first, second = self.at + min(self.before, self.after), self.at + max(self.before, self.after)
        return first.replace(tzinfo=None), second.replace(tzinfo=None)

    @property
    def skips(self) -> bool:
        """Whether the clock moves forward, so that local times are skipped."""
        return self.after > self.before


@cache
def clock_changes(timezone: str, after: datetime, until: datetime) -> tuple[ClockChange, ...]:
    """The clock changes of a time zone between two instants, to the minute. No zone has two within a day."""
    zone = ZoneInfo(timezone)
    found: list[ClockChange] = []
    low = after.astimezone(UTC)
    while low < until:
        high = low + timedelta(days=1)
        if _offset(low, zone) != _offset(high, zone):
            found.append(_change(low, high, zone))
        low = high
    return tuple(found)


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> ClockChange:
    before, after = _offset(low, zone), _offset(high, zone)
    minute = timedelta(minutes=1)
    while high - low > minute:
        middle = low + (high - low) // (2 * minute) * minute
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return ClockChange(high, before, after)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
