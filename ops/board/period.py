"""The period of a board: some days before now, and as many after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

DAYS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """The period around the time of a board.

    Args:
        now: The time of the board.
    """

    now: datetime

    @property
    def start(self) -> datetime:
        """The start: runs before it are not shown."""
        return self.now - timedelta(days=DAYS)

    @property
    def end(self) -> datetime:
        """The end: runs after it are not shown."""
        return self.now + timedelta(days=DAYS)
