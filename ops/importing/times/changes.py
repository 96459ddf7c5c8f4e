"""The clock changes of a time zone, and the instants that they affect."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_STEP, _MINUTE = timedelta(hours=6), timedelta(minutes=1)
_MARGIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change: its instant, the amount, and the local day before and after it."""

    at: datetime
    amount: timedelta
    days: frozenset[date]


class ClockChanges:
    """The clock changes of a time zone between two instants, and a few days around them."""

    def __init__(self, timezone: str, after: datetime, until: datetime):
        self.zone = ZoneInfo(timezone)
        self.found = list(self._changes(after.astimezone(UTC) - _MARGIN, until.astimezone(UTC) + _MARGIN))

    def affect(self, at: datetime) -> bool:
        """Whether the clock shows the time of an instant twice, or the instant is that of a time that it skips.

        A tool can run a skipped time with the offset before the change or with that after it, or at the change.
        """
        return any(change.at - change.amount <= at < change.at + change.amount for change in self.found)

    def on(self, day: date) -> bool:
        """Whether the clock changes on a local day."""
        return any(day in change.days for change in self.found)

    def _changes(self, after: datetime, until: datetime) -> Iterator[_Change]:
        low = after.replace(second=0, microsecond=0)
        while low < until:
            high = low + _STEP
            if self._offset(low) != self._offset(high):
                at = self._at(low, high)
                days = frozenset(each.astimezone(self.zone).date() for each in (at - _MINUTE, at))
                yield _Change(at, abs(self._offset(high) - self._offset(low)), days)
            low = high

    def _at(self, low: datetime, high: datetime) -> datetime:
        """The first minute with the new offset."""
        before = self._offset(low)
        while high - low > _MINUTE:
            middle = low + ((high - low) // 2 // _MINUTE) * _MINUTE
            low, high = (middle, high) if self._offset(middle) == before else (low, middle)
        return high

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or timedelta()
